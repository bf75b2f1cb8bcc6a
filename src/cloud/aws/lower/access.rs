//! What a role may do: what the flows say, on the one thing that they say it of.

use super::compute::template_id;
use super::{Lowering, buckets, filters, names, services, topics};
use crate::cloud::aws::{Condition, Kind, Policy, Principal, Statement};
use crate::cloud::{Environment, ResourceId, Term};
use crate::plan::{Action, Service, Tier};

impl<'p> Lowering<'p> {
    /// The statements of the role of `name`, a tier or a function: one or a few for each flow that starts there.
    pub(super) fn permissions(&mut self, name: &'p str) -> Vec<Statement> {
        let mut statements: Vec<Statement> = Vec::new();
        for (flow, action, to) in self.actions_of(name) {
            let found = match action {
                Action::S3Read | Action::S3Write | Action::S3Archive => self.on_bucket(action, to),
                Action::SnsPublish => self.on_topic(to),
                Action::Ec2Launch => self.on_tier(to),
                Action::LambdaInvoke => vec![Statement::allow(
                    format!("Invoke{}", names::sid(to)),
                    &["lambda:InvokeFunction"],
                    vec![services::function_id(to).arn()],
                )],
                Action::SnsDeliver => {
                    self.unsupported(
                        format!("{} from `{name}`", flow.allow),
                        "only a topic delivers messages",
                    );
                    Vec::new()
                }
            };
            for statement in found {
                // Two flows that end at buckets with one key need the key once.
                if !statements.contains(&statement) {
                    statements.push(statement);
                }
            }
        }
        statements
    }

    fn on_bucket(&mut self, action: Action, name: &str) -> Vec<Statement> {
        let Some(Service::Bucket(bucket)) = self.plan.services.get(name) else {
            return self.no_such("bucket", name);
        };
        let objects = vec![buckets::objects(name)];
        let (verb, actions) = buckets::granted(action);
        let mut statement =
            Statement::allow(format!("{verb}{}", names::sid(name)), actions, objects);
        if action == Action::S3Archive {
            statement = statement.when(Condition::one(
                "StringEquals",
                buckets::ARCHIVE_CONDITION,
                buckets::ARCHIVE_TAG.1,
            ));
        }
        let mut statements = vec![statement];
        if let Some(key) = &bucket.kms_key {
            let (verb, actions): (_, &[&str]) = match action {
                Action::S3Read => ("Decrypt", &["kms:Decrypt"]),
                // An upload in parts decrypts what it has begun:
                // https://docs.aws.amazon.com/AmazonS3/latest/userguide/mpuoverview.html#mpuAndPermissions
                Action::S3Write => ("Encrypt", &["kms:Decrypt", "kms:GenerateDataKey"]),
                _ => return statements,
            };
            statements.push(by_service(
                Statement::allow(format!("{verb}ThroughS3"), actions, vec![names::value(key)]),
                "s3",
            ));
        }
        statements
    }

    fn on_topic(&mut self, name: &str) -> Vec<Statement> {
        let Some(Service::Topic(topic)) = self.plan.services.get(name) else {
            return self.no_such("topic", name);
        };
        let mut statements = vec![Statement::allow(
            format!("Publish{}", names::sid(name)),
            &["sns:Publish"],
            vec![topics::topic_id(name).arn()],
        )];
        if let Some(key) = &topic.kms_key {
            // https://docs.aws.amazon.com/sns/latest/dg/sns-key-management.html
            let actions = &["kms:Decrypt", "kms:GenerateDataKey"];
            statements.push(by_service(
                Statement::allow("EncryptThroughSns", actions, vec![names::value(key)]),
                "sns",
            ));
        }
        statements
    }

    fn on_tier(&mut self, name: &str) -> Vec<Statement> {
        let plan = self.plan;
        match plan.tiers.get(name) {
            Some(tier) if tier.machines.is_some() => self.launch(tier),
            _ => self.no_such("tier with machines", name),
        }
    }

    fn no_such(&mut self, kind: &str, name: &str) -> Vec<Statement> {
        self.unsupported(
            format!("a flow to `{name}`, which is no {kind},"),
            format!("let the flow end at a {kind}"),
        );
        Vec::new()
    }

