# Copyright: (c) 2026, safehold.backup contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The sample pipelines: each is read by what reads such files, and calls playbooks and options that exist."""

from __future__ import annotations

import datetime
import email
import email.policy
import json
import os
import re
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

import workspace
from integration.modules.harness.runs import Ansible
from integration.readme.calls import check_call

PIPELINES = workspace.ROOT / "docs" / "pipelines"
TIMES = r"(?:\*|\d+)(?:/\d+)?"
EVIDENCE = "backup-report/evidence.json"


def text(name: str) -> str:
    return (PIPELINES / name).read_text(encoding="utf-8")


def gitlab() -> dict[str, Any]:
    job: dict[str, Any] = yaml.safe_load(text("gitlab-ci.yml"))["backup-audit"]
    return job


def github() -> dict[str, Any]:
    job: dict[str, Any] = yaml.safe_load(text("github-actions.yml"))["jobs"]["audit"]
    return job


def commands(name: str) -> list[str]:
    """The shell commands of a pipeline."""
    if name == "morning.sh":
        lines = text(name).replace("\\\n", "").splitlines()
        return [line.partition(">")[0] for line in lines if line.startswith("ansible-playbook")]
    if name == "gitlab-ci.yml":
        return [*gitlab()["before_script"], *gitlab()["script"]]
    return [line for step in github()["steps"] for line in step.get("run", "").splitlines()]


@pytest.mark.parametrize("name", ["morning.sh", "gitlab-ci.yml", "github-actions.yml"])
def test_it_calls_what_exists(name: str) -> None:
    called = [command for command in commands(name) if "ansible-playbook" in command]
    assert len(called) == 2
    for command in called:
        check_call(command)


@pytest.mark.parametrize("name", ["gitlab-ci.yml", "github-actions.yml"])
def test_it_installs_the_tarball_of_this_version(name: str) -> None:
    version = yaml.safe_load((workspace.ROOT / "galaxy.yml").read_text(encoding="utf-8"))["version"]
    (installed,) = [command for command in commands(name) if "ansible-galaxy" in command]
    assert installed.endswith(f"ansible-galaxy collection install safehold-backup-{version}.tar.gz")


def test_gitlab_shows_the_machines_as_tests_and_keeps_the_evidence() -> None:
    job = gitlab()
    assert job["artifacts"]["reports"]["junit"] == "backup-audit/junit.xml"
    assert job["artifacts"]["when"] == "always"
    (kept,) = [cache for cache in job["cache"] if cache["paths"] == [EVIDENCE]]
    assert kept["when"] == "always"


def test_github_runs_on_a_schedule_and_prints_no_secret() -> None:
    workflow = yaml.safe_load(text("github-actions.yml"))
    assert set(workflow["on"]) == {"schedule", "workflow_dispatch"}
    job = workflow["jobs"]["audit"]
    assert all(re.fullmatch(r"\$\{\{ secrets\.(\w+) \}\}", value) for value in job["env"].values())
    assert not [step for step in job["steps"] if "secrets." in str(step)]
    assert all(("run" in step) != ("uses" in step) for step in job["steps"])


def test_github_keeps_the_evidence() -> None:
    steps = github()["steps"]
    uses = [step.get("uses", "").partition("@")[0] for step in steps]
    restored, saved = (steps[uses.index(f"actions/cache/{what}")] for what in ("restore", "save"))
    assert restored["with"]["path"] == saved["with"]["path"] == EVIDENCE
    assert restored["with"]["key"] == saved["with"]["key"]
    assert saved["with"]["key"].startswith(restored["with"]["restore-keys"] + "${{")
    assert saved["if"] == "always()"
    report = next(index for index, step in enumerate(steps) if "morning_report" in step.get("run", ""))
    assert steps.index(restored) < report < steps.index(saved)


def test_github_trusts_the_certificate_in_its_variable(tmp_path: Path) -> None:
    (step,) = [step for step in github()["steps"] if "SVT_CA" in step.get("env", {})]
    assert step["env"] == {"SVT_CA": "${{ vars.SVT_CA }}"}
    written = tmp_path / "env"
    surroundings = {"PATH": os.environ["PATH"], "SVT_CA": "-----BEGIN\nx\n-----END", "GITHUB_ENV": str(written)}
    subprocess.run(["bash", "-e", "-c", step["run"]], cwd=tmp_path, env=surroundings, check=True, timeout=60)
    name, _equals, path = written.read_text(encoding="utf-8").strip().partition("=")
    assert name == "SVT_CA_PATH"
    assert Path(path).read_text(encoding="utf-8") == "-----BEGIN\nx\n-----END\n"


