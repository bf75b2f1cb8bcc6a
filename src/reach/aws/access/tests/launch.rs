//! Who may launch from a launch template: whoever is allowed everything that it takes, of this template.

use super::examples::{example, stack};
use crate::cloud::aws::{
    Condition, Decision, Image, LaunchTemplate, Policy, Resource, Scope, Statement,
};
use crate::cloud::{Placed, Term};
use crate::plan::Action;
use crate::reach::aws::access::access;
use crate::reach::grant::Grant;
use crate::reach::request::request;

/// Who may launch what in the analytics loop after a change of its resources, and whether that is certain.
fn launches(change: impl Fn(&mut Resource)) -> Vec<Grant> {
    let (_, mut resources) = stack(&example("loop"));
    for placed in &mut resources {
        change(&mut placed.resource);
    }
    of(&resources)
}

fn of(resources: &[Placed<Resource>]) -> Vec<Grant> {
    let mut grants = access(resources).grants;
    grants.retain(|grant| grant.action == Some(Action::Ec2Launch));
    grants
}

/// What becomes of the launch.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Launch {
    Allowed,
    Refused,
    /// It depends on what neither the policies nor the launch template say.
    Uncertain,
}

use Launch::{Allowed, Refused, Uncertain};

#[track_caller]
fn launch(change: impl Fn(&mut Resource)) -> Launch {
    match launches(change).as_slice() {
        [] => Refused,
        [grant] if grant.certain => Allowed,
        [_] => Uncertain,
        more => panic!("{more:#?}"),
    }
}

/// The policy of the function that launches.
fn policy(resource: &mut Resource) -> Option<&mut Policy> {
    match resource {
        Resource::Role(it) if it.id.name() == "launch" => Some(&mut it.policy),
        _ => None,
    }
}

/// Changes a statement of it.
fn edit(sid: &str, change: impl Fn(&mut Statement)) -> impl Fn(&mut Resource) {
    move |resource| {
        let statements = policy(resource)
            .into_iter()
            .flat_map(|it| &mut it.statements);
        statements.filter(|it| it.sid == sid).for_each(&change);
    }
}

/// Puts a condition more into a statement of it.
fn when(
    sid: &'static str,
    operator: &'static str,
    key: &'static str,
    value: &'static str,
) -> impl Fn(&mut Resource) {
    edit(sid, move |it| {
        it.conditions.push(Condition::one(operator, key, value));
    })
}

/// Two changes.
fn both(one: impl Fn(&mut Resource), other: impl Fn(&mut Resource)) -> impl Fn(&mut Resource) {
    move |resource| {
        one(resource);
        other(resource);
    }
}

/// Changes the launch template.
fn template(change: impl Fn(&mut LaunchTemplate)) -> impl Fn(&mut Resource) {
    move |resource| {
        if let Resource::LaunchTemplate(it) = resource {
            change(it);
        }
    }
}

const INSTANCE: &str = "LaunchFromTheTemplate";
const VOLUME: &str = "LaunchWithEncryptedDisks";
const IMAGE: &str = "LaunchTheImageOfTheTemplate";
const SUBNET: &str = "LaunchIntoTheSubnet";
const TAGS: &str = "TagWhatIsLaunched";
const ROLE: &str = "GiveTheInstanceItsRole";

#[test]
fn the_loop_launches_and_says_by_what() {
    let (_, resources) = stack(&example("loop"));
    let [launch] = of(&resources).try_into().unwrap();
    assert!(launch.certain);
    assert_eq!(launch.demands, []);
    assert_eq!(launch.reasons.len(), 8);
}

#[test]
fn the_tags_of_the_template_must_be_allowed() {
    assert_eq!(launch(edit(TAGS, |it| it.effect = Decision::Deny)), Refused);
    let other_call = |it: &mut Statement| it.conditions[0].values = vec!["CreateVolume".into()];
    assert_eq!(launch(edit(TAGS, other_call)), Refused);
    let without = |kind: &'static str| {
        edit(TAGS, move |it| {
            let mut left = it.resources.named().to_vec();
            left.retain(|arn| !format!("{arn:?}").contains(kind));
            it.resources = left.into();
        })
    };
    for kind in ["instance/", "volume/", "network-interface/"] {
        assert_eq!(launch(without(kind)), Refused, "{kind}");
    }
    // What gets no tags need not be allowed to get any.
    let untagged = template(|it| it.tagged.retain(|it| it.kind == "instance"));
    let without = without("volume/");
    assert_eq!(launch(both(&untagged, &without)), Allowed);
}

