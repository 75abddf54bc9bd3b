# Copyright: (c) 2026, safehold.backup contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The control API, the process, and size."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from simulator.process import PROGRAM, Control, ControlError, Simulator


def test_ledger_tells_everything(svt, control):
    svt.get("/backups", name="a b+c", limit=1)
    entry = control.ledger()[-1]
    assert (entry["api"], entry["method"], entry["path"]) == ("simplivity", "GET", "/api/backups")
    assert entry["query"] == [["name", "a b+c"], ["limit", "1"]]
    assert dict(entry["headers"])["authorization"].startswith("Bearer ")
    assert entry["status"] == 200 and entry["ended"] >= entry["started"] and entry["concurrent"] == 1
    assert control.ledger(since=entry["n"]) == []
    assert "grant_type=password" in control.ledger()[0]["body"]
    control.clear_ledger()
    svt.get("/version")
    assert [one["n"] for one in control.ledger()] == [entry["n"] + 1]


def test_changes_name_the_token_and_the_request(svt, control):
    backup = svt.backups(name="aborted")[0]
    task = svt.rename(backup["id"], "kept")
    (change,) = control.changes()
    assert (change["backup_id"], change["old_name"], change["new_name"]) == (backup["id"], "aborted", "kept")
    assert change["task_id"] == task["id"] and change["token"] in svt.session.headers["Authorization"]
    assert control.ledger(since=change["n"] - 1)[0]["method"] == "POST"


@pytest.mark.parametrize("changes", [{"colour": "red"}, {"mode": "cloud"}, {"task_seconds": "long"}, {"latency": True}])
def test_settings_refuse_what_does_not_exist(control, changes):
    before = control.settings()
    with pytest.raises(ControlError, match="400"):
        control.set("simplivity", latency=0.1, **changes) if "latency" not in changes else control.set(
            "simplivity", **changes
        )
    assert control.settings() == before


def test_reset_brings_everything_back(svt, control):
    control.set("simplivity", mode="mva")
    control.fault({"path": "/hosts", "action": {"status": 500}})
    control.delete("simplivity", "backups", svt.backups()[0]["id"])
    control.advance(1000)
    control.reset()
    assert svt.get("/backups").status_code == 401
    assert control.faults() == [] and control.settings()["simplivity"]["mode"] == "sva"
    assert control.state()["simplivity"]["backups"] == 21 and control.clock()["monotonic"] < 10


def test_objects_can_be_added_changed_and_removed(svt, control):
    control.add("simplivity", "backups", id="x-1", name="added", virtual_machine_name="db01")
    (added,) = svt.backups(name="added")
    assert added["virtual_machine_name"] == "db01" and added["datastore_name"] == "ds2"
    control.patch("simplivity", "backups", "x-1", state="SAVING")
    assert svt.backups(id="x-1")[0]["state"] == "SAVING"
    control.unset("simplivity", "backups", "x-1", "sent", "name")
    assert not {"sent", "name"} & set(svt.get("/backups/x-1").json()["backup"])
    control.delete("simplivity", "backups", "x-1")
    assert svt.get("/backups/x-1").status_code == 404
    with pytest.raises(ControlError, match="404"):
        control.add("simplivity", "dragons", id="1")


def test_clock_shows_in_the_apis(svt, control):
    control.advance(86_400 * 365)
    svt.login()
    assert svt.post_login().json()["updated_at"] / 1000 == pytest.approx(control.clock()["unix"], abs=5)
    with pytest.raises(ControlError, match="400"):
        control.advance(-1)


def test_fills_100_000_of_each_and_pages_through_them(svt, cloud, control):
    state = control.fill(backups=100_000, tasks=100_000, activities=100_000)
    assert state["simplivity"]["backups"] == state["acronis"]["tasks"] == state["acronis"]["activities"] == 100_000
    assert svt.get("/backups", limit=1).json()["count"] == 100_000
    started = time.monotonic()
    for offset in range(50_000, 55_000, 500):
        assert len(svt.backups(limit=500, offset=offset)) == 500
    assert time.monotonic() - started < 30
    body = cloud.get("/tasks", {"limit": 1000, "lod": "short", "order": "desc(completedAt)"}).json()
    for _time in range(3):
        cursor = body["paging"]["cursors"]["after"]
        body = cloud.get("/tasks", {"limit": 1000, "after": cursor}).json()
        assert len(body["items"]) == 1000


def test_says_one_line_and_leaves_nothing_behind(tmp_path):
    ca_path, pid_file = tmp_path / "ca.pem", tmp_path / "pid"
    for end in (signal.SIGTERM, signal.SIGINT, None):
        process = subprocess.Popen(
            [sys.executable, str(PROGRAM), "--ca-path", str(ca_path), "--pid-file", str(pid_file)],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        line = process.stdout.readline()
        assert pid_file.read_text().strip() == str(process.pid) and '"ca_path"' in line
        started = time.monotonic()
        if end is None:
            url = line.split('"control_url": "')[1].split('"')[0]
            Control(url).shutdown()
        else:
            process.send_signal(end)
        assert process.communicate(timeout=5) == ("", "")
        assert process.returncode == 0 and not pid_file.exists()
        assert time.monotonic() - started < 30
        assert ca_path.exists()


def test_ends_with_its_parent_and_removes_its_ca():
    simulator = Simulator()
    directory = Path(simulator.ca_path).parent
    assert directory.is_dir()
    assert simulator.stop() == 0
    assert not directory.exists()
    with pytest.raises(ProcessLookupError):
        os.kill(simulator.pid, 0)
