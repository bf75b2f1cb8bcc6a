//! ARM templates in the shapes in which others write them.

use patternbook::cloud::azure::{
    AddressSku, FrontendAddress, Interface, Kind, LoadBalancer, NetworkSecurityGroup, NextHop,
    Protocol, Resource, Side, Subnet,
};
use patternbook::cloud::{self, Resource as _, ResourceId, Term};
use patternbook::read::{Part, Reading};
use serde_json::{Value, json};

use crate::arm::read;

/// A template of these sections.
pub(crate) fn template(sections: Value) -> String {
    let mut all = json!({
        "$schema": "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#",
        "contentVersion": "1.0.0.0",
    });
    let Value::Object(sections) = sections else {
        panic!("sections are an object");
    };
    all.as_object_mut().unwrap().extend(sections);
    serde_json::to_string_pretty(&all).unwrap()
}

#[track_caller]
fn reading(sections: Value) -> Reading<Resource> {
    let text = template(sections);
    read(&text).unwrap_or_else(|errors| panic!("{errors:?}\n{text}"))
}

/// What is unknown: the name of the resource and why.
fn unknown(reading: &Reading<Resource>) -> Vec<String> {
    let all = reading.unknown.iter();
    all.map(|it| format!("{}: {}", it.name, it.why)).collect()
}

fn names(reading: &Reading<Resource>) -> Vec<String> {
    let all = reading.resources.iter();
    all.map(|it| it.resource.id().path.join("/")).collect()
}

fn id(kind: Kind, path: &[&str]) -> Term {
    let id = ResourceId {
        kind: cloud::Kind::Azure(kind),
        path: path.iter().copied().collect(),
    };
    id.id()
}

macro_rules! only {
    ($reading:expr, $kind:ident) => {{
        let mut found = $reading
            .resources
            .iter()
            .filter_map(|it| match &it.resource {
                Resource::$kind(it) => Some(it),
                _ => None,
            });
        let one = found.next().unwrap();
        assert!(found.next().is_none());
        one
    }};
}

pub(crate) fn vnet(name: &str, properties: &Value) -> Value {
    json!({
        "type": "Microsoft.Network/virtualNetworks",
        "apiVersion": "2023-09-01",
        "name": name,
        "properties": properties,
    })
}