#[test]
fn the_values_of_tags_are_those_of_the_template() {
    let name = |value| when(TAGS, "StringEquals", "aws:RequestTag/Name", value);
    assert_eq!(launch(name("loop-analysis")), Allowed);
    assert_eq!(launch(name("something-else")), Refused);
    // The key is the same in letters of any case, and the value is not.
    let lower = when(TAGS, "StringEquals", "aws:requesttag/name", "loop-analysis");
    assert_eq!(launch(lower), Allowed);
    let no_such = when(TAGS, "StringLike", "aws:RequestTag/team", "*");
    assert_eq!(launch(no_such), Refused);
    // Tags are asked of the instance itself as well.
    let of_instance = when(INSTANCE, "StringEquals", "aws:RequestTag/Name", "other");
    assert_eq!(launch(of_instance), Refused);
    // What a parameter holds may be the right text, and is surely like itself alone.
    let given = |resource: &mut Resource| {
        let parameter = Term::Parameter("team".into());
        template(|it| {
            for tagged in &mut it.tagged {
                tagged.tags.insert("Name".into(), parameter.clone());
            }
        })(resource);
    };
    assert_eq!(launch(both(given, name("loop-analysis"))), Uncertain);
    let any = when(TAGS, "StringLike", "aws:RequestTag/Name", "*");
    assert_eq!(launch(both(given, any)), Allowed);
    let same = edit(TAGS, |it| {
        let parameter = Term::Parameter("team".into());
        let condition = Condition::one("StringEquals", "aws:RequestTag/Name", parameter);
        it.conditions.push(condition);
    });
    assert_eq!(launch(both(given, same)), Allowed);
    let unknown = template(|it| it.tagged.iter_mut().for_each(|it| it.whole = false));
    let team = when(TAGS, "StringEquals", "aws:RequestTag/team", "data");
    assert_eq!(launch(both(&unknown, &team)), Uncertain);
}

#[test]
fn each_key_of_a_tag_must_be_among_those_that_are_allowed() {
    let keys = |operator: &'static str, keys: &'static [&'static str]| {
        edit(TAGS, move |it| {
            let values = keys.iter().map(|&key| Term::from(key)).collect();
            it.conditions.push(Condition {
                values,
                ..Condition::one(operator, "aws:TagKeys", "")
            });
        })
    };
    let own = &["Name", "patternbook:stack", "patternbook:pattern", "team"];
    assert_eq!(launch(keys("ForAllValues:StringEquals", own)), Allowed);
    assert_eq!(
        launch(keys("ForAllValues:StringEquals", &own[..2])),
        Refused
    );
    assert_eq!(
        launch(keys("ForAllValues:StringLike", &["N*", "patternbook:*"])),
        Allowed
    );
    assert_eq!(launch(keys("ForAnyValue:StringEquals", &["Name"])), Allowed);
    assert_eq!(launch(keys("ForAnyValue:StringEquals", &["team"])), Refused);
    assert_eq!(
        launch(keys("ForAllValues:StringNotEquals", &["team"])),
        Allowed
    );
    // A condition that is made for one value is not to be relied on.
    assert_eq!(launch(keys("StringEquals", &["Name"])), Uncertain);
}

const SIZE: &str = "t3.medium";

/// The statement about instances and network interfaces in two, with a condition for instances: EC2 says nothing of its key
/// for others.
fn apart(key: &'static str, value: &'static str) -> impl Fn(&mut Resource) {
    move |resource| {
        let Some(policy) = policy(resource) else {
            return;
        };
        let mut statements = policy.statements.iter_mut();
        let both = statements.find(|it| it.sid == INSTANCE).unwrap();
        let [instance, interface] = both.resources.named().to_vec().try_into().unwrap();
        let mut of_instance = both.clone();
        both.resources = vec![interface].into();
        of_instance.resources = vec![instance].into();
        let condition = Condition::one("StringEquals", key, value);
        of_instance.conditions.push(condition);
        policy.statements.push(of_instance);
    }
}

