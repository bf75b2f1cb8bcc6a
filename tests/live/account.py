"""Examples as patternbook builds them, and accounts of moto with one of them deployed."""

import json
import os
import subprocess
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple
from unittest import mock

from moto import mock_aws

import rights
import state
from aws import client
from deploy import deploy, deployable, quiet
from grants import grants
from words import Flow, matrix

ROOT = Path(__file__).parents[2]
EXAMPLES = sorted((ROOT / "examples").glob("*.yaml"))
TARGET = Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target"))
PROGRAM = Path(os.environ.get("PATTERNBOOK", TARGET / "debug" / "patternbook"))
# moto's catalogue of images takes seconds to load, for every account.
ENVIRONMENT = {"MOTO_EC2_LOAD_DEFAULT_AMIS": "false"}


def patternbook(*args):
    ran = subprocess.run([PROGRAM, *map(str, args)], capture_output=True, text=True, check=False)
    if ran.returncode != 0:
        raise AssertionError(f"patternbook {args[0]} failed: {ran.stderr or ran.stdout}")
    return ran.stdout


def templates():
    """The CloudFormation template of every example that has one, by the example's name."""
    with tempfile.TemporaryDirectory() as folder:
        patternbook("build", "--locked", *EXAMPLES, "-o", folder, "--quiet")
        found = sorted(Path(folder).glob("*/cloudformation/template.yaml"))
        return {it.parts[-3]: deployable(it.read_text()) for it in found}


@contextmanager
def deployed(template):
    """An account of its own with a template deployed in it."""
    with mock.patch.dict(os.environ, ENVIRONMENT), mock_aws():
        yield Account(template)


class Said(NamedTuple):
    """What `patternbook reach` finds in a template: the flows that a packet shows, and those that policies allow."""

    network: set
    policies: set


def reach(template):
    """Everything that `patternbook reach` finds: no line is left out."""
    with tempfile.NamedTemporaryFile("w", suffix=".yaml") as file:
        file.write(template)
        file.flush()
        answer = json.loads(patternbook("reach", file.name, "--format", "json"))
    if answer["unknown"]:
        raise AssertionError(f"not understood: {answer['unknown']}")
    found = Said(set(), set())
    for it in answer["flows"]:
        flow = Flow(it["from"], it["to"], it["allow"], it["through"])
        (found.network if it["packet"] else found.policies).add(flow)
    return found


class Account:
    """An account, and what `patternbook reach` says of the template that is deployed in it."""

    def __init__(self, template):
        self.ec2 = client("ec2")
        self.kept = deploy(template)
        self.said = reach(template)

    def state(self):
        return self.kept.put_into(state.read())

    def rights(self):
        with quiet():
            return self.kept.put_into_rights(rights.read())

    def passes(self):
        """What passes on the network, by what stands there now."""
        return matrix(self.state())

    def allows(self):
        """What policies allow, by what stands there now."""
        return grants(self.rights())

    def group(self):
        """The one group of machines."""
        (group,) = (it for it in self.state().groups.values() if it["GroupName"] != "default")
        return group["GroupId"]
