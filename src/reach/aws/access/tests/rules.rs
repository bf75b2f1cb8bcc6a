//! The rules by which IAM decides, one at a time.

use super::examples::placed;
use crate::cloud::aws::{
    Bucket, BucketPolicy, Caller, Condition, Function, Kind, Ownership, Permission, Policy,
    Principal, Principals, PublicAccessBlock, Resource, Role, Scope, Statement,
};
use crate::cloud::{Asset, Placed, Term};
use crate::reach::aws::access::{Access, access};
use crate::reach::grant::{Basis, Grant, Who};
use crate::reach::request::request;

const OPEN: PublicAccessBlock = PublicAccessBlock {
    block_acls: false,
    ignore_acls: false,
    block_policy: false,
    restrict_buckets: false,
};

fn bucket(public_access: PublicAccessBlock) -> Resource {
    Bucket {
        id: Kind::Bucket.named(["data"]),
        name: "data".into(),
        kms_key: None,
        keep_old_versions_days: None,
        abort_uploads_days: 7,
        archive: None,
        events: false,
        public_access,
        versioned: true,
        ownership: Ownership::Enforced,
        acl: None,
        notifications: Vec::new(),
    }
    .into()
}

fn bucket_policy(statements: Vec<Statement>) -> Resource {
    BucketPolicy {
        id: Kind::BucketPolicy.named(["data"]),
        bucket: Kind::Bucket.named(["data"]).id(),
        policy: Policy { statements },
    }
    .into()
}

fn role(trust: Principal, statements: Vec<Statement>) -> Resource {
    let assume = Statement::allow("Assume", &["sts:AssumeRole"], Vec::new()).to(trust);
    Role {
        id: Kind::Role.named(["app"]),
        name: "app".into(),
        description: String::new(),
        trust: Policy {
            statements: vec![assume],
        },
        policy: Policy { statements },
        managed: Vec::new(),
        boundary: None,
    }
    .into()
}

fn trusted() -> Principal {
    Principal::service("ec2.amazonaws.com")
}

fn objects() -> Vec<Term> {
    vec!["arn:aws:s3:::data/*".into()]
}

fn judged(resources: impl IntoIterator<Item = Resource>) -> Access {
    let all: Vec<Placed<Resource>> = resources.into_iter().map(placed).collect();
    access(&all)
}

/// What `app` may do to the bucket's objects.
fn of_app(access: &Access) -> Vec<String> {
    let grants = access.grants.iter();
    let own = grants.filter(|grant| matches!(&grant.from, Who::Thing(it) if it.id.name() == "app"));
    own.map(|grant| grant.verb.clone()).collect()
}

fn granted<'a>(access: &'a Access, verb: &str, from: &Who) -> Vec<&'a Grant> {
    let grants = access.grants.iter();
    grants
        .filter(|grant| grant.verb == verb && grant.from == *from && grant.basis == Basis::Granted)
        .collect()
}

#[test]
fn a_deny_wins_over_every_allow() {
    let allow = Statement::allow("Read", &["s3:GetObject"], objects());
    let deny = Statement::deny("No", &["s3:*"], objects());
    let access = judged([
        bucket(OPEN),
        role(trusted(), vec![allow.clone()]),
        bucket_policy(vec![allow.to(Principal::Everyone), deny]),
    ]);
    assert_eq!(of_app(&access), [""; 0]);
    assert!(granted(&access, "s3:GetObject", &Who::Anonymous).is_empty());
}

#[test]
fn either_policy_suffices_in_one_account() {
    let allow = Statement::allow("Read", &["s3:GetObject"], objects());
    let by_role = judged([bucket(OPEN), role(trusted(), vec![allow.clone()])]);
    assert_eq!(of_app(&by_role), ["s3:GetObject"]);
    let arn = Principal::aws(vec![Kind::Role.named(["app"]).arn()]);
    let by_bucket = judged([
        bucket(OPEN),
        role(trusted(), Vec::new()),
        bucket_policy(vec![allow.clone().to(arn)]),
    ]);
    assert_eq!(of_app(&by_bucket), ["s3:GetObject"]);
    // What is allowed to the account, the account must give on.
    let root = Principal::aws(vec!["arn:aws:iam::111122223333:root".into()]);
    let by_account = judged([
        bucket(OPEN),
        role(trusted(), Vec::new()),
        bucket_policy(vec![allow.to(root)]),
    ]);
    assert_eq!(of_app(&by_account), [""; 0]);
}

#[test]
fn not_action_is_every_other_action() {
    let mut allow = Statement::allow("Most", &[], objects());
    allow.actions = Scope::AllBut(vec!["s3:Delete*".to_owned()]);
    let found = of_app(&judged([bucket(OPEN), role(trusted(), vec![allow])]));
    assert!(found.contains(&"s3:PutObject".to_owned()), "{found:?}");
    assert!(found.contains(&"s3:*".to_owned()), "{found:?}");
    assert!(
        !found.iter().any(|verb| verb.starts_with("s3:Delete")),
        "{found:?}"
    );
}

#[test]
fn not_principal_denies_everybody_else() {
    let allow = Statement::allow("All", &["s3:GetObject"], objects()).to(Principal::Everyone);
    let mut deny = Statement::deny("Others", &["s3:GetObject"], objects());
    deny.principal = Some(Principal::AllBut(Principals {
        aws: vec!["arn:aws:iam::111122223333:role/friend".into()],
        ..Principals::default()
    }));
    let access = judged([bucket(OPEN), bucket_policy(vec![allow, deny])]);
    let friend = Who::Principal("arn:aws:iam::111122223333:role/friend".into());
    assert_eq!(granted(&access, "s3:GetObject", &friend).len(), 1);
    assert!(granted(&access, "s3:GetObject", &Who::Anonymous).is_empty());
    assert!(granted(&access, "s3:GetObject", &Who::Outsider).is_empty());
}

