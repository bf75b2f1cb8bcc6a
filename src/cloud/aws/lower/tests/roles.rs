//! What roles may do.

use super::{fixtures, resources, role};
use crate::cloud::aws::{Condition, Resource, Scope, Statement};

fn actions(statements: &[Statement]) -> Vec<&str> {
    let mut actions: Vec<_> = statements
        .iter()
        .flat_map(|it| it.actions.named().iter().map(String::as_str))
        .collect();
    actions.sort_unstable();
    actions.dedup();
    actions
}

#[test]
fn each_role_may_do_what_its_flows_need_and_nothing_else() {
    let items = resources(&fixtures::analytics());
    for (name, wanted) in [
        (
            "analysis",
            &[
                "s3:AbortMultipartUpload",
                "s3:GetObject",
                "s3:GetObjectVersion",
                "s3:PutObject",
            ][..],
        ),
        (
            "launch",
            &[
                "ec2:CreateTags",
                "ec2:RunInstances",
                "iam:PassRole",
                "logs:CreateLogStream",
                "logs:PutLogEvents",
            ],
        ),
        (
            "notify",
            &[
                "logs:CreateLogStream",
                "logs:PutLogEvents",
                "s3:PutObjectTagging",
                "s3:PutObjectVersionTagging",
                "sns:Publish",
            ],
        ),
    ] {
        assert_eq!(
            actions(&role(&items, name).policy.statements),
            wanted,
            "{name}"
        );
    }
}

#[test]
fn no_instance_is_launched_with_a_plain_disk() {
    let launch = role(&resources(&fixtures::analytics()), "launch").policy;
    let volumes: Vec<_> = launch
        .statements
        .iter()
        .filter(|it| it.actions.named() == ["ec2:RunInstances"])
        .filter(|it| format!("{:?}", it.resources).contains("volume"))
        .collect();
    assert_eq!(volumes.len(), 1);
    assert!(
        volumes[0]
            .conditions
            .contains(&Condition::one("Bool", "ec2:Encrypted", "true"))
    );
}

#[test]
fn no_statement_of_a_role_is_about_everything() {
    for (name, plan) in fixtures::all() {
        for item in resources(&plan) {
            let Resource::Role(role) = item else { continue };
            for statement in &role.policy.statements {
                assert!(
                    matches!(statement.resources, Scope::These(_))
                        && matches!(statement.actions, Scope::These(_)),
                    "{name}: {}",
                    statement.sid
                );
                assert!(
                    !statement.resources.named().contains(&"*".into()),
                    "{name}: {}",
                    statement.sid
                );
                assert!(
                    !statement.actions.named().iter().any(|it| it.contains('*')),
                    "{name}"
                );
            }
        }
    }
}

#[test]
fn a_key_is_used_through_its_service_only() {
    let items = resources(&fixtures::analytics_full());
    for name in ["analysis", "notify"] {
        let statements = role(&items, name).policy.statements;
        let mut keys = statements
            .iter()
            .filter(|it| {
                it.actions
                    .named()
                    .iter()
                    .any(|action| action.starts_with("kms:"))
            })
            .peekable();
        assert!(keys.peek().is_some(), "{name}");
        assert!(
            keys.all(|it| it.conditions.iter().any(|it| it.key == "kms:ViaService")),
            "{name}"
        );
    }
}

#[test]
fn servers_without_a_flow_to_a_service_have_no_role() {
    let items = resources(&fixtures::vpn_full());
    assert!(
        !items
            .iter()
            .any(|item| matches!(item, Resource::InstanceProfile(_)))
    );
}

#[test]
fn a_function_is_told_what_it_needs() {
    let items = resources(&fixtures::analytics());
    let told = |name: &str| -> Vec<String> {
        let function = items.iter().find_map(|item| match item {
            Resource::Function(it) if it.id.name() == name => Some(it),
            _ => None,
        });
        function.unwrap().environment.keys().cloned().collect()
    };
    assert_eq!(
        told("launch"),
        [
            "LAUNCH_TEMPLATE_ID",
            "LAUNCH_TEMPLATE_VERSION",
            "SUBNET_ID",
            "RESULTS_BUCKET",
            "MAX_MINUTES"
        ]
    );
    assert_eq!(told("notify"), ["INTAKE_BUCKET", "TOPIC_ARN"]);
}
