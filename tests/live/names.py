"""What things are called in the words of `patternbook reach`: by their logical ids, or by the parameters' names."""

import re

from asked import ELSE
from policies import Asker


class Names:
    """The names of what stands in an account."""

    def __init__(self, rights):
        self.rights = rights
        # By each value of a parameter, its word, and all values of it.
        self.given = {
            value: (f"<{kebab(name).replace('-', '_')}>", frozenset(values))
            for name, values in rights.given.items()
            for value in values
        }

    def thing(self, arn):
        """What has an ARN, or is in what has it: its name where CloudFormation made it, or else the ARN itself."""
        if arn in self.given:
            return self.given[arn][0]
        parts = re.split("[:/]", arn)
        for made, (logical, kind) in self.rights.made.items():
            if made in parts or arn == made:
                return without_kind(logical, kind.split("::")[-1])
        return self.plain(arn)

    def plain(self, text):
        """A text without the account's number and region, with a star for what nobody names."""
        text = text.replace(self.rights.account, "ACCOUNT").replace(self.rights.region, "REGION")
        return text.replace(ELSE, "*")

    def asker(self, asker):
        match asker:
            case Asker(service=str(service)):
                return service
            case Asker(arn=None):
                return "everybody without an identity"
            case Asker(arn=arn) if arn == f"arn:aws:iam::{self.rights.account}:{ELSE}":
                return "everybody else in the account"
            case Asker(arn=arn) if arn == f"arn:aws:iam::{ELSE}:{ELSE}":
                return "everybody else with an identity in AWS"
            case Asker(arn=arn) if arn.endswith(f":{ELSE}"):
                return f"{arn.removesuffix(ELSE)}root"
        return self.plain(asker.arn)


def without_kind(logical, kind):
    """The logical id without the type at its end, as words."""
    if logical.lower().endswith(kind.lower()) and len(logical) > len(kind):
        logical = logical[: -len(kind)]
    return kebab(logical)


def kebab(name):
    return re.sub("(?<=[^A-Z])(?=[A-Z])|(?<=.)(?=[A-Z][a-z])", "-", name).lower()