#[test]
fn a_missing_key_fails_a_condition_and_passes_a_negated_one() {
    let deny = |operator| {
        let condition = Condition::one(operator, "aws:PrincipalArn", "arn:aws:iam::1:role/a");
        let allow = Statement::allow("All", &["s3:GetObject"], objects()).to(Principal::Everyone);
        let deny = Statement::deny("No", &["s3:GetObject"], objects()).when(condition);
        let access = judged([bucket(OPEN), bucket_policy(vec![allow, deny])]);
        granted(&access, "s3:GetObject", &Who::Anonymous).is_empty()
    };
    // Whoever has no identity has no ARN.
    assert!(!deny("ArnEquals"));
    assert!(deny("ArnNotEquals"));
    assert!(deny("ArnEqualsIfExists"));
    assert!(deny("ForAllValues:ArnEquals"));
    assert!(!deny("ForAnyValue:ArnEquals"));
}

#[test]
fn public_access_is_blocked_where_the_bucket_says_so() {
    let allow = Statement::allow("All", &["s3:GetObject"], objects()).to(Principal::Everyone);
    let anonymous = |block| {
        let access = judged([bucket(block), bucket_policy(vec![allow.clone()])]);
        granted(&access, "s3:GetObject", &Who::Anonymous).len()
    };
    assert_eq!(anonymous(OPEN), 1);
    assert_eq!(anonymous(PublicAccessBlock::ALL), 0);
}

#[test]
fn a_role_with_every_action_of_s3_has_every_one() {
    let allow = Statement::allow("All", &["s3:*"], vec!["*".into()]);
    let found = of_app(&judged([bucket(OPEN), role(trusted(), vec![allow])]));
    for verb in [
        "s3:GetObject",
        "s3:DeleteObject",
        "s3:PutBucketPolicy",
        "s3:*",
    ] {
        assert!(found.contains(&verb.to_owned()), "{verb}: {found:?}");
    }
}

#[test]
fn a_trust_in_another_account_is_told() {
    let root = Principal::aws(vec!["arn:aws:iam::111122223333:root".into()]);
    let access = judged([role(root, Vec::new())]);
    let other = Who::Principal("arn:aws:iam::111122223333:root".into());
    assert_eq!(granted(&access, "sts:AssumeRole", &other).len(), 1);
    let access = judged([role(Principal::Everyone, Vec::new())]);
    assert_eq!(granted(&access, "sts:AssumeRole", &Who::Outsider).len(), 1);
}

#[test]
fn a_permission_without_a_source_is_for_everything_of_the_service() {
    let function = Kind::Function.named(["work"]);
    let permission = |source: Option<Term>| {
        let permission = Permission {
            id: Kind::Permission.named(["work"]),
            function: function.arn(),
            action: "lambda:InvokeFunction".into(),
            caller: Caller::Service("s3.amazonaws.com".into()),
            source,
            source_account: None,
            organization: None,
        };
        let function = Function {
            id: function.clone(),
            name: "work".into(),
            description: String::new(),
            runtime: "python3.13".into(),
            handler: "index.handler".into(),
            code: Asset {
                path: String::new(),
            },
            timeout_seconds: 3,
            memory_mib: 128,
            role: "arn:aws:iam::111122223333:role/elsewhere".into(),
            environment: indexmap::IndexMap::new(),
            log_group: "log".into(),
        };
        let access = judged([function.into(), permission.into()]);
        let s3 = Who::Service("s3.amazonaws.com".into());
        let found = granted(&access, "lambda:InvokeFunction", &s3);
        found.iter().map(|grant| request(grant)).collect::<Vec<_>>()
    };
    let on = "s3.amazonaws.com may lambda:InvokeFunction on work \
              (arn:aws:lambda:REGION:ACCOUNT:function:<work>)";
    assert_eq!(permission(None), [on]);
    assert_eq!(
        permission(Some("arn:aws:s3:::data".into())),
        [format!("{on} when aws:sourcearn is arn:aws:s3:::data")]
    );
}

#[test]
fn what_is_not_understood_is_told_and_counts_both_ways() {
    let strange = Condition::one("StringEquals", "aws:Moon", "full");
    let allow = Statement::allow("Read", &["s3:GetObject"], objects());
    let maybe = allow.clone().when(strange.clone());
    let access = judged([bucket(OPEN), role(trusted(), vec![maybe])]);
    assert_eq!(of_app(&access), ["s3:GetObject"]);
    assert!(
        access
            .grants
            .iter()
            .all(|grant| grant.deed != crate::reach::grant::Deed::Read
                || !grant.certain
                || grant.basis == Basis::LeftOpen)
    );
    assert_eq!(access.unknown.len(), 1);
    let deny = Statement::deny("No", &["s3:GetObject"], objects()).when(strange);
    let access = judged([
        bucket(OPEN),
        role(trusted(), vec![allow]),
        bucket_policy(vec![deny]),
    ]);
    assert_eq!(of_app(&access), ["s3:GetObject"]);
    assert_eq!(access.unknown.len(), 1);
}