def test_cron_starts_the_script() -> None:
    rows = [line for line in text("crontab").splitlines() if line and line[0] not in "#" and "=" not in line.split()[0]]
    (row,) = (re.fullmatch(rf"((?:{TIMES} ){{5}})(\w+) (\S+)", row) for row in rows)
    assert row is not None
    assert row[3].endswith("/morning.sh")
    assert os.access(PIPELINES / "morning.sh", os.X_OK)


@pytest.mark.parametrize(
    ("report", "audit", "code", "printed"),
    [(0, 0, 0, ""), (0, 2, 2, "safehold.backup.audit\n"), (1, 0, 1, "safehold.backup.morning_report\n")],
    ids=["all is well", "the audit finds something", "the report fails"],
)
def test_the_script_audits_whatever_became_of_the_report(
    tmp_path: Path, report: int, audit: int, code: int, printed: str
) -> None:
    """With an ansible-playbook that writes down how it is called, and ends as it is told."""
    double = tmp_path / "ansible-playbook"
    double.write_text(
        f'#!/bin/sh\necho "$1" | tee -a {tmp_path}/calls\ncase $1 in *.audit) exit {audit};; esac\nexit {report}\n',
        encoding="utf-8",
    )
    double.chmod(0o755)
    (tmp_path / "backup-report.env").write_text("", encoding="utf-8")
    script = text("morning.sh").replace("/etc/backup-report.env", f"{tmp_path}/backup-report.env")
    script = script.replace("/var/lib/backup-report", str(tmp_path))
    done = subprocess.run(
        ["/bin/sh", "-c", script],
        env={"PATH": f"{tmp_path}:{os.environ['PATH']}"},
        capture_output=True,
        encoding="utf-8",
        check=False,
        timeout=60,
    )
    assert (done.returncode, done.stdout, done.stderr) == (code, printed, "")
    called = (tmp_path / "calls").read_text(encoding="utf-8").split()
    assert called == ["safehold.backup.morning_report", "safehold.backup.audit"]


def test_the_gate_asks_for_one_machine(ansible: Ansible) -> None:
    def run() -> subprocess.CompletedProcess[str]:
        return ansible.command(["playbook", str(PIPELINES / "gate.yml"), "-e", "machine=web01"])

    done = run()
    assert done.returncode == 2, done.stdout + done.stderr
    assert "web01 has no good backup of the last 24h" in done.stdout + done.stderr
    now = datetime.datetime.now(datetime.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    machine = next(one for one in ansible.control.objects("simplivity", "virtual_machines") if one["name"] == "web01")
    backup = {"name": "fresh", "virtual_machine_id": machine["id"], "virtual_machine_name": "web01", "created_at": now}
    ansible.control.add("simplivity", "backups", state="PROTECTED", **backup)
    done = run()
    assert done.returncode == 0, done.stdout + done.stderr
    asked = [dict(one["query"]) for one in ansible.control.requests("simplivity", "GET", "/backups")]
    assert asked
    assert {(query["virtual_machine_id"], query["limit"]) for query in asked} == {(machine["id"], "1")}
    # another one of the name has no backup, and nobody says which of them is meant
    ansible.control.add("simplivity", "virtual_machines", name="web01", state="ALIVE")
    done = run()
    assert done.returncode == 2 and "there are 2 machines called web01" in done.stdout + done.stderr


def test_the_mail_holds_the_report(ansible: Ansible, tmp_path: Path) -> None:
    """A name that looks like a template and like a header stays a name."""
    name = "{{ 1 + 1 }}\nBcc: all@example.com é"
    machine = next(one for one in ansible.control.objects("simplivity", "virtual_machines") if one["name"] == "web01")
    ansible.control.patch("simplivity", "virtual_machines", machine["id"], name=name)
    sendmail = tmp_path / "sendmail"
    sendmail.write_text(f'#!/bin/sh\necho "$@" > {tmp_path}/flags\ncat > {tmp_path}/mail\n', encoding="utf-8")
    sendmail.chmod(0o755)
    variables = {"sendmail": str(sendmail), "directory": str(tmp_path / "report"), "formats": ["mail"]}
    done = ansible.command(["playbook", str(PIPELINES / "mail.yml"), "-e", json.dumps(variables)])
    assert done.returncode == 0, done.stdout + done.stderr
    assert (tmp_path / "flags").read_text(encoding="utf-8").split() == ["-t", "-i"]
    lines = (tmp_path / "mail").read_bytes().splitlines()
    assert max(map(len, lines)) < 998
    message = email.message_from_bytes((tmp_path / "mail").read_bytes(), policy=email.policy.default)
    assert message["to"] == "operators@example.com"
    assert message["bcc"] is None
    assert "machines need attention" in message["subject"]
    body = message.get_content()
    assert body.strip() == (tmp_path / "report" / "mail.html").read_text(encoding="utf-8").strip()
    assert "{{ 1 + 1 }}" in body