#[test]
fn what_a_condition_wants_of_the_instance_the_template_must_say() {
    for (key, right) in [
        ("ec2:InstanceType", SIZE),
        ("ec2:MetadataHttpTokens", "required"),
        ("ec2:MetadataHttpEndpoint", "enabled"),
    ] {
        let of_instance = |value| both(apart(key, value), template(|it| it.size = SIZE.into()));
        assert_eq!(launch(of_instance(right)), Allowed, "{key}");
        assert_eq!(launch(of_instance("other")), Refused, "{key}");
        let of_interfaces_too = when(INSTANCE, "StringEquals", key, right);
        assert_eq!(launch(of_interfaces_too), Refused, "{key}");
        // A template that says nothing of it leaves it open.
        let silent = template(|it| (it.metadata_guarded, it.size) = (false, String::new()));
        let silent = both(of_instance(right), silent);
        assert_eq!(launch(silent), Uncertain, "{key}");
    }
    let unchanged = "ec2:IsLaunchTemplateResource";
    assert_eq!(launch(apart(unchanged, "true")), Allowed);
    assert_eq!(launch(apart(unchanged, "false")), Refused);
}

#[test]
fn what_a_condition_wants_of_the_disk_the_template_must_say() {
    let unencrypted = template(|it| it.disk_encrypted = false);
    // The account may encrypt all disks.
    let [launch_of] = launches(&unencrypted).try_into().unwrap();
    assert!(!launch_of.certain);
    let told = request(&launch_of);
    assert!(told.ends_with(" when ec2:encrypted is true"), "{told}");
    let size = |value| when(VOLUME, "StringEquals", "ec2:VolumeSize", value);
    assert_eq!(launch(size("30")), Allowed);
    assert_eq!(launch(size("31")), Refused);
    let another = template(|it| it.disks = 2);
    assert_eq!(launch(both(&another, size("30"))), Uncertain);
    assert_eq!(
        launch(when(VOLUME, "StringEquals", "ec2:VolumeType", "gp3")),
        Uncertain
    );
    // Of a subnet, EC2 tells nothing about disks.
    assert_eq!(
        launch(when(SUBNET, "Bool", "ec2:Encrypted", "true")),
        Refused
    );
    assert_eq!(
        launch(when(SUBNET, "BoolIfExists", "ec2:Encrypted", "true")),
        Allowed
    );
}

#[test]
fn the_image_and_the_subnet_are_of_the_template_or_not() {
    let of_template = |value: &'static str| {
        edit(IMAGE, move |it| {
            it.conditions[1].values = vec![value.into()];
        })
    };
    assert_eq!(launch(of_template("true")), Allowed);
    assert_eq!(launch(of_template("false")), Refused);
    // Whoever launches names the subnet.
    let subnet = |value| when(SUBNET, "Bool", "ec2:IsLaunchTemplateResource", value);
    assert_eq!(launch(subnet("true")), Refused);
    assert_eq!(launch(subnet("false")), Allowed);
    let only = |image: &'static str| {
        edit(IMAGE, move |it| {
            it.resources = vec![Term::Join(vec![
                "arn:aws:ec2:".into(),
                Term::Environment(crate::cloud::Environment::Region),
                format!("::image/{image}").into(),
            ])]
            .into();
        })
    };
    // What the parameter of Systems Manager holds, nobody can tell.
    assert_eq!(launch(only("ami-1")), Uncertain);
    let named = template(|it| it.image = Image::Id("ami-1".into()));
    assert_eq!(launch(both(&named, only("ami-1"))), Allowed);
    assert_eq!(launch(both(&named, only("ami-2"))), Refused);
    let given = template(|it| it.image = Image::Id(Term::Parameter("image".into())));
    assert_eq!(launch(both(&given, only("ami-1"))), Uncertain);
    assert_eq!(launch(both(&given, only("*"))), Allowed);
}

