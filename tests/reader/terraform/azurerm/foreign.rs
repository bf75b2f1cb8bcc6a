//! Folders that others write: parts written apart, names of older versions, and types that are not read.

use patternbook::cloud::azure::{
    Access, AddressSku, FrontendAddress, Interface, LoadBalancer, NetworkSecurityGroup, NextHop,
    Resource, Side, Subnet,
};
use patternbook::cloud::{Attribute, Term};
use patternbook::diag::Code;
use patternbook::read::Reading;

use super::read_text;
use crate::arm::resources_of;

#[track_caller]
fn whole(text: &str) -> Reading<Resource> {
    let reading = read_text(text).unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(reading.unknown, []);
    reading
}

/// The names and reasons of what is not understood.
#[track_caller]
fn unknown(text: &str) -> Vec<(String, String)> {
    let reading = read_text(text).unwrap_or_else(|error| panic!("{error}"));
    let all = reading.unknown.into_iter();
    all.map(|unknown| (unknown.name, unknown.why)).collect()
}

#[track_caller]
fn only<T>(reading: &Reading<Resource>, pick: impl Fn(Resource) -> Option<T>) -> T {
    let found: Vec<_> = resources_of(reading).into_iter().filter_map(pick).collect();
    let count = found.len();
    let [one] = <[T; 1]>::try_from(found).unwrap_or_else(|_| panic!("{count} instead of one"));
    one
}

fn group(reading: &Reading<Resource>) -> NetworkSecurityGroup {
    only(reading, |it| match it {
        Resource::NetworkSecurityGroup(group) => Some(group),
        _ => None,
    })
}

fn subnet(reading: &Reading<Resource>) -> Subnet {
    only(reading, |it| match it {
        Resource::Subnet(subnet) => Some(subnet),
        _ => None,
    })
}

fn interface(reading: &Reading<Resource>) -> Interface {
    only(reading, |it| match it {
        Resource::Interface(interface) => Some(interface),
        _ => None,
    })
}

fn balancer(reading: &Reading<Resource>) -> LoadBalancer {
    only(reading, |it| match it {
        Resource::LoadBalancer(balancer) => Some(balancer),
        _ => None,
    })
}

/// What a term names, in short.
#[track_caller]
fn name(term: &Term) -> String {
    match term {
        Term::Attribute(id, Attribute::Id) => id.path.join("/"),
        other => panic!("{other:?}"),
    }
}

const NETWORK: &str = r#"
variable "prefix" { default = "demo" }
resource "azurerm_resource_group" "rg" {
  name     = "${var.prefix}-rg"
  location = "West Europe"
}
resource "azurerm_virtual_network" "vnet" {
  name                = "${var.prefix}-vnet"
  address_space       = ["10.0.0.0/16"]
  location            = azurerm_resource_group.rg.location
  resource_group_name = azurerm_resource_group.rg.name
}
resource "azurerm_subnet" "internal" {
  name                 = "internal"
  resource_group_name  = azurerm_resource_group.rg.name
  virtual_network_name = azurerm_virtual_network.vnet.name
  address_prefixes     = [cidrsubnet(azurerm_virtual_network.vnet.address_space[0], 8, 2)]
}
resource "azurerm_network_security_group" "nsg" {
  name                = "${var.prefix}-nsg"
  location            = azurerm_resource_group.rg.location
  resource_group_name = azurerm_resource_group.rg.name
}
"#;

/// A rule with some of its lines.
fn rule(block: &str, lines: &str) -> String {
    format!(
        "{block} {{\n  priority = 100\n  direction = \"Inbound\"\n  access = \"Allow\"\n  protocol = \"Tcp\"\n  \
         source_port_range = \"*\"\n{lines}\n}}\n"
    )
}

const SSH: &str = "  name = \"ssh\"\n  destination_port_range = \"22\"\n  source_address_prefix = \"*\"\n  \
                   destination_address_prefix = azurerm_subnet.internal.address_prefixes[0]\n";

fn ssh_beside() -> String {
    let group = "  resource_group_name = \"rg\"\n  \
                 network_security_group_name = azurerm_network_security_group.nsg.name";
    rule(
        "resource \"azurerm_network_security_rule\" \"ssh\"",
        &format!("{SSH}{group}"),
    )
}

#[test]
fn resources_are_known_by_their_names_and_not_by_their_labels() {
    let reading = whole(&format!("{NETWORK}{}", ssh_beside()));
    let subnet = subnet(&reading);
    assert_eq!(subnet.id.path[..], ["demo-vnet", "internal"]);
    assert_eq!(subnet.prefixes, ["10.0.2.0/24".parse().unwrap()]);
    // The provider says so where nobody else does.
    assert!(subnet.default_outbound_access);
    let group = group(&reading);
    assert_eq!(group.rules[0].id.path[..], ["demo-nsg", "ssh"]);
    assert_eq!(
        group.rules[0].destination,
        Side::Blocks(vec!["10.0.2.0/24".parse().unwrap()])
    );
    // What has one name has it everywhere, whatever the deployer calls it.
    assert!(!reading.parameters[0].assumed);
}

