//! Buckets, and what they refuse.
//!
//! IAM allows when any statement allows and none denies. A bucket's policy therefore denies what no flow allows, to
//! everyone, whatever other policies of the account say; administration (the policy, the settings) is left alone, so that
//! nobody is locked out.

use super::{Lowering, access, in_network, names};
use crate::cloud::aws::{
    Archive, Bucket, BucketPolicy, Condition, Kind, Ownership, Policy, Principal,
    PublicAccessBlock, Statement,
};
use crate::cloud::{Environment, LoweringError, ResourceId, Term};
use crate::plan::{self, Action, Datacenter, Flow, Peer};

/// The tag that sends an object to the archive; functions that archive set it.
pub(super) const ARCHIVE_TAG: (&str, &str) = ("patternbook:archive", "true");
/// The request's value for [`ARCHIVE_TAG`].
pub(super) const ARCHIVE_CONDITION: &str = "s3:RequestObjectTag/patternbook:archive";
/// Days that an upload may take.
const ABORT_UPLOADS_DAYS: u32 = 7;
/// The longest name that a region has, as in `ap-southeast-1`.
const REGION_LENGTH: usize = 14;
/// <https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html>
const NAME_LENGTH: usize = 63;

/// What a request must be for a flow to allow it: one fact about it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum Fact {
    /// It is signed by one of these principals.
    Principals(Vec<Term>),
    /// It is signed by this role of the stack.
    Role(Term),
    /// It comes from one of these addresses.
    Addresses(Vec<Term>),
    /// It comes through this endpoint.
    Endpoint(Term),
}

/// What one flow allows: a request of which all the facts hold.
pub(super) type Clause = Vec<Fact>;

