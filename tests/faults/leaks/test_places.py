# Copyright: (c) 2026, safehold.backup contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Where secrets may stay behind beside the output: callbacks, job files, kept files, facts, the list of processes."""

from __future__ import annotations

import json
import stat
import time
from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from faults.leaks.ansible_runs import Ran
from faults.leaks.canaries import EVERY_CANARY, SVT, in_environment, templates, variables
from faults.leaks.conftest import Runs
from faults.leaks.faults_at_hand import FAULTS, SECRETS
from faults.leaks.findings import assert_absent, assert_clean, holding, issued, issued_in
from integration.modules.harness.runs import _Plan

pytestmark = pytest.mark.slow
PREFIX = "safehold.backup"


@pytest.mark.parametrize(
    "environment",
    [
        pytest.param(
            {"ANSIBLE_STDOUT_CALLBACK": "minimal", "ANSIBLE_CALLBACKS_ENABLED": "case_recorder,junit"},
            id="2a-K13-minimal-and-junit",
        ),
        pytest.param(
            {"ANSIBLE_STDOUT_CALLBACK": "oneline", "ANSIBLE_CALLBACKS_ENABLED": "case_recorder,tree"},
            id="2a-K13-oneline-and-tree",
        ),
        pytest.param(
            {"ANSIBLE_CALLBACK_RESULT_FORMAT": "yaml", "ANSIBLE_DISPLAY_FAILED_STDERR": "1"}, id="2a-K13-yaml"
        ),
    ],
)
def test_callbacks(runs: Runs, environment: Mapping[str, str]) -> None:
    """Those of ansible-core alone; json is part of another collection."""
    ansible = runs("newest")
    names = ["K13-login-quotes-changed-forms", "K3-bug-that-quotes-all", "K7-misspelt-option-beside-secrets"]
    plan, tasks = {}, []
    for name in names:
        steps = _Plan()
        FAULTS[name].prepare(steps)
        plan[name] = steps.calls
        tasks.append(FAULTS[name].task(name, ansible.place()))
    places = {"JUNIT_OUTPUT_DIR": "junit", "ANSIBLE_CALLBACK_TREE_DIR": "tree", **environment}
    ran = ansible.play(tasks, plan=plan, variables=variables(), verbosity=4, environment=places)
    assert len(ran.tasks) == len(names)
    assert "SimpliVity refused the login" in ran.output
    for name, directory in (("junit", "junit"), ("tree", "tree")):
        if name in environment.get("ANSIBLE_CALLBACKS_ENABLED", ""):
            assert list((ran.out / directory).iterdir()), f"{name} wrote nothing"
    assert_clean(ran, [*SECRETS, *issued_in(ran)])


@pytest.mark.parametrize("which", [pytest.param("newest", id="J11-newest")])
def test_job_files_of_async(runs: Runs, which: str) -> None:
    """A job file can be read by every user of the machine. No secret is in it, unless the result is a token."""
    ansible = runs(which)
    control = ansible.simulator.control
    read = FAULTS["K1-all-well"].all_options(ansible.place(), templates("svt_backup_info"))
    login = {**ansible.place()["simplivity"], "password": "{{ simplivity_password }}"}
    quoting = {**read, "username": "somebody else"}
    status = {
        "ansible.builtin.async_status": {"jid": "{{ item.ansible_job_id }}"},
        "loop": ["{{ read }}", "{{ refused }}", "{{ token }}"],
        "loop_control": {"label": "{{ item.ansible_job_id }}"},
        "register": "status",
        "until": "status is finished",
        "retries": 60,
        "delay": 0.2,
        "ignore_errors": True,
        "no_log": True,
    }
    later = {"async": 60, "poll": 0}
    tasks: list[Mapping[str, Any]] = [
        {"name": "Read", f"{PREFIX}.svt_backup_info": read, "register": "read", **later},
        {"name": "Be refused", f"{PREFIX}.svt_backup_info": quoting, "register": "refused", **later},
        {"name": "Log in", f"{PREFIX}.svt_token": login, "register": "token", "no_log": True, **later},
        {"name": "Wait", **status},
    ]
    ran = ansible.play(tasks, variables=variables(), environment={"ANSIBLE_REMOTE_TEMP": "remote"})
    files = [path for path in (ran.out / "async").iterdir() if path.is_file()]
    results = {path: json.loads(path.read_text(encoding="utf-8")) for path in files}
    assert len(files) == 3, ran.output
    tokens = [path for path, result in results.items() if "access_token" in result]
    assert [result for result in results.values() if result.get("failed") and result["failure"]["kind"] == "auth"]
    # Ansible's own limit (SECURITY.md): the result of svt_token is the token, so a job file holds it
    assert len(tokens) == 1
    assert_clean(ran, SECRETS)
    assert_clean(ran, issued(control), known=lambda place: place.endswith(tokens[0].name))


def task_with_all_secrets(place: Mapping[str, Any], secrets: Mapping[str, str]) -> Mapping[str, Any]:
    options = FAULTS["K1-all-well"].all_options(place, secrets)
    return {"name": "Read", f"{PREFIX}.svt_backup_info": options}