#[test]
fn a_simple_machine_is_its_interface_with_its_subnet_and_its_filter() {
    let reading = reading(json!({
        "parameters": {
            "vmName": { "type": "string", "defaultValue": "simple" },
            "dnsLabel": { "type": "string", "defaultValue": "[toLower(concat(parameters('vmName'), '-', uniqueString(resourceGroup().id)))]" },
            "adminPasswordOrKey": { "type": "secureString" },
            "location": { "type": "string", "defaultValue": "[resourceGroup().location]" },
            "openPort": { "type": "int", "defaultValue": 22 },
        },
        "variables": {
            "nicName": "[format('{0}NetInt', parameters('vmName'))]",
            "vnetId": "[resourceId('Microsoft.Network/virtualNetworks', 'net')]",
            "subnetRef": "[concat(variables('vnetId'), '/subnets/', 'default')]",
        },
        "resources": [
            {
                "type": "Microsoft.Network/networkInterfaces",
                "apiVersion": "2023-09-01",
                "name": "[variables('nicName')]",
                "location": "[parameters('location')]",
                "dependsOn": ["nsg", "[variables('vnetId')]", "[resourceId('Microsoft.Network/publicIPAddresses', 'pip')]"],
                "properties": {
                    "ipConfigurations": [{
                        "name": "one",
                        "properties": {
                            "privateIPAllocationMethod": "Dynamic",
                            "subnet": { "id": "[variables('subnetRef')]" },
                            "publicIPAddress": { "id": "[resourceId('Microsoft.Network/publicIPAddresses', 'PIP')]" },
                        },
                    }],
                    "networkSecurityGroup": { "id": "[resourceId('Microsoft.Network/networkSecurityGroups', 'nsg')]" },
                },
            },
            {
                "type": "Microsoft.Network/networkSecurityGroups",
                "apiVersion": "2023-09-01",
                "name": "nsg",
                "properties": { "securityRules": [{
                    "name": "SSH",
                    "properties": {
                        "priority": 1000, "protocol": "TCP", "access": "allow", "direction": "inbound",
                        "sourceAddressPrefix": "*", "sourcePortRange": "*",
                        "destinationAddressPrefix": "*",
                        "destinationPortRange": "[string(parameters('openPort'))]",
                        "destinationPortRanges": [],
                        "sourceAddressPrefixes": [],
                    },
                }] },
            },
            vnet("net", &json!({
                "addressSpace": { "addressPrefixes": ["10.1.0.0/16"] },
                "subnets": [{ "name": "default", "properties": { "addressPrefix": "10.1.0.0/24" } }],
            })),
            {
                "type": "Microsoft.Network/publicIPAddresses",
                "apiVersion": "2023-09-01",
                "name": "pip",
                "sku": { "name": "Basic" },
                "properties": { "publicIPAllocationMethod": "Dynamic", "dnsSettings": { "domainNameLabel": "[parameters('dnsLabel')]" } },
            },
            {
                "type": "Microsoft.Compute/virtualMachines",
                "apiVersion": "2023-09-01",
                "name": "[parameters('vmName')]",
                "properties": {
                    "hardwareProfile": { "vmSize": "Standard_D2s_v3" },
                    "osProfile": { "computerName": "[parameters('vmName')]", "adminPassword": "[parameters('adminPasswordOrKey')]" },
                    "networkProfile": { "networkInterfaces": [{ "id": "[resourceId('Microsoft.Network/networkInterfaces', variables('nicName'))]" }] },
                },
            },
        ],
        "outputs": { "host": { "type": "string", "value": "[reference(resourceId('Microsoft.Network/publicIPAddresses', 'pip')).dnsSettings.fqdn]" } },
    }));
    assert_eq!(
        unknown(&reading),
        ["host: only the running resource knows it"]
    );
    let interface: &Interface = only!(reading, Interface);
    assert_eq!(interface.id.name(), "simpleNetInt");
    let [address] = interface.configurations.as_slice() else {
        panic!("{interface:?}");
    };
    assert_eq!(address.subnet, id(Kind::Subnet, &["net", "default"]));
    assert_eq!(address.public_ip, Some(id(Kind::PublicIp, &["pip"])));
    let group: &NetworkSecurityGroup = only!(reading, NetworkSecurityGroup);
    assert_eq!(group.rules[0].ports[0].to_string(), "22");
    assert_eq!(group.rules[0].protocol, Protocol::Tcp);
    // The port was taken from the default, the name of the machine was not.
    let assumed = reading.parameters.iter().filter(|it| it.assumed);
    let assumed: Vec<_> = assumed.map(|it| it.name.as_str()).collect();
    assert_eq!(assumed, ["open_port"]);
    assert_eq!(only!(reading, PublicIp).sku, AddressSku::Basic);
    assert!(only!(reading, Subnet).default_outbound_access);
}

#[test]
fn loops_make_resources_properties_and_variables() {
    let reading = reading(json!({
        "parameters": { "count": { "type": "int", "defaultValue": 2 } },
        "variables": {
            "copy": [{ "name": "tiers", "count": 2, "input": { "name": "[concat('tier', copyIndex('tiers', 1))]", "prefix": "[cidrSubnet('10.0.0.0/16', 24, copyIndex('tiers'))]" } }],
        },
        "resources": [
            {
                "type": "Microsoft.Network/virtualNetworks",
                "apiVersion": "2025-07-01",
                "name": "net",
                "properties": {
                    "addressSpace": { "addressPrefixes": ["10.0.0.0/16"] },
                    "copy": [{
                        "name": "subnets",
                        "count": "[length(variables('tiers'))]",
                        "input": {
                            "name": "[variables('tiers')[copyIndex('subnets')].name]",
                            "properties": { "addressPrefix": "[variables('tiers')[copyIndex('subnets')].prefix]" },
                        },
                    }],
                },
            },
            {
                "type": "Microsoft.Network/applicationSecurityGroups",
                "apiVersion": "2023-09-01",
                "name": "[concat('asg', padLeft(copyIndex(1), 2, '0'))]",
                "copy": { "name": "groups", "count": "[parameters('count')]" },
                "properties": {},
            },
            { "type": "Microsoft.Resources/tags", "apiVersion": "2023-01-01", "name": "default", "dependsOn": ["groups"] },
        ],
    }));
    assert_eq!(unknown(&reading), [""; 0]);
    let right = ["net", "net/tier1", "net/tier2", "asg01", "asg02"];
    assert_eq!(names(&reading), right);
    let subnets = reading
        .resources
        .iter()
        .filter_map(|it| match &it.resource {
            Resource::Subnet(subnet) => Some(subnet),
            _ => None,
        });
    let subnets: Vec<&Subnet> = subnets.collect();
    assert_eq!(subnets[1].prefixes[0].to_string(), "10.0.1.0/24");
    // This version of the API gives no way out by itself.
    assert!(!subnets[0].default_outbound_access);
}