impl Lowering<'_> {
    pub(super) fn bucket(&mut self, bucket: &plan::Bucket) {
        let id = bucket_id(&bucket.name);
        let is = |flow: &Flow, wanted: &Peer| flow.to == *wanted || flow.from == *wanted;
        let own = Peer::Named(bucket.name.clone());
        let flows: Vec<_> = self.actions().filter(|(flow, _)| is(flow, &own)).collect();
        let archived = flows
            .iter()
            .any(|(flow, action)| *action == Action::S3Archive && flow.to == own);
        let name = self.bucket_name(&bucket.name);
        self.add(Bucket {
            id: id.clone(),
            name,
            kms_key: bucket.kms_key.as_ref().map(names::value),
            keep_old_versions_days: (!archived).then_some(bucket.keep_old_versions_days),
            abort_uploads_days: ABORT_UPLOADS_DAYS,
            archive: archived.then(|| Archive {
                key: ARCHIVE_TAG.0.into(),
                value: ARCHIVE_TAG.1.into(),
            }),
            events: flows.iter().any(|(flow, _)| flow.from == own),
            public_access: PublicAccessBlock::ALL,
            versioned: true,
            ownership: Ownership::Enforced,
            acl: None,
            notifications: Vec::new(),
        });
        let statements = self.bucket_statements(bucket);
        self.add(BucketPolicy {
            id: Kind::BucketPolicy.named([bucket.name.as_str()]),
            bucket: id.id(),
            policy: Policy { statements },
        });
        self.output(
            format!("{}_bucket_name", names::output(&bucket.name)),
            format!("Name of the bucket {}.", bucket.name),
            id.id(),
        );
    }

    /// A name that the sender can know before the deploy. Names of buckets are shared by all of AWS, so that it ends in
    /// the account and the region.
    fn bucket_name(&mut self, name: &str) -> Term {
        let own = self.name(name);
        let count = own.len() + "-123456789012-".len() + REGION_LENGTH;
        if count > NAME_LENGTH {
            self.errors.push(LoweringError::Limit {
                what: format!("the name of the bucket `{own}` with account and region, in characters,"),
                count,
                limit: NAME_LENGTH,
                cloud: super::AWS,
                source_page: "https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html",
            });
        }
        names::join([
            format!("{own}-").into(),
            Term::Environment(Environment::AccountId),
            "-".into(),
            Term::Environment(Environment::Region),
        ])
    }

    fn bucket_statements(&mut self, bucket: &plan::Bucket) -> Vec<Statement> {
        let (all, objects) = (bucket_id(&bucket.name).arn(), objects(&bucket.name));
        let mut statements = vec![
            Statement::deny("DenyPlainHttp", &["s3:*"], vec![all, objects.clone()])
                .when(Condition::one("Bool", "aws:SecureTransport", "false")),
        ];
        statements.extend(encryption(bucket, &objects));
        for (action, verb, actions) in GUARDED {
            let mut clauses = Vec::new();
            for (flow, found) in self.actions() {
                if Some(found) != *action || flow.to != Peer::Named(bucket.name.clone()) {
                    continue;
                }
                if let Some(clause) = self.clause(flow) {
                    clauses.push(clause);
                }
                statements.extend(self.grant(flow, found, &objects));
            }
            statements.extend(deny_others(verb, actions, &objects, &clauses));
        }
        statements
    }

    /// What a request must be to belong to a flow.
    fn clause(&mut self, flow: &Flow) -> Option<Clause> {
        let plan = self.plan;
        match &flow.from {
            Peer::Datacenter => {
                let facts = plan.datacenter.as_ref().map(datacenter_facts);
                let facts = facts.filter(|facts| !facts.is_empty());
                if facts.is_none() {
                    self.unsupported(
                        format!(
                            "{} from a datacenter that has neither principals nor addresses",
                            flow.allow
                        ),
                        "say how the datacenter is known",
                    );
                }
                facts
            }
            Peer::Named(name) if self.has_role(name) => {
                let mut clause = vec![Fact::Role(access::role_id(name).arn())];
                if let Some(through) = &flow.through {
                    let network = plan
                        .networks
                        .iter()
                        .find(|it| it.endpoints.contains_key(through));
                    if let Some(network) = network {
                        let id = in_network(network, Kind::VpcEndpoint, through);
                        clause.push(Fact::Endpoint(id.id()));
                    }
                }
                Some(clause)
            }
            other => {
                self.unsupported(
                    format!("{} from `{other}`", flow.allow),
                    "let it come from the datacenter, a tier with machines or a function",
                );
                None
            }
        }
    }

    fn has_role(&self, name: &str) -> bool {
        let machines = self
            .plan
            .tiers
            .get(name)
            .is_some_and(|tier| tier.machines.is_some());
        let function = matches!(
            self.plan.services.get(name),
            Some(plan::Service::Function(_))
        );
        machines || function
    }

    /// The permission of the datacenter, which has no role in the stack. Where it is known by its addresses alone, the
    /// account's own policies say which of the account's principals may; a request without a signature never may.
    fn grant(&self, flow: &Flow, action: Action, objects: &Term) -> Option<Statement> {
        let datacenter = self.plan.datacenter.as_ref();
        let datacenter = datacenter.filter(|_| flow.from == Peer::Datacenter)?;
        let (verb, actions) = granted(action);
        let principal = datacenter.principals.as_ref().map_or_else(
            || {
                vec![names::join([
                    "arn:".into(),
                    Term::Environment(Environment::Partition),
                    ":iam::".into(),
                    Term::Environment(Environment::AccountId),
                    ":root".into(),
                ])]
            },
            names::values,
        );
        let statement = Statement::allow(
            format!("{verb}FromTheDatacenter"),
            actions,
            vec![objects.clone()],
        )
        .to(Principal::aws(principal));
        Some(match &datacenter.addresses {
            None => statement,
            Some(addresses) => statement.when(Condition {
                operator: "IpAddress".into(),
                key: "aws:SourceIp".into(),
                values: names::values(addresses),
            }),
        })
    }
}

fn datacenter_facts(datacenter: &Datacenter) -> Clause {
    let principals = datacenter
        .principals
        .as_ref()
        .map(names::values)
        .map(Fact::Principals);
    let addresses = datacenter
        .addresses
        .as_ref()
        .map(names::values)
        .map(Fact::Addresses);
    principals.into_iter().chain(addresses).collect()
}

/// Actions on what is in a bucket, with the flow's action that opens each. What no flow opens, as deleting, is closed to all.
const GUARDED: &[(Option<Action>, &str, &[&str])] = &[
    (Some(Action::S3Read), "Reading", &["s3:GetObject*"]),
    (
        Some(Action::S3Write),
        "Writing",
        &["s3:PutObject", "s3:ReplicateObject"],
    ),
    (
        Some(Action::S3Archive),
        "Tagging",
        &[
            "s3:DeleteObject*Tagging",
            "s3:PutObjectTagging",
            "s3:PutObjectVersionTagging",
        ],
    ),
    (
        None,
        "Deleting",
        &["s3:DeleteObject", "s3:DeleteObjectVersion"],
    ),
];

