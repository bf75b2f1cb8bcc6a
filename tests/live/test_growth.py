"""What a stack was given does not move: after a change, `terraform plan` replaces no subnet of what stands there.

A stack is built and applied on moto with the provider for AWS. Then it changes, is built again into the same folder, and
Terraform says what it would do. Needs terraform and the judges, whose moto makes VPN connections; see tests/run.

Run: python -m unittest discover tests/live   (after cargo build; PATTERNBOOK names another program)
"""

import json
import os
import re
import shutil
import socket
import subprocess
import tempfile
import time
import unittest
import urllib.request
from pathlib import Path

from account import PROGRAM, ROOT

JUDGES = Path(os.environ.get("PATTERNBOOK_JUDGES", ROOT / ".." / "shared" / "conformance")).resolve()
STACK = """\
stack: vpc
pattern: aws-private-vpn
parameters: { zones: 2 }
"""
OVERRIDE = 'provider "aws" {\n  s3_use_path_style = true\n}\n'


def missing():
    """Why this cannot run here; nothing where it can."""
    if shutil.which("terraform") is None:
        return "terraform is not on PATH"
    if not (JUDGES / "lib" / "moto_plus.py").exists():
        return f"there are no judges in {JUDGES}"
    return None


def plugins():
    """The arguments with a local folder of providers, where there is one; else Terraform asks its registry."""
    given = os.environ.get("PB_TF_PLUGINS")
    tail = Path("registry.terraform.io", "hashicorp", "aws")
    found = [given] if given else [str(it)[: -len(str(tail)) - 1] for it in sorted(Path("/").glob(f"*/*/{tail}"))]
    return [f"-plugin-dir={found[0]}"] if found else []


class Moto:
    """The judges' moto server, which ends with the block."""

    def __enter__(self):
        ran = subprocess.run([JUDGES / "setup"], capture_output=True, text=True, check=True)
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        self.url = f"http://127.0.0.1:{port}"
        command = [ran.stdout.strip(), str(JUDGES / "lib" / "moto_plus.py"), "-H", "127.0.0.1", "-p", str(port)]
        self.process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        for _ in range(200):
            try:
                urllib.request.urlopen(f"{self.url}/moto-api/", timeout=1)
                return self
            except OSError:
                time.sleep(0.15)
        raise AssertionError("the moto server did not answer")

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait()


class Folder:
    """A folder with a stack, its ledger and its templates, and what stands there."""

    def __init__(self, path, url):
        self.path = Path(path)
        self.env = {it: value for it, value in os.environ.items() if not it.startswith(("AWS_", "TF_"))} | {
            "AWS_ENDPOINT_URL": url,
            "AWS_ACCESS_KEY_ID": "testing",
            "AWS_SECRET_ACCESS_KEY": "testing",
            "AWS_REGION": "us-east-1",
            "AWS_EC2_METADATA_DISABLED": "true",
            "AWS_MAX_ATTEMPTS": "2",
            "AWS_CONFIG_FILE": os.devnull,
            "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
            "TF_CLI_CONFIG_FILE": os.devnull,
            "CHECKPOINT_DISABLE": "1",
            "TF_IN_AUTOMATION": "1",
            "TF_VAR_vpn_device": "203.0.113.10",
        }
        shutil.copytree(ROOT / "patterns", self.path / "patterns")

    def build(self, stack, *edits):
        """Builds a stack with an edited pattern, and puts its Terraform where the state is."""
        pattern = self.path / "patterns" / "aws-private-vpn.yaml"
        text = (ROOT / "patterns" / "aws-private-vpn.yaml").read_text()
        for old, new in edits:
            text, count = re.subn(old, new, text, flags=re.MULTILINE)
            assert count, f"the pattern has no {old}"
        pattern.write_text(text)
        (self.path / "vpc.yaml").write_text(stack)
        command = [PROGRAM, "build", "vpc.yaml", "--patterns", "patterns", "--format", "terraform", "--quiet"]
        ran = subprocess.run(command, cwd=self.path, capture_output=True, text=True, check=False)
        assert ran.returncode == 0, ran.stderr
        work = self.path / "work"
        work.mkdir(exist_ok=True)
        for old in work.glob("*.tf"):
            old.unlink()
        for new in (self.path / "out" / "vpc" / "terraform").iterdir():
            shutil.copy(new, work)
        (work / "live_override.tf").write_text(OVERRIDE)
        subprocess.run([ROOT / "tests" / "overrides" / "put", work], check=True)

    def terraform(self, *args):
        command = ["terraform", *args]
        ran = subprocess.run(command, cwd=self.path / "work", env=self.env, capture_output=True, text=True, check=False)
        assert ran.returncode == 0, f"{' '.join(command)}: {ran.stdout[-3000:]}{ran.stderr[-3000:]}"
        return ran.stdout

    def planned(self):
        """What Terraform would do: the actions for each resource, by its address."""
        self.terraform("plan", "-no-color", "-input=false", "-out=plan.bin")
        plan = json.loads(self.terraform("show", "-json", "plan.bin"))
        return {it["address"]: it["change"]["actions"] for it in plan["resource_changes"]}


class Growth(unittest.TestCase):
    def test_no_subnet_is_replaced(self):
        why = missing()
        if why and os.environ.get("CI") == "true":
            self.fail(why)
        if why:
            self.skipTest(why)
        with Moto() as moto, tempfile.TemporaryDirectory() as path:
            folder = Folder(path, moto.url)
            folder.build(STACK)
            folder.terraform("init", "-no-color", "-input=false", "-backend=false", *plugins())
            folder.terraform("apply", "-no-color", "-input=false", "-auto-approve")
            with self.subTest(change="a third zone"):
                folder.build(STACK.replace("2", "3"))
                self.assertEqual(self.new_subnets(folder.planned()), ["aws_subnet.private_3"])
            with self.subTest(change="a subnet before the others"):
                folder.build(STACK, ("^  subnets:\n", "  subnets:\n    cache: { hosts: 2000, spread: zones }\n"))
                self.assertEqual(self.new_subnets(folder.planned()), ["aws_subnet.cache_1", "aws_subnet.cache_2"])
            with self.subTest(change="a tier with another name"):
                folder.build(STACK, (r"\bservers\b", "machines"))
                planned = folder.planned()
                self.assertEqual(self.new_subnets(planned), [])
                self.assertTrue(any("delete" in actions for actions in planned.values()), "something has another name")
            with self.subTest(change="a subnet with another name, which the pattern tells"):
                renamed = r"\g<0>\n\nrenamed: { subnets: { private: app } }"
                folder.build(STACK, (r"\bprivate\b(?=:|$)", "app"), (r"\Z", renamed))
                planned = folder.planned()
                self.assertEqual(self.new_subnets(planned), [])
                self.assertEqual({it for it in planned if it.startswith("aws_subnet.")}, {"aws_subnet.app_1", "aws_subnet.app_2"})
                self.assertEqual([it for it, actions in planned.items() if "delete" in actions], [])

    def new_subnets(self, planned):
        """The subnets that are made; none may go, and neither may their network."""
        stays = {it: actions for it, actions in planned.items() if it.startswith(("aws_subnet.", "aws_vpc."))}
        for address, actions in stays.items():
            self.assertNotIn("delete", actions, address)
        return sorted(it for it, actions in stays.items() if "create" in actions)


if __name__ == "__main__":
    unittest.main()
