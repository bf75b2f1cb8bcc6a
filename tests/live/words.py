"""What passes, in the words of `patternbook reach`."""

from ipaddress import IPv4Address, summarize_address_range
from typing import NamedTuple

from network import Network
from packets import SPECIAL, holds

# More blocks than these are told by their number.
MOST_BLOCKS = 16


class Flow(NamedTuple):
    """One line of `patternbook reach`."""

    source: str
    target: str
    allow: str
    through: str | None


def matrix(state):
    """The flows of what stands in an account, each once."""
    network = Network(state)
    return {
        Flow(source or remote, target or remote, allow, way.through)
        for (source, target, way), kinds in network.flows().items()
        for allow, pieces in allowed(network, kinds)
        for remote in (remotes(network, pieces) if None not in pieces else [None])
    }


def allowed(network, kinds):
    """Kinds that the same addresses may use, joined where they are neighbours, each in the word of flows."""
    whole, *others = kinds.values()
    if set(kinds) == set(network.kinds) and all(it == whole for it in others):
        return [("all", whole)]
    joined = []
    for kind, pieces in sorted(kinds.items()):
        if joined:
            name, first, last, known = joined[-1]
            if (name, last + 1, known) == (kind.name, kind.first, pieces):
                joined[-1] = (name, first, kind.last, known)
                continue
        joined.append((kind.name, kind.first, kind.last, pieces))
    return [(word(name, first, last), pieces) for name, first, last, pieces in joined]


def word(name, first, last):
    match name:
        case "icmp" if (first, last) == (0, 65535):
            return "icmp"
        case "icmp" if first % 256 == 0 and last % 256 == 255:
            return ranged(name, first // 256, last // 256)
        case "icmp" if first == last:
            return f"icmp/{first // 256} code {first % 256}"
        case "other":
            return ranged("protocol", first, last)
    # Nothing uses port 0.
    return ranged(name, max(first, 1), last)


def ranged(name, first, last):
    return f"{name}/{first}" if first == last else f"{name}/{first}-{last}"


def remotes(network, pieces):
    """What remote addresses are called: `internet` when all of it is among them, or else their blocks."""
    internet = {
        it
        for it in network.pieces
        if not any(holds(block, it) for block in SPECIAL)
        and not any(holds(subnet["CidrBlock"], it) for subnet in network.state.subnets)
    }
    if internet <= pieces:
        return ["internet"]
    joined = []
    for first, last in sorted(pieces):
        if joined and joined[-1][1] + 1 == first:
            joined[-1] = (joined[-1][0], last)
        else:
            joined.append((first, last))
    blocks = [
        str(block)
        for first, last in joined
        for block in summarize_address_range(IPv4Address(first), IPv4Address(last))
    ]
    return blocks if len(blocks) <= MOST_BLOCKS else [f"{len(blocks)} blocks of addresses"]
