"""Who reaches whom in what stands in an account: a packet is sent from everybody to everybody, and every filter asked.

It shares nothing with patternbook, which computes with sets. Here addresses, ports and messages are cut into pieces
that every filter and route treats alike (`packets`), and a packet of each piece is sent.

The rules are AWS's:

- Security groups only allow, and have a memory. A rule that names a group is about its members' private addresses:
  https://docs.aws.amazon.com/vpc/latest/userguide/security-group-rules.html
- Network ACLs have no memory, are asked by number, and only at the edge of a subnet:
  https://docs.aws.amazon.com/vpc/latest/userguide/nacl-rules.html
- The longest prefix of a route table leads:
  https://docs.aws.amazon.com/vpc/latest/userguide/route-tables-priority.html
- A VPN gateway drops what it has no route for:
  https://docs.aws.amazon.com/vpn/latest/s2svpn/vpn-route-priority.html
- A NAT gateway carries TCP, UDP and ICMP, lets nobody in, and takes the route of its own subnet:
  https://docs.aws.amazon.com/vpc/latest/userguide/nat-gateway-basics.html

It reads IPv4 and what the examples deploy. Anything else is an error, never nothing.
"""

from collections import defaultdict
from dataclasses import dataclass
from ipaddress import ip_network
from itertools import product

from packets import ALL_ADDRESSES, CLIENTS, ECHO, ECHO_REPLY, EVERYTHING, SPECIAL
from packets import Kind, block, cut, holds, messages, named_by, opened_by
from peers import peers


@dataclass(frozen=True)
class Way:
    """How somebody is reached: `through` is the word of flows, `by` the route, so that each route has its own flows."""

    through: str | None
    by: str


