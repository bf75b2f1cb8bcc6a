//! Plans to test with: a VPN with its servers, and a loop through buckets and functions.

use indexmap::{IndexMap, indexmap};

use crate::net::Cidr;
use crate::plan::{
    Action, Allow, Bound, Bucket, Cloud, Datacenter, DefaultRoute, DeployKind, DeployParameter,
    Endpoint, EndpointService, Flow, Function, Machines, Network, Peer, Plan, Purpose, Scale,
    Service, Subnet, SubnetGroup, Tier, Topic, Vpn, VpnRouting,
};
use crate::spec::Renames;

pub(crate) fn cidr(text: &str) -> Cidr {
    text.parse().unwrap()
}

pub(crate) fn named(name: &str) -> Peer {
    Peer::Named(name.into())
}

pub(crate) fn flow(slot: u32, from: Peer, to: Peer, allow: &str) -> Flow {
    Flow {
        from,
        to,
        allow: allow.parse().unwrap(),
        why: format!("Reason {slot}."),
        through: None,
        per_instance: None,
        slot,
    }
}

fn parameter(name: &str, kind: DeployKind) -> (String, DeployParameter) {
    let parameter = DeployParameter {
        name: name.into(),
        kind,
        help: format!("The {name}."),
        default: None,
    };
    (name.into(), parameter)
}

fn network(block: &str, group: &str, zones: u8, default_route: DefaultRoute) -> Network {
    let base = block.rsplit_once(".0.0/").unwrap().0;
    let member = |zone: u8| Subnet {
        name: format!("{group}-{zone}"),
        zone: Some(zone),
        cidr: cidr(&format!("{base}.{zone}.0/24")),
        ipv6: None,
        usable: 251,
    };
    Network {
        name: "main".into(),
        cidrs: vec![cidr(block)],
        zones,
        subnets: vec![SubnetGroup {
            name: group.into(),
            purpose: Purpose::Instances,
            default_route,
            room: cidr(block),
            ipv6_room: None,
            since: 0,
            members: (1..=zones).map(member).collect(),
        }],
        free: Vec::new(),
        ipv6: None,
        vpn: None,
        load_balancers: IndexMap::new(),
        endpoints: IndexMap::new(),
        isolate_zones: false,
        flow_log_days: Some(365),
    }
}

fn plan(pattern: &str, network: Network) -> Plan {
    Plan {
        stack: "demo".into(),
        environment: None,
        pattern: pattern.into(),
        version: "1.0.0".into(),
        title: "A plan to test with".into(),
        cloud: Cloud::Aws,
        region: None,
        tags: IndexMap::new(),
        parameters: IndexMap::new(),
        networks: vec![network],
        datacenter: None,
        tied: false,
        tiers: IndexMap::new(),
        services: IndexMap::new(),
        flows: Vec::new(),
        guarantees: Vec::new(),
        renamed: Renames::default(),
    }
}

fn machines(scale: Scale) -> Machines {
    Machines {
        scale,
        image: Bound::Deploy("image".into()),
        size: "t3.small".into(),
        disk_gib: 20,
        login: None,
        public_addresses: false,
        bootstrap: None,
        cloud_init: None,
        behind: None,
        repair: false,
    }
}

pub(crate) fn tier(plan: &mut Plan, name: &str, machines: Option<Machines>) {
    let subnet = plan.networks[0].subnets[0].name.clone();
    plan.tiers.insert(
        name.into(),
        Tier {
            name: name.into(),
            network: "main".into(),
            subnet,
            machines,
        },
    );
}

/// Servers in two zones that the datacenter reaches through a VPN with static routes.
pub(crate) fn vpn() -> Plan {
    let mut network = network("10.1.0.0/16", "private", 2, DefaultRoute::None);
    network.vpn = Some(Vpn {
        name: "vpn".into(),
        device: Bound::Deploy("vpn_device".into()),
        key: None,
        routing: VpnRouting::Static,
        bgp_peer: None,
    });
    let mut plan = plan("aws-private-vpn", network);
    plan.parameters = [parameter("vpn_device", DeployKind::Address)].into();
    plan.datacenter = Some(Datacenter {
        ranges: vec![cidr("192.168.0.0/16"), cidr("172.16.0.0/12")],
        ..Datacenter::default()
    });
    tier(&mut plan, "servers", None);
    plan.flows = vec![
        flow(100, Peer::Datacenter, named("servers"), "tcp/443"),
        flow(200, named("servers"), Peer::Datacenter, "udp/53"),
    ];
    plan
}

/// The same with every option.
pub(crate) fn vpn_full() -> Plan {
    let mut plan = vpn();
    let network = &mut plan.networks[0];
    network.isolate_zones = true;
    network.subnets[0].default_route = DefaultRoute::Datacenter;
    if let Some(vpn) = &mut network.vpn {
        vpn.routing = VpnRouting::Bgp { asn: 65010 };
    }
    plan.tags = indexmap! { "owner".into() => "network team".into() };
    plan.environment = Some("prod".into());
    plan.region = Some("eu-west-1".into());
    plan.parameters
        .extend([parameter("image", DeployKind::Image)]);
    plan.tiers["servers"].machines = Some(machines(Scale::Automatic { min: 2, max: 6 }));
    let mut updates = flow(300, named("servers"), Peer::Internet, "tcp/443");
    updates.through = Some("datacenter".into());
    plan.flows.push(updates);
    plan
}

