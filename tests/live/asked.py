"""Which requests are asked: one of each that the policies of an account tell apart.

Policies name principals, actions, resources and values, or patterns of them. Of each one is asked, and besides one that
nobody names: where a pattern has a `*`, and where nothing is named at all.
"""

from dataclasses import dataclass, field
from ipaddress import ip_address, ip_network
from itertools import product

from policies import OF_ASKER, OF_SOURCE, OF_WAY, Asker, account_of

# What nobody names.
ELSE = "≠"
ELSEWHERE = "8.8.8.8"

# What is asked of each service even if nobody names it: actions that matter, and whether they are about what is in a
# thing, as an object is in a bucket, or about the thing, where there is such a difference.
OBJECT, BUCKET = True, False
ACTIONS = {
    "s3:GetObject": OBJECT,
    "s3:GetObjectVersion": OBJECT,
    "s3:PutObject": OBJECT,
    "s3:ReplicateObject": OBJECT,
    "s3:PutObjectTagging": OBJECT,
    "s3:PutObjectVersionTagging": OBJECT,
    "s3:DeleteObjectTagging": OBJECT,
    "s3:DeleteObjectVersionTagging": OBJECT,
    "s3:DeleteObject": OBJECT,
    "s3:DeleteObjectVersion": OBJECT,
    "s3:GetObjectAcl": OBJECT,
    "s3:GetObjectAttributes": OBJECT,
    "s3:GetObjectTagging": OBJECT,
    "s3:GetObjectVersionTagging": OBJECT,
    "s3:AbortMultipartUpload": OBJECT,
    "s3:RestoreObject": OBJECT,
    "s3:PutObjectAcl": OBJECT,
    "s3:PutObjectVersionAcl": OBJECT,
    "s3:ListBucket": BUCKET,
    "s3:ListBucketVersions": BUCKET,
    "s3:DeleteBucket": BUCKET,
    "s3:DeleteBucketPolicy": BUCKET,
    "s3:PutBucketAcl": BUCKET,
    "s3:PutBucketNotification": BUCKET,
    "s3:PutBucketOwnershipControls": BUCKET,
    "s3:PutBucketPolicy": BUCKET,
    "s3:PutBucketPublicAccessBlock": BUCKET,
    "s3:PutBucketVersioning": BUCKET,
    "s3:PutEncryptionConfiguration": BUCKET,
    "s3:PutLifecycleConfiguration": BUCKET,
    "s3:PutReplicationConfiguration": BUCKET,
    "lambda:InvokeFunction": None,
    "lambda:AddPermission": None,
    "lambda:UpdateFunctionCode": None,
    "lambda:UpdateFunctionConfiguration": None,
    "sns:Publish": None,
    "sns:Subscribe": None,
    "sns:AddPermission": None,
    "sns:DeleteTopic": None,
    "sns:RemovePermission": None,
    "sns:SetTopicAttributes": None,
    "ec2:RunInstances": None,
    "ec2:CreateTags": None,
    "iam:PassRole": None,
    "iam:AttachRolePolicy": None,
    "iam:PutRolePolicy": None,
    "iam:UpdateAssumeRolePolicy": None,
    "sts:AssumeRole": None,
    "kms:Decrypt": None,
    "kms:Encrypt": None,
    "kms:GenerateDataKey": None,
    "kms:CreateGrant": None,
    "kms:PutKeyPolicy": None,
    "logs:CreateLogStream": None,
    "logs:PutLogEvents": None,
}


@dataclass(frozen=True)
class Way:
    """How a request comes: through an endpoint that stands in the account, or not, and what that tells."""

    endpoint: str | None = None
    tells: dict = field(default_factory=dict)


def unnamed(pattern):
    """What a pattern is about that nobody names."""
    return pattern.replace("*", ELSE).replace("?", ELSE)


def askers(account):
    """Everybody whom the policies of an account tell apart, but its own roles and those whom nobody names."""
    named = {it for statement in account.statements() for it in statement.named_principals()}
    for it in conditions(account.statements()):
        if it.how() != "Null" and it.key == "aws:principalarn":
            named |= {("AWS", value) for value in it.values}
        elif it.how() != "Null" and it.key == "aws:principalaccount":
            named |= {("AWS", f"arn:aws:iam::{value}:root") for value in it.values}
        elif it.how() != "Null" and it.key == "aws:principalservicename":
            named |= {("Service", value) for value in it.values}
    for kind, name in sorted(named):
        if kind == "Service":
            yield Asker(service=name)
        elif number := account_of((kind, name)):
            if number != account.rights.account:
                yield Asker(arn=f"arn:aws:iam::{number}:{ELSE}")
        elif name != "*" and name not in account.rights.roles:
            yield Asker(arn=unnamed(name))


def nobody_named(account):
    """Whom nobody names: somebody else in the account, somebody in another one, and somebody without any."""
    yield Asker(arn=f"arn:aws:iam::{account.rights.account}:{ELSE}")
    yield Asker(arn=f"arn:aws:iam::{ELSE}:{ELSE}")
    yield Asker()