/// What a flow's action needs, with a word for it.
pub(super) fn granted(action: Action) -> (&'static str, &'static [&'static str]) {
    match action {
        Action::S3Write => ("Write", &["s3:AbortMultipartUpload", "s3:PutObject"]),
        Action::S3Archive => (
            "Archive",
            &["s3:PutObjectTagging", "s3:PutObjectVersionTagging"],
        ),
        // No other action ends at a bucket.
        _ => ("Read", &["s3:GetObject", "s3:GetObjectVersion"]),
    }
}

/// Statements that deny `actions` to every request that fits none of `clauses`.
///
/// A request is refused when for each clause one of its facts does not hold. The conditions of one statement must all
/// hold, and one statement that denies is enough; so there is a statement for each way to choose one fact of each clause.
pub(super) fn deny_others(
    verb: &str,
    actions: &[&str],
    objects: &Term,
    clauses: &[Clause],
) -> Vec<Statement> {
    let mut choices: Vec<Vec<&Fact>> = vec![Vec::new()];
    for clause in clauses {
        choices = choices
            .iter()
            .flat_map(|chosen| {
                clause.iter().map(move |fact| {
                    let mut chosen = chosen.clone();
                    if !chosen.contains(&fact) {
                        chosen.push(fact);
                    }
                    chosen
                })
            })
            .collect();
    }
    let mut statements: Vec<Statement> = Vec::new();
    for facts in choices {
        let mut statement = Statement::deny(format!("Deny{verb}"), actions, vec![objects.clone()]);
        for fact in facts {
            statement.sid += without(fact);
            let condition = fact.fails();
            let same = |known: &&mut Condition| {
                known.operator == condition.operator && known.key == condition.key
            };
            match statement.conditions.iter_mut().find(same) {
                Some(known) => known.values.extend(condition.values),
                None => statement.conditions.push(condition),
            }
        }
        let number = 1 + statements
            .iter()
            .filter(|known| known.sid.starts_with(&statement.sid))
            .count();
        if number > 1 {
            statement.sid += &number.to_string();
        }
        statements.push(statement);
    }
    statements
}

impl Fact {
    /// The condition that holds when the fact does not. A key that a request does not have fails every fact, because an
    /// operator with `Not` holds then:
    /// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html>
    fn fails(&self) -> Condition {
        let (operator, key, values) = match self {
            Self::Principals(arns) => ("ArnNotLike", "aws:PrincipalArn", arns.clone()),
            // Not the operator above, so that a list which only the deployer knows stands alone in its condition.
            Self::Role(arn) => ("ArnNotEquals", "aws:PrincipalArn", vec![arn.clone()]),
            Self::Addresses(cidrs) => ("NotIpAddress", "aws:SourceIp", cidrs.clone()),
            Self::Endpoint(id) => ("StringNotEquals", "aws:SourceVpce", vec![id.clone()]),
        };
        Condition {
            operator: operator.into(),
            key: key.into(),
            values,
        }
    }
}

/// The end of a statement's name for a fact that does not hold.
fn without(fact: &Fact) -> &'static str {
    match fact {
        Fact::Principals(_) | Fact::Role(_) => "ByOthers",
        Fact::Addresses(_) => "FromElsewhere",
        Fact::Endpoint(_) => "PastTheEndpoint",
    }
}

/// An upload that says nothing of encryption gets the bucket's own; one that asks for another is refused.
/// <https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingKMSEncryption.html>
fn encryption(bucket: &plan::Bucket, objects: &Term) -> Vec<Statement> {
    const ALGORITHM: &str = "s3:x-amz-server-side-encryption";
    const KEY: &str = "s3:x-amz-server-side-encryption-aws-kms-key-id";
    const CUSTOMER: &str = "s3:x-amz-server-side-encryption-customer-algorithm";
    let deny = |sid: &str| Statement::deny(sid, &["s3:PutObject"], vec![objects.clone()]);
    let present = |key| Condition::one("Null", key, "false");
    let algorithm = if bucket.kms_key.is_some() {
        "aws:kms"
    } else {
        "AES256"
    };
    let mut statements = vec![
        deny("DenyOtherEncryption")
            .when(present(ALGORITHM))
            .when(Condition::one("StringNotEquals", ALGORITHM, algorithm)),
        deny("DenyKeysOfTheSender").when(present(CUSTOMER)),
    ];
    if let Some(key) = &bucket.kms_key {
        statements.push(
            deny("DenyOtherKeys")
                .when(present(KEY))
                .when(Condition::one("StringNotEquals", KEY, names::value(key))),
        );
    }
    statements
}

/// The id of a bucket.
pub(super) fn bucket_id(name: &str) -> ResourceId {
    Kind::Bucket.named([name])
}

/// Everything in a bucket, as the resource of a statement.
pub(super) fn objects(name: &str) -> Term {
    names::join([bucket_id(name).arn(), "/*".into()])
}
