"""What the scripts of this folder share: programs that run as whole processes, in turns, and tables of what they took."""

import itertools
import json
import os
import pathlib
import platform
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
PEERS = ROOT / "benches" / "peers"
TARGET = pathlib.Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target")).resolve()


class Program:
    """Something to run: its arguments, and what the others must see of it."""

    def __init__(self, name, command, env=None):
        self.name = name
        self.command = [str(part) for part in command]
        self.env = dict(os.environ, **(env or {}))
        self.seconds = []
        self.cpu_seconds = []

    def run(self, *more):
        """Runs it once. `posix_spawn` makes the start of a process as cheap as its parent can."""
        arguments = [*self.command, *map(str, more)]
        quiet = [(os.POSIX_SPAWN_OPEN, 1, os.devnull, os.O_WRONLY, 0)]
        start = time.perf_counter()
        pid = os.posix_spawn(arguments[0], arguments, self.env, file_actions=quiet)
        _, status, usage = os.wait4(pid, 0)
        self.seconds.append(time.perf_counter() - start)
        self.cpu_seconds.append(usage.ru_utime + usage.ru_stime)
        if status != 0:
            sys.exit(f"{self.name} failed: {' '.join(arguments)[:300]}")

    @property
    def median(self):
        return statistics.median(self.seconds)

    @property
    def cpu(self):
        """The least processor time of a run: what others on the machine do only adds to it."""
        return min(self.cpu_seconds)


def in_turns(programs, rounds, *more):
    """Runs the programs one after the other, round by round. `more` makes the last arguments from the number of the run."""
    for program in programs:
        program.seconds.clear()
        program.cpu_seconds.clear()
    for number, program in enumerate(itertools.chain.from_iterable(itertools.repeat(programs, rounds))):
        program.run(*(make(number) for make in more))


def build(kind, name):
    """Builds one program in release mode, and says where a copy of it is.

    What a linker writes stands in memory in pieces of one page, which takes a process longer to start with than what was
    installed by a copy: up to a quarter of all that a short one takes.
    """
    cargo = ["cargo", "build", "--release", "--locked", "--quiet", "--message-format=json", kind, name]
    done = subprocess.run(cargo, cwd=ROOT, check=True, stdout=subprocess.PIPE, text=True)
    messages = [json.loads(line) for line in done.stdout.splitlines()]
    (found,) = {
        message["executable"]
        for message in messages
        if message["reason"] == "compiler-artifact" and message["target"]["name"] == name and message["executable"]
    }
    copy = TARGET / "measured" / name
    copy.parent.mkdir(parents=True, exist_ok=True)
    copy.unlink(missing_ok=True)
    return shutil.copy2(found, copy)


def installed(peers):
    """The peers that can be run here, of functions that install them by name."""
    found = []
    for name, install in peers.items():
        try:
            found.append(install())
        except (OSError, subprocess.CalledProcessError) as error:
            print(f"{name} is skipped, as it cannot be installed: {error}\n")
    return found


def python_with(requirements, package):
    """A Python of its own below Cargo's target folder that has the packages of a file, and the version of one of them."""
    folder = TARGET / "peers" / package
    python = folder / "bin" / "python"
    (version,) = re.findall(rf"^{package}==(.+)$", requirements.read_text(), re.MULTILINE)
    if not list(folder.glob(f"lib/*/site-packages/{package}-{version}.dist-info")):
        quietly([sys.executable, "-m", "venv", folder], ROOT)
        pip = [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
        quietly([*pip, "--requirement", requirements], ROOT)
    return python, version


def quietly(command, folder):
    subprocess.run(command, cwd=folder, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def peak_memory(program, work, *more):
    """The most memory that a process had at any time, in a run of its own."""
    arguments = [*program.command, *map(str, more)]
    gnu_time = shutil.which("time")
    if gnu_time and platform.system() == "Linux":
        measured = work / "memory"
        command = [gnu_time, "--format=%M", f"--output={measured}", *arguments]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        kib, bound = int(measured.read_text().split()[-1]), ""
    else:
        # A new process counts what its parent had when it started it, which is this script.
        pid = os.posix_spawn(arguments[0], arguments, program.env, file_actions=[(os.POSIX_SPAWN_CLOSE, 1)])
        _, _, usage = os.wait4(pid, 0)
        kib, bound = usage.ru_maxrss // (1024 if platform.system() == "Darwin" else 1), "≤ "
    return f"{bound}{kib / 1024:.0f} MiB"


def machine(folder=tempfile.gettempdir()):
    model = platform.processor() or platform.machine()
    if os.path.exists("/proc/cpuinfo"):
        names = re.findall(r"^model name\s*: (.+)$", pathlib.Path("/proc/cpuinfo").read_text(), re.MULTILINE)
        model = names[0] if names else model
    return ", ".join([f"{os.cpu_count()} cores", model, platform.system(), *file_system(folder)])


def file_system(folder):
    """The name of the file system that holds a folder, where the system tells."""
    if not os.path.exists("/proc/mounts"):
        return []
    mounts = [line.split()[1:3] for line in pathlib.Path("/proc/mounts").read_text().splitlines()]
    above = [os.path.realpath(folder), *map(str, pathlib.Path(folder).resolve().parents)]
    return [kind for place, kind in sorted(mounts, key=lambda mount: len(mount[0])) if place in above][-1:]


def ms(seconds):
    return f"{seconds * 1000:.{1 if seconds < 0.1 else 0}f} ms"


def times(ratio):
    return f"{ratio:.{1 if ratio < 10 else 0}f} ×"


def table(head, rows):
    print("| " + " | ".join(head) + " |")
    print("| --- |" + " ---: |" * (len(head) - 1))
    for row in rows:
        print("| " + " | ".join(row) + " |")
    print(flush=True)
