# Copyright: (c) 2026, safehold.backup contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Places that are not as usual: no home, nothing can be written, libraries that print, very many objects."""

from __future__ import annotations

import json
import os
import resource
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from faults.harness.running import run
from faults.harness.targets import MODULES, options, secrets
from faults.surroundings.conftest import Runs
from faults.surroundings.plays import assert_no_secret, connection, name_now, rename, submissions, task
from integration.modules.harness.ways import AS_PROCESS
from simulator.process import Simulator
from unit.module_runner import run_module


@contextmanager
def nothing_can_be_written() -> Iterator[None]:
    """As on a full disk: whoever writes to a file gets an error."""
    handler = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
        signal.signal(signal.SIGXFSZ, handler)


def test_the_full_disk_is_one(tmp_path: Path) -> None:
    with nothing_can_be_written(), pytest.raises(OSError, match="File too large"):
        (tmp_path / "file").write_text("x", encoding="ascii")


@pytest.mark.parametrize("module", [pytest.param(module, id=f"J19-full-disk-{module}") for module in MODULES])
def test_full_disk(simulator: Simulator, module: str) -> None:
    given = options(simulator, module)
    with nothing_can_be_written():
        ran = run_module(module, given, no_log=module.endswith("_token"))
    assert not ran.failed, ran.output
    if module == "svt_backup_rename":
        assert ran.result["changed"] is True
        assert len(simulator.control.changes()) == 1


@pytest.mark.parametrize(
    "home",
    [
        pytest.param("/dev/null/home", id="J19-home-below-a-file"),
        pytest.param("/proc/none", id="J19-home-cannot-be-made"),
        pytest.param("", id="J19-empty"),
        pytest.param(None, id="J19-not-set"),
        pytest.param("relative/home", id="J19-relative"),
    ],
)
def test_no_home(simulator: Simulator, home: str | None, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    for variable in ("HOME", "XDG_STATE_HOME", "TMPDIR"):
        if home is None:
            monkeypatch.delenv(variable, raising=False)
        else:
            monkeypatch.setenv(variable, home)
    given = options(simulator, "svt_backup_rename")
    if home is None:  # then the user's entry in the password database counts, which is not the test's to write to
        given["wait_timeout"], given["id"] = 1, "no-such-backup"
        seen = run("svt_backup_rename", given, secrets=secrets(simulator, given), limit=10)
        assert seen.kind == "not_found"
    else:
        seen = run("svt_backup_rename", given, secrets=secrets(simulator, given), limit=10)
        assert seen.result["changed"] is True and not seen.failed
        assert len(simulator.control.changes()) == 1
    assert list(tmp_path.iterdir()) == [] or home == "relative/home"


@pytest.mark.slow
@pytest.mark.parametrize("which", [pytest.param("newest", id="J19-J21-newest")])
def test_prints_of_libraries_and_a_home_that_is_none(runs: Runs, tmp_path: Path, which: str) -> None:
    """Whatever is printed before and after the result, and on standard error, the result arrives."""
    ansible = runs(which)
    noise = tmp_path / "noise"
    noise.mkdir()
    (noise / "sitecustomize.py").write_text(
        "import atexit, sys, warnings\n"
        "if 'playbook' not in sys.orig_argv:\n"
        "    print('NOISE before, with a {brace} and a [bracket]', flush=True)\n"
        "    warnings.warn('NOISE on standard error', DeprecationWarning)\n"
        "    print('NOISE on standard error', file=sys.stderr)\n"
        "    atexit.register(print, 'NOISE after', flush=True)\n",
        encoding="ascii",
    )
    environment = {
        **connection(ansible),
        **AS_PROCESS,
        "PYTHONPATH": str(noise),
        "PYTHONWARNINGS": "always",
        "ANSIBLE_HOME": str(tmp_path / "ansible"),
        "HOME": "/dev/null/home",
        "XDG_STATE_HOME": "/dev/null/state",
    }
    tasks = [
        task("svt_backup_rename", rename()),
        task("svt_backup_info", {"limit": 1}),
        task("acronis_task_info", {"limit": 1}),
    ]
    ran = ansible.play(tasks, environment=environment, plan={}, verbosity=3)
    assert ran.code == 0, ran.output
    assert ran.tasks["svt_backup_rename"]["changed"] is True
    assert len(ran.tasks["svt_backup_info"]["backups"]) == len(ran.tasks["acronis_task_info"]["tasks"]) == 1
    assert "junk after the JSON data" in ran.output, "there was no noise"
    assert submissions(ansible.simulator.control) == 1
    assert name_now(ansible.simulator.control) == "renamed"
    assert_no_secret(ansible, ran)


MANY = int(os.environ.get("SAFEHOLD_MANY_BACKUPS", "20000"))


@pytest.mark.parametrize("count", [pytest.param(MANY, id=f"J16-{MANY}")])
def test_very_many_backups(simulator: Simulator, count: int) -> None:
    """Decided: not the catalogue's 100,000 here, as nothing in what is asserted depends on how many they are. What is
    wanted of many can be said, and then only that comes. 100,000 go through the module at G10."""
    simulator.control.fill(backups=count)
    given = {**options(simulator, "svt_backup_info"), "page_size": 5000}
    all_of_them = run("svt_backup_info", {**given, "fields": ["id"]}, secrets=[given["password"]], limit=60)
    assert len({backup["id"] for backup in all_of_them.result["backups"]}) == count == all_of_them.result["count"]
    simulator.control.clear_ledger()
    few = run(
        "svt_backup_info", {**given, "fields": ["id", "name"], "limit": 100}, secrets=[given["password"]], limit=20
    )
    assert (len(few.result["backups"]), few.result["count"], few.result["truncated"]) == (100, count, True)
    assert len(simulator.control.requests(path="/backups")) == 1
    assert len(json.dumps(few.result["backups"])) < 20_000