#[test]
fn the_role_is_given_to_instances_and_to_nothing_else() {
    let to = |service: &'static str| {
        edit(ROLE, move |it| {
            it.conditions[0].values = vec![service.into()];
        })
    };
    assert_eq!(launch(to("ec2.amazonaws.com")), Allowed);
    assert_eq!(launch(to("lambda.amazonaws.com")), Refused);
    let pattern = when(ROLE, "StringLike", "iam:PassedToService", "*.amazonaws.com");
    assert_eq!(launch(pattern), Allowed);
    // The role of a profile that stands elsewhere may be the one that the statement names.
    let elsewhere =
        template(|it| it.profile = Some("arn:aws:iam::111122223333:instance-profile/x".into()));
    assert_eq!(launch(&elsewhere), Uncertain);
    let nobodys = edit(ROLE, |it| it.effect = Decision::Deny);
    assert_eq!(launch(both(&elsewhere, &nobodys)), Refused);
    let all = edit(ROLE, |it| it.resources = vec![Term::from("*")].into());
    assert_eq!(launch(both(&elsewhere, &all)), Allowed);
}

#[test]
fn a_key_that_is_not_understood_makes_the_launch_uncertain() {
    assert_eq!(
        launch(when(SUBNET, "StringEquals", "aws:Moon", "full")),
        Uncertain
    );
    assert_eq!(
        launch(when(SUBNET, "NumericLessThan", "ec2:SubnetID", "1")),
        Uncertain
    );
    assert_eq!(
        launch(when(SUBNET, "StringEquals", "ec2:ResourceTag/tier", "app")),
        Uncertain
    );
    // What EC2 never tells is not met.
    assert_eq!(
        launch(when(SUBNET, "StringEquals", "s3:prefix", "a")),
        Refused
    );
    assert_eq!(
        launch(when(SUBNET, "Bool", "aws:SecureTransport", "true")),
        Allowed
    );
}

#[test]
fn one_request_comes_from_one_place() {
    let from = |sid, block| when(sid, "IpAddress", "aws:SourceIp", block);
    let (instance, subnet) = (from(INSTANCE, "10.0.0.0/8"), from(SUBNET, "10.1.0.0/16"));
    let [launch_of] = launches(both(&instance, &subnet)).try_into().unwrap();
    assert!(
        request(&launch_of).ends_with(" from 10.1.0.0/16"),
        "{}",
        request(&launch_of)
    );
    let elsewhere = from(SUBNET, "192.0.2.0/24");
    assert_eq!(launch(both(&instance, &elsewhere)), Refused);
}

/// A statement in place of all those about launching.
fn wide(change: impl Fn(&mut Statement)) -> impl Fn(&mut Resource) {
    move |resource| {
        if let Some(policy) = policy(resource) {
            policy
                .statements
                .retain(|it| it.actions.named() != ["ec2:RunInstances"]);
            let mut statement = Statement::allow("Wide", &["ec2:RunInstances"], vec!["*".into()]);
            change(&mut statement);
            policy.statements.push(statement);
        }
    }
}

#[test]
fn a_statement_about_everything_is_about_every_launch() {
    assert_eq!(launch(wide(|_| ())), Allowed);
    let pattern = |arn: &'static str| wide(move |it| it.resources = vec![Term::from(arn)].into());
    assert_eq!(launch(pattern("arn:aws:ec2:*")), Allowed);
    assert_eq!(launch(pattern("arn:aws:ec2:*:*:*")), Allowed);
    assert_eq!(launch(pattern("arn:aws:ec2:*:*:*/*")), Allowed);
    assert_eq!(launch(pattern("arn:aws:ec2:*:*:instance/*")), Refused);
    let but = |arn: &'static str| wide(move |it| it.resources = Scope::AllBut(vec![arn.into()]));
    assert_eq!(launch(but("arn:aws:ec2:*:*:key-pair/*")), Allowed);
    assert_eq!(launch(but("arn:aws:ec2:*:*:subnet/*")), Refused);
    assert_eq!(launch(but("arn:aws:ec2:*:*:launch-template/*")), Refused);
    let action = |name: &'static str| wide(move |it| it.actions = vec![name.to_owned()].into());
    assert_eq!(launch(action("ec2:*")), Allowed);
    assert_eq!(launch(action("*")), Allowed);
    assert_eq!(launch(action("ec2:Describe*")), Refused);
    assert_eq!(
        launch(wide(|it| it.actions = Scope::AllBut(vec!["s3:*".into()]))),
        Allowed
    );
}
