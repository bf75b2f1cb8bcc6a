"""What people see in an editor: the schemas in the YAML language server itself, as npm has it.

PATTERNBOOK is the binary, YAML_LANGUAGE_SERVER the server's script; tests/run sets both.
"""

import os
import subprocess
import tempfile
import unittest
from pathlib import Path

from server import Server

HEAD = "# yaml-language-server: $schema="


def patternbook(folder, *arguments):
    """Runs the binary in a folder: what it prints."""
    done = subprocess.run(
        [os.environ["PATTERNBOOK"], *arguments],
        cwd=folder,
        check=True,
        capture_output=True,
        stdin=subprocess.DEVNULL,
        text=True,
    )
    return done.stdout


class Editor(unittest.TestCase):
    """An editor in a folder of its own."""

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        self.server = Server(self.folder)
        self.addCleanup(self.server.close)

    def stack(self, body):
        """Opens a stack of aws-private-vpn as `new` begins it, with other values: what is wrong with it."""
        patternbook(self.folder, "new", "aws-private-vpn", "-o", "new.yaml")
        first = (self.folder / "new.yaml").read_text().splitlines()[0]
        text = f"{first}\nstack: vpc\npattern: aws-private-vpn\n{body}"
        return self.server.open("vpc.yaml", text)

    def assert_told(self, told, expected):
        """Exactly these lines are told of, each with these words."""
        self.assertEqual([line for line, _ in told], [line for line, _ in expected], told)
        for (_, message), (_, words) in zip(told, expected):
            self.assertIn(words, message)


class Stacks(Editor):
    """Stacks of one pattern."""

    def test_what_new_writes_is_right_for_every_pattern(self):
        for pattern in ["aws-private-vpn", "azure-public-web", "azure-hybrid-web-app", "aws-analytics-loop"]:
            name = f"{pattern}.yaml"
            patternbook(self.folder, "new", pattern, "-o", name)
            text = (self.folder / name).read_text()
            self.assertEqual(self.server.open(name, text), [])

    def test_what_is_wrong_is_underlined(self):
        told = self.stack(
            "reigon: eu-west-1\n"
            "parameters:\n"
            "  zones: 9\n"
            "  hosts: many\n"
            "  routing: rip\n"
            "  network: 10.0.0.0\n"
            "  datacenter: [192.168.0.0/40]\n"
            "  zone: 2\n"
        )
        self.assert_told(
            sorted(told),
            [
                (4, "reigon"),
                (6, "6"),
                (7, "integer"),
                (8, '"static"'),
                (9, "10.0.0.0/16"),
                (10, "10.0.0.0/16"),
                (11, "zone"),
            ],
        )

    def test_a_secret_is_told_to_be_one(self):
        patternbook(self.folder, "new", "azure-hybrid-web-app", "-o", "shop.yaml")
        text = (self.folder / "shop.yaml").read_text()
        text = text.replace("parameters:\n", "parameters:\n  shared_key: x\n", 1)
        (_, message), = self.server.open("shop.yaml", text)
        self.assertIn("A secret: no file holds one.", message)

    def test_a_missing_key_and_another_pattern_are_told(self):
        patternbook(self.folder, "new", "aws-private-vpn", "-o", "new.yaml")
        first = (self.folder / "new.yaml").read_text().splitlines()[0]
        told = self.server.open("a.yaml", f"{first}\npattern: azure-public-web\n")
        self.assert_told(sorted(told), [(2, "stack"), (2, "aws-private-vpn")])

    def test_parameters_are_completed_with_their_help_and_default(self):
        self.stack("parameters:\n  zones: 2\n  \n")
        offered = self.server.completion("vpc.yaml", 6, 3)
        self.assertIn("datacenter", offered)
        self.assertNotIn("zones", offered)
        self.assertIn("Address space of the VPC.", self.words(offered["network"]))
        self.assertIn("/16 to /25", self.words(offered["network"]))
        self.assertIn("10.0.0.0/16", offered["network"]["insertText"])

    def test_choices_are_completed(self):
        self.stack("parameters:\n  routing: \n")
        offered = self.server.completion("vpc.yaml", 5, 12)
        self.assertLessEqual({"static", "bgp"}, set(offered))

    def test_environments_have_the_same_parameters(self):
        self.stack("environments:\n  dev:\n    parameters:\n      \n")
        offered = self.server.completion("vpc.yaml", 7, 7)
        self.assertIn("network", offered)

    def test_the_keys_of_a_stack_are_explained(self):
        self.stack("addressing: distinct\nparameters:\n  zones: 2\n")
        self.assertIn("Number of availability zones", self.server.hover("vpc.yaml", 6, 4))
        self.assertIn("How the addresses", self.server.hover("vpc.yaml", 4, 3))

    @staticmethod
    def words(item):
        """The help of what is offered."""
        help_ = item.get("documentation", "")
        return help_["value"] if isinstance(help_, dict) else help_


class Any(Editor):
    """Stacks of any pattern, and patterns."""

    def test_a_stack_of_any_pattern_has_the_parameters_of_its_own(self):
        schema = patternbook(self.folder, "schema", "stack")
        (self.folder / "stack.schema.json").write_text(schema)
        text = f"{HEAD}stack.schema.json\nstack: web\npattern: azure-public-web\nparameters:\n  \n"
        self.assertEqual(self.server.open("web.yaml", text), [])
        offered = self.server.completion("web.yaml", 5, 3)
        self.assertIn("service_ports", offered)
        self.assertNotIn("vpn_device", offered)
        told = self.server.open("vpc.yaml", text.replace("  \n", "  vpn_device: 203.0.113.1\n"))
        self.assert_told(told, [(5, "vpn_device")])
        text = f"{HEAD}stack.schema.json\nstack: web\npattern: \n"
        self.server.open("new.yaml", text)
        self.assertIn("aws-private-vpn", self.server.completion("new.yaml", 3, 10))

    def test_a_pattern_is_judged_and_completed(self):
        schema = patternbook(self.folder, "schema", "pattern")
        (self.folder / "pattern.schema.json").write_text(schema)
        project = Path(__file__).parents[2]
        text = (project / "patterns" / "aws-private-vpn.yaml").read_text()
        first = f"{HEAD}pattern.schema.json\n"
        self.assertEqual(self.server.open("right.yaml", first + text), [])
        lines = text.splitlines()
        at = next(i for i, line in enumerate(lines) if "private: { hosts" in line)
        wrong = text.replace("default_route: $default_route }", "defalt_route: none }")
        told = self.server.open("wrong.yaml", first + wrong)
        self.assert_told(told, [(at + 2, "defalt_route")])
        wrong = text.replace("type: cidr,", "type: cdir,", 1)
        told = self.server.open("typed.yaml", first + wrong)
        self.assertTrue(any('"cidr"' in message for _, message in told), told)
        self.server.open("new.yaml", f"{first}network:\n  \n")
        self.assertLessEqual({"cidr", "subnets", "vpn"}, set(self.server.completion("new.yaml", 3, 3)))


if __name__ == "__main__":
    unittest.main()
