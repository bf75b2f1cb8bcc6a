"""What several permissions come to together: an event that starts a function, and an instance that is launched."""

from asked import ELSE, Way, launched
from policies import Asker


def starts(account):
    """Who starts which function by itself: the bucket, the function, the service that asks, and in whose name."""
    rights = account.rights
    for bucket, it in rights.buckets.items():
        for function in it.tells:
            yield bucket, function, "s3.amazonaws.com", bucket
        for rule, pattern, targets in rights.rules:
            if it.tells_event_bridge and matches(pattern, created(bucket)):
                for target in targets:
                    yield bucket, target, "events.amazonaws.com", rule
    for topic, it in rights.topics.items():
        for protocol, address in it.subscriptions:
            if protocol == "lambda":
                yield topic, address, "sns.amazonaws.com", topic


def is_started(account, function, service, source):
    """Whether a function lets a service start it in the name of something."""
    told = {"aws:sourcearn": source, "aws:sourceaccount": account.rights.account, "aws:securetransport": "true"}
    return account.case(Asker(service=service), "lambda:InvokeFunction", function).allowed(Way(), told)


def created(bucket):
    """The event of a new object:
    https://docs.aws.amazon.com/AmazonS3/latest/userguide/ev-events.html"""
    detail = {"bucket": {"name": bucket.rsplit(":")[-1]}, "object": {"key": ELSE}}
    return {"source": "aws.s3", "detail-type": "Object Created", "detail": detail}


def matches(pattern, event):
    """Whether an event fits a pattern:
    https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-event-patterns.html"""
    for key, wanted in pattern.items():
        if isinstance(wanted, dict):
            if not matches(wanted, event.get(key, {})):
                return False
        elif not all(isinstance(it, str) for it in wanted):
            raise AssertionError(f"this test does not know the pattern {wanted}")
        elif event.get(key) not in wanted:
            return False
    return True


def may_launch(account, asker, template):
    """Whether somebody may launch one instance from a launch template, into some subnet. One call asks for everything
    that is made or used: https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/permissions-for-launch-templates.html"""
    rights = account.rights
    data = rights.templates[template]
    here = f"arn:aws:ec2:{rights.region}:{rights.account}:"
    own = f"{here}launch-template/{template}"

    def may(action, resource, **told):
        told = {"ec2:launchtemplate": own, "aws:securetransport": "true"} | told
        return account.case(asker, action, resource).allowed(Way(), told)

    def runs(resource, by_template="true"):
        told = {"ec2:islaunchtemplateresource": by_template}
        if ":volume/" in resource:
            told["ec2:encrypted"] = str(are_encrypted(data)).lower()
        kind = resource.split(":")[5].split("/")[0]
        return may("ec2:RunInstances", resource, **told, **tags(data, kind))

    def tagged(kind):
        told = {"ec2:createaction": "RunInstances"}
        return may("ec2:CreateTags", f"{here}{kind}/{ELSE}", **told, **tags(data, kind))

    return (
        all(map(runs, launched(rights, template)))
        and any(runs(f"{here}subnet/{it['SubnetId']}", by_template="false") for it in rights.subnets)
        and all(tagged(it["ResourceType"]) for it in data.get("TagSpecifications", []))
        and all(
            may("iam:PassRole", role, **{"iam:passedtoservice": "ec2.amazonaws.com"})
            for role in roles_of(rights, data)
        )
    )


def tags(data, kind):
    """What a request tells of the tags that a launch template puts on things of a kind."""
    return {
        f"aws:requesttag/{tag['Key']}".lower(): tag["Value"]
        for it in data.get("TagSpecifications", [])
        for tag in it["Tags"]
        if it["ResourceType"] == kind
    }


def are_encrypted(data):
    """Whether all disks of what a launch template launches are. The image's own is not, when nothing is said of it."""
    disks = [it["Ebs"] for it in data.get("BlockDeviceMappings", []) if "Ebs" in it]
    return bool(disks) and all(it.get("Encrypted", False) for it in disks)


def roles_of(rights, data):
    """The roles of what a launch template launches, by the ARN or the name of its profile."""
    profile = data.get("IamInstanceProfile")
    if profile is None:
        return []
    for arn, roles in rights.profiles.items():
        if profile.get("Arn") == arn or profile.get("Name") == arn.rsplit("/")[-1]:
            return roles
    raise AssertionError(f"there is no profile {profile}")


def holders(account, role):
    """What takes a role on, by its ARN or its id, because the role trusts its service."""
    rights = account.rights
    found = [(arn, "lambda", arn) for arn, it in rights.functions.items() if it.role == role]
    found += [(name, "ec2", None) for name, it in rights.templates.items() if role in roles_of(rights, it)]
    logs = f"arn:aws:ec2:{rights.region}:{rights.account}:vpc-flow-log/"
    found += [(name, "vpc-flow-logs", logs + name) for name, it in rights.flow_logs.items() if it == role]
    for holder, service, source in found:
        told = {"aws:sourceaccount": rights.account, "aws:securetransport": "true"}
        told |= {"aws:sourcearn": source} if source else {}
        if account.case(Asker(service=f"{service}.amazonaws.com"), "sts:AssumeRole", role).allowed(Way(), told):
            yield holder
