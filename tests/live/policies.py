"""What a policy says of one request.

It shares nothing with patternbook, which computes with sets of requests. Here somebody asks for one action on one
resource, and tells one value for each key, or none.

The rules are IAM's:

- What a statement is about: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements.html
- Conditions: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html

Whatever in a policy is not known here is an error, never nothing.
"""

import re
from dataclasses import dataclass
from functools import cache
from ipaddress import ip_address, ip_network

# What a request tells of whoever asks, of the way that it comes, and of those in whose name a service asks.
OF_ASKER = {"aws:principalarn", "aws:principalaccount", "aws:principalisawsservice", "aws:principalservicename"}
OF_WAY = {"aws:sourceip", "aws:sourcevpc", "aws:sourcevpce"}
OF_SOURCE = {"aws:sourceaccount", "aws:sourcearn"}
# What whoever asks may tell as he likes.
FREE = ("aws:requesttag/", "aws:securetransport", "ec2:", "iam:passedtoservice", "kms:viaservice", "lambda:", "s3:", "sns:")

ELEMENTS = {"Sid", "Effect", "Principal", "NotPrincipal", "Action", "NotAction", "Resource", "NotResource", "Condition"}
# moto tells of a function's permission the name of the function as well.
ELEMENTS |= {"FunctionName"}


@dataclass(frozen=True)
class Asker:
    """Whoever asks: somebody with an ARN, a service of AWS, or somebody of whom nothing is known."""

    arn: str | None = None
    service: str | None = None

    @property
    def account(self):
        return self.arn.split(":")[4] if self.arn else None

    def tells(self):
        """What every request of his says of him."""
        told = {"aws:principalisawsservice": "true" if self.service else "false"}
        if self.arn:
            told |= {"aws:principalarn": self.arn, "aws:principalaccount": self.account}
        if self.service:
            told["aws:principalservicename"] = self.service
        return told


@dataclass(frozen=True)
class Condition:
    """One operator on one key."""

    operator: str
    key: str
    values: tuple

    def __post_init__(self):
        if not (self.key in OF_ASKER | OF_WAY | OF_SOURCE or self.key.startswith(FREE)):
            raise AssertionError(f"this test does not know the condition key {self.key}")
        if self.how() not in HOW or any("${" in it for it in self.values):
            raise AssertionError(f"this test does not know the condition {self}")

    def how(self):
        """The operator without what it says of missing keys, and without its negation."""
        plain = self.operator.rsplit(":")[-1].removesuffix("IfExists")
        return plain if plain == "Null" else plain.replace("Not", "")

    def holds(self, told):
        """Whether it holds of what a request tells. Every key here has one value, or none."""
        value = told.get(self.key)
        if self.how() == "Null":
            return any((it.lower() == "true") == (value is None) for it in self.values)
        negated = "Not" in self.operator
        if value is None:
            if self.operator.startswith("ForAnyValue:"):
                return False
            return negated or self.operator.endswith("IfExists") or self.operator.startswith("ForAllValues:")
        return any(HOW[self.how()](it, value) for it in self.values) != negated


class Statement:
    """One statement of a policy."""

    def __init__(self, written):
        if unknown := set(written) - ELEMENTS:
            raise AssertionError(f"this test does not know what {unknown} of a statement means")
        self.allows = {"Allow": True, "Deny": False}[written["Effect"]]
        self.principals = principals(written, "Principal")
        self.all_principals_but = principals(written, "NotPrincipal")
        self.actions, self.all_actions_but = listed(written, "Action"), listed(written, "NotAction")
        self.resources, self.all_resources_but = listed(written, "Resource"), listed(written, "NotResource")
        if any("${" in it for it in self.named_resources()):
            raise AssertionError("this test knows no variables in resources")
        self.conditions = [
            Condition(operator, key.lower(), tuple(many(values)))
            for operator, keys in written.get("Condition", {}).items()
            for key, values in keys.items()
        ]

    def named_principals(self):
        return [*(self.principals or []), *(self.all_principals_but or [])]

    def named_actions(self):
        return [*(self.actions or []), *(self.all_actions_but or [])]

    def named_resources(self):
        return [*(self.resources or []), *(self.all_resources_but or [])]

    def means(self, asker):
        """Whether it is about whoever asks. What has no principal belongs to whoever asks."""
        if self.all_principals_but is not None:
            return not any(is_called(asker, it) for it in self.all_principals_but)
        return self.principals is None or any(is_called(asker, it) for it in self.principals)

    def means_by_himself(self, asker):
        """Whether it is about whoever asks by more than the name of his account, which would have to pass it on.
        https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html
        """
        if self.principals is None:
            return self.means(asker)
        return any(is_called(asker, it) for it in self.principals if not account_of(it))

    def is_about(self, action, resource):
        if self.all_actions_but is not None:
            about = not any(fits(it.lower(), action.lower()) for it in self.all_actions_but)
        else:
            about = any(fits(it.lower(), action.lower()) for it in self.actions)
        if self.all_resources_but is not None:
            return about and not any(fits(it, resource) for it in self.all_resources_but)
        # The trust of a role names no resource: it is about the role.
        return about and (self.resources is None or any(fits(it, resource) for it in self.resources))

    def holds(self, told):
        return all(it.holds(told) for it in self.conditions)


def statements(document):
    """The statements of a policy."""
    return [Statement(it) for it in many(document["Statement"])]


def listed(written, element):
    return many(written[element]) if element in written else None


def many(value):
    """What stands alone or in a list, as a list of it."""
    return value if isinstance(value, list) else [value]


def principals(written, element):
    """Whom a statement names, as pairs of the kind of name and the name."""
    named = written.get(element)
    if named is None:
        return None
    # Everybody; and moto tells so of a function's permission which account it is for.
    if isinstance(named, str):
        return [("AWS", named)]
    if unknown := set(named) - {"AWS", "Service"}:
        raise AssertionError(f"this test does not know principals of kind {unknown}")
    return [(kind, it) for kind, names in named.items() for it in many(names)]


def account_of(principal):
    """The account that a principal is, where it is one: its number, or the ARN of its root."""
    kind, name = principal
    if kind == "AWS" and (found := re.fullmatch(r"(?:arn:aws:iam::)?(\d{12})(?::root)?", name)):
        return found[1]
    return None


def is_called(asker, principal):
    kind, name = principal
    if kind == "Service":
        return asker.service == name
    if account := account_of(principal):
        return asker.account == account
    return name == "*" or asker.arn == name


@cache
def pattern(text):
    parts = {"*": ".*", "?": "."}
    return re.compile("".join(parts.get(it) or re.escape(it) for it in text), re.DOTALL)


def fits(wanted, value):
    """Whether a value fits a pattern, in which `*` is any letters and `?` is any one."""
    return pattern(wanted).fullmatch(value) is not None


def fits_arn(wanted, value):
    """Whether an ARN fits a pattern of ARNs: each of the six parts by itself."""
    wanted, value = wanted.split(":", 5), value.split(":", 5)
    return len(wanted) == len(value) and all(map(fits, wanted, value))


def is_within(block, address):
    return ip_address(address) in ip_network(block)


HOW = {
    "StringEquals": str.__eq__,
    "StringEqualsIgnoreCase": lambda wanted, value: wanted.lower() == value.lower(),
    "StringLike": fits,
    "ArnEquals": fits_arn,
    "ArnLike": fits_arn,
    "Bool": lambda wanted, value: wanted.lower() == value.lower(),
    "IpAddress": is_within,
    "Null": None,
}
