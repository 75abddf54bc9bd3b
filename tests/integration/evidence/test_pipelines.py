# Copyright: (c) 2026, safehold.backup contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The sample pipelines: each is read by what reads such files, and calls playbooks and options that exist."""

from __future__ import annotations

import re

import pytest
import yaml

import workspace
from integration.readme.calls import check_call

PIPELINES = workspace.ROOT / "docs" / "pipelines"
TIMES = r"(?:\*|\d+)(?:/\d+)?"


def commands(name: str) -> list[str]:
    """The shell commands of a pipeline."""
    text = (PIPELINES / name).read_text(encoding="utf-8")
    if name == "crontab":
        rows = [line for line in text.splitlines() if line and line[0] not in "#" and "=" not in line.split()[0]]
        found = [re.fullmatch(rf"((?:{TIMES} ){{5}})(\w+) (.+)", row) for row in rows]
        assert all(found), rows
        return [row[3] for row in found if row]
    data = yaml.safe_load(text)
    if name == "gitlab-ci.yml":
        return [*data["backup-audit"]["before_script"], *data["backup-audit"]["script"]]
    return [step["run"] for step in data["jobs"]["audit"]["steps"] if "run" in step]


@pytest.mark.parametrize("name", sorted(path.name for path in PIPELINES.iterdir()))
def test_it_calls_what_exists(name: str) -> None:
    called = [command for command in commands(name) if "ansible-playbook" in command]
    assert len(called) == 2
    for command in called:
        check_call(command)


def test_gitlab_shows_the_machines_as_tests() -> None:
    job = yaml.safe_load((PIPELINES / "gitlab-ci.yml").read_text(encoding="utf-8"))["backup-audit"]
    assert job["artifacts"]["reports"]["junit"] == "backup-audit/junit.xml"
    assert job["artifacts"]["when"] == "always"


def test_github_runs_on_a_schedule_and_prints_no_secret() -> None:
    workflow = yaml.safe_load((PIPELINES / "github-actions.yml").read_text(encoding="utf-8"))
    assert set(workflow["on"]) == {"schedule", "workflow_dispatch"}
    job = workflow["jobs"]["audit"]
    assert all(re.fullmatch(r"\$\{\{ secrets\.(\w+) \}\}", value) for value in job["env"].values())
    assert not [step for step in job["steps"] if "secrets." in str(step)]
    assert all(("run" in step) != ("uses" in step) for step in job["steps"])
