"""Examples as patternbook builds them, and accounts of moto with one of them deployed."""

import json
import os
import subprocess
import tempfile
from contextlib import contextmanager
from pathlib import Path
from unittest import mock

from moto import mock_aws

import state
from aws import client
from deploy import deploy, deployable
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


def reach(template):
    """The flows on the network that `patternbook reach` finds in a template: those that a packet shows."""
    with tempfile.NamedTemporaryFile("w", suffix=".yaml") as file:
        file.write(template)
        file.flush()
        answer = json.loads(patternbook("reach", file.name, "--format", "json"))
    if answer["unknown"]:
        raise AssertionError(f"not understood: {answer['unknown']}")
    return {Flow(it["from"], it["to"], it["allow"], it["through"]) for it in answer["flows"] if it["packet"]}


class Account:
    """An account, and what `patternbook reach` says of the template that is deployed in it."""

    def __init__(self, template):
        self.ec2 = client("ec2")
        self.kept = deploy(template)
        self.said = reach(template)

    def state(self):
        return self.kept.put_into(state.read())

    def live(self):
        """What passes, by what stands there now."""
        return matrix(self.state())

    def group(self):
        """The one group of machines."""
        (group,) = (it for it in self.state().groups.values() if it["GroupName"] != "default")
        return group["GroupId"]