class Network:
    """The network of an account, ready to be walked."""

    def __init__(self, state):
        self.state = state
        for it in [*state.vpcs.values(), *state.subnets]:
            if it["Ipv6CidrBlockAssociationSet"]:
                raise AssertionError("this test reads no IPv6")
        self.acls = {there["SubnetId"]: it for it in state.acls for there in it["Associations"]}
        self.entries = [entry for it in state.acls for entry in it["Entries"]]
        self.permissions = [
            it for group in state.groups.values() for it in group["IpPermissions"] + group["IpPermissionsEgress"]
        ]
        self.pieces = cut(ALL_ADDRESSES, [block(it) for it in self.blocks()])
        self.kinds = list(self.all_kinds())
        self.clients = {
            name: [
                Kind(name, *piece)
                for piece in cut(CLIENTS, [(it.first, it.last) for it in self.mentioned() if it.name == name])
            ]
            for name in ("tcp", "udp")
        }

    def blocks(self):
        """Every block of addresses that anything names."""
        for it in self.state.vpcs.values():
            yield from (there["CidrBlock"] for there in it["CidrBlockAssociationSet"])
        yield from (it["CidrBlock"] for it in self.state.subnets)
        yield from (it["CidrBlock"] for it in self.entries)
        yield from (there["CidrIp"] for it in self.permissions for there in it["IpRanges"])
        yield from (there["DestinationCidrBlock"] for it in self.state.connections for there in it["Routes"])
        for table in self.state.tables:
            yield from (block for route in table["Routes"] for block in self.destinations(route))
        yield from (block for it in self.state.lists.values() for block in it)
        yield from SPECIAL

    def mentioned(self):
        """Every kind that a filter names."""
        yield from (kind for it in self.permissions for kind in opened_by(it))
        yield from (kind for it in self.entries for kind in named_by(it))

    def all_kinds(self):
        # The two messages of ping are asked for by themselves.
        named = {*self.mentioned(), *messages(ECHO, -1), *messages(ECHO_REPLY, 0)}
        # TCP, UDP and ICMP of both families have names of their own.
        known = [("other", number, number) for number in (1, 6, 17, 58)]
        named |= {Kind(*it) for it in known}
        for whole in EVERYTHING:
            parts = [(it.first, it.last) for it in named if it.name == whole.name]
            for piece in cut((whole.first, whole.last), parts):
                if (whole.name, *piece) not in known:
                    yield Kind(whole.name, *piece)

    # Where packets go.

    def destinations(self, route):
        if "DestinationPrefixListId" in route:
            return self.state.lists[route["DestinationPrefixListId"]]
        return [route["DestinationCidrBlock"]]

    def table(self, subnet):
        """The table of a subnet: the one that it is associated with, or else the VPC's main one."""
        main = None
        for table in self.state.tables:
            for it in table["Associations"]:
                if it.get("SubnetId") == subnet["SubnetId"]:
                    return table
                if it.get("Main") and table["VpcId"] == subnet["VpcId"]:
                    main = table
        return main

    def route(self, subnet, piece):
        """What takes packets for some addresses, and the block that it takes: the longest prefix, then the VPC's own
        route, then what is written, then what is learned."""
        ranks = {"CreateRouteTable": 0, "CreateRoute": 1, "EnableVgwRoutePropagation": 2}
        found = [
            (-ip_network(it).prefixlen, ranks[route["Origin"]], taken_by(route), it)
            for route in self.table(subnet)["Routes"]
            for it in self.destinations(route)
            if holds(it, piece)
        ]
        target, by = min(found)[2:] if found else (None, None)
        others = (*self.state.internet_gateways, *self.state.nat_gateways)
        if target not in (None, "local", *self.state.gateways, *self.state.endpoints, *others):
            raise AssertionError(f"this test reads no routes to {target}")
        return target, by

    def is_local(self, subnet, piece):
        vpc = self.state.vpcs[subnet["VpcId"]]
        return any(holds(it["CidrBlock"], piece) for it in vpc["CidrBlockAssociationSet"])

    def tunnels(self, gateway, vpc):
        """The connections of a VPN gateway, when it is attached."""
        attachments = self.state.gateways[gateway]["VpcAttachments"]
        if not any(it["VpcId"] == vpc and it["State"] == "attached" for it in attachments):
            return []
        return [
            it
            for it in self.state.connections
            if it["VpnGatewayId"] == gateway and it["State"] not in ("deleting", "deleted")
        ]

    def behind(self, gateway, vpc, piece):
        """Whether a VPN gateway has a way to addresses. What it learns by BGP may be any."""
        for connection in self.tunnels(gateway, vpc):
            routes = [it["DestinationCidrBlock"] for it in connection["Routes"]]
            if not connection["Options"]["StaticRoutesOnly"] or any(holds(it, piece) for it in routes):
                return True
        return False

    # What filters say.

    def opens(self, groups, side, kind, piece, members=frozenset()):
        """Whether a rule of some groups is about packets from or to an address, or members of groups."""
        for group in groups:
            for it in self.state.groups[group][side]:
                if not any(kind.within(opened) for opened in opened_by(it)):
                    continue
                blocks = [there["CidrIp"] for there in it["IpRanges"]]
                for there in it["PrefixListIds"]:
                    blocks += self.state.lists[there["PrefixListId"]]
                if any(holds(block, piece) for block in blocks):
                    return True
                if any(there["GroupId"] in members for there in it["UserIdGroupPairs"]):
                    return True
        return False

    def acl_allows(self, subnet, egress, kind, piece):
        """What the first entry that fits says; without one, no."""
        entries = [it for it in self.acls[subnet["SubnetId"]]["Entries"] if it["Egress"] == egress]
        for it in sorted(entries, key=lambda it: it["RuleNumber"]):
            if holds(it["CidrBlock"], piece) and any(kind.within(named) for named in named_by(it)):
                return it["RuleAction"] == "allow"
        return False

    def answers(self, kind):
        """The packets that may answer, of which one must pass; nothing when nobody answers."""
        if kind.name in self.clients:
            return self.clients[kind.name]
        if kind.name == "icmp":
            return messages(ECHO_REPLY, 0) if kind.first // 256 == ECHO else [None]
        return [kind]

    def acls_pass(self, edges, kind):
        """Whether a packet and its answer pass network ACLs. An edge is a subnet, whether the packet leaves it, and the
        addresses at the other end."""
        return any(
            all(
                self.acl_allows(subnet, outward, kind, piece)
                and (answer is None or self.acl_allows(subnet, not outward, answer, piece))
                for subnet, outward, piece in edges
            )
            for answer in self.answers(kind)
        )

    # Who reaches whom.

    def flows(self):
        """Pieces of remote addresses by who, whom and way, and by kind. Who is at the remote end is None, and so is the
        piece where none matters."""
        found = defaultdict(lambda: defaultdict(set))
        machines = peers(self.state)
        for peer in machines:
            for subnet, piece in product(peer.subnets, self.pieces):
                route = self.route(subnet, piece)
                for kind in self.kinds:
                    for ends, remote in self.beyond(peer, subnet, piece, kind, route):
                        found[ends][kind].add(remote)
        for source, target in product(machines, machines):
            for kind in self.kinds:
                if self.between(source, target, kind):
                    found[source.name, target.name, Way(None, "inside")][kind].add(None)
        return found

    def beyond(self, peer, subnet, piece, kind, route):
        """What passes between machines in a subnet and remote addresses."""
        if self.opens(peer.groups, "IpPermissionsEgress", kind, piece):
            yield from self.outward(peer, subnet, piece, kind, *route)
        if self.opens(peer.groups, "IpPermissions", kind, piece):
            yield from self.inward(peer, subnet, piece, kind, *route)

    def outward(self, peer, subnet, piece, kind, target, by):
        if target is None or target == "local":
            # Whoever else is in the VPC says for himself what he lets in.
            return
        if not self.acls_pass([(subnet, True, piece)], kind):
            return
        if target in self.state.endpoints:
            service = self.state.endpoints[target]["ServiceName"].rsplit(".")[-1]
            yield (peer.name, service, Way("endpoint", target)), None
        elif target in self.state.nat_gateways:
            if self.translated(target, piece, kind):
                yield (peer.name, None, Way("nat", by)), piece
        elif target in self.state.internet_gateways:
            # Nobody here has a public address.
            return
        elif self.behind(target, subnet["VpcId"], piece):
            yield (peer.name, None, Way("datacenter", by)), piece

    def translated(self, gateway, piece, kind):
        """Whether a NAT gateway leads to some addresses of the Internet, as far as its own subnet's table does."""
        if kind.name not in ("tcp", "udp", "icmp") or any(holds(it, piece) for it in SPECIAL):
            return False
        (subnet,) = (it for it in self.state.subnets if it["SubnetId"] == self.state.nat_gateways[gateway]["SubnetId"])
        if not self.acls[subnet["SubnetId"]]["IsDefault"]:
            raise AssertionError("this test reads no network ACL before a NAT gateway")
        target, _ = self.route(subnet, piece)
        attached = self.state.internet_gateways.get(target, {}).get("Attachments", [])
        return any(it["VpcId"] == subnet["VpcId"] for it in attached)

    def inward(self, peer, subnet, piece, kind, target, by):
        if self.is_local(subnet, piece):
            # Whoever else is in the VPC may be in the same subnet, where no network ACL is asked.
            yield (None, peer.name, Way(None, "local")), piece
            return
        # The tunnels take packets from any address. What needs no answer arrives even where no route leads back.
        led_back = target in self.state.gateways and self.behind(target, subnet["VpcId"], piece)
        tunnels = any(self.tunnels(it, subnet["VpcId"]) for it in self.state.gateways)
        if tunnels and (led_back or kind.name != "tcp") and self.acls_pass([(subnet, False, piece)], kind):
            yield (None, peer.name, Way("datacenter", by if led_back else "unanswered")), piece

    def between(self, source, target, kind):
        """Whether machines reach machines."""
        for start, end in product(source.subnets, target.subnets):
            if start["VpcId"] != end["VpcId"]:
                continue
            for near, far in product(self.inside(start), self.inside(end)):
                edges = [] if start is end else [(start, True, far), (end, False, near)]
                if (
                    self.opens(source.groups, "IpPermissionsEgress", kind, far, target.groups)
                    and self.opens(target.groups, "IpPermissions", kind, near, source.groups)
                    and self.acls_pass(edges, kind)
                ):
                    return True
        return False

    def inside(self, subnet):
        """The pieces of a subnet's addresses."""
        return [it for it in self.pieces if holds(subnet["CidrBlock"], it)]


def taken_by(route):
    """What takes the packets of a route."""
    return route.get("NatGatewayId") or route["GatewayId"]