fn bucket(name: &str) -> (String, Service) {
    let bucket = Bucket {
        name: name.into(),
        kms_key: None,
        keep_old_versions_days: 30,
    };
    (name.into(), Service::Bucket(bucket))
}

fn function(name: &str) -> (String, Service) {
    let function = Function {
        name: name.into(),
        code: name.into(),
        timeout_seconds: 30,
        log_days: 90,
    };
    (name.into(), Service::Function(function))
}

/// A file arrives, an instance works on it, a message says so.
pub(crate) fn analytics() -> Plan {
    let mut network = network("10.2.0.0/16", "analysis", 1, DefaultRoute::None);
    network.endpoints.insert(
        "storage".into(),
        Endpoint {
            name: "storage".into(),
            service: EndpointService::S3,
            prefix_list: Some("s3_prefix_list".into()),
        },
    );
    let mut plan = plan("aws-analytics-loop", network);
    plan.parameters = [
        parameter("sender_principals", DeployKind::Principals),
        parameter("notification_address", DeployKind::Email),
        parameter("image", DeployKind::Image),
        parameter("s3_prefix_list", DeployKind::PrefixList),
    ]
    .into();
    plan.datacenter = Some(Datacenter {
        principals: Some(Bound::Deploy("sender_principals".into())),
        ..Datacenter::default()
    });
    let mut analysis = machines(Scale::OnDemand { max_minutes: 60 });
    analysis.bootstrap = Some("bootstrap.sh".into());
    tier(&mut plan, "analysis", Some(analysis));
    let notices = Topic {
        name: "notices".into(),
        subscriber: Bound::Deploy("notification_address".into()),
        kms_key: None,
    };
    plan.services = [
        bucket("intake"),
        bucket("results"),
        function("launch"),
        function("notify"),
        ("notices".into(), Service::Topic(notices)),
    ]
    .into();
    plan.flows = loop_flows();
    plan
}

fn loop_flows() -> Vec<Flow> {
    use Action::{Ec2Launch, LambdaInvoke, S3Archive, S3Read, S3Write, SnsDeliver, SnsPublish};
    let datacenter = Peer::Datacenter;
    let steps = [
        (datacenter.clone(), named("intake"), S3Write),
        (named("intake"), named("launch"), LambdaInvoke),
        (named("launch"), named("analysis"), Ec2Launch),
        (named("analysis"), named("intake"), S3Read),
        (named("analysis"), named("results"), S3Write),
        (named("results"), named("notify"), LambdaInvoke),
        (named("notify"), named("intake"), S3Archive),
        (named("notify"), named("notices"), SnsPublish),
        (named("notices"), datacenter.clone(), SnsDeliver),
        (datacenter, named("results"), S3Read),
    ];
    let through = |from: &Peer| (*from == named("analysis")).then(|| "storage".to_owned());
    (1..)
        .zip(steps)
        .map(|(number, (from, to, action))| Flow {
            through: through(&from),
            from,
            to,
            allow: Allow::Action(action),
            why: format!("Step {number}."),
            per_instance: None,
            slot: number * 100,
        })
        .collect()
}

/// The same with a key, and a sender that is known by its principals and its addresses at once.
pub(crate) fn analytics_full() -> Plan {
    let mut plan = analytics();
    plan.parameters.extend([
        parameter("sender_addresses", DeployKind::Cidrs),
        parameter("kms_key", DeployKind::KmsKey),
    ]);
    if let Some(datacenter) = &mut plan.datacenter {
        datacenter.addresses = Some(Bound::Deploy("sender_addresses".into()));
    }
    let key = || Some(Bound::Deploy("kms_key".into()));
    for service in plan.services.values_mut() {
        match service {
            Service::Bucket(bucket) => bucket.kms_key = key(),
            Service::Topic(topic) => topic.kms_key = key(),
            Service::Function(_) => {}
        }
    }
    plan
}

/// Tiers that reach each other in a circle, themselves, and by what has no port.
pub(crate) fn circle() -> Plan {
    let mut plan = vpn();
    if let Some(vpn) = &mut plan.networks[0].vpn {
        vpn.device = Bound::Known([203, 0, 113, 10].into());
    }
    tier(&mut plan, "app", None);
    let (servers, app) = (|| named("servers"), || named("app"));
    plan.flows.extend([
        flow(300, servers(), app(), "tcp/8000-8100"),
        flow(400, app(), servers(), "icmp/8"),
        flow(500, app(), app(), "all"),
        flow(600, Peer::Datacenter, app(), "icmp"),
        flow(700, Peer::Block(cidr("198.51.100.0/24")), app(), "udp/500"),
    ]);
    plan
}

/// Every plan, with a name for it.
pub(crate) fn all() -> [(&'static str, Plan); 5] {
    [
        ("circle", circle()),
        ("vpn", vpn()),
        ("vpn-full", vpn_full()),
        ("analytics", analytics()),
        ("analytics-full", analytics_full()),
    ]
}
