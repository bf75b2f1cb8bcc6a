//! Topics, who may publish to them, and who gets their messages.

use super::buckets::{Fact, deny_others};
use super::{Lowering, access, names};
use crate::cloud::ResourceId;
use crate::cloud::aws::{
    Condition, Kind, Policy, Principal, Statement, Subscriber, Subscription, Topic, TopicPolicy,
};
use crate::plan::{self, Action, Peer};

/// The key that AWS keeps in each account for topics. It costs nothing.
/// <https://docs.aws.amazon.com/sns/latest/dg/sns-server-side-encryption.html>
const KEY_OF_SNS: &str = "alias/aws/sns";

impl Lowering<'_> {
    pub(super) fn topic(&mut self, topic: &plan::Topic) {
        let id = topic_id(&topic.name);
        let key = topic.kms_key.as_ref();
        self.add(Topic {
            id: id.clone(),
            name: self.name(&topic.name),
            kms_key: Some(key.map_or_else(|| KEY_OF_SNS.into(), names::value)),
        });
        let own = Peer::Named(topic.name.clone());
        let publishers: Vec<_> = self
            .actions()
            .filter(|(flow, action)| *action == Action::SnsPublish && flow.to == own)
            .filter_map(|(flow, _)| match &flow.from {
                Peer::Named(name) => Some(access::role_id(name).arn()),
                _ => None,
            })
            .collect();
        let publish = &["sns:Publish"];
        let mut statements = vec![
            Statement::deny("DenyPlainHttp", publish, vec![id.arn()]).when(Condition::one(
                "Bool",
                "aws:SecureTransport",
                "false",
            )),
        ];
        let clauses: Vec<_> = publishers
            .iter()
            .map(|role| vec![Fact::Role(role.clone())])
            .collect();
        statements.extend(deny_others("Publishing", publish, &id.arn(), &clauses));
        if !publishers.is_empty() {
            statements.push(
                Statement::allow("Publish", publish, vec![id.arn()]).to(Principal::aws(publishers)),
            );
        }
        self.add(TopicPolicy {
            id: Kind::TopicPolicy.named([topic.name.as_str()]),
            topic: id.arn(),
            policy: Policy { statements },
        });
        for (flow, action) in self.actions() {
            if action == Action::SnsDeliver && flow.from == own {
                self.add(Subscription {
                    id: Kind::Subscription.named([topic.name.as_str()]),
                    topic: id.arn(),
                    why: flow.why.clone(),
                    subscriber: Subscriber::Email(names::value(&topic.subscriber)),
                });
            }
        }
        self.output(
            format!("{}_topic_arn", names::output(&topic.name)),
            format!("ARN of the topic {}.", topic.name),
            id.arn(),
        );
    }
}

/// The id of a topic.
pub(super) fn topic_id(name: &str) -> ResourceId {
    Kind::Topic.named([name])
}
