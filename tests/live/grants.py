"""Who may do what by the policies of an account, in the words of `patternbook reach`."""

from collections import defaultdict

import asked
import together
from access import Account
from names import Names
from policies import Asker
from words import Flow

# What flows have a word for.
WORDS = {
    "s3:GetObject": "s3:read",
    "s3:GetObjectVersion": "s3:read",
    "s3:PutObject": "s3:write",
    "s3:ReplicateObject": "s3:write",
    "lambda:InvokeFunction": "lambda:invoke",
    "sns:Publish": "sns:publish",
}
ARCHIVING = {"s3:PutObjectTagging", "s3:PutObjectVersionTagging"}


def grants(rights):
    """Everything that is allowed, each once."""
    return Grants(rights).all()


class Grants:
    """The policies of an account, on their way into words."""

    def __init__(self, rights):
        self.rights = rights
        self.account = Account(rights)
        self.names = Names(rights)
        self.started = [it for it in together.starts(self.account) if together.is_started(self.account, *it[1:])]

    def all(self):
        return self.requests() | self.starts() | self.launches() | self.deliveries()

    def requests(self):
        """What single requests come to."""
        actions, resources = asked.actions(self.account), asked.resources(self.account)
        found = defaultdict(set)
        for asker in self.askers():
            for resource in resources:
                for action in actions:
                    if asked.is_sensible(action, resource):
                        for allow, through in self.allowed(asker, action, resource):
                            found[self.names.thing(resource), allow, through].add(asker)
        return {
            Flow(source, target, allow, through)
            for (target, allow, through), askers in found.items()
            for source in self.sources(askers)
        }

    def askers(self):
        yield from (Asker(arn=it) for it in self.rights.roles)
        yield from asked.askers(self.account)
        yield from asked.nobody_named(self.account)

    def sources(self, askers):
        """What askers are called: roles by whoever takes them on, what a parameter gives by its name if all of it may."""
        arns = {it.arn for it in askers}
        for it in askers:
            word, values = self.names.given.get(it.arn, (None, frozenset()))
            if it.arn in self.rights.roles:
                holders = list(together.holders(self.account, it.arn))
                yield from map(self.names.thing, holders or [it.arn])
            elif word and values <= arns:
                yield word
            else:
                yield self.names.asker(it)

    def allowed(self, asker, action, resource):
        """The words for what is allowed of an action, each with the endpoint that it must come through."""
        case = self.account.case(asker, action, resource)
        if not case.may_be_allowed():
            return
        ways = asked.ways(case, self.account)
        # What may be told on each way; ways on which the same may be told are alike.
        alike = defaultdict(list)
        for way in ways:
            told = [it for it in asked.circumstances(case) if case.allowed(way, it)]
            told = [it for it in told if not self.is_started_by(asker, resource, it)]
            if told:
                alike[self.word(action, resource, told), str(told)].append(way)
        for (allow, _), found in alike.items():
            for way in found:
                name = self.names.thing(way.endpoint) if way.endpoint and len(found) < len(ways) else None
                yield allow, name

    def is_started_by(self, asker, resource, told):
        """Whether a service asks in the name of something that is said to start the function by itself."""
        source = told.get("aws:sourcearn")
        return any((resource, asker.service, source) == it[1:] for it in self.started)

    def word(self, action, resource, told):
        """The word for an action. Those of flows are about what stands here."""
        bucket = self.rights.buckets.get(resource.split("/")[0])
        if bucket and action in ARCHIVING and all(self.archives(bucket, it) for it in told):
            return "s3:archive"
        if bucket or resource in self.rights.functions or resource in self.rights.topics:
            action = WORDS.get(action, action)
        return self.names.plain(action)

    def archives(self, bucket, told):
        """Whether a request puts just the tag for which the bucket archives an object."""
        return any(told.get(f"s3:requestobjecttag/{key}".lower()) == value for key, value in bucket.archived_by)

    def starts(self):
        return {
            Flow(self.names.thing(source), self.names.thing(function), "lambda:invoke", None)
            for source, function, _, _ in self.started
        }

    def launches(self):
        return {
            Flow(source, self.names.thing(template), "ec2:launch", None)
            for template in self.rights.templates
            for role in self.rights.roles
            if together.may_launch(self.account, Asker(arn=role), template)
            for source in self.sources({Asker(arn=role)})
        }

    def deliveries(self):
        return {
            Flow(self.names.thing(topic), self.names.thing(address), "sns:deliver", None)
            for topic, it in self.rights.topics.items()
            for _, address in it.subscriptions
        }