@pytest.mark.parametrize(
    "which", [pytest.param("newest", id="K15-J10-newest"), pytest.param("oldest", id="K15-J10-oldest")]
)
def test_kept_remote_files(runs: Runs, which: str) -> None:
    """ANSIBLE_KEEP_REMOTE_FILES keeps the module with its arguments, in a directory that only the user may enter.

    That is Ansible's own doing. The collection writes no file of its own that holds a secret, and a secret that comes
    from the environment is in no file at all.
    """
    ansible = runs(which)
    kept = {"ANSIBLE_KEEP_REMOTE_FILES": "1"}
    ran = ansible.play(
        [task_with_all_secrets(ansible.place(), templates("svt_backup_info"))], variables=variables(), environment=kept
    )
    assert ran.code == 0, ran.output
    holders = holding(ran.out, SVT["password"])
    assert [path.name.startswith("AnsiballZ_") for path in holders] == [True], holders
    assert stat.S_IMODE(holders[0].parent.stat().st_mode) == 0o700
    here = str(holders[0].relative_to(ran.out))
    assert_clean(ran, SECRETS, known=lambda place: place == here)
    assert_clean(ran, issued(ansible.simulator.control))
    ran = ansible.play([task_with_all_secrets(ansible.place(), {})], environment={**kept, **in_environment()})
    assert ran.code == 0, ran.output
    assert list(ran.out.rglob("AnsiballZ_*.py"))
    assert_clean(ran, [*SECRETS, *issued(ansible.simulator.control)])


@pytest.mark.parametrize("which", [pytest.param("newest", id="J15-newest")])
def test_facts_and_retry_files(runs: Runs, which: str) -> None:
    """What modules return may be cached as facts. A token that somebody makes a fact is in the cache in clear."""
    ansible = runs(which)
    read = task_with_all_secrets(ansible.place(), templates("svt_backup_info"))
    options = {**ansible.place()["simplivity"], "password": "{{ simplivity_password }}"}
    refused = {**options, "username": "somebody else", "access_token": "{{ simplivity_access_token }}"}
    tasks: list[Mapping[str, Any]] = [
        {**read, "register": "read"},
        {"name": "Be refused", f"{PREFIX}.svt_backup_info": refused, "register": "refused", "ignore_errors": True},
        {"name": "Keep both", "ansible.builtin.set_fact": {"kept": ["{{ read }}", "{{ refused }}"], "cacheable": True}},
        {"name": "Fail", f"{PREFIX}.svt_backup_info": refused},
    ]
    ran = ansible.play(tasks, variables=variables(), verbosity=4, keywords={"gather_facts": False})
    assert ran.code == 2, ran.output
    facts = [path.read_text(encoding="utf-8") for path in (ran.out / "facts").iterdir()]
    assert len(facts) == 1 and "invalid_grant" in facts[0] and "backups" in facts[0]
    assert [path.read_text(encoding="utf-8") for path in (ran.out / "retry").iterdir()] == ["localhost\n"]
    assert_clean(ran, [*SECRETS, *issued(ansible.simulator.control)])

    kept: list[Mapping[str, Any]] = [
        {"name": "Log in", f"{PREFIX}.svt_token": options, "register": "session", "no_log": True},
        {
            "name": "Keep",
            "ansible.builtin.set_fact": {"token": "{{ session.access_token }}", "cacheable": True},
            "no_log": True,
        },
    ]
    ran = ansible.play(kept, variables=variables(), verbosity=4)
    assert ran.code == 0, ran.output
    tokens = issued(ansible.simulator.control)[-1:]
    # Ansible's own limit (SECURITY.md): no_log covers what is shown, not what is cached
    assert [path.parent.name for path in holding(ran.out, tokens[0])] == ["facts"]
    assert_clean(ran, [*SECRETS, *tokens], known=lambda place: place.startswith("facts"))


def processes_below(ancestor: int) -> Iterator[tuple[str, str, str]]:
    """Number, command line and environment of a process and all that it started, as /proc shows them to their user."""
    parents: dict[int, int] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            with suppress(OSError):  # it has ended meanwhile
                parents[int(entry.name)] = int((entry / "stat").read_text().rpartition(")")[2].split()[1])
    below = {ancestor}
    while more := {child for child, parent in parents.items() if parent in below} - below:
        below |= more
    for number in below:
        with suppress(OSError):
            line, values = (Path(f"/proc/{number}/{name}").read_bytes() for name in ("cmdline", "environ"))
            yield str(number), line.decode("utf-8", "replace"), values.decode("utf-8", "replace")


@pytest.mark.parametrize(
    ("in_controller", "pipelining"),
    [
        pytest.param(True, "true", id="K16-in-controller"),
        pytest.param(False, "true", id="K16-pipelining"),
        pytest.param(False, "false", id="K16-files"),
    ],
    indirect=["in_controller"],
)
def test_command_lines_and_environments(runs: Runs, pipelining: str) -> None:
    """Secrets from variables are in no command line and no environment of any process, while a module is at work."""
    if not Path("/proc/self/stat").exists():
        print("NOTE: command lines not looked at: no /proc")
        pytest.skip("NOTE: no /proc")
    ansible = runs("newest")
    ansible.simulator.control.fault({"path": r"/backups", "when": "before", "action": {"delay": 6}})
    task = task_with_all_secrets(ansible.place(), templates("svt_backup_info"))
    given = ansible.ready_play([task], variables=variables(), environment={"ANSIBLE_PIPELINING": pipelining})
    process = ansible.start(given)
    seen: dict[str, tuple[str, str]] = {}
    while process.poll() is None:
        seen.update({number: (line, values) for number, line, values in processes_below(process.pid)})
        time.sleep(0.05)
    ran: Ran = ansible.finish(given, process)
    assert ran.code == 0, ran.output
    lines = "\n".join(line for line, _values in seen.values())
    assert len(seen) >= 3 and ("AnsiballZ" in lines) is (pipelining == "false"), lines
    for line, values in seen.values():
        assert_absent(line, EVERY_CANARY)
        assert_absent(values, EVERY_CANARY)
    tokens = issued(ansible.simulator.control)
    assert tokens
    assert_absent(lines, tokens)
    assert_clean(ran, [*SECRETS, *tokens])
