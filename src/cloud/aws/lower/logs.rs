//! Flow logs, and how long logs are kept.

use super::access::trust;
use super::network::vpc_id;
use super::{AWS, Lowering, in_network, names};
use crate::cloud::aws::{Condition, FlowLog, Kind, LogGroup, Policy, Role, Statement};
use crate::cloud::{Attribute, Environment, LoweringError, ResourceId, Term};
use crate::plan::Network;

/// The days that `CloudWatch` can keep logs for:
/// <https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutRetentionPolicy.html>.
const DAYS: [u32; 22] = [
    1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922,
    3288, 3653,
];

impl Lowering<'_> {
    /// A log group, or an error when its days are none that the cloud knows.
    pub(super) fn log_group(
        &mut self,
        name: &str,
        path: Option<String>,
        days: u32,
        keep: bool,
    ) -> ResourceId {
        let id = Kind::LogGroup.named([name]);
        if !DAYS.contains(&days) {
            let longer = DAYS.iter().find(|known| **known > days);
            let nearest = longer.or(DAYS.last()).copied().unwrap_or(days);
            self.errors.push(LoweringError::Text {
                what: format!("the time that the logs `{name}` are kept"),
                found: format!("{days} days"),
                cloud: AWS,
                help: format!("{nearest} days come nearest"),
            });
        }
        self.add(LogGroup {
            id: id.clone(),
            name: self.name(name),
            path,
            days,
            keep,
        });
        id
    }

    pub(super) fn flow_log(&mut self, network: &Network, days: u32) {
        let name = in_network(network, Kind::LogGroup, "flow-logs")
            .path
            .join("-");
        let group = self.log_group(&name, None, days, true);
        let role = Kind::Role.named([name.as_str()]);
        self.add(Role {
            id: role.clone(),
            name: self.role_name(&name),
            description: "Writes the flow logs of the VPC.".into(),
            trust: flow_log_trust(),
            policy: flow_log_policy(&group),
            managed: Vec::new(),
            boundary: None,
        });
        self.add(FlowLog {
            id: in_network(network, Kind::FlowLog, "vpc"),
            name: self.name(&name),
            vpc: vpc_id(network).id(),
            log_group: group.arn(),
            role: role.arn(),
        });
        self.output(
            format!("{}_group", names::output(&name)),
            "Name of the log group with the flow logs. It outlives the stack.",
            group.attribute(Attribute::Name),
        );
    }
}

/// Flow logs of this account and region alone, so that nobody else's can use the role.
/// <https://docs.aws.amazon.com/vpc/latest/userguide/flow-logs-iam-role.html>
fn flow_log_trust() -> Policy {
    let source = names::arn("ec2", ["vpc-flow-log/*".into()]);
    let mut policy = trust("vpc-flow-logs.amazonaws.com");
    for statement in &mut policy.statements {
        statement.conditions = vec![
            Condition::one(
                "StringEquals",
                "aws:SourceAccount",
                Term::Environment(Environment::AccountId),
            ),
            Condition::one("ArnLike", "aws:SourceArn", source.clone()),
        ];
    }
    policy
}

fn flow_log_policy(group: &ResourceId) -> Policy {
    Policy {
        statements: vec![
            Statement::allow(
                "WriteFlowLogs",
                &[
                    "logs:CreateLogStream",
                    "logs:DescribeLogStreams",
                    "logs:PutLogEvents",
                ],
                vec![entries(group)],
            ),
            Statement::allow(
                "FindTheLogGroup",
                &["logs:DescribeLogGroups"],
                vec![names::arn("logs", ["log-group:*".into()])],
            ),
        ],
    }
}

/// What a function may do to its own log group.
pub(super) fn write_own_logs(group: &ResourceId) -> Statement {
    Statement::allow(
        "WriteOwnLogs",
        &["logs:CreateLogStream", "logs:PutLogEvents"],
        vec![entries(group)],
    )
}

/// The streams of a log group.
fn entries(group: &ResourceId) -> Term {
    names::join([group.arn(), ":*".into()])
}
