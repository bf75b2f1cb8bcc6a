//! Functions, and the events that start them.

use indexmap::IndexMap;

use super::compute::template_id;
use super::{Lowering, access, buckets, logs, names, topics};
use crate::cloud::aws::{Caller, Event, EventRule, Function, Kind, Permission, Policy, Role};
use crate::cloud::{Asset, Attribute, ResourceId, Term};
use crate::plan::{self, Action, Flow, Peer, Scale, Service, Tier};

/// The newest Python but one: supported until 2029.
/// <https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtimes.html>
const RUNTIME: &str = "python3.13";
/// The smallest that a function can have is enough to make a call.
const MEMORY_MIB: u32 = 128;

impl<'p> Lowering<'p> {
    pub(super) fn services(&mut self) {
        let plan = self.plan;
        for service in plan.services.values() {
            match service {
                Service::Bucket(bucket) => self.bucket(bucket),
                Service::Function(function) => self.function(function),
                Service::Topic(topic) => self.topic(topic),
            }
        }
        for (flow, action) in self.actions() {
            if action == Action::LambdaInvoke {
                self.event(flow);
            }
        }
    }

    fn function(&mut self, function: &'p plan::Function) {
        let name = function.name.as_str();
        // Where a function writes to unless told otherwise.
        let group_name = format!("/aws/lambda/{}", self.name(name));
        let log_group = self.log_group(name, Some(group_name), function.log_days, false);
        let mut statements = vec![logs::write_own_logs(&log_group)];
        statements.extend(self.permissions(name));
        let role = access::role_id(name);
        self.add(Role {
            id: role.clone(),
            name: self.role_name(name),
            description: format!("What the function {name} may do."),
            trust: access::trust("lambda.amazonaws.com"),
            policy: Policy { statements },
            managed: Vec::new(),
            boundary: None,
        });
        let whys: Vec<_> = self
            .actions()
            .filter(|(flow, _)| flow.to == Peer::Named(name.to_owned()))
            .map(|(flow, _)| flow.why.as_str())
            .collect();
        let environment = self.environment(name);
        self.add(Function {
            id: function_id(name),
            name: self.name(name),
            description: whys.join(" "),
            runtime: RUNTIME.into(),
            handler: "index.handler".into(),
            code: Asset {
                path: format!("{}/index.py", function.code),
            },
            timeout_seconds: function.timeout_seconds,
            memory_mib: MEMORY_MIB,
            role: role.arn(),
            environment,
            log_group: log_group.attribute(Attribute::Name),
        });
    }

    /// What a function is told: the names of what its flows lead to.
    fn environment(&mut self, name: &'p str) -> IndexMap<String, Term> {
        let mut told = IndexMap::new();
        let plan = self.plan;
        let topics = self
            .actions_of(name)
            .filter(|it| it.1 == Action::SnsPublish)
            .count();
        for (_, action, to) in self.actions_of(name) {
            match action {
                Action::S3Read | Action::S3Write | Action::S3Archive => {
                    told.insert(bucket_variable(to), buckets::bucket_id(to).id());
                }
                Action::SnsPublish => {
                    let variable = if topics > 1 {
                        format!("{}_TOPIC_ARN", names::variable(to))
                    } else {
                        "TOPIC_ARN".to_owned()
                    };
                    told.insert(variable, topics::topic_id(to).arn());
                }
                Action::Ec2Launch => {
                    if let Some(tier) = plan.tiers.get(to) {
                        self.told_of_tier(tier, &mut told);
                    }
                }
                Action::LambdaInvoke | Action::SnsDeliver => {}
            }
        }
        told
    }

    /// What launches a tier's instances must know: the template, the subnet, and what the instances are told in turn.
    fn told_of_tier(&mut self, tier: &'p Tier, told: &mut IndexMap<String, Term>) {
        let template = template_id(&tier.name);
        told.insert("LAUNCH_TEMPLATE_ID".into(), template.id());
        told.insert(
            "LAUNCH_TEMPLATE_VERSION".into(),
            template.attribute(Attribute::LatestVersion),
        );
        match self.subnets_of(tier).as_slice() {
            [(subnet, _)] => {
                told.insert("SUBNET_ID".into(), subnet.id());
            }
            _ => self.unsupported(
                format!(
                    "launching instances of `{}` into several subnets",
                    tier.name
                ),
                "spread its subnet over one zone",
            ),
        }
        for (_, action, to) in self.actions_of(&tier.name) {
            if action == Action::S3Write {
                told.insert(bucket_variable(to), buckets::bucket_id(to).id());
            }
        }
        if let Some(machines) = &tier.machines
            && let Scale::OnDemand { max_minutes } = machines.scale
        {
            told.insert("MAX_MINUTES".into(), max_minutes.to_string().into());
        }
    }

    /// A bucket's new object starts a function. `EventBridge` stands between, so that neither the bucket nor the
    /// permission must be there before the other:
    /// <https://docs.aws.amazon.com/AmazonS3/latest/userguide/EventBridge.html>
    fn event(&mut self, flow: &Flow) {
        let plan = self.plan;
        let (Peer::Named(from), Peer::Named(to)) = (&flow.from, &flow.to) else {
            return self.unsupported(
                format!("{} from `{}`", flow.allow, flow.from),
                "let a bucket start the function",
            );
        };
        let is_bucket = matches!(plan.services.get(from), Some(Service::Bucket(_)));
        let is_function = matches!(plan.services.get(to), Some(Service::Function(_)));
        match (is_bucket, is_function) {
            (true, true) => {}
            // A role's own permission says it all.
            (false, true) if plan.services.contains_key(from) => return,
            _ => {
                return self.unsupported(
                    format!("{} from `{from}` to `{to}`", flow.allow),
                    "let a bucket start a function",
                );
            }
        }
        let name = format!("{from}-starts-{to}");
        let rule = Kind::EventRule.named([name.as_str()]);
        self.add(EventRule {
            id: rule.clone(),
            name: self.name(&name),
            description: flow.why.clone(),
            event: Event::Bucket {
                source: "aws.s3".into(),
                detail_type: "Object Created".into(),
                bucket: Some(buckets::bucket_id(from).id()),
            },
            target: function_id(to).arn(),
            target_name: to.clone(),
            more_targets: Vec::new(),
        });
        self.add(Permission {
            id: Kind::Permission.named([name.as_str()]),
            function: function_id(to).arn(),
            action: "lambda:InvokeFunction".into(),
            caller: Caller::Service("events.amazonaws.com".into()),
            source: Some(rule.arn()),
            source_account: None,
            organization: None,
        });
    }
}

fn bucket_variable(bucket: &str) -> String {
    format!("{}_BUCKET", names::variable(bucket))
}

/// The id of a function.
pub(super) fn function_id(name: &str) -> ResourceId {
    Kind::Function.named([name])
}
