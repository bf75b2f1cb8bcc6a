"""The policies that stand there after a deploy allow what `patternbook reach` says of the template, and no more.

What then stands there is read by calls alone and asked request by request, by `grants` and what it is made of, which
shares nothing with patternbook. What passes on the network is compared in test_live.

Run: python -m unittest discover tests/live   (after cargo build; PATTERNBOOK names another program)
"""

import json
import unittest

from account import deployed, reach, templates
from aws import client
from deploy import load
from words import Flow

PARTNER = "arn:aws:iam::999999999999:role/partner"


class Policies(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.templates = templates()


class Same(Policies):
    """What stands there and what the template says."""

    def test_policies_allow_what_reach_says_no_more_and_no_less(self):
        for example, template in self.templates.items():
            with self.subTest(example=example), deployed(template) as account:
                self.assertTrue(account.said.policies, "something is allowed")
                self.assertEqual(account.allows(), account.said.policies)

    def test_an_edit_of_the_template_shows_in_both_alike(self):
        edits = {
            "another action": lambda it: statement(it, "ReadIntake").update(Action="s3:GetObjectTagging"),
            "every action": lambda it: statement(it, "WriteOwnLogs").update(Action="logs:*"),
            "an action less": lambda it: statement(it, "WriteResults")["Action"].remove("s3:PutObject"),
            "another resource": lambda it: statement(it, "PublishNotices").update(Resource="*"),
            "every resource but one": lambda it: renamed(statement(it, "ReadIntake"), "Resource", "NotResource"),
            "another principal": lambda it: statement(it, "ReadFromTheDatacenter").update(Principal={"AWS": PARTNER}),
            "a deny in place of an allow": lambda it: statement(it, "Publish").update(Effect="Deny"),
            "flow logs of another sort of thing": lambda it: trust(it, "FlowLogsRole").update(
                Condition={"ArnLike": {"aws:SourceArn": "arn:aws:ec2:*:*:instance/*"}}
            ),
            "another service": lambda it: statement(it, "Assume").update(Principal={"Service": "ecs.amazonaws.com"}),
            "no condition": lambda it: statement(it, "ArchiveIntake").pop("Condition"),
            "another value": lambda it: statement(it, "ArchiveIntake")["Condition"].update(
                StringEquals={"s3:RequestObjectTag/patternbook:archive": "false"}
            ),
            "no deny of other ways": lambda it: removed(it, "DenyReadingPastTheEndpoint"),
            "no deny of some addresses": lambda it: conditions(it, "DenyReadingPastTheEndpoint").update(
                NotIpAddress={"aws:SourceIp": "203.0.113.0/24"}
            ),
            "no deny of other readers, and another reader": lambda it: (
                removed(it, "DenyReadingByOthers"),
                statement(it, "ReadFromTheDatacenter")["Principal"].update(AWS=PARTNER),
            ),
            "nothing through the endpoint": lambda it: removed(it, "ReadIntakeAsAnalysis"),
            "a function that any rule may start": lambda it: properties(it, "IntakeStartsLaunchPermission").pop(
                "SourceArn"
            ),
            "a function that nobody may start": lambda it: it["Resources"].pop("IntakeStartsLaunchPermission"),
            "events of another bucket": lambda it: properties(it, "IntakeStartsLaunchEventRule")["EventPattern"][
                "detail"
            ]["bucket"].update(name=[{"Ref": "ResultsBucket"}]),
            "events of every bucket": lambda it: properties(it, "IntakeStartsLaunchEventRule")["EventPattern"].pop(
                "detail"
            ),
            "a bucket that tells nothing": lambda it: properties(it, "IntakeBucket").pop("NotificationConfiguration"),
            "a bucket that archives nothing": lambda it: properties(it, "IntakeBucket").pop("LifecycleConfiguration"),
            "nobody who gets messages": lambda it: it["Resources"].pop("NoticesSubscription"),
            "a launch without the role": lambda it: removed(it, "GiveTheInstanceItsRole"),
            "a launch into no subnet": lambda it: removed(it, "LaunchIntoTheSubnet"),
            "a launch of everything": lambda it: (
                statement(it, "LaunchIntoTheSubnet").update(Resource="*"),
                statement(it, "LaunchIntoTheSubnet").pop("Condition"),
                removed(it, "UseTheTemplate"),
            ),
            "a launch into every subnet but one": lambda it: (
                statement(it, "LaunchIntoTheSubnet").pop("Resource"),
                statement(it, "LaunchIntoTheSubnet").update(NotResource="arn:aws:ec2:*:*:subnet/subnet-1"),
            ),
            "a launch of everything but the template": lambda it: (
                statement(it, "LaunchIntoTheSubnet").pop("Resource"),
                statement(it, "LaunchIntoTheSubnet").update(NotResource="arn:aws:ec2:*:*:launch-template/*"),
                removed(it, "UseTheTemplate"),
            ),
            "every action of EC2": lambda it: (
                statement(it, "LaunchIntoTheSubnet").update(Action="ec2:*", Resource="*"),
                statement(it, "LaunchIntoTheSubnet").pop("Condition"),
            ),
            "a launch without tags": lambda it: removed(it, "TagWhatIsLaunched"),
            "a launch with tags on disks only": lambda it: statement(it, "TagWhatIsLaunched").update(
                Resource=statement(it, "TagWhatIsLaunched")["Resource"][2]
            ),
            "tags with another call": lambda it: statement(it, "TagWhatIsLaunched").update(
                Condition={"StringEquals": {"ec2:CreateAction": "CreateVolume"}}
            ),
            "tags of another value": lambda it: conditions(it, "TagWhatIsLaunched")["StringEquals"].update(
                {"aws:RequestTag/Name": "another"}
            ),
            "a role for another service": lambda it: statement(it, "GiveTheInstanceItsRole").update(
                Condition={"StringEquals": {"iam:PassedToService": "lambda.amazonaws.com"}}
            ),
            "disks that are not encrypted": lambda it: conditions(it, "LaunchWithEncryptedDisks").update(
                Bool={"ec2:Encrypted": "false"}
            ),
            "an image of one's own": lambda it: conditions(it, "LaunchTheImageOfTheTemplate").update(
                Bool={"ec2:IsLaunchTemplateResource": "false"}
            ),
            "a launch into a subnet of the template": lambda it: conditions(it, "LaunchIntoTheSubnet").update(
                Bool={"ec2:IsLaunchTemplateResource": "true"}
            ),
            "a bucket for everybody": lambda it: (
                properties(it, "IntakeBucket")["PublicAccessBlockConfiguration"].update(
                    BlockPublicPolicy=False, RestrictPublicBuckets=False
                ),
                statement(it, "WriteFromTheDatacenter").update(Principal="*"),
                removed(it, "DenyWritingByOthers"),
            ),
        }
        for example in ("loop", "loop-full"):
            before = reach(self.templates[example]).policies
            for what, edit in edits.items():
                with self.subTest(example=example, edit=what):
                    template = load(self.templates[example])
                    edit(template)
                    with deployed(json.dumps(template, default=str)) as account:
                        self.assertNotEqual(account.said.policies, before, "the edit changes something")
                        self.assertEqual(account.allows(), account.said.policies)


def properties(template, name):
    return template["Resources"][name]["Properties"]


def trust(template, name):
    """The first statement of who may take on a role."""
    return properties(template, name)["AssumeRolePolicyDocument"]["Statement"][0]


def conditions(template, name):
    return statement(template, name)["Condition"]


def lists_of_statements(template):
    """The statements of each policy."""
    for it in template["Resources"].values():
        mine = it.get("Properties", {})
        documents = [mine.get("AssumeRolePolicyDocument"), mine.get("PolicyDocument")]
        documents += [policy["PolicyDocument"] for policy in mine.get("Policies", [])]
        yield from (document["Statement"] for document in documents if document)


def statement(template, name):
    """The first statement of this name."""
    return next(it for statements in lists_of_statements(template) for it in statements if it["Sid"] == name)


def removed(template, name):
    """Takes away the first statement of this name."""
    statements = next(it for it in lists_of_statements(template) if any(there["Sid"] == name for there in it))
    statements.remove(statement(template, name))


def renamed(written, before, after):
    written[after] = written.pop(before)


class Changed(Policies):
    """What somebody changes by hand after the deploy is found, and nothing else with it."""

    def assert_changed(self, account, more=(), less=()):
        live, said = account.allows(), account.said.policies
        self.assertEqual((live - said, said - live), (set(more), set(less)))

    def test_a_statement_more_in_the_policy_of_a_bucket(self):
        with deployed(self.templates["loop"]) as account:
            bucket = bucket_of("results")
            arn = f"arn:aws:s3:::{bucket}"
            more_in_bucket(bucket, Principal={"AWS": PARTNER}, Action="s3:ListBucket", Resource=arn)
            self.assert_changed(account, [Flow(PARTNER, "results", "s3:ListBucket", None)])

    def test_a_bucket_that_is_open_to_everybody_once_nothing_keeps_the_public_out(self):
        with deployed(self.templates["loop"]) as account:
            bucket = bucket_of("results")
            more_in_bucket(bucket, Principal="*", Action="s3:ListBucket", Resource=f"arn:aws:s3:::{bucket}")
            of_account = ["analysis", "launch", "notify", "vpc", "everybody else in the account"]
            services = ["ec2", "events", "lambda", "vpc-flow-logs"]
            of_account += [f"{it}.amazonaws.com" for it in services]
            # One of the senders is of another account, to which such a bucket is closed altogether.
            sender = "arn:aws:iam::ACCOUNT:role/sender"
            self.assert_changed(
                account,
                more=[
                    *flows([*of_account, sender], "results", "s3:ListBucket"),
                    Flow(sender, "results", "s3:read", None),
                ],
                less=[Flow("<sender_principals>", "results", "s3:read", None)],
            )
            client("s3").delete_public_access_block(Bucket=bucket)
            others = ["everybody else with an identity in AWS", "everybody without an identity", "<sender_principals>"]
            self.assert_changed(account, flows([*of_account, *others], "results", "s3:ListBucket"))

    def test_a_bucket_without_its_policy(self):
        with deployed(self.templates["loop"]) as account:
            client("s3").delete_bucket_policy(Bucket=bucket_of("results"))
            said = account.said.policies
            self.assert_changed(
                account,
                more=[Flow("analysis", "results", "s3:write", None)],
                less=[it for it in said if it.target == "results" and (it.through or it.source.startswith("<"))],
            )

    def test_a_policy_more_of_a_role(self):
        with deployed(self.templates["loop"]) as account:
            more_of_role("Launch", Action="s3:ListBucket", Resource=f"arn:aws:s3:::{bucket_of('intake')}")
            self.assert_changed(account, [Flow("launch", "intake", "s3:ListBucket", None)])

    def test_a_policy_more_of_a_role_that_the_bucket_refuses(self):
        with deployed(self.templates["loop"]) as account:
            more_of_role("Launch", Action="s3:GetObject", Resource=f"arn:aws:s3:::{bucket_of('intake')}/*")
            self.assert_changed(account)

    def test_a_managed_policy_of_a_role(self):
        with deployed(self.templates["loop"]) as account:
            document = policy(Action="sns:Subscribe", Resource="*")
            made = client("iam").create_policy(PolicyName="more", PolicyDocument=document)["Policy"]
            client("iam").attach_role_policy(RoleName=role_of("Notify"), PolicyArn=made["Arn"])
            targets = ["notices", "arn:aws:sns:*"]
            self.assert_changed(account, [Flow("notify", it, "sns:Subscribe", None) for it in targets])

    def test_a_role_that_trusts_somebody_more(self):
        with deployed(self.templates["loop"]) as account:
            name = role_of("Analysis")
            trust = client("iam").get_role(RoleName=name)["Role"]["AssumeRolePolicyDocument"]
            trust["Statement"].append(
                {"Effect": "Allow", "Principal": {"AWS": PARTNER}, "Action": "sts:AssumeRole"}
            )
            client("iam").update_assume_role_policy(RoleName=name, PolicyDocument=json.dumps(trust))
            self.assert_changed(account, [Flow(PARTNER, "analysis", "sts:AssumeRole", None)])

    def test_an_endpoint_that_is_opened_lets_pass_what_policies_allowed_before(self):
        with deployed(self.templates["loop"]) as account:
            more_of_role("Analysis", Action="s3:GetObjectTagging", Resource=f"arn:aws:s3:::{bucket_of('intake')}/*")
            # The bucket lets nobody read past the endpoint, and the endpoint knows no tags.
            self.assert_changed(account)
            (endpoint,) = account.rights().endpoints
            account.ec2.modify_vpc_endpoint(
                VpcEndpointId=endpoint, PolicyDocument=policy(Principal="*", Action="*", Resource="*")
            )
            self.assert_changed(account, [Flow("analysis", "intake", "s3:GetObjectTagging", "storage")])

    def test_an_endpoint_that_is_closed(self):
        with deployed(self.templates["loop"]) as account:
            (endpoint,) = account.rights().endpoints
            account.ec2.modify_vpc_endpoint(
                VpcEndpointId=endpoint,
                PolicyDocument=policy(Effect="Deny", Principal="*", Action="s3:PutObject", Resource="*"),
            )
            through = [it for it in account.said.policies if it.through == "storage"]
            self.assertEqual(len(through), 2)
            self.assert_changed(account, less=through)

    def test_a_permission_more_of_a_function(self):
        with deployed(self.templates["loop"]) as account:
            (function,) = (it for it in account.rights().functions if "Notify" in it)
            client("lambda").add_permission(
                FunctionName=function,
                StatementId="more",
                Action="lambda:InvokeFunction",
                Principal="s3.amazonaws.com",
            )
            self.assert_changed(account, [Flow("s3.amazonaws.com", "notify", "lambda:invoke", None)])

    def test_a_bucket_that_starts_a_function_more(self):
        with deployed(self.templates["loop"]) as account:
            bucket = bucket_of("results")
            (function,) = (it for it in account.rights().functions if "Launch" in it)
            client("lambda").add_permission(
                FunctionName=function,
                StatementId="more",
                Action="lambda:InvokeFunction",
                Principal="s3.amazonaws.com",
                SourceArn=f"arn:aws:s3:::{bucket}",
            )
            # As long as the bucket tells the function nothing, it is the service that may start it.
            self.assert_changed(account, [Flow("s3.amazonaws.com", "launch", "lambda:invoke", None)])
            client("s3").put_bucket_notification_configuration(
                Bucket=bucket,
                NotificationConfiguration={
                    "EventBridgeConfiguration": {},
                    "LambdaFunctionConfigurations": [
                        {"LambdaFunctionArn": function, "Events": ["s3:ObjectCreated:*"]}
                    ],
                },
            )
            self.assert_changed(account, [Flow("results", "launch", "lambda:invoke", None)])

    def test_a_rule_of_events_that_is_off(self):
        with deployed(self.templates["loop"]) as account:
            (rule,) = (it for it, _, _ in account.rights().rules if "Intake" in it)
            client("events").disable_rule(Name=rule.rsplit("/")[-1])
            self.assert_changed(
                account,
                more=[Flow("events.amazonaws.com", "launch", "lambda:invoke", None)],
                less=[Flow("intake", "launch", "lambda:invoke", None)],
            )

    def test_somebody_more_who_gets_messages(self):
        with deployed(self.templates["loop"]) as account:
            (topic,) = account.rights().topics
            client("sns").subscribe(TopicArn=topic, Protocol="email", Endpoint="stranger@example.net")
            self.assert_changed(account, [Flow("notices", "stranger@example.net", "sns:deliver", None)])

    def test_a_launch_template_whose_disks_are_not_encrypted(self):
        with deployed(self.templates["loop"]) as account:
            ((template, data),) = account.rights().templates.items()
            data["BlockDeviceMappings"][0]["Ebs"]["Encrypted"] = False
            made = account.ec2.create_launch_template_version(LaunchTemplateId=template, LaunchTemplateData=data)
            account.ec2.modify_launch_template(
                LaunchTemplateId=template,
                DefaultVersion=str(made["LaunchTemplateVersion"]["VersionNumber"]),
            )
            self.assert_changed(account, less=[Flow("launch", "analysis", "ec2:launch", None)])

    def test_a_key_that_knows_the_account_no_more(self):
        with deployed(self.templates["loop-full"]) as account:
            (key,) = account.rights().keys
            document = policy(Principal={"AWS": PARTNER}, Action="kms:Decrypt", Resource="*")
            client("kms").put_key_policy(KeyId=key, PolicyName="default", Policy=document)
            of_key = [it for it in account.said.policies if it.target == "<kms_key>"]
            self.assertEqual(len(of_key), 4)
            self.assert_changed(account, more=[Flow(PARTNER, "<kms_key>", "kms:Decrypt", None)], less=of_key)


def flows(sources, target, allow):
    return [Flow(it, target, allow, None) for it in sources]


def bucket_of(name):
    """What a bucket of the loop is called."""
    return next(it["Name"] for it in client("s3").list_buckets()["Buckets"] if f"-{name}-" in it["Name"])


def role_of(name):
    """What a role of the loop is called."""
    return next(it["RoleName"] for it in client("iam").list_roles()["Roles"] if f"-{name}Role-" in it["RoleName"])


def policy(**statement):
    """A policy of one statement, which allows unless it says otherwise."""
    return json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Allow"} | statement]})


def more_in_bucket(bucket, **statement):
    """Puts a statement more into the policy of a bucket."""
    document = json.loads(client("s3").get_bucket_policy(Bucket=bucket)["Policy"])
    document["Statement"].append({"Effect": "Allow"} | statement)
    client("s3").put_bucket_policy(Bucket=bucket, Policy=json.dumps(document))


def more_of_role(name, **statement):
    """Gives a role a policy more."""
    client("iam").put_role_policy(RoleName=role_of(name), PolicyName="more", PolicyDocument=policy(**statement))


if __name__ == "__main__":
    unittest.main()
