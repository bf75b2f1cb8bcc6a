"""What stands in an account after a deploy lets through what `patternbook reach` says of the template, and no more.

Every example for AWS is built and deployed on moto, a stand-in for AWS that runs in this process. What then stands
there is read by describe calls alone and walked by `network`, which shares nothing with patternbook. What policies
allow is compared in test_policies.

Run: python -m unittest discover tests/live   (after cargo build; PATTERNBOOK names another program)
"""

import json
import unittest

from account import EXAMPLES, deployed, reach, templates
from deploy import load
from words import Flow

DATACENTER = "192.168.0.0/16"


class Live(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.templates = templates()


class Same(Live):
    """What stands there and what the template says."""

    def test_no_example_for_aws_is_left_out(self):
        self.assertEqual(set(self.templates), {it.stem for it in EXAMPLES if "pattern: aws-" in it.read_text()})

    def test_what_stands_there_lets_through_what_reach_says_no_more_and_no_less(self):
        for example, template in self.templates.items():
            with self.subTest(example=example), deployed(template) as account:
                self.assertTrue(account.said.network, "something passes")
                self.assertEqual(account.passes(), account.said.network)

    def test_an_edit_of_the_template_shows_in_both_alike(self):
        edits = {
            "a range of ports": {"FromPort": 400, "ToPort": 500},
            "another protocol": {"IpProtocol": "udp"},
            "every protocol": {"IpProtocol": "-1"},
            "a protocol by its number": {"IpProtocol": "50"},
            "ping": {"IpProtocol": "icmp", "FromPort": 8, "ToPort": -1},
            "one message of ICMP": {"IpProtocol": "icmp", "FromPort": 3, "ToPort": 4},
            "half of the datacenter": {"CidrIp": "192.168.128.0/17"},
        }
        for what, edit in edits.items():
            with self.subTest(edit=what):
                self.check_edited("vpc", lambda group, edit=edit: group["SecurityGroupIngress"][0].update(edit))
        with self.subTest(edit="no rule for what goes out"):
            self.check_edited("vpc", lambda group: group.pop("SecurityGroupEgress"))

    def check_edited(self, example, edit):
        template = load(self.templates[example])
        (group,) = (it for it in template["Resources"].values() if it["Type"] == "AWS::EC2::SecurityGroup")
        edit(group["Properties"])
        with deployed(json.dumps(template)) as account:
            before = reach(self.templates[example]).network
            self.assertNotEqual(account.said.network, before, "the edit changes something")
            self.assertEqual(account.passes(), account.said.network)


class Changed(Live):
    """What somebody changes by hand after the deploy is found, and nothing else with it."""

    def assert_more(self, account, more):
        live, said = account.passes(), account.said.network
        self.assertEqual((live - said, said - live), ({more}, set()))

    def assert_less(self, account, less):
        live, said = account.passes(), account.said.network
        self.assertEqual((live - said, said - live), (set(), {less}))

    def test_a_rule_more(self):
        with deployed(self.templates["vpc"]) as account:
            account.ec2.authorize_security_group_ingress(GroupId=account.group(), IpPermissions=tcp(8443))
            self.assert_more(account, Flow(DATACENTER, "servers", "tcp/8443", "datacenter"))

    def test_a_rule_less(self):
        with deployed(self.templates["vpc"]) as account:
            account.ec2.revoke_security_group_ingress(GroupId=account.group(), IpPermissions=tcp(443))
            self.assert_less(account, Flow(DATACENTER, "servers", "tcp/443", "datacenter"))

    def test_a_rule_about_members_opens_the_way_between_them_when_both_ends_have_it(self):
        with deployed(self.templates["vpc"]) as account:
            group = account.group()
            members = [{"IpProtocol": "udp", "FromPort": 53, "ToPort": 53, "UserIdGroupPairs": [{"GroupId": group}]}]
            account.ec2.authorize_security_group_ingress(GroupId=group, IpPermissions=members)
            self.assertEqual(account.passes(), account.said.network)
            account.ec2.authorize_security_group_egress(GroupId=group, IpPermissions=members)
            self.assert_more(account, Flow("servers", "servers", "udp/53", None))

    def test_a_rule_more_that_the_network_acl_stops_until_it_has_an_entry(self):
        with deployed(self.templates["vpc-full"]) as account:
            # A port below those that clients connect from: answers go to those, and have an entry already.
            account.ec2.authorize_security_group_ingress(GroupId=account.group(), IpPermissions=tcp(990))
            self.assertEqual(account.passes(), account.said.network)
            acl = next(it for it in account.state().acls if not it["IsDefault"])
            account.ec2.create_network_acl_entry(
                NetworkAclId=acl["NetworkAclId"],
                RuleNumber=1,
                Protocol="6",
                RuleAction="allow",
                Egress=False,
                CidrBlock=DATACENTER,
                PortRange={"From": 990, "To": 990},
            )
            self.assert_more(account, Flow(DATACENTER, "servers", "tcp/990", "datacenter"))

    def test_no_tunnel(self):
        with deployed(self.templates["vpc"]) as account:
            (connection,) = account.state().connections
            account.ec2.delete_vpn_connection(VpnConnectionId=connection["VpnConnectionId"])
            self.assertEqual(account.passes(), set())

    def test_no_route(self):
        with deployed(self.templates["vpc"]) as account:
            for table in account.state().tables:
                if any(it.get("DestinationCidrBlock") == DATACENTER for it in table["Routes"]):
                    account.ec2.delete_route(RouteTableId=table["RouteTableId"], DestinationCidrBlock=DATACENTER)
            self.assertEqual(account.passes(), set())

    def test_nat_gateways_without_a_way_to_the_internet(self):
        with deployed(self.templates["batch"]) as account:
            for table in account.state().tables:
                if any(it.get("GatewayId", "").startswith("igw-") for it in table["Routes"]):
                    account.ec2.delete_route(RouteTableId=table["RouteTableId"], DestinationCidrBlock="0.0.0.0/0")
            self.assert_less(account, Flow("workers", "internet", "tcp/443", "nat"))

    def test_the_prefix_list_of_another_service(self):
        with deployed(self.templates["loop"]) as account:
            group = account.group()
            (rule,) = account.state().groups[group]["IpPermissionsEgress"]
            account.ec2.revoke_security_group_egress(GroupId=group, IpPermissions=[rule])
            lists = account.ec2.describe_managed_prefix_lists()["PrefixLists"]
            (other,) = (it["PrefixListId"] for it in lists if it["PrefixListName"].endswith(".dynamodb"))
            account.ec2.authorize_security_group_egress(
                GroupId=group, IpPermissions=[rule | {"PrefixListIds": [{"PrefixListId": other}]}]
            )
            self.assert_less(account, Flow("analysis", "s3", "tcp/443", "endpoint"))


def tcp(port):
    """A rule for a port and the datacenter."""
    return [{"IpProtocol": "tcp", "FromPort": port, "ToPort": port, "IpRanges": [{"CidrIp": DATACENTER}]}]


if __name__ == "__main__":
    unittest.main()
