"""What is shipped for pipelines is what their own readers take; pre-commit runs its hooks.

Run: python -m unittest discover tests/pipelines   (after cargo build; PATTERNBOOK names another program)
"""

import shutil
import sys
import tempfile
import unittest
from pathlib import Path

import yaml

from book import ROOT, TEMPLATE, book, commit, edit, run

TOOLS = Path(sys.executable).parent


class Files(unittest.TestCase):
    def check(self, *command):
        ran = run(ROOT, TOOLS / command[0], *command[1:])
        self.assertEqual(ran.returncode, 0, ran.stdout + ran.stderr)

    def test_each_file_is_as_the_schema_of_its_reader_says(self):
        for schema, path in {
            "github-actions": "action.yml",
            "github-workflows": "docs/ci/github.yml",
            "gitlab-ci": "docs/ci/gitlab-ci.yml",
        }.items():
            with self.subTest(path=path):
                self.check("check-jsonschema", "--builtin-schema", f"vendor.{schema}", path)

    def test_pre_commit_takes_the_hooks(self):
        self.check("pre-commit", "validate-manifest", ".pre-commit-hooks.yaml")

    def test_the_linter_of_dockerfiles_finds_nothing(self):
        self.check("hadolint", "Dockerfile")


class PreCommit(unittest.TestCase):
    """The hook that takes the installed program, run by pre-commit itself."""

    def setUp(self):
        work = tempfile.TemporaryDirectory()
        self.addCleanup(work.cleanup)
        self.home = Path(work.name)
        hooks = self.home / "hooks"
        hooks.mkdir()
        shutil.copy(ROOT / ".pre-commit-hooks.yaml", hooks)
        commit(hooks)
        revision = run(hooks, "git", "rev-parse", "HEAD").stdout.strip()
        hook = {"id": "patternbook-check-system", "args": ["stacks/vpc.yaml", "--output", "out"]}
        self.config = {"repos": [{"repo": str(hooks), "rev": revision, "hooks": [hook]}]}

    def commits(self, folder):
        """Whether a commit goes through, and what is said."""
        run(folder, "git", "add", "--all")
        ran = run(folder, TOOLS / "pre-commit", "run", "--color", "never", PRE_COMMIT_HOME=str(self.home / "cache"))
        return ran.returncode == 0, ran.stdout + ran.stderr

    def test_a_commit_goes_through_while_templates_are_what_their_stacks_say(self):
        with book() as folder:
            (folder / ".pre-commit-config.yaml").write_text(yaml.safe_dump(self.config))
            commit(folder)
            goes, said = self.commits(folder)
            self.assertTrue(goes, said)
            edit(folder, TEMPLATE, "ToPort: 443", "ToPort: 445")
            goes, said = self.commits(folder)
            self.assertFalse(goes)
            self.assertIn(f"{TEMPLATE} differs", said)
            edit(folder, TEMPLATE, "ToPort: 445", "ToPort: 443")
            edit(folder, "stacks/vpc.yaml", "zones: 2", "zones: 3")
            goes, said = self.commits(folder)
            self.assertFalse(goes)
            self.assertIn("patternbook.lock differs", said)


if __name__ == "__main__":
    unittest.main()