#[test]
fn children_stand_inside_beside_and_in_a_list_of_resources() {
    let rule = |name: &str, priority: u16| {
        json!({
            "name": name,
            "properties": {
                "priority": priority, "protocol": "*", "access": "Deny", "direction": "Inbound",
                "sourceAddressPrefix": "Internet", "sourcePortRange": "1-1023", "sourcePortRanges": ["2000"],
                "destinationAddressPrefixes": ["10.0.0.4", "10.1.0.7/24", "Storage.WestEurope"], "destinationPortRange": "",
                "destinationPortRanges": ["0-65535"],
            },
        })
    };
    let beside = |kind: &str, name: &str, mut of: Value| {
        of["type"] = json!(kind);
        of["apiVersion"] = json!("2023-09-01");
        of["name"] = json!(name);
        of
    };
    let group = "Microsoft.Network/networkSecurityGroups";
    let reading = reading(json!({ "resources": [
        beside(&format!("{group}/securityRules"), "[concat('nsg', '/', 'beside')]", rule("", 300)),
        {
            "type": group, "apiVersion": "2023-09-01", "name": "nsg",
            "properties": { "securityRules": [rule("inside", 200)] },
            "resources": [beside("securityRules", "listed", rule("", 100))],
        },
        beside("Microsoft.Network/routeTables", "table", json!({ "properties": { "disableBgpRoutePropagation": true } })),
        beside("Microsoft.Network/routeTables/routes", "table/all", json!({ "properties": {
            "addressPrefix": "0.0.0.0/0", "nextHopType": "VirtualAppliance", "nextHopIpAddress": "10.0.0.4",
        } })),
        beside("Microsoft.Network/virtualNetworks/virtualNetworkPeerings", "hub/to-spoke", json!({ "properties": {
            "remoteVirtualNetwork": { "id": "[resourceId('other-group', 'Microsoft.Network/virtualNetworks', 'spoke')]" },
            "allowForwardedTraffic": true,
        } })),
    ] }));
    assert_eq!(unknown(&reading), [""; 0]);
    let placed = reading
        .resources
        .iter()
        .find(|it| it.resource.id().name() == "nsg");
    let placed = placed.unwrap();
    let Resource::NetworkSecurityGroup(group) = &placed.resource else {
        panic!("{placed:?}");
    };
    let names: Vec<_> = group.rules.iter().map(|rule| rule.id.name()).collect();
    assert_eq!(names, ["listed", "inside", "beside"]);
    assert_eq!(placed.parts[1].0, Part::Rule(1));
    assert_eq!(placed.parts[1].1.text(), "\"inside\"");
    let rule = &group.rules[0];
    assert_eq!(rule.source, Side::Tag("Internet".into()));
    assert_eq!(rule.source_ports.len(), 2);
    assert!(rule.ports.is_empty());
    let Side::Mixed { blocks, tags } = &rule.destination else {
        panic!("{rule:?}");
    };
    let blocks: Vec<_> = blocks.iter().map(ToString::to_string).collect();
    assert_eq!(blocks, ["10.0.0.4/32", "10.1.0.0/24"]);
    assert_eq!(tags, &["Storage.WestEurope"]);
    let table = only!(reading, RouteTable);
    assert_eq!(
        table.routes[0].next_hop,
        NextHop::VirtualAppliance("10.0.0.4".into())
    );
    let peering = only!(reading, Peering);
    assert_eq!(
        peering.remote,
        id(Kind::VirtualNetwork, &["other-group:spoke"])
    );
    assert!(peering.access && peering.forwarded && !peering.remote_gateways);
}