#[test]
fn two_resources_of_one_name_are_two() {
    let public = |label: &str| {
        format!(
            "resource \"azurerm_public_ip\" \"{label}\" {{\n name = \"one\"\n resource_group_name = \"{label}\"\n}}\n"
        )
    };
    let reading = whole(&(public("a") + &public("b")));
    assert_eq!(reading.resources.len(), 2);
}

#[test]
fn a_rule_inside_of_its_group_is_one_beside_it() {
    let inside = NETWORK.replace(
        "  name                = \"${var.prefix}-nsg\"",
        &format!(
            "  name = \"${{var.prefix}}-nsg\"\n{}",
            rule("security_rule", SSH)
        ),
    );
    let beside = format!("{NETWORK}{}", ssh_beside());
    assert_eq!(group(&whole(&inside)), group(&whole(&beside)));
    // One overwrites the other, whichever is made last.
    let both = unknown(&format!("{inside}{}", ssh_beside()));
    assert_eq!(both.len(), 1);
    assert_eq!(both[0].0, "azurerm_network_security_group.nsg");
    let none = NETWORK.replace(
        "  name                = \"${var.prefix}-nsg\"",
        "  name = \"n\"\n  security_rule = []",
    );
    assert_eq!(group(&whole(&none)).rules, []);
    assert_eq!(unknown(&format!("{none}{}", ssh_beside())).len(), 1);
}

#[test]
fn a_rule_that_is_not_understood_leaves_its_group_unknown() {
    let text = format!("{NETWORK}{}", ssh_beside());
    let open = text.replace(
        "azurerm_subnet.internal.address_prefixes[0]",
        "data.http.me.body",
    );
    let open = format!("{open}data \"http\" \"me\" {{}}\n");
    let found = unknown(&open);
    assert_eq!(found.len(), 1, "{found:?}");
    assert_eq!(found[0].0, "azurerm_network_security_group.nsg");
    assert!(found[0].1.contains("the rule `ssh`"), "{}", found[0].1);
}

#[test]
fn what_azure_refuses_is_refused() {
    let text = format!("{NETWORK}{}", ssh_beside());
    for (old, new) in [
        (
            "azurerm_subnet.internal.address_prefixes[0]",
            "\"10.0.0.0/33\"",
        ),
        (
            "[cidrsubnet(azurerm_virtual_network.vnet.address_space[0], 8, 2)]",
            "[\"here\"]",
        ),
    ] {
        let error = read_text(&text.replace(old, new)).unwrap_err();
        let codes: Vec<_> = error.iter().map(|it| it.code).collect();
        assert_eq!(codes, [Code::InvalidCidr]);
    }
}

#[test]
fn two_rules_of_one_priority_are_named() {
    let other = ssh_beside()
        .replace("\"ssh\"", "\"rdp\"")
        .replace("\"22\"", "\"3389\"");
    let found = unknown(&format!("{NETWORK}{}{other}", ssh_beside()));
    assert_eq!(found.len(), 1);
    assert!(found[0].1.contains("have one priority"));
}

/// What Terraform writes beside a resource, and Azure inside of it.
const TIES: &str = r#"
resource "azurerm_subnet_network_security_group_association" "a" {
  subnet_id                 = azurerm_subnet.internal.id
  network_security_group_id = azurerm_network_security_group.nsg.id
}
resource "azurerm_route_table" "table" {
  name                          = "table"
  disable_bgp_route_propagation = true
}
resource "azurerm_route" "out" {
  name                   = "out"
  route_table_name       = azurerm_route_table.table.name
  resource_group_name    = "rg"
  address_prefix         = "0.0.0.0/0"
  next_hop_type          = "VirtualAppliance"
  next_hop_in_ip_address = "10.0.9.4"
}
resource "azurerm_subnet_route_table_association" "a" {
  subnet_id      = azurerm_subnet.internal.id
  route_table_id = azurerm_route_table.table.id
}
resource "azurerm_application_security_group" "asg" { name = "asg" }
resource "azurerm_public_ip" "pip" {
  name              = "pip"
  allocation_method = "Static"
}
resource "azurerm_network_interface" "nic" {
  name                 = "nic"
  enable_ip_forwarding = true
  ip_configuration {
    name                          = "main"
    subnet_id                     = azurerm_subnet.internal.id
    private_ip_address_allocation = "Dynamic"
    public_ip_address_id          = azurerm_public_ip.pip.id
  }
}
resource "azurerm_network_interface_security_group_association" "a" {
  network_interface_id      = azurerm_network_interface.nic.id
  network_security_group_id = azurerm_network_security_group.nsg.id
}
resource "azurerm_network_interface_application_security_group_association" "a" {
  network_interface_id          = azurerm_network_interface.nic.id
  application_security_group_id = azurerm_application_security_group.asg.id
}
resource "azurerm_lb" "lb" {
  name = "lb"
  frontend_ip_configuration {
    name      = "front"
    subnet_id = azurerm_subnet.internal.id
  }
}
resource "azurerm_lb_backend_address_pool" "pool" {
  name            = "pool"
  loadbalancer_id = azurerm_lb.lb.id
}
resource "azurerm_lb_rule" "web" {
  name                           = "web"
  loadbalancer_id                = azurerm_lb.lb.id
  frontend_ip_configuration_name = azurerm_lb.lb.frontend_ip_configuration[0].name
  protocol                       = "Tcp"
  frontend_port                  = 80
  backend_port                   = 8080
  backend_address_pool_ids       = [azurerm_lb_backend_address_pool.pool.id]
}
resource "azurerm_network_interface_backend_address_pool_association" "a" {
  network_interface_id    = azurerm_network_interface.nic.id
  ip_configuration_name   = "main"
  backend_address_pool_id = azurerm_lb_backend_address_pool.pool.id
}
resource "azurerm_linux_virtual_machine" "vm" {
  name                  = "vm"
  network_interface_ids = [azurerm_network_interface.nic.id]
}
"#;

