//! Plans for the tests of this room, of the renderers and of the judges.

use indexmap::IndexMap;

use crate::net::Cidr;
use crate::plan::{
    Allow, Bound, Cloud, Datacenter, DefaultRoute, DeployKind, DeployParameter, Flow, LoadBalancer,
    Login, Machines, Network, Peer, Plan, Purpose, Scale, Subnet, SubnetGroup, Tier, Vpn,
    VpnRouting,
};
use crate::spec::Renames;

/// What `text` means; the fixtures hold nothing that does not parse.
fn parsed<T: std::str::FromStr>(text: &str) -> T
where
    T::Err: std::fmt::Debug,
{
    text.parse().unwrap()
}

/// A flow of the fixtures.
pub(crate) fn flow(slot: u32, from: &str, to: &str, allow: &str, why: &str) -> Flow {
    let peer = |text: &str| match text {
        "internet" => Peer::Internet,
        "datacenter" => Peer::Datacenter,
        name => name
            .parse::<Cidr>()
            .map_or_else(|_| Peer::Named(name.to_owned()), Peer::Block),
    };
    Flow {
        from: peer(from),
        to: peer(to),
        allow: parsed::<Allow>(allow),
        why: why.to_owned(),
        through: None,
        per_instance: None,
        slot,
    }
}

fn through(balancer: &str, flow: Flow) -> Flow {
    Flow {
        through: Some(balancer.to_owned()),
        ..flow
    }
}

fn per_instance(first: u16, flow: Flow) -> Flow {
    Flow {
        per_instance: Some(first),
        ..flow
    }
}

fn group(name: &str, purpose: Purpose, default_route: DefaultRoute, cidr: &str) -> SubnetGroup {
    let cidr: Cidr = parsed(cidr);
    SubnetGroup {
        name: name.to_owned(),
        purpose,
        default_route,
        room: cidr,
        ipv6_room: None,
        since: 0,
        members: vec![Subnet {
            name: name.to_owned(),
            zone: None,
            cidr,
            ipv6: None,
            usable: cidr.size() - 5,
        }],
    }
}

fn tier(name: &str, behind: Option<&str>, max: u32) -> Tier {
    Tier {
        name: name.to_owned(),
        network: "main".to_owned(),
        subnet: name.to_owned(),
        machines: Some(Machines {
            scale: Scale::Automatic { min: 2, max },
            image: Bound::Deploy("image".to_owned()),
            size: "Standard_D2as_v5".to_owned(),
            disk_gib: 30,
            login: Some(Login {
                user: "azureuser".to_owned(),
                key: Bound::Deploy("admin_key".to_owned()),
            }),
            public_addresses: false,
            bootstrap: None,
            cloud_init: None,
            behind: behind.map(str::to_owned),
            repair: false,
        }),
    }
}

fn parameter(name: &str, kind: DeployKind, default: Option<&str>) -> (String, DeployParameter) {
    let parameter = DeployParameter {
        name: name.to_owned(),
        kind,
        help: format!("What the deployer gives as {name}."),
        default: default.map(str::to_owned),
    };
    (name.to_owned(), parameter)
}

const BALANCER: &str = "public_load_balancer";

/// The first pattern with its defaults: a public web tier behind a load balancer.
pub(crate) fn public() -> Plan {
    let balancer = LoadBalancer {
        name: BALANCER.to_owned(),
        probe: parsed("tcp/443"),
        probe_path: None,
    };
    Plan {
        stack: "shop".to_owned(),
        environment: None,
        pattern: "azure-public-web".to_owned(),
        version: "1.0.0".to_owned(),
        title: "Public web tier behind a load balancer".to_owned(),
        cloud: Cloud::Azure,
        region: Some("westeurope".to_owned()),
        tags: IndexMap::new(),
        parameters: IndexMap::from([
            parameter(
                "image",
                DeployKind::Image,
                Some("Canonical:ubuntu-24_04-lts:server:latest"),
            ),
            parameter("admin_key", DeployKind::PublicKey, None),
        ]),
        networks: vec![Network {
            name: "main".to_owned(),
            cidrs: vec![parsed("10.10.0.0/16")],
            zones: 3,
            subnets: vec![group(
                "web",
                Purpose::Instances,
                DefaultRoute::None,
                "10.10.0.0/24",
            )],
            free: Vec::new(),
            ipv6: None,
            vpn: None,
            load_balancers: IndexMap::from([(BALANCER.to_owned(), balancer)]),
            endpoints: IndexMap::new(),
            isolate_zones: false,
            flow_log_days: None,
        }],
        datacenter: None,
        tied: false,
        tiers: IndexMap::from([("web".to_owned(), tier("web", Some(BALANCER), 10))]),
        services: IndexMap::new(),
        flows: vec![
            through(
                BALANCER,
                flow(0, "internet", "web", "tcp/443", "The service itself."),
            ),
            flow(
                100,
                BALANCER,
                "web",
                "tcp/443",
                "Health probes of the load balancer.",
            ),
        ],
        guarantees: Vec::new(),
        renamed: Renames::default(),
    }
}