    /// One instance, from this tier's launch template, into its subnets, with its group and its role.
    ///
    /// `RunInstances` is asked about each thing that it makes or uses:
    /// <https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonec2.html>
    fn launch(&self, tier: &Tier) -> Vec<Statement> {
        const RUN: &[&str] = &["ec2:RunInstances"];
        let ec2 = |rest: &str| names::arn("ec2", [rest.to_owned().into()]);
        let template = names::arn(
            "ec2",
            ["launch-template/".into(), template_id(&tier.name).id()],
        );
        let from_template = |statement: Statement| {
            statement.when(Condition::one(
                "ArnEquals",
                "ec2:LaunchTemplate",
                template.clone(),
            ))
        };
        let unchanged = |statement: Statement| {
            statement.when(Condition::one(
                "Bool",
                "ec2:IsLaunchTemplateResource",
                "true",
            ))
        };
        let group = filters::group_id(&tier.name).id();
        let subnets = self.subnets_of(tier);
        let subnets = subnets
            .iter()
            .map(|(id, _)| names::arn("ec2", ["subnet/".into(), id.id()]));
        let mut statements = vec![
            from_template(Statement::allow(
                "LaunchFromTheTemplate",
                RUN,
                vec![ec2("instance/*"), ec2("network-interface/*")],
            )),
            from_template(Statement::allow(
                "LaunchWithEncryptedDisks",
                RUN,
                vec![ec2("volume/*")],
            ))
            .when(Condition::one("Bool", "ec2:Encrypted", "true")),
            from_template(Statement::allow(
                "LaunchIntoTheSubnet",
                RUN,
                subnets.collect(),
            )),
            from_template(Statement::allow(
                "LaunchIntoTheGroup",
                RUN,
                vec![names::arn("ec2", ["security-group/".into(), group])],
            )),
            unchanged(from_template(Statement::allow(
                "LaunchTheImageOfTheTemplate",
                RUN,
                vec![names::join([
                    "arn:".into(),
                    Term::Environment(Environment::Partition),
                    ":ec2:".into(),
                    Term::Environment(Environment::Region),
                    "::image/*".into(),
                ])],
            ))),
            Statement::allow("UseTheTemplate", RUN, vec![template.clone()]),
            Statement::allow(
                "TagWhatIsLaunched",
                &["ec2:CreateTags"],
                vec![
                    ec2("instance/*"),
                    ec2("network-interface/*"),
                    ec2("volume/*"),
                ],
            )
            .when(Condition::one(
                "StringEquals",
                "ec2:CreateAction",
                "RunInstances",
            )),
        ];
        if self.actions_of_tier(tier) {
            statements.push(
                Statement::allow(
                    "GiveTheInstanceItsRole",
                    &["iam:PassRole"],
                    vec![role_id(&tier.name).arn()],
                )
                .when(Condition::one(
                    "StringEquals",
                    "iam:PassedToService",
                    "ec2.amazonaws.com",
                )),
            );
        }
        statements
    }

    /// Whether the instances of a tier have a role.
    fn actions_of_tier(&self, tier: &Tier) -> bool {
        let peer = crate::plan::Peer::Named(tier.name.clone());
        self.actions().any(|(flow, _)| flow.from == peer)
    }

    /// The name of a role, with the region in it: roles belong to the account, and a stack may stand in two regions.
    pub(super) fn role_name(&self, name: &str) -> Term {
        names::join([
            format!("{}-", self.name(name)).into(),
            Term::Environment(Environment::Region),
        ])
    }
}

/// Only when the service asks in the caller's name, so that the key serves nothing else.
fn by_service(statement: Statement, service: &str) -> Statement {
    let host = names::join([
        format!("{service}.").into(),
        Term::Environment(Environment::Region),
        ".amazonaws.com".into(),
    ]);
    statement.when(Condition::one("StringEquals", "kms:ViaService", host))
}

/// The trust of a role that one service takes.
pub(super) fn trust(service: &str) -> Policy {
    let statement = Statement::allow("Assume", &["sts:AssumeRole"], Vec::new());
    Policy {
        statements: vec![statement.to(Principal::service(service))],
    }
}

/// The id of the role of a tier or a function.
pub(super) fn role_id(name: &str) -> ResourceId {
    Kind::Role.named([name])
}