#[test]
fn a_load_balancer_inside_a_network_is_read_with_all_its_rules() {
    let reading = reading(json!({
        "variables": {
            "lb": "ilb",
            "lbId": "[resourceId('Microsoft.Network/loadBalancers', variables('lb'))]",
            "frontend": { "id": "[concat(variables('lbId'), '/frontendIPConfigurations/fe')]" },
            "pool": { "id": "[resourceId('Microsoft.Network/loadBalancers/backendAddressPools', variables('lb'), 'pool')]" },
        },
        "resources": [{
            "type": "Microsoft.Network/loadBalancers", "apiVersion": "2023-09-01", "name": "[variables('lb')]",
            "sku": { "name": "Standard" },
            "properties": {
                "frontendIPConfigurations": [{ "name": "fe", "zones": ["1"], "properties": {
                    "subnet": { "id": "[resourceId('Microsoft.Network/virtualNetworks/subnets', 'net', 'back')]" },
                    "privateIPAddress": "10.0.2.6", "privateIPAllocationMethod": "Static",
                } }],
                "backendAddressPools": [{ "name": "pool" }],
                "loadBalancingRules": [{ "name": "ha", "properties": {
                    "frontendIPConfiguration": "[variables('frontend')]", "backendAddressPool": "[variables('pool')]",
                    "protocol": "All", "frontendPort": 0, "backendPort": 0, "loadDistribution": "SourceIP",
                } }],
                "inboundNatRules": [{ "name": "rdp", "properties": {
                    "frontendIPConfiguration": "[variables('frontend')]", "protocol": "Tcp", "frontendPort": 50001, "backendPort": 3389,
                } }],
                "outboundRules": [{ "name": "out", "properties": {
                    "frontendIPConfigurations": ["[variables('frontend')]"], "backendAddressPool": "[variables('pool')]", "protocol": "All",
                } }],
            },
        }],
    }));
    assert_eq!(unknown(&reading), [""; 0]);
    let balancer: &LoadBalancer = only!(reading, LoadBalancer);
    assert_eq!(
        balancer.frontends[0].address,
        FrontendAddress::Subnet(id(Kind::Subnet, &["net", "back"]))
    );
    let frontend = id(Kind::FrontendIp, &["ilb", "fe"]);
    assert_eq!(balancer.rules[0].frontend, frontend);
    assert_eq!(balancer.rules[0].probe, None);
    assert_eq!(balancer.nat_rules[0].first_port, 50001);
    assert_eq!(balancer.nat_rules[0].pool, None);
    assert_eq!(balancer.outbound_rules[0].frontends, [frontend]);
}

#[test]
fn a_condition_decides_or_is_noted() {
    let group = |name: &str, condition: Value| json!({ "type": "Microsoft.Network/applicationSecurityGroups", "apiVersion": "2023-09-01", "name": name, "condition": condition, "properties": {} });
    let reading = reading(json!({
        "parameters": {
            "kind": { "type": "string", "defaultValue": "new", "allowedValues": ["new", "existing"] },
            "asked": { "type": "bool" },
        },
        "resources": [
            group("a", json!("[equals(parameters('kind'), 'new')]")),
            group("b", json!("[not(equals(parameters('kind'), 'new'))]")),
            group("c", json!("[and(parameters('asked'), true())]")),
            group("d", json!("[or(parameters('asked'), equals(parameters('kind'), 'new'))]")),
        ],
    }));
    assert_eq!(names(&reading), ["a", "c", "d"]);
    let right = ["c: whether it is made, only the deployer knows"];
    assert_eq!(unknown(&reading), right);
}

#[test]
fn symbolic_names_and_nested_deployments_are_followed() {
    let reading = reading(json!({
        "languageVersion": "2.0",
        "parameters": { "prefix": { "type": "string", "defaultValue": "10.5.0.0/16" } },
        "variables": { "name": "outer" },
        "resources": {
            "theNetwork": vnet("net", &json!({ "addressSpace": { "addressPrefixes": ["10.0.0.0/16"] } })),
            "old": { "existing": true, "type": "Microsoft.Network/virtualNetworks", "apiVersion": "2023-09-01", "name": "old" },
            "inner": {
                "type": "Microsoft.Resources/deployments", "apiVersion": "2022-09-01", "name": "inner", "dependsOn": ["theNetwork"],
                "properties": {
                    "mode": "Incremental",
                    "expressionEvaluationOptions": { "scope": "inner" },
                    "parameters": { "prefix": { "value": "[parameters('prefix')]" } },
                    "template": {
                        "parameters": { "prefix": { "type": "string" } },
                        "variables": { "name": "inner" },
                        "resources": [vnet("[variables('name')]", &json!({ "addressSpace": { "addressPrefixes": ["[parameters('prefix')]"] } }))],
                    },
                },
            },
            "scopeless": {
                "type": "Microsoft.Resources/deployments", "apiVersion": "2022-09-01", "name": "scopeless",
                "properties": { "mode": "Incremental", "template": {
                    "variables": { "name": "not this one" },
                    "resources": [vnet("[variables('name')]", &json!({ "addressSpace": { "addressPrefixes": ["10.6.0.0/16"] } }))],
                } },
            },
            "linked": {
                "type": "Microsoft.Resources/deployments", "apiVersion": "2022-09-01", "name": "linked",
                "properties": { "mode": "Incremental", "templateLink": { "uri": "https://example.com/a.json" } },
            },
        },
        "outputs": { "networkId": { "type": "string", "value": "[reference('theNetwork').id]" } },
    }));
    assert_eq!(names(&reading), ["net", "inner", "outer"]);
    let right = ["linked: the template of the deployment is in another file"];
    assert_eq!(unknown(&reading), right);
    assert_eq!(reading.outputs[0].value, id(Kind::VirtualNetwork, &["net"]));
    let inner = &reading.resources[1].resource;
    let Resource::VirtualNetwork(inner) = inner else {
        panic!("{inner:?}");
    };
    assert_eq!(inner.address_space[0].to_string(), "10.5.0.0/16");
    assert!(reading.parameters[0].assumed);
}

