# Copyright: (c) 2026, safehold.backup contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Ansible, or the module, is stopped in the midst of a rename; then the same play is run again."""

from __future__ import annotations

import os
import signal
import stat
from collections.abc import Callable
from pathlib import Path
from subprocess import Popen

import pytest

from faults.leaks.ansible_runs import AnsibleRuns, Ran
from faults.leaks.findings import holding
from faults.surroundings.conftest import Runs
from faults.surroundings.plays import (
    assert_no_secret,
    connection,
    ended,
    modules_at_work,
    name_now,
    rename,
    submissions,
    task,
    until,
)
from integration.modules.harness.ways import both_ways
from simulator.process import Control

pytestmark = pytest.mark.slow
TASK_SECONDS = 600.0


def watched(mark: str) -> bool:
    """Whether Ansible's program that watches the limit of an async task is still there."""
    for entry in Path("/proc").iterdir():
        try:
            if (
                b"async_wrapper" in (entry / "cmdline").read_bytes()
                and mark.encode() in (entry / "environ").read_bytes()
            ):
                return True
        except OSError:
            continue
    return False


def rerun(ansible: AnsibleRuns, state: Path) -> Ran:
    """The same play again, while the task is still in flight: it is followed, and nothing is submitted again."""
    control = ansible.simulator.control
    control.clear_ledger()
    given = ansible.ready_play([task("svt_backup_rename", rename())], environment=connection(ansible, state))
    process = ansible.start(given)
    until(lambda: control.requests("simplivity", "GET", "/tasks/") or process.poll() is not None, "a look at the task")
    control.advance(TASK_SECONDS)
    ran = ansible.finish(given, process)
    assert ran.code == 0, ran.output
    assert name_now(control) == "renamed"
    assert submissions(control) == 0
    assert_no_secret(ansible, ran)
    return ran


def to_group(process: Popen[bytes], control: Control) -> None:
    os.killpg(process.pid, signal.SIGINT)


def to_ansible(number: signal.Signals) -> Callable[[Popen[bytes], Control], None]:
    def send(process: Popen[bytes], control: Control) -> None:
        process.send_signal(number)

    return send


@both_ways
@pytest.mark.parametrize(
    ("stop", "codes", "goes_on"),
    [
        pytest.param(to_group, {1, 2, 99, 130, -signal.SIGINT}, None, id="J6-ctrl-c"),
        pytest.param(to_ansible(signal.SIGTERM), {99, 143, -signal.SIGTERM}, None, id="J6-SIGTERM"),
        pytest.param(to_ansible(signal.SIGKILL), {-signal.SIGKILL}, True, id="J7-J10-SIGKILL"),
    ],
)
def test_ansible_is_stopped(
    runs: Runs,
    tmp_path: Path,
    stop: Callable[[Popen[bytes], Control], None],
    codes: set[int],
    goes_on: bool | None,
    in_controller: bool,
) -> None:
    """Run again, the play ends in what was asked for, with one submission in all, and also while the first module is
    still at work. Whether it dies with Ansible is Ansible's business; that it does not when Ansible is killed is in
    SECURITY.md."""
    ansible = runs("newest")
    control = ansible.simulator.control
    control.set("simplivity", task_seconds=TASK_SECONDS)
    state = tmp_path / "state"
    environment = connection(ansible, state)
    given_secret = {"password": "{{ word }}"}
    variables = {"word": environment.pop("SVT_PASSWORD")}
    play = [task("svt_backup_rename", {**rename(), **given_secret})]
    given = ansible.ready_play(play, variables=variables, environment=environment)
    process = ansible.start(given)
    until(lambda: control.requests("simplivity", "GET", "/tasks/"), "the first look at the task")
    stop(process, control)
    ran = ansible.finish(given, process)
    assert ran.code in codes, ran.output
    if goes_on is not None:
        assert bool(modules_at_work(str(given.out))) is goes_on
    assert submissions(control) == 1
    rerun(ansible, state)
    ended(str(given.out))
    # what Ansible leaves: the module with its arguments, where only the user may look (SECURITY.md, J10)
    for left in holding(ran.out, variables["word"]):
        assert not in_controller
        assert left.name.startswith("AnsiballZ_") and stat.S_IMODE(left.parent.stat().st_mode) == 0o700
    assert_no_secret(ansible, ran, known=lambda place: "AnsiballZ_" in place)


