# Copyright: (c) 2026, safehold.backup contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The playbooks morning_report, audit and rename_campaign by their names, and so the roles that they call."""

from __future__ import annotations

import json
import re
import subprocess
from pathlib import Path
from subprocess import CompletedProcess
from typing import Any
from xml.etree import ElementTree as ET

import jsonschema
import pytest

import demo
import workspace
from integration.modules.harness.runs import ROOT, Ansible

SCHEMA = ROOT / "roles" / "backup_report" / "files" / "evidence-1.schema.json"
NOW = "2016-03-18T06:00:00Z"
FILES = {"evidence.json", "report.html", "mail.html", "report.md", "report.csv", "junit.xml", "metrics.prom"}


def run(ansible: Ansible, name: str, *flags: str, **variables: Any) -> CompletedProcess[str]:
    """A playbook of the collection, with these extra variables."""
    done = ansible.command(["playbook", f"safehold.backup.{name}", *flags, "-e", json.dumps(variables)])
    ansible.scan(done.stdout + done.stderr, ansible.issued_tokens())
    assert "[WARNING]" not in done.stderr
    assert "[DEPRECATION" not in done.stderr
    return done


def sessions(ansible: Ansible) -> int:
    return int(ansible.control.state()["simplivity"]["open_sessions"])