def actions(account):
    """Every action that is asked of."""
    known = {it.lower(): it for it in ACTIONS}
    named = {it for statement in account.statements() for it in statement.named_actions() if ":" in it}
    services = {it.split(":")[0].lower() for it in named}
    # Of a pattern, whatever else fits it; and of a service, whatever else it has.
    found = {known.get(it.lower(), unnamed(it)) for it in named} | {f"{it}:{ELSE}" for it in services}
    return sorted(found | set(ACTIONS))


def resources(account):
    """Every resource that is asked for, each by its ARN."""
    found = {arn for _, arn in account.guards}
    found |= {f"{arn}/{ELSE}" for arn in account.rights.buckets}
    found |= {arn for template in account.rights.templates for arn in launched(account.rights, template)}
    for statement in account.statements():
        found |= {unnamed(it) for it in statement.named_resources() if it != "*"}
        # What is about everything, but for what is named, is about what nobody names.
        if "*" in statement.named_resources() or statement.all_resources_but is not None:
            for service in {it.split(":")[0].lower() for it in statement.named_actions()}:
                found |= of_service(service)
    return sorted(found)


def launched(rights, template):
    """What is made or used when an instance is launched from a template, but for the subnet, by the kinds that EC2 has:
    https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonec2.html"""
    here = f"arn:aws:ec2:{rights.region}:{rights.account}:"
    yield f"{here}launch-template/{template}"
    yield from (f"{here}{it}/{ELSE}" for it in ("instance", "network-interface", "volume"))
    yield from (f"{here}security-group/{it}" for it in groups_of(rights.templates[template]))
    yield f"arn:aws:ec2:{rights.region}::image/{ELSE}"


def groups_of(data):
    """The groups of what a launch template launches."""
    interfaces = data.get("NetworkInterfaces") or [{"Groups": data["SecurityGroupIds"]}]
    return sorted({group for it in interfaces for group in it["Groups"]})


def of_service(service):
    """Something of a service that nobody names."""
    if service == "s3":
        return {f"arn:aws:s3:::{ELSE}", f"arn:aws:s3:::{ELSE}/{ELSE}"}
    return {f"arn:aws:{service}:{ELSE}"}


def is_sensible(action, resource):
    """Whether an action can be about a resource."""
    service, of_resource = action.split(":")[0], resource.split(":")[2]
    if (service, of_resource) == ("sts", "iam"):
        return True
    level = ACTIONS.get(action)
    return service == of_resource and (level is None or level == ("/" in resource))


def ways(case, account):
    """Every way that a request may come."""
    if case.asker.service:
        # Services come from nowhere that a policy could name.
        return [Way()]
    endpoints = {name: account.rights.endpoints[name] for name in case.endpoints}
    own = {*endpoints, *(it.vpc for it in endpoints.values())}
    found = [
        Way(name, {"aws:sourcevpce": name, "aws:sourcevpc": it.vpc}) for name, it in sorted(endpoints.items())
    ]
    about = [it for it in conditions(case.statements()) if it.key in OF_WAY]
    blocks = [value for it in about if it.how() == "IpAddress" for value in it.values]
    found += [Way(None, {"aws:sourceip": it}) for it in addresses(blocks)]
    if any(it.key != "aws:sourceip" for it in about):
        found.append(Way(None, {"aws:sourcevpce": ELSE, "aws:sourcevpc": ELSE}))
    for it in about:
        for value in it.values if it.how() != "Null" and it.key != "aws:sourceip" else ():
            if value not in own:
                others = {"aws:sourcevpce": ELSE, "aws:sourcevpc": ELSE}
                found.append(Way(None, others | {it.key: unnamed(value)}))
    return found


def addresses(blocks):
    """An address of each piece that blocks cut addresses into."""
    edges = {ELSEWHERE}
    for it in map(ip_network, blocks):
        edges |= {str(it.network_address), str(it.broadcast_address)}
        if int(it.broadcast_address) < 2**it.max_prefixlen - 1:
            edges.add(str(it.broadcast_address + 1))
    return sorted(edges, key=lambda it: (ip_address(it).version, int(ip_address(it))))


def circumstances(case):
    """Everything else that a request may tell."""
    values = {}
    for it in conditions(case.statements()):
        if it.key in OF_ASKER | OF_WAY:
            continue
        # Nobody but a service asks in the name of something else. Every request tells whether it is encrypted.
        told = values.setdefault(it.key, set() if it.key == "aws:securetransport" else {None})
        if it.key in OF_SOURCE and not case.asker.service:
            continue
        if it.how() == "Bool":
            told |= {"true", "false"}
        else:
            told |= {ELSE, *(unnamed(value) for value in it.values if it.how() != "Null")}
    keys = sorted(values)
    for told in product(*(sorted(values[it], key=str) for it in keys)):
        yield {key: value for key, value in zip(keys, told) if value is not None}


def conditions(statements):
    return [it for statement in statements for it in statement.conditions]
