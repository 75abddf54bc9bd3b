# Copyright: (c) 2026, safehold.backup contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""svt_task_info against the simulator."""

from __future__ import annotations

from typing import Any

from integration.modules.harness.runs import Ansible, Case
from integration.modules.harness.simplivity import SOME_FAILING

GUIDES_BACKUP = "f6d5980c-478c-4292-aabf-67da627dbc57"
UNKNOWN = (
    "422a3b5d-9125-467b-1909-9fb5f5c9c65e:422a3b5d-9125-467b-1909-9fb5f5c9c65e:00000000-19d2-4fbb-a7ec-20638373ccfc"
)
STARTED = "{{ started.task.id }}"


def case(**options: Any) -> Case:
    return Case("svt_task_info", options)


def start(before: Any = None, new_name: str = "renamed", **which: str) -> Case:
    """A rename that is not waited for, so that there is a task."""
    options = {**(which or {"id": GUIDES_BACKUP}), "new_name": new_name, "wait": False}
    return Case("svt_backup_rename", options, before=before, register="started")


def test_check_run_again(ansible: Ansible) -> None:
    run = ansible.play(
        {
            "start": start(),
            "wait in check mode": Case("svt_task_info", {"id": STARTED, "wait": True}, check=True, diff=True),
            "run": case(id=[STARTED, UNKNOWN]),
            "again": case(id=[STARTED, UNKNOWN, STARTED]),
        }
    )
    (task,) = run["run"].succeeded()["tasks"]
    assert task["id"] == run["start"]["task"]["id"]
    assert (task["state"], task["error_code"], task["error_message"]) == ("COMPLETED", 0, "")
    assert task["affected_objects"] == [{"object_type": "backup", "object_id": GUIDES_BACKUP}]
    assert (run["run"]["count"], run["run"]["truncated"]) == (1, False)
    for name in ("wait in check mode", "again"):
        assert run[name].succeeded()["tasks"] == [task]
        assert not run[name].writes


def test_bad_input(ansible: Ansible) -> None:
    cases: dict[str, tuple[dict[str, Any], tuple[str, ...]]] = {
        "no id": ({}, ("id: is missing", "set it")),
        "empty list": ({"id": []}, ("id", "the list is empty")),
        "empty text": ({"id": [""]}, ("id", "empty text")),
        "host": ({"id": "x", "host": "https://svt"}, ("host", "without https://")),
        "wait_timeout": ({"id": "x", "wait": True, "wait_timeout": 0.5}, ("wait_timeout", "from 1 to")),
        "wait_timeout infinite": ({"id": "x", "wait": True, "wait_timeout": ".inf"}, ("wait_timeout",)),
        "wait_interval": ({"id": "x", "wait": True, "wait_interval": 0}, ("wait_interval", "from 0.1 to")),
    }
    run = ansible.play({name: Case("svt_task_info", options) for name, (options, _words) in cases.items()})
    for name, (_options, words) in cases.items():
        run[name].refused(*words)


def test_failures(ansible: Ansible) -> None:
    run = ansible.play(
        {
            name: Case("svt_task_info", {"id": UNKNOWN}, before=broken)
            for name, (broken, *_rest) in SOME_FAILING.items()
        },
        each_fresh=True,
    )
    for name, (_broken, kind, words, facts) in SOME_FAILING.items():
        run[name].failed_as(kind, *words, **facts)


def test_start_and_pick_up(ansible: Ansible) -> None:
    """How a task that was picked up can end."""
    run = ansible.play(
        {
            "start failing": start(
                lambda c: c.set("simplivity", task_end_state="FAILED", task_error_code=7, task_error_message="no way")
            ),
            "fails": case(id=STARTED, wait=True),
            "look at the failed one": case(id=STARTED),
            "start for 1.11": start(
                lambda c: c.set(
                    "simplivity",
                    api_version="1.11",
                    task_end_state="FAILED",
                    task_error_code=7,
                    task_error_message="no way",
                )
            ),
            "1.11 fails": case(id=STARTED, wait=True),
            "start what never ends": start(
                lambda c: c.set("simplivity", task_end_state=None, task_error_code=0, task_seconds=None), name="aborted"
            ),
            "never ends": case(id=STARTED, wait=True, wait_timeout=1.5, wait_interval=0.2),
            "start for expiry": start(lambda c: c.set("simplivity", task_seconds=2), new_name="expiry"),
            "token expires": Case(
                "svt_task_info",
                {"id": STARTED, "wait": True},
                before=lambda c: c.fault(
                    {
                        "path": "/tasks/",
                        "times": 1,
                        "action": {"status": 401, "json": {"error": "invalid_token"}},
                    }
                ),
            ),
            "start for trouble": start(lambda c: c.set("simplivity", task_seconds=1), new_name="trouble"),
            "trouble that passes": Case(
                "svt_task_info",
                {"id": STARTED, "wait": True},
                before=lambda c: c.fault({"path": "/tasks/", "times": 3, "action": {"status": 502, "body": ""}}),
            ),
            "unknown to the server": case(id=[STARTED, UNKNOWN], wait=True, wait_timeout=2),
        }
    )
    for name in ("fails", "1.11 fails"):
        failure = run[name].failed_as("task_failed", "code 7", "no way", code="7", detail="no way", submitted=False)
        assert failure["task"]["state"] == "FAILED" and failure["task"]["error_message"] == "no way"
        assert run[name]["tasks"][0]["error_code"] == 7
    assert run["look at the failed one"].succeeded()["tasks"][0]["error_message"] == "no way"
    failure = run["never ends"].failed_as("task_timeout", "IN_PROGRESS", "1.5 s (wait_timeout)", "wait: true")
    assert 1.5 <= failure["elapsed"] < 5
    assert run["token expires"].succeeded()["tasks"][0]["state"] == "COMPLETED"
    assert run["token expires"].logins == 2
    assert run["trouble that passes"].succeeded()["tasks"][0]["state"] == "COMPLETED"
    run["unknown to the server"].failed_as("not_found", UNKNOWN, "what became of it is not known")
    assert UNKNOWN not in run["token expires"].result["tasks"][0]["id"]