#[test]
fn what_a_nested_deployment_gives_back_is_known_around_it() {
    let inner = json!({
        "parameters": { "name": { "type": "string" } },
        "resources": {
            "network": vnet("[parameters('name')]", &json!({ "addressSpace": { "addressPrefixes": ["10.0.0.0/16"] } })),
        },
        "outputs": { "network": { "type": "string", "value": "[resourceId('Microsoft.Network/virtualNetworks', parameters('name'))]" } },
    });
    let deployment = |name: &str| {
        json!({
            "type": "Microsoft.Resources/deployments", "apiVersion": "2022-09-01", "name": name,
            "properties": {
                "expressionEvaluationOptions": { "scope": "inner" },
                "parameters": { "name": { "value": format!("net-{name}") } },
                "template": inner,
            },
        })
    };
    let peering = |name: &str, remote: &str| {
        json!({
            "type": "Microsoft.Network/virtualNetworks/virtualNetworkPeerings", "apiVersion": "2023-09-01", "name": name,
            "properties": { "remoteVirtualNetwork": { "id": remote } },
        })
    };
    let reading = reading(json!({ "resources": [
        peering("net-a/to-b", "[reference('b').outputs.network.value]"),
        peering("net-b/to-a", "[reference(resourceId('Microsoft.Resources/deployments', 'a'), '2022-09-01').outputs.network.value]"),
        deployment("a"),
        deployment("b"),
    ] }));
    assert_eq!(unknown(&reading), [""; 0]);
    let remotes = reading
        .resources
        .iter()
        .filter_map(|it| match &it.resource {
            Resource::Peering(peering) => Some(peering.remote.clone()),
            _ => None,
        });
    let network = |name| id(Kind::VirtualNetwork, &[name]);
    assert_eq!(
        remotes.collect::<Vec<_>>(),
        [network("net-b"), network("net-a")]
    );
}

#[test]
fn what_is_not_read_is_named_and_what_is_harmless_is_not() {
    let reading = reading(json!({ "resources": [
        { "type": "Microsoft.Network/azureFirewalls", "apiVersion": "2023-09-01", "name": "firewall", "properties": { "x": 1 } },
        { "type": "Microsoft.Network/privateEndpoints", "apiVersion": "2023-09-01", "name": "endpoint" },
        { "type": "Microsoft.Network/bastionHosts", "apiVersion": "2023-09-01", "name": "bastion" },
        { "type": "Microsoft.Storage/storageAccounts", "apiVersion": "2023-01-01", "name": "[concat('st', uniqueString(resourceGroup().id))]" },
        { "type": "Microsoft.Insights/diagnosticSettings", "apiVersion": "2021-05-01-preview", "name": "log" },
        { "type": "Microsoft.Authorization/locks", "apiVersion": "2020-05-01", "name": "lock" },
        { "type": "Microsoft.Network/applicationSecurityGroups", "apiVersion": "2023-09-01", "name": "asg", "odd": 1 },
        vnet("net", &json!({ "addressSpace": { "addressPrefixes": ["10.0.0.0/8"] }, "odd": { "very": 1 } })),
    ] }));
    assert_eq!(
        unknown(&reading),
        [
            "firewall: resources of this type are not read",
            "endpoint: resources of this type are not read",
            "bastion: resources of this type are not read",
            "st{uniquestring({resourceGroup().id})}: resources of this type are not read",
            "asg: `odd` is not read",
            "net: in `properties`: `odd` is not read",
        ]
    );
    assert!(reading.unknown.iter().all(|it| it.place.line() > 1));
}
