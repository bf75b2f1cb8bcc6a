"""Whether one request is allowed in an account, by all the policies that stand there together.

The order is IAM's (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html): a deny
anywhere refuses; the endpoint that a request comes through must allow it; and in one account it suffices that the
policies of whoever asks or those of what is asked for allow it. Of whoever is not a role of the account, nothing is
known but what the policies of things say.
"""

from dataclasses import dataclass

# What of a key and of a role only their own policies open to the account:
# https://docs.aws.amazon.com/kms/latest/developerguide/key-policies.html
# https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_create_for-user.html
CLOSED = ("kms", "sts")

# What ties somebody down whom a policy of a bucket does not name:
# https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html#access-control-block-public-access-policy-status
TIES = {
    "aws:principalaccount",
    "aws:principalarn",
    "aws:sourceaccount",
    "aws:sourcearn",
    "aws:sourceip",
    "aws:sourcevpc",
    "aws:sourcevpce",
}


@dataclass
class Case:
    """Somebody, one action and one resource, and the statements that are about all three."""

    asker: object
    # Whether a policy that stands here must let the account in. Of a key or a role elsewhere it is taken to do so.
    is_closed: bool
    is_own_role: bool
    own: list
    things: list
    # By the id of the endpoint.
    endpoints: dict
    # The policy is open to everybody, and the bucket counts it for its account and for services alone.
    closed_to_others: bool
    account: str

    def statements(self):
        return [*self.own, *self.things, *(it for all_of_it in self.endpoints.values() for it in all_of_it)]

    def may_be_allowed(self):
        return any(it.allows for it in [*self.own, *self.things])

    def allowed(self, way, told):
        """Whether a request that comes on some way and tells some things is allowed."""
        told = self.asker.tells() | way.tells | told
        passed = self.endpoints[way.endpoint] if way.endpoint else []
        if any(not it.allows and it.holds(told) for it in [*self.own, *self.things, *passed]):
            return False
        if way.endpoint and not any(it.allows and it.holds(told) for it in passed):
            return False
        of_things = [it for it in self.things if it.allows and it.holds(told)]
        by_own = any(it.allows and it.holds(told) for it in self.own)
        by_name = any(it.means_by_himself(self.asker) for it in of_things)
        if self.is_own_role:
            return by_name or by_own and (bool(of_things) or not self.is_closed)
        if self.asker.service:
            return bool(of_things)
        if self.asker.account == self.account:
            return by_name
        return bool(of_things) and not self.closed_to_others


class Account:
    """The policies of an account, ready to be asked."""

    def __init__(self, rights):
        self.rights = rights
        # What has a policy of its own, and the service whose actions it is asked about.
        self.guards = {
            **{("s3", arn): it.policy for arn, it in rights.buckets.items()},
            **{("lambda", arn): it.policy for arn, it in rights.functions.items()},
            **{("sns", arn): it.policy for arn, it in rights.topics.items()},
            **{("kms", arn): it for arn, it in rights.keys.items()},
            **{("sts", arn): it.trust for arn, it in rights.roles.items()},
        }

    def statements(self):
        """Every statement."""
        yield from (it for role in self.rights.roles.values() for it in role.policy)
        yield from (it for policy in self.guards.values() for it in policy)
        yield from (it for endpoint in self.rights.endpoints.values() for it in endpoint.policy)

    def guard(self, service, resource):
        """What has a policy that is asked about a resource: it, or what it is in, as an object is in a bucket."""
        for (of_service, arn), policy in self.guards.items():
            if of_service == service and (resource == arn or resource.startswith((arn + "/", arn + ":"))):
                return arn, policy
        return None, []

    def case(self, asker, action, resource):
        service = action.split(":")[0]
        arn, policy = self.guard(service, resource)

        def about(statements):
            return [it for it in statements if it.means(asker) and it.is_about(action, resource)]

        bucket = self.rights.buckets.get(arn)
        role = self.rights.roles.get(asker.arn)
        return Case(
            asker=asker,
            is_closed=service in CLOSED and arn is not None,
            is_own_role=role is not None,
            own=about(role.policy) if role else [],
            things=about(policy),
            endpoints={
                name: about(it.policy) for name, it in self.rights.endpoints.items() if it.service == service
            },
            closed_to_others=bucket is not None and bucket.keeps_public_out and any(map(is_public, policy)),
            account=self.rights.account,
        )


def is_public(statement):
    """Whether a statement lets in whoever comes, by nothing that ties him down."""
    everybody = statement.all_principals_but is not None or ("AWS", "*") in statement.principals
    return statement.allows and everybody and not any(ties(it) for it in statement.conditions)


def ties(condition):
    if condition.key not in TIES or "Not" in condition.operator or condition.how() == "Null":
        return False
    wide = [it for it in condition.values if "*" in it or condition.how() == "IpAddress" and is_wide(it)]
    return not wide


def is_wide(block):
    """Whether a block has more addresses than one customer."""
    return int(block.partition("/")[2] or 32) < 8