#[test]
fn what_ties_resources_is_read_into_them() {
    let reading = whole(&format!("{NETWORK}{TIES}"));
    let subnet = subnet(&reading);
    assert_eq!(name(&subnet.network_security_group.unwrap()), "demo-nsg");
    assert_eq!(name(&subnet.route_table.unwrap()), "table");
    let interface = interface(&reading);
    assert!(interface.forwarding);
    assert_eq!(name(&interface.network_security_group.unwrap()), "demo-nsg");
    let [address] = interface.configurations.as_slice() else {
        panic!("one address");
    };
    assert_eq!(name(&address.subnet), "demo-vnet/internal");
    assert_eq!(name(&address.groups[0]), "asg");
    assert_eq!(name(&address.pools[0]), "lb/pool");
    assert_eq!(name(address.public_ip.as_ref().unwrap()), "pip");
    let balancer = balancer(&reading);
    assert_eq!(balancer.sku, AddressSku::Standard);
    assert!(matches!(
        balancer.frontends[0].address,
        FrontendAddress::Subnet(_)
    ));
    assert_eq!(name(&balancer.rules[0].frontend), "lb/front");
    let table = only(&reading, |it| match it {
        Resource::RouteTable(table) => Some(table),
        _ => None,
    });
    assert!(!table.gateway_routes);
    let appliance = Term::Text("10.0.9.4".into());
    assert_eq!(
        table.routes[0].next_hop,
        NextHop::VirtualAppliance(appliance)
    );
}

#[test]
fn a_subnet_inside_of_its_network_is_one_beside_it() {
    let inside = r#"
resource "azurerm_virtual_network" "vnet" {
  name          = "vnet"
  address_space = ["10.0.0.0/16"]
  subnet {
    name             = "one"
    address_prefixes = ["10.0.1.0/24"]
    security_group   = azurerm_network_security_group.nsg.id
  }
}
resource "azurerm_network_security_group" "nsg" { name = "nsg" }
"#;
    let subnet = subnet(&whole(inside));
    assert_eq!(subnet.id.path[..], ["vnet", "one"]);
    assert_eq!(name(&subnet.network_security_group.unwrap()), "nsg");
    let beside = "resource \"azurerm_subnet\" \"two\" {\n name = \"two\"\n address_prefixes = [\"10.0.2.0/24\"]\n \
                  virtual_network_name = \"vnet\"\n}\n";
    let found = unknown(&format!("{inside}{beside}"));
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].0, "azurerm_virtual_network.vnet");
}

#[test]
fn what_is_not_read_is_named_and_what_is_inert_is_not() {
    let blocks = [
        "azurerm_bastion_host",
        "azurerm_firewall",
        "azurerm_private_endpoint",
        "azurerm_storage_account",
        "azurerm_log_analytics_workspace",
        "azurerm_monitor_diagnostic_setting",
        "azurerm_role_assignment",
        "random_pet",
    ];
    let text: String = blocks
        .iter()
        .map(|kind| format!("resource \"{kind}\" \"x\" {{\n  name = \"x\"\n}}\n"))
        .collect::<Vec<_>>()
        .concat();
    let names: Vec<_> = unknown(&text).into_iter().map(|(name, _)| name).collect();
    let right: Vec<_> = blocks[..4].iter().map(|kind| format!("{kind}.x")).collect();
    assert_eq!(names, right);
}

#[test]
fn an_argument_that_nobody_knows_is_named() {
    let text = NETWORK.replace(
        "virtual_network_name = ",
        "service_endpoints = [\"Microsoft.Storage\"]\n  virtual_network_name = ",
    );
    let found = unknown(&text);
    assert_eq!(
        found,
        [(
            "azurerm_subnet.internal".into(),
            "`service_endpoints` is not read".into()
        )]
    );
}

#[test]
fn denials_stay_denials() {
    let text = format!("{NETWORK}{}", ssh_beside()).replace("\"Allow\"", "\"Deny\"");
    assert_eq!(group(&whole(&text)).rules[0].access, Access::Deny);
}