@pytest.mark.smoke
def test_the_morning_report(ansible: Ansible, tmp_path: Path) -> None:
    """Planned, then made, with names that attack whoever reads them."""
    touched = tmp_path / "touched"
    name = f"<script>alert(1)</script>{{{{ lookup('pipe', 'touch {touched}') }}}}|=1"
    machine = next(one for one in ansible.control.objects("simplivity", "virtual_machines") if one["name"] == "web01")
    ansible.control.patch("simplivity", "virtual_machines", machine["id"], name=name)
    options: dict[str, Any] = {
        "directory": str(tmp_path / "report"),
        "backup_report_now": NOW,
        "backup_report_title": "{{ 'Morning' }} <b>",
        "backup_report_acronis_started_after": "2016-01-01T00:00:00Z",
        "backup_report_acronis_resources": [{"id": "k2", "name": "KIOSK-2"}],
        "objectives": [{"name": "<script>*", "max_age": "1h"}, {"max_age": "26h"}],
        "exclusions": [{"name": "vm32*", "reason": "a template", "expires": "2016-12-31"}],
    }
    planned = run(ansible, "morning_report", "--check", **options)
    assert planned.returncode == 0, planned.stdout + planned.stderr
    # two of them are known by attempts that are dated years ahead of NOW
    assert "5 of 8 machines need attention: 4 never backed up, 1 stale; 1 excluded." in planned.stdout
    assert not (tmp_path / "report").exists()

    made = run(ansible, "morning_report", **options)
    assert made.returncode == 0, made.stdout + made.stderr
    report = tmp_path / "report"
    assert {path.name for path in report.iterdir()} == FILES
    readable = {path.name for path in report.iterdir() if path.stat().st_mode & 0o777 == 0o644}
    assert readable == {"metrics.prom"}, "a collector is another account"
    assert {path.stat().st_mode & 0o777 for path in report.iterdir()} == {0o640, 0o644}
    evidence = json.loads((report / "evidence.json").read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator(json.loads(SCHEMA.read_text(encoding="utf-8"))).validate(evidence)
    status = {one["name"]: one["status"] for one in evidence["machines"]}
    assert name in status
    # one that was named, and one that only the list of resources knows of
    assert (status["KIOSK-2"], status["DESKTOP-AQXOA6B"]) == ("never", "never")
    assert "Machines with agents" not in status
    assert not touched.exists()
    for path in ("report.html", "mail.html"):
        text = (report / path).read_text(encoding="utf-8")
        assert "<script>alert" not in text
        assert "Morning &lt;b&gt;" in text
    shown = "&lt;script&gt;alert(1)&lt;/script&gt;{{ lookup("
    assert shown in (report / "mail.html").read_text(encoding="utf-8")
    assert not sessions(ansible)
    assert not ansible.control.changes()


def test_the_audit_fails_on_what_it_finds_and_on_what_it_cannot_read(ansible: Ansible, tmp_path: Path) -> None:
    ansible.control.fault({"path": "/api/task_manager", "when": "before", "action": {"status": 403, "json": {}}})
    done = run(ansible, "audit", directory=str(tmp_path), backup_audit_now=NOW)
    assert done.returncode == 2, done.stdout + done.stderr
    said = done.stdout + done.stderr
    # of DESKTOP-AQXOA6B nothing is known then, so nothing is said of it
    # what is known of Acronis is dated years ahead of NOW
    assert "3 of 6 machines need attention: 2 never backed up, 1 stale; the facts are not complete." in said
    assert "Failed because of: never (2), stale (1), future (2), incomplete (1). " in said
    root = ET.parse(tmp_path / "junit.xml").getroot()  # noqa: S314
    assert (root.get("tests"), root.get("failures"), root.get("errors")) == ("7", "3", "1")
    red = root.findall("testsuite/testcase[failure]")
    assert {case.get("name") for case in red} == {"vm32_A_6", "SRV-ZWEI", "DESKTOP-GFT9S1R"}
    assert not sessions(ansible)


def test_the_demo_ends_with_a_report_and_a_verdict(tmp_path: Path) -> None:
    """As `make demo` runs it, but that the collection is not built and its tasks take no time."""
    with demo.simulator(*demo.CONTENT) as announced:
        command = ["ansible-playbook", "safehold.backup.demo", *demo.VARIABLES, "-e", '{"formats": ["html"]}']
        env = {**workspace.environment(), **demo.connection(announced)}
        done = subprocess.run(command, cwd=tmp_path, env=env, capture_output=True, encoding="utf-8", check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    told = dict(re.findall(r'"(report|verdict)  +(.+)"', done.stdout.rpartition("TASK [")[2]))
    assert told["report"] == f"{tmp_path}/backup-report/report.html"
    assert Path(told["report"]).read_text(encoding="utf-8").startswith("<!DOCTYPE html>\n<html")
    evidence = json.loads((tmp_path / "backup-report" / "audit" / "evidence.json").read_text(encoding="utf-8"))
    assert told["verdict"] == evidence["verdict"]["text"]
    assert told["verdict"].startswith("6 of 13 machines need attention: ")
    assert {one["objective"]["name"] for one in evidence["machines"]} == {"demo"}


def test_an_audit_of_evidence_that_is_out_of_date_is_red(ansible: Ansible, tmp_path: Path) -> None:
    evidence, kept = tmp_path / "evidence.json", tmp_path / "kept"
    content = (ROOT / "tests" / "evidence" / "sample.json").read_bytes()
    # or an exclusion that the sample holds would expire some day
    content = content.replace(b"2027-01-01T00:00:00Z", b"2999-01-01T00:00:00Z")
    evidence.write_bytes(content)
    kept.hardlink_to(evidence)
    done = run(ansible, "audit", directory=str(tmp_path), backup_audit_from=[str(evidence)])
    assert done.returncode == 2, done.stdout + done.stderr
    assert "Failed because of: never (2), failed (2), stale (17), offsite_missing (1), " in done.stdout + done.stderr
    assert json.loads(evidence.read_bytes())["objectives"] == json.loads(content)["objectives"], (
        "nothing else was asked"
    )
    assert not ansible.control.requests("simplivity")
    # whoever reads the file of before goes on reading it: it is replaced as a whole, and nothing is left over
    assert kept.read_bytes() == content != evidence.read_bytes()
    assert {path.name for path in tmp_path.iterdir()} == {"evidence.json", "junit.xml", "report.md", "kept"}


def test_a_mistake_in_an_objective_is_told_before_anything_is_read(ansible: Ansible, tmp_path: Path) -> None:
    done = run(ansible, "morning_report", directory=str(tmp_path / "report"), objectives=[{"max_age": 26}])
    assert done.returncode == 2, done.stdout + done.stderr
    told = "objectives[0].max_age: '26' is not a duration; write a number and its unit: 90m, 26h or 7d"
    assert told in done.stdout + done.stderr
    assert not ansible.control.requests("simplivity")
    assert not (tmp_path / "report").exists()


def test_a_rename_campaign_and_back(ansible: Ansible, tmp_path: Path) -> None:
    def names() -> dict[str, str]:
        return {one["id"]: one["name"] for one in ansible.control.objects("simplivity", "backups")}

    before, undo = names(), str(tmp_path / "undo.json")
    done = run(
        ansible,
        "rename_campaign",
        undo_file=undo,
        svt_rename_backups_filters={"type": "MANUAL", "virtual_machine_name": "web01"},
        svt_rename_backups_template="{{ backup.virtual_machine_name }} {{ backup.created_at[:16] }}",
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert sum(name.startswith("web01 2016-03-15T1") for name in names().values()) == 3
    back = run(ansible, "rename_campaign", undo=undo)
    assert back.returncode == 0, back.stdout + back.stderr
    assert names() == before