/// The first pattern with every option turned.
pub(crate) fn public_all() -> Plan {
    let mut plan = public();
    plan.environment = Some("prod".to_owned());
    plan.tags
        .insert("cost-centre".to_owned(), "4711 \"shop\" ${x}".to_owned());
    plan.tags.insert("owner".to_owned(), "[web]".to_owned());
    plan.networks[0].subnets[0].default_route = DefaultRoute::Nat;
    plan.networks[0].load_balancers[BALANCER].probe = parsed("tcp/8080");
    plan.networks[0].load_balancers[BALANCER].probe_path = Some("/healthz".to_owned());
    let machines = plan.tiers["web"].machines.as_mut().unwrap();
    machines.public_addresses = true;
    machines.repair = true;
    machines.cloud_init = Some(Bound::Deploy("cloud_init".to_owned()));
    plan.parameters
        .extend([parameter("cloud_init", DeployKind::Script, Some(""))]);
    let why = "Administration from listed addresses.";
    plan.flows = vec![
        through(
            BALANCER,
            flow(0, "internet", "web", "tcp/443", "The service itself."),
        ),
        through(
            BALANCER,
            flow(1, "internet", "web", "tcp/80", "The service itself."),
        ),
        flow(
            100,
            BALANCER,
            "web",
            "tcp/8080",
            "Health probes of the load balancer.",
        ),
        per_instance(
            50_000,
            through(BALANCER, flow(200, "203.0.113.0/24", "web", "tcp/22", why)),
        ),
        per_instance(
            50_000,
            through(BALANCER, flow(201, "198.51.100.7/32", "web", "tcp/22", why)),
        ),
        flow(
            300,
            "web",
            "internet",
            "tcp/443",
            "Updates and outside services.",
        ),
        flow(
            301,
            "web",
            "internet",
            "udp/123",
            "Updates and outside services.",
        ),
    ];
    plan
}

/// The second pattern with its defaults: a web tier, and an app tier tied to the datacenter.
pub(crate) fn hybrid() -> Plan {
    let mut plan = public();
    "azure-hybrid-web-app".clone_into(&mut plan.pattern);
    "Web tier in the cloud, app tier tied to the datacenter".clone_into(&mut plan.title);
    plan.parameters.extend([
        parameter("vpn_device", DeployKind::Address, None),
        parameter("shared_key", DeployKind::Secret, None),
    ]);
    let network = &mut plan.networks[0];
    network.cidrs = vec![parsed("10.20.0.0/16")];
    network.subnets = vec![
        group(
            "web",
            Purpose::Instances,
            DefaultRoute::None,
            "10.20.0.0/24",
        ),
        group(
            "app",
            Purpose::Instances,
            DefaultRoute::Datacenter,
            "10.20.1.0/24",
        ),
        group(
            "gateway",
            Purpose::VpnGateway,
            DefaultRoute::None,
            "10.20.2.0/27",
        ),
    ];
    network.vpn = Some(Vpn {
        name: "vpn".to_owned(),
        device: Bound::Deploy("vpn_device".to_owned()),
        key: Some("shared_key".to_owned()),
        routing: VpnRouting::Static,
        bgp_peer: None,
    });
    plan.datacenter = Some(Datacenter {
        ranges: vec![parsed("192.168.0.0/16")],
        ..Datacenter::default()
    });
    plan.tiers.insert("app".to_owned(), tier("app", None, 10));
    plan.flows.extend([
        flow(
            400,
            "web",
            "app",
            "tcp/8443",
            "The only way into the app tier from the cloud.",
        ),
        flow(
            500,
            "datacenter",
            "app",
            "tcp/22",
            "Administration from the datacenter.",
        ),
        flow(
            600,
            "app",
            "datacenter",
            "tcp/1433",
            "Systems that stayed in the datacenter.",
        ),
        through(
            "datacenter",
            flow(
                700,
                "app",
                "internet",
                "tcp/443",
                "Updates through the corporate network.",
            ),
        ),
    ]);
    plan
}

/// The second pattern with every option turned.
pub(crate) fn hybrid_all() -> Plan {
    let mut plan = hybrid();
    plan.environment = Some("prod".to_owned());
    plan.region = None;
    let network = &mut plan.networks[0];
    network.zones = 2;
    network.subnets[0].default_route = DefaultRoute::Nat;
    if let Some(vpn) = &mut network.vpn {
        vpn.routing = VpnRouting::Bgp { asn: 65010 };
        vpn.bgp_peer = Some(Bound::Deploy("bgp_peer".to_owned()));
    }
    plan.parameters
        .extend([parameter("bgp_peer", DeployKind::Address, None)]);
    if let Some(datacenter) = &mut plan.datacenter {
        datacenter.ranges.push(parsed("172.16.0.0/12"));
    }
    plan.flows.extend([
        per_instance(
            50_000,
            through(
                BALANCER,
                flow(
                    200,
                    "203.0.113.0/24",
                    "web",
                    "tcp/22",
                    "Administration from listed addresses.",
                ),
            ),
        ),
        flow(
            300,
            "web",
            "internet",
            "tcp/443",
            "Updates and outside services.",
        ),
        flow(
            501,
            "datacenter",
            "app",
            "icmp",
            "Administration from the datacenter.",
        ),
        flow(
            601,
            "app",
            "datacenter",
            "tcp/9000-9010",
            "Systems that stayed in the datacenter.",
        ),
    ]);
    plan
}

/// Every plan with its name.
pub(crate) fn all() -> [(&'static str, Plan); 4] {
    [
        ("public", public()),
        ("public-all", public_all()),
        ("hybrid", hybrid()),
        ("hybrid-all", hybrid_all()),
    ]
}
