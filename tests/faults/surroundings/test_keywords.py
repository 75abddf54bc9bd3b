# Copyright: (c) 2026, safehold.backup contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The keywords that Ansible has around a task: check mode, async, loops, many hosts, another host, tries."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from faults.harness import figures
from faults.harness.running import run
from faults.harness.targets import every_module, options, secrets
from faults.surroundings.conftest import Runs
from faults.surroundings.plays import (
    BACKUP,
    assert_no_secret,
    connection,
    ended,
    name_now,
    rename,
    submissions,
    task,
    until,
)
from integration.modules.harness.runs import SESSION_PATHS
from simulator.process import Simulator


@pytest.mark.parametrize("flags", [pytest.param({}, id="J1"), pytest.param({"diff": True}, id="J1-J3")])
@every_module
def test_check_mode_writes_nothing(simulator: Simulator, module: str, flags: Mapping[str, bool]) -> None:
    given = options(simulator, module)
    seen = run(
        module,
        given,
        secrets=secrets(simulator, given) if not module.endswith("_token") else (),
        check_mode=True,
        **flags,
    )
    assert not seen.failed
    assert seen.result["changed"] is (module == "svt_backup_rename")
    writes = [one for one in simulator.control.ledger() if one["method"] != "GET" and one["path"] not in SESSION_PATHS]
    figures.record("check_mode", runs=1, writes=len(writes))
    assert writes == []
    assert simulator.control.changes() == []
    assert bool(seen.result.get("diff")) == (module == "svt_backup_rename" and bool(flags))


@pytest.mark.slow
@pytest.mark.parametrize(
    ("which", "works"), [pytest.param("newest", True, id="J2-newest"), pytest.param("oldest", False, id="J2-oldest")]
)
def test_check_mode_with_async(runs: Runs, which: str, works: bool) -> None:
    """Core 2.16 refuses it in its own words. Never is anything written."""
    ansible = runs(which)
    if not works and ansible.core.version > (2, 16):
        pytest.skip(f"the oldest core here is {ansible.core.version}, which takes async in check mode")
    for poll in (1, 0):
        checked = task("svt_backup_rename", rename(), check_mode=True, **{"async": 30, "poll": poll})
        ran = ansible.play([checked], environment=connection(ansible), plan={})
        done = ran.tasks["svt_backup_rename"]
        if works:
            assert not done.failed and done["changed"] is True
        else:
            assert "check mode and async cannot be used on same task" in str(done.result.get("msg")), done.result
        # what watches the job tidies up after it
        ended(str(ran.out))
        assert_no_secret(ansible, ran)
    assert submissions(ansible.simulator.control) == 0
    assert not ansible.simulator.control.changes()


@pytest.mark.slow
@pytest.mark.parametrize("which", [pytest.param("oldest", id="J12-oldest")])
def test_fifty_hosts_and_one_controller(runs: Runs, which: str) -> None:
    """Ten at once, which is more than the controller takes: each logs in once, and a 502 is never the end of a host.

    On the oldest core, whose tasks cost the least.
    """
    ansible = runs(which)
    control = ansible.simulator.control
    control.set("simplivity", max_parallel=2, latency=0.05)
    hosts: dict[str, Any] = {f"host{number}": {} for number in range(50)}
    read = task("svt_backup_info", {"limit": 1, "fields": ["id", "name"]})
    ran = ansible.play([read], environment=connection(ansible), hosts=hosts, flags=["--forks", "10"])
    assert ran.code == 0, ran.output[-3000:]
    assert ran.output.count("ok: [host") == 50
    answers = [one["status"] for one in control.ledger()]
    state = control.state()["simplivity"]
    figures.record("logins", runs=50, too_many=max(0, state["logins"] - 50))
    assert state["logins"] == 50 and state["refused_logins"] == 0
    # a session whose end met a 502 ends by itself after ten minutes
    assert state["open_sessions"] <= answers.count(502)
    assert_no_secret(ansible, ran)


@pytest.mark.slow
@pytest.mark.parametrize("which", [pytest.param("newest", id="J13-newest")])
def test_loops_and_other_hosts(runs: Runs, which: str) -> None:
    """Ansible's own limit (README): the items of a loop are shown, so a secret in them needs a label or no_log."""
    ansible = runs(which)
    control = ansible.simulator.control
    password = ansible.simulator.simplivity["password"]
    environment = connection(ansible)
    del environment["SVT_PASSWORD"]
    variables = {"accounts": [{"name": "first", "password": password}]}
    looped = task("svt_backup_info", {"password": "{{ item.password }}", "limit": 1}, loop="{{ accounts }}")
    hosts: dict[str, Any] = {"one": {}, "two": {}}
    once = {"run_once": True}
    safe = [
        {**looped, "name": "With a label", "loop_control": {"label": "{{ item.name }}"}, **once},
        {**looped, "name": "Hidden", "no_log": True, **once},
        {**looped, "name": "Elsewhere", "delegate_to": "two", "loop_control": {"label": "{{ item.name }}"}, **once},
    ]
    ran = ansible.play(safe, variables=variables, environment=environment, hosts=hosts)
    assert ran.code == 0, ran.output
    assert control.state()["simplivity"]["logins"] == 3 and control.state()["simplivity"]["open_sessions"] == 0
    assert "(item=first)" in ran.output
    assert_no_secret(ansible, ran)
    ran = ansible.play([{**looped, **once}], variables=variables, environment=environment, hosts=hosts)
    assert ran.code == 0 and password in ran.output, "Ansible hides items now: correct the README"


@pytest.mark.slow
@pytest.mark.parametrize("which", [pytest.param("newest", id="J14-newest")])
def test_tries_do_not_submit_again(runs: Runs, tmp_path: Path, which: str) -> None:
    """`until` runs the module again and again; a change that was made, or is under way, is not asked for anew."""
    ansible = runs(which)
    control = ansible.simulator.control
    control.set("simplivity", task_seconds=600)
    steps: Any = {"until": "outcome is not changed", "retries": 5, "delay": 0, "register": "outcome"}
    patient: Any = {"until": "outcome is succeeded", "retries": 20, "delay": 1, "register": "outcome"}
    tasks = [
        task("svt_backup_rename", rename(wait_timeout=1), **patient),
        {**task("svt_backup_rename", rename(new_name="again"), **steps), "name": "again"},
    ]
    given = ansible.ready_play(tasks, environment=connection(ansible, tmp_path / "state"), plan={})
    process = ansible.start(given)
    until(lambda: control.state()["simplivity"]["logins"] >= 3, "the third try")
    control.advance(600)
    until(lambda: submissions(control) == 2, "the second rename")
    control.advance(600)
    ran = ansible.finish(given, process)
    assert ran.code == 0, ran.output
    first, second = ran.tasks["svt_backup_rename"], ran.tasks["again"]
    assert first["attempts"] > 2 and second["attempts"] == 2
    assert second["changed"] is False
    assert name_now(control) == "again"
    assert submissions(control) == 2  # one for each of the two names
    assert {change["backup_id"] for change in control.changes()} == {BACKUP}
    assert_no_secret(ansible, ran)
