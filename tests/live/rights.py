"""What stands in an account beside its network: policies and what they guard, as the calls that read it tell."""

import ast
import json
from contextlib import contextmanager
from dataclasses import dataclass

from botocore.exceptions import ClientError

from aws import client
from policies import statements


@dataclass
class Role:
    """A role: who may take it on, and what it may do."""

    trust: list
    policy: list


@dataclass
class Bucket:
    """A bucket: its policy, whether it keeps the public out, and what happens in it by itself."""

    policy: list
    keeps_public_out: bool
    # The key and the value of tags for which the lifecycle archives an object.
    archived_by: set
    tells_event_bridge: bool
    # The functions that it tells of each new object.
    tells: list


@dataclass
class Function:
    """A function: the role that it takes on, and the policy of who may start it."""

    role: str
    policy: list


@dataclass
class Topic:
    """A topic: its policy, and where its messages go, as pairs of protocol and address."""

    policy: list
    subscriptions: list


@dataclass
class Endpoint:
    """A way out of a VPC to one service."""

    service: str
    vpc: str
    policy: list


@dataclass
class Rights:
    """Everything of an account that says who may do what."""

    account: str
    region: str
    # By their ARNs, buckets as well.
    roles: dict
    buckets: dict
    functions: dict
    topics: dict
    keys: dict
    # By their ids, and what instances of a launch template are like.
    endpoints: dict
    templates: dict
    # The roles of instance profiles, by the profiles' ARNs.
    profiles: dict
    # The roles of flow logs, by the flow logs' ids.
    flow_logs: dict
    subnets: list
    # The rules of EventBridge that are on, each with its ARN, its pattern and the ARNs of its targets.
    rules: list
    # What CloudFormation made: the logical id and the type by what AWS calls it.
    made: dict
    # What its parameters were given, each as a list.
    given: dict


def read():
    """Everything that stands in the account."""
    me = client("sts").get_caller_identity()["Account"]
    ec2 = client("ec2")
    templates = ec2.describe_launch_templates()["LaunchTemplates"]
    roles = client("iam").list_roles()["Roles"]
    nobody_else(ec2)
    return Rights(
        account=me,
        region=ec2.meta.region_name,
        roles={it["Arn"]: Role(statements(document(it["AssumeRolePolicyDocument"])), may_do(it)) for it in roles},
        buckets={f"arn:aws:s3:::{it['Name']}": bucket(it["Name"]) for it in client("s3").list_buckets()["Buckets"]},
        functions={
            it["FunctionArn"]: Function(it["Role"], function_policy(it["FunctionArn"]))
            for it in client("lambda").list_functions()["Functions"]
        },
        topics={it["TopicArn"]: topic(it["TopicArn"]) for it in client("sns").list_topics()["Topics"]},
        keys={it["KeyArn"]: key_policy(it["KeyId"]) for it in client("kms").list_keys()["Keys"]},
        endpoints={
            it["VpcEndpointId"]: Endpoint(
                it["ServiceName"].rsplit(".")[-1], it["VpcId"], statements(document(it["PolicyDocument"]))
            )
            for it in ec2.describe_vpc_endpoints()["VpcEndpoints"]
        },
        templates={it["LaunchTemplateId"]: launched(it["LaunchTemplateId"]) for it in templates},
        profiles={
            it["Arn"]: [role["Arn"] for role in it["Roles"]]
            for it in client("iam").list_instance_profiles()["InstanceProfiles"]
        },
        flow_logs={
            it["FlowLogId"]: it["DeliverLogsPermissionArn"] for it in ec2.describe_flow_logs()["FlowLogs"]
        },
        subnets=ec2.describe_subnets()["Subnets"],
        rules=[rule(it) for it in client("events").list_rules()["Rules"] if it["State"] == "ENABLED"],
        made=made(),
        given=given(),
    )


def document(told):
    """A policy. moto tells some as text, and those that its CloudFormation made in the way of Python."""
    if not isinstance(told, str):
        return told
    return json.loads(told) if told.startswith('{"') else ast.literal_eval(told)


def nobody_else(ec2):
    """Holds to it that nobody is there of whom the rest does not tell."""
    if client("iam").list_users()["Users"]:
        raise AssertionError("this test reads no users")
    for reservation in ec2.describe_instances()["Reservations"]:
        if any("IamInstanceProfile" in it for it in reservation["Instances"]):
            raise AssertionError("this test reads no roles of running instances")


def may_do(role):
    """The statements of all policies of a role."""
    iam, name = client("iam"), role["RoleName"]
    if "PermissionsBoundary" in role:
        raise AssertionError("this test reads no boundaries")
    found = []
    for it in iam.list_role_policies(RoleName=name)["PolicyNames"]:
        found += statements(document(iam.get_role_policy(RoleName=name, PolicyName=it)["PolicyDocument"]))
    for it in iam.list_attached_role_policies(RoleName=name)["AttachedPolicies"]:
        version = iam.get_policy(PolicyArn=it["PolicyArn"])["Policy"]["DefaultVersionId"]
        told = iam.get_policy_version(PolicyArn=it["PolicyArn"], VersionId=version)["PolicyVersion"]
        found += statements(document(told["Document"]))
    return found


