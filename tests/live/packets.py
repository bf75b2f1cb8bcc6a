"""Packets as filters tell them apart, and how addresses and packets are cut into pieces.

Cut wherever a rule, an entry or a route begins or ends, a piece is all in it or all out of it. So one packet of a piece
stands for all of them.
"""

from dataclasses import dataclass
from functools import cache
from ipaddress import ip_network

ALL_ADDRESSES = (0, 2**32 - 1)
# Clients connect from these ports: https://docs.aws.amazon.com/vpc/latest/userguide/custom-network-acl.html.
CLIENTS = (1024, 65535)
# Of ICMP, only an echo request asks for an answer: https://www.rfc-editor.org/rfc/rfc792.
ECHO_REPLY, ECHO = 0, 8

# What no address of the Internet is in: https://www.iana.org/assignments/iana-ipv4-special-registry.
SPECIAL = (
    "0.0.0.0/8",
    "10.0.0.0/8",
    "100.64.0.0/10",
    "127.0.0.0/8",
    "169.254.0.0/16",
    "172.16.0.0/12",
    "192.0.0.0/24",
    "192.168.0.0/16",
    "198.18.0.0/15",
    "224.0.0.0/4",
    "240.0.0.0/4",
)


@dataclass(frozen=True, order=True)
class Kind:
    """Packets from the first to the last: ports of TCP or UDP, messages of ICMP (type times 256 and code), or numbers
    of other protocols."""

    name: str
    first: int
    last: int

    def within(self, other):
        return self.name == other.name and other.first <= self.first and self.last <= other.last


EVERYTHING = (Kind("tcp", 0, 65535), Kind("udp", 0, 65535), Kind("icmp", 0, 65535), Kind("other", 0, 255))
# Groups have names for these protocols, network ACLs their numbers.
NAMES = {"1": "icmp", "6": "tcp", "17": "udp", "icmp": "icmp", "tcp": "tcp", "udp": "udp"}


@cache
def block(cidr):
    """The first and the last address of a block."""
    network = ip_network(cidr)
    return int(network.network_address), int(network.broadcast_address)


def holds(cidr, piece):
    """Whether a piece lies in a block."""
    first, last = block(cidr)
    return first <= piece[0] and piece[1] <= last


def cut(whole, parts):
    """The pieces of a range, cut wherever a part begins or ends."""
    starts = {whole[0]} | {first for first, _ in parts} | {last + 1 for _, last in parts}
    starts = sorted(it for it in starts if whole[0] <= it <= whole[1])
    return [(first, after - 1) for first, after in zip(starts, [*starts[1:], whole[1] + 1])]


def messages(kind, code):
    """ICMP of a type and a code, either of which may be -1 for any."""
    if kind == -1:
        return (Kind("icmp", 0, 65535),)
    return (Kind("icmp", kind * 256 + max(code, 0), kind * 256 + (255 if code == -1 else code)),)


def opened_by(permission):
    """The packets that a rule of a group is about."""
    protocol, first, last = permission["IpProtocol"], permission.get("FromPort", -1), permission.get("ToPort", -1)
    match NAMES.get(protocol):
        case "icmp":
            return messages(first, last)
        case "tcp" | "udp" as name:
            return (Kind(name, 0, 65535) if first == -1 else Kind(name, first, last),)
    return others(protocol)


def named_by(entry):
    """The packets that an entry of a network ACL is about."""
    match NAMES.get(entry["Protocol"]):
        case "icmp":
            return messages(entry["IcmpTypeCode"]["Type"], entry["IcmpTypeCode"]["Code"])
        case "tcp" | "udp" as name:
            ports = entry.get("PortRange", {"From": 0, "To": 65535})
            return (Kind(name, ports["From"], ports["To"]),)
    return others(entry["Protocol"])


def others(protocol):
    return EVERYTHING if protocol == "-1" else (Kind("other", int(protocol), int(protocol)),)
