"""What stands in an account after a deploy lets through what `patternbook reach` says of the template, and no more.

Every example for AWS is built and deployed on moto, a stand-in for AWS that runs in this process. What then stands
there is read by describe calls alone and walked by `network`, which shares nothing with patternbook.

Run: python -m unittest discover tests/live   (after cargo build; PATTERNBOOK names another program)
"""

import json
import os
import subprocess
import tempfile
import unittest
from contextlib import contextmanager
from pathlib import Path
from unittest import mock

import boto3
from moto import mock_aws

import state
from deploy import deploy
from words import Flow, matrix

ROOT = Path(__file__).parents[2]
TARGET = Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target"))
PROGRAM = Path(os.environ.get("PATTERNBOOK", TARGET / "debug" / "patternbook"))
EXAMPLES = sorted((ROOT / "examples").glob("*.yaml"))
DATACENTER = "192.168.0.0/16"
ENVIRONMENT = {
    "AWS_DEFAULT_REGION": "eu-central-1",
    "AWS_ACCESS_KEY_ID": "testing",
    "AWS_SECRET_ACCESS_KEY": "testing",
    # moto's catalogue of images takes seconds to load, for every account.
    "MOTO_EC2_LOAD_DEFAULT_AMIS": "false",
}


def patternbook(*args):
    ran = subprocess.run([PROGRAM, *map(str, args)], capture_output=True, text=True, check=False)
    if ran.returncode != 0:
        raise AssertionError(f"patternbook {args[0]} failed: {ran.stderr}")
    return ran.stdout


class Account:
    """An account with one template deployed in it."""

    def __init__(self, template):
        self.ec2 = boto3.client("ec2")
        self.kept = deploy(template.read_text())
        answer = json.loads(patternbook("reach", template, "--format", "json"))
        if answer["unknown"]:
            raise AssertionError(f"not understood: {answer['unknown']}")
        # What `reach` says of the template.
        self.said = {Flow(it["from"], it["to"], it["allow"], it["through"]) for it in answer["flows"]}

    def state(self):
        return self.kept.put_into(state.read())

    def live(self):
        """What passes, by what stands there now."""
        return matrix(self.state())

    def group(self):
        """The one group of machines."""
        (group,) = (it for it in self.state().groups.values() if it["GroupName"] != "default")
        return group["GroupId"]


class Live(unittest.TestCase):
    """Every example, and what happens when somebody changes what stands there."""

    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(folder.cleanup)
        patternbook("build", *EXAMPLES, "-o", folder.name, "--quiet")
        found = sorted(Path(folder.name).glob("*/cloudformation/template.yaml"))
        cls.templates = {it.parts[-3]: it for it in found}

    @contextmanager
    def deployed(self, example):
        with mock.patch.dict(os.environ, ENVIRONMENT), mock_aws():
            boto3.setup_default_session()
            try:
                yield Account(self.templates[example])
            finally:
                boto3.setup_default_session()

    def assert_more(self, account, more):
        """Exactly one flow passes beyond what the template says."""
        self.assertEqual(account.live() - account.said, {more})
        self.assertLess(account.said, account.live())

    def test_no_example_for_aws_is_left_out(self):
        self.assertEqual(set(self.templates), {it.stem for it in EXAMPLES if "pattern: aws-" in it.read_text()})

    def test_what_stands_there_lets_through_what_reach_says_no_more_and_no_less(self):
        for example in self.templates:
            with self.subTest(example=example), self.deployed(example) as account:
                self.assertTrue(account.said, "something passes")
                self.assertEqual(account.live(), account.said)

    def test_a_rule_that_somebody_adds_is_found(self):
        with self.deployed("vpc") as account:
            account.ec2.authorize_security_group_ingress(GroupId=account.group(), IpPermissions=tcp(8443, DATACENTER))
            self.assert_more(account, Flow(DATACENTER, "servers", "tcp/8443", "datacenter"))

    def test_a_rule_that_somebody_takes_away_is_found(self):
        with self.deployed("vpc") as account:
            account.ec2.revoke_security_group_ingress(GroupId=account.group(), IpPermissions=tcp(443, DATACENTER))
            self.assertEqual(
                account.said - account.live(), {Flow(DATACENTER, "servers", "tcp/443", "datacenter")}
            )

    def test_a_rule_for_a_peer_opens_the_way_between_members(self):
        with self.deployed("vpc") as account:
            group = account.group()
            members = [{"IpProtocol": "udp", "FromPort": 53, "ToPort": 53, "UserIdGroupPairs": [{"GroupId": group}]}]
            account.ec2.authorize_security_group_ingress(GroupId=group, IpPermissions=members)
            self.assertEqual(account.live(), account.said, "nobody may start it")
            account.ec2.authorize_security_group_egress(GroupId=group, IpPermissions=members)
            self.assert_more(account, Flow("servers", "servers", "udp/53", None))

    def test_the_network_acl_stops_what_a_rule_opens_until_it_has_an_entry(self):
        with self.deployed("vpc-full") as account:
            # A port below those that clients connect from: answers come to those, and have an entry already.
            account.ec2.authorize_security_group_ingress(GroupId=account.group(), IpPermissions=tcp(990, DATACENTER))
            self.assertEqual(account.live(), account.said)
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

    def test_without_the_tunnel_nothing_passes(self):
        with self.deployed("vpc") as account:
            (connection,) = account.state().connections
            account.ec2.delete_vpn_connection(VpnConnectionId=connection["VpnConnectionId"])
            self.assertEqual(account.live(), set())

    def test_without_the_route_nothing_leads_to_the_datacenter(self):
        with self.deployed("vpc") as account:
            for table in account.state().tables:
                if any(it.get("DestinationCidrBlock") == DATACENTER for it in table["Routes"]):
                    account.ec2.delete_route(RouteTableId=table["RouteTableId"], DestinationCidrBlock=DATACENTER)
            self.assertEqual(account.live(), set())

    def test_another_prefix_list_in_the_rule_closes_the_way_to_the_bucket(self):
        with self.deployed("loop") as account:
            group = account.group()
            (rule,) = account.state().groups[group]["IpPermissionsEgress"]
            account.ec2.revoke_security_group_egress(GroupId=group, IpPermissions=[rule])
            lists = account.ec2.describe_managed_prefix_lists()["PrefixLists"]
            (other,) = (it["PrefixListId"] for it in lists if it["PrefixListName"].endswith(".dynamodb"))
            rule["PrefixListIds"] = [{"PrefixListId": other}]
            account.ec2.authorize_security_group_egress(GroupId=group, IpPermissions=[rule])
            self.assertEqual(account.live(), set())


def tcp(port, block):
    return [{"IpProtocol": "tcp", "FromPort": port, "ToPort": port, "IpRanges": [{"CidrIp": block}]}]


if __name__ == "__main__":
    unittest.main()
