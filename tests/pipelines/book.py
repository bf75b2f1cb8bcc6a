"""A repository with stacks and what was built of them, as a user has it."""

import os
import subprocess
import tempfile
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).parents[2]
TARGET = Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target"))
PROGRAM = Path(os.environ.get("PATTERNBOOK", TARGET / "debug" / "patternbook")).resolve()
TEMPLATE = "out/vpc/cloudformation/template.yaml"
STACK = "stack: vpc\npattern: aws-private-vpn\nparameters: { zones: 2 }\n"

# Nothing of the machine's own settings, and no annotations of this run.
KEPT = {key: value for key, value in os.environ.items() if not key.startswith(("GIT_", "GITHUB_"))}
ENVIRONMENT = KEPT | {
    "PATH": os.pathsep.join([str(PROGRAM.parent), os.environ["PATH"]]),
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_CONFIG_SYSTEM": os.devnull,
}


def run(folder, *command, **more):
    return subprocess.run(
        list(map(str, command)), cwd=folder, env=ENVIRONMENT | more, capture_output=True, text=True, check=False
    )


def patternbook(folder, *arguments):
    return run(folder, PROGRAM, *arguments)


def commit(folder):
    """Makes a commit of everything in a folder, which becomes a repository if it is none."""
    git = ["git", "-c", "user.name=A", "-c", "user.email=a@example.com"]
    for command in (["init", "--quiet"], ["add", "--all"], ["commit", "--quiet", "--message", "one"]):
        ran = run(folder, *git, *command)
        if ran.returncode != 0:
            raise AssertionError(ran.stderr)


@contextmanager
def book():
    """A folder with a stack that was built."""
    with tempfile.TemporaryDirectory() as folder:
        folder = Path(folder)
        (folder / "stacks").mkdir()
        (folder / "stacks" / "vpc.yaml").write_text(STACK)
        built = patternbook(folder, "build", "stacks/vpc.yaml")
        if built.returncode != 0:
            raise AssertionError(built.stderr)
        yield folder


def edit(folder, path, before, after):
    """Edits a file by hand."""
    file = folder / path
    text = file.read_text()
    if before not in text:
        raise AssertionError(f"{path} has no {before}")
    file.write_text(text.replace(before, after))