@contextmanager
def may_be_missing():
    """AWS answers with an error when something was never set."""
    try:
        yield
    except ClientError as error:
        code = error.response["Error"]["Code"]
        if not (code.startswith("NoSuch") or code in ("OwnershipControlsNotFoundError", "ResourceNotFoundException")):
            raise


def bucket(name):
    s3 = client("s3")
    policy, block, archived_by, ownership = [], {}, set(), None
    with may_be_missing():
        policy = statements(document(s3.get_bucket_policy(Bucket=name)["Policy"]))
    with may_be_missing():
        block = s3.get_public_access_block(Bucket=name)["PublicAccessBlockConfiguration"]
    with may_be_missing():
        archived_by = archiving(s3.get_bucket_lifecycle_configuration(Bucket=name)["Rules"])
    with may_be_missing():
        (ownership,) = s3.get_bucket_ownership_controls(Bucket=name)["OwnershipControls"]["Rules"]
    acl = s3.get_bucket_acl(Bucket=name)
    if ownership != {"ObjectOwnership": "BucketOwnerEnforced"} and any(
        it["Grantee"].get("ID") != acl["Owner"]["ID"] for it in acl["Grants"]
    ):
        raise AssertionError("this test reads no ACLs of buckets")
    told = s3.get_bucket_notification_configuration(Bucket=name)
    if told.keys() & {"QueueConfigurations", "TopicConfigurations"}:
        raise AssertionError("this test reads no buckets that tell queues or topics")
    functions = told.get("LambdaFunctionConfigurations", [])
    return Bucket(
        policy=policy,
        keeps_public_out=block.get("BlockPublicPolicy", False) or block.get("RestrictPublicBuckets", False),
        archived_by=archived_by,
        tells_event_bridge="EventBridgeConfiguration" in told,
        tells=[
            it["LambdaFunctionArn"]
            for it in functions
            if any(event.startswith("s3:ObjectCreated:") for event in it["Events"])
        ],
    )


def archiving(rules):
    """The tags for which the rules of a lifecycle that are on put an object into Glacier."""
    tags = [
        it["Filter"]["Tag"]
        for it in rules
        if it["Status"] == "Enabled"
        and "Tag" in it["Filter"]
        and any(there["StorageClass"] in ("GLACIER", "DEEP_ARCHIVE") for there in it.get("Transitions", []))
    ]
    return {(it["Key"], it["Value"]) for it in tags}


def function_policy(arn):
    policy = []
    with may_be_missing():
        policy = statements(document(client("lambda").get_policy(FunctionName=arn)["Policy"]))
    return policy


def topic(arn):
    sns = client("sns")
    policy = statements(document(sns.get_topic_attributes(TopicArn=arn)["Attributes"]["Policy"]))
    subscriptions = sns.list_subscriptions_by_topic(TopicArn=arn)["Subscriptions"]
    return Topic(policy, [(it["Protocol"], it["Endpoint"]) for it in subscriptions])


def key_policy(name):
    return statements(document(client("kms").get_key_policy(KeyId=name, PolicyName="default")["Policy"]))


def launched(template):
    """What a launch template says of what it launches, in its default version."""
    versions = client("ec2").describe_launch_template_versions(LaunchTemplateId=template, Versions=["$Default"])
    (version,) = versions["LaunchTemplateVersions"]
    return version["LaunchTemplateData"]


def rule(told):
    if "EventPattern" not in told:
        raise AssertionError("this test reads no rules without a pattern of events")
    targets = client("events").list_targets_by_rule(Rule=told["Name"])["Targets"]
    return told["Arn"], json.loads(told["EventPattern"]), [it["Arn"] for it in targets]


def made():
    """What CloudFormation says that it made."""
    cloudformation = client("cloudformation")
    return {
        it["PhysicalResourceId"]: (it["LogicalResourceId"], it["ResourceType"])
        for stack in cloudformation.describe_stacks()["Stacks"]
        for it in cloudformation.describe_stack_resources(StackName=stack["StackName"])["StackResources"]
        # Of what it leaves out, moto tells no name.
        if it.get("PhysicalResourceId")
    }


def given():
    """What the parameters of stacks were given. moto tells a list in the way of Python."""
    return {
        it["ParameterKey"]: ast.literal_eval(it["ParameterValue"])
        if it["ParameterValue"].startswith("[")
        else [it["ParameterValue"]]
        for stack in client("cloudformation").describe_stacks()["Stacks"]
        for it in stack.get("Parameters", [])
    }
