# Copyright: (c) 2026, safehold.backup contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""svt_token against the simulator."""

from __future__ import annotations

from typing import Any

import pytest

from integration.modules.harness.runs import Ansible, Case
from integration.modules.harness.simplivity import SOME_BAD_CONNECTIONS, login

GUIDES_BACKUP = "f6d5980c-478c-4292-aabf-67da627dbc57"
TOKEN = "{{ session.access_token }}"
OPEN = Case("svt_token", register="session", no_log=True)
END = Case("svt_token", {"access_token": TOKEN, "state": "absent"})


def with_token(module: str, **options: Any) -> Case:
    return Case(module, {"access_token": TOKEN, **options})


@pytest.mark.smoke
def test_check_run_again(ansible: Ansible) -> None:
    """One login for a play of many tasks, and none of them shows the token."""
    run = ansible.play(
        {
            "open in check mode": Case("svt_token", check=True, register="checked", no_log=True),
            "end in check mode": Case(
                "svt_token", {"access_token": "{{ checked.access_token }}", "state": "absent"}, check=True
            ),
            "open": OPEN,
            "list": with_token("svt_backup_info", type="MANUAL"),
            "rename": with_token("svt_backup_rename", id=GUIDES_BACKUP, new_name="a", wait=False),
            "hosts": with_token("svt_host_info"),
            "rename back": with_token("svt_backup_rename", id=GUIDES_BACKUP, new_name="b"),
            "end": END,
            "end again": END,
        }
    )
    assert run["end in check mode"].succeeded()["ended"] is True
    for name in ("list", "hosts"):
        assert run[name].succeeded() and run[name].logins == 0 and not run[name].requests("GET", "/oauth/revoke")
    for name in ("rename", "rename back"):
        assert run[name].succeeded(changed=True) and run[name].logins == 0
    assert run["end"].succeeded()["ended"] is True
    assert run["end again"].succeeded()["ended"] is False
    assert run["end again"].state["simplivity"]["open_sessions"] == 0
    assert run["end again"].state["simplivity"]["logins"] == 2


def test_bad_input(ansible: Ansible) -> None:
    cases: dict[str, tuple[dict[str, Any], tuple[str, ...]]] = {
        **SOME_BAD_CONNECTIONS,
        "nothing to end": ({"state": "absent"}, ("access_token", "is missing")),
        "token with blank": ({"state": "absent", "access_token": "two words"}, ("access_token", "blank")),
        "unknown state": ({"state": "gone"}, ("state", "present, absent")),
    }
    run = ansible.play({name: Case("svt_token", options) for name, (options, _words) in cases.items()})
    for name, (_options, words) in cases.items():
        run[name].refused(*words)


def test_failures(ansible: Ansible) -> None:
    run = ansible.play(
        {
            "wrong password": Case("svt_token", before=lambda c: c.set("simplivity", password="another")),
            "unreachable": Case("svt_token", {"request_timeout": 20}, before=login(reset=True)),
            "no token": Case("svt_token", before=login(status=200, json={"token_type": "bearer"})),
            "not JSON": Case("svt_token", before=login(status=200, body="<html>")),
        },
        each_fresh=True,
    )
    failure = run["wrong password"].failed_as("auth", "check username and password", http_status=400, submitted=False)
    assert failure["detail"] == "Invalid credentials"
    assert run["wrong password"].state["simplivity"]["refused_logins"] == 1, "an account may be locked by more"
    run["unreachable"].failed_as("connect")
    for name in ("no token", "not JSON"):
        run[name].failed_as("bad_response", "SimpliVity sent")


def test_a_token_is_only_shown_where_it_is_asked_for(ansible: Ansible) -> None:
    run = ansible.play({"shown": Case("svt_token")}, shows_tokens=True)
    (token,) = run["shown"].state["simplivity"]["tokens"]
    assert run["shown"].succeeded()["access_token"] == token
    assert run["shown"]["expires_in"] == 86399
    assert "no_log: true" in run["shown"].warnings


def test_a_token_that_has_expired(ansible: Ansible) -> None:
    """With credentials beside it one new login is made; without them the failure says so."""
    run = ansible.play(
        {
            "open": OPEN,
            "renewed": Case("svt_backup_info", {"access_token": TOKEN}, before=lambda c: c.expire_tokens("simplivity")),
            "alone": Case("svt_backup_info", {"access_token": TOKEN, "username": ""}),
            "end": END,
        }
    )
    assert run["renewed"].succeeded()["count"] == 21 and run["renewed"].logins == 1
    run["alone"].failed_as("auth", "did not accept the token", http_status=401)
    assert run["end"].succeeded()["ended"] is False
    assert run["end"].state["simplivity"]["open_sessions"] == 0