@both_ways
@pytest.mark.parametrize("which", [pytest.param("newest", id="J8-SIGTERM")])
def test_only_the_module_is_stopped(runs: Runs, tmp_path: Path, which: str) -> None:
    """It says which task it started, in a proper result."""
    ansible = runs(which)
    control = ansible.simulator.control
    control.set("simplivity", task_seconds=TASK_SECONDS)
    state = tmp_path / "state"
    given = ansible.ready_play([task("svt_backup_rename", rename())], environment=connection(ansible, state), plan={})
    process = ansible.start(given)
    until(lambda: control.requests("simplivity", "GET", "/tasks/"), "the first look at the task")
    for number in modules_at_work(str(given.out)):
        os.kill(number, signal.SIGTERM)
    ran = ansible.finish(given, process)
    done = ran.tasks["svt_backup_rename"]
    assert done.failed and done["failure"]["kind"] == "unknown_outcome", done.result
    assert done["failure"]["submitted"] is True and done["changed"] is True
    assert done["failure"]["task"]["id"] in control.requests("simplivity", "GET", "/tasks/")[0]["path"]
    assert submissions(control) == 1
    assert_no_secret(ansible, ran)
    rerun(ansible, state)


@pytest.mark.parametrize("which", [pytest.param("newest", id="J5-newest"), pytest.param("oldest", id="J5-oldest")])
def test_the_limit_of_async(runs: Runs, tmp_path: Path, which: str) -> None:
    """Ansible kills the module without a word of it (README). Run again, the play follows the task in flight.

    Or it does not kill it: it puts the module into the group that it kills only after the module may have been started,
    and on a busy machine that is too late. So both are right here, and both must end well."""
    ansible = runs(which)
    control = ansible.simulator.control
    control.set("simplivity", task_seconds=TASK_SECONDS)
    state = tmp_path / "state"
    limited = task("svt_backup_rename", rename(), **{"async": 15, "poll": 1})
    ran = ansible.play([limited], environment=connection(ansible, state))
    assert ran.code == 2 and "ASYNC FAILED" in ran.output, ran.output
    assert "task_id" not in ran.output
    assert submissions(control) == 1
    until(lambda: not watched(str(ran.out)), "the end of what watches the limit")
    assert name_now(control) != "renamed"
    rerun(ansible, state)
    ended(str(ran.out))
    assert_no_secret(ansible, ran)


@both_ways
@pytest.mark.parametrize("which", [pytest.param("newest", id="J4-newest")])
def test_the_keyword_timeout_lets_the_module_go_on(runs: Runs, tmp_path: Path, which: str) -> None:
    """Ansible's own limit (README): the play fails, and the module in the background goes on to its end."""
    ansible = runs(which)
    control = ansible.simulator.control
    control.set("simplivity", task_seconds=TASK_SECONDS)
    limited = task("svt_backup_rename", rename(), timeout=15)
    ran = ansible.play([limited], environment=connection(ansible, tmp_path / "state"))
    assert ran.code == 2 and "imed out after 15" in ran.output, ran.output
    looks = len(control.requests("simplivity", "GET", "/tasks/"))
    assert submissions(control) == 1 and looks and modules_at_work(str(ran.out))
    control.advance(TASK_SECONDS)
    ended(str(ran.out))
    assert len(control.requests("simplivity", "GET", "/tasks/")) > looks, "the module did not go on"
    assert name_now(control) == "renamed"
    assert submissions(control) == 1
    assert control.state()["simplivity"]["open_sessions"] == 0
    assert_no_secret(ansible, ran)
