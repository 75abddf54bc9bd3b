# Copyright: (c) 2026, safehold.backup contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""acronis_token against the simulator."""

from __future__ import annotations

from typing import Any

from integration.modules.harness.acronis import BAD_CONNECTIONS, login
from integration.modules.harness.runs import Ansible, Case

TOKEN = "{{ session.access_token }}"
SECOND_TENANT = "0d9f3c52-3b1f-4a4e-8c55-6f7a8b9c0d02"
GET_ONE = Case("acronis_token", register="session", no_log=True)
REVOKE = Case("acronis_token", {"access_token": TOKEN, "state": "absent"})


def with_token(module: str, **options: Any) -> Case:
    return Case(module, {"access_token": TOKEN, **options})


def test_check_run_again(ansible: Ansible) -> None:
    """One login for a play of many tasks, and none of them shows the token."""
    run = ansible.play(
        {
            "get in check mode": Case("acronis_token", check=True, register="checked", no_log=True),
            "use in check mode": Case("acronis_task_info", {"access_token": "{{ checked.access_token }}"}, check=True),
            "get": GET_ONE,
            "tasks": with_token("acronis_task_info", state="started"),
            "activities": with_token("acronis_activity_info"),
            "resources": with_token("acronis_resource_info"),
            "tasks again": with_token("acronis_task_info", category="office365"),
            "revoke": REVOKE,
            "revoke again": REVOKE,
            "used after its end": Case("acronis_task_info", {"access_token": TOKEN, "client_id": ""}),
        }
    )
    for name in ("use in check mode", "tasks", "activities", "resources", "tasks again"):
        assert run[name].succeeded() and run[name].logins == 0
    assert run["tasks again"].state["acronis"]["logins"] == 2
    assert run["revoke"].succeeded()["ended"] is True
    assert run["revoke"].state["acronis"]["revokes"] == 1
    run["revoke again"].succeeded()
    assert run["revoke again"].state["acronis"]["revokes"] == 1
    run["used after its end"].failed_as("auth", http_status=401)


def test_bad_input(ansible: Ansible) -> None:
    cases: dict[str, tuple[dict[str, Any], tuple[str, ...]]] = {
        **{name: BAD_CONNECTIONS[name] for name in ("http", "user in URL", "tenant_id is a number", "no CA file")},
        "token with blank": ({"state": "absent", "access_token": "two words"}, ("access_token", "blank")),
        "nothing to revoke": ({"state": "absent"}, ("access_token", "is missing")),
        "unknown state": ({"state": "gone"}, ("state", "present, absent")),
    }
    run = ansible.play({name: Case("acronis_token", options) for name, (options, _words) in cases.items()})
    for name, (_options, words) in cases.items():
        run[name].refused(*words)


def test_failures(ansible: Ansible) -> None:
    run = ansible.play(
        {
            "wrong secret": Case("acronis_token", before=lambda c: c.set("acronis", client_secret="another")),
            "unreachable": Case("acronis_token", {"request_timeout": 20}, before=login(reset=True)),
            "no token": Case("acronis_token", before=login(status=200, json={})),
            "foreign tenant": Case("acronis_token", {"tenant_id": "11111111-2222-4333-8444-555555555555"}),
        },
        each_fresh=True,
    )
    run["wrong secret"].failed_as("auth", "check client_id and client_secret", http_status=401, submitted=False)
    assert run["wrong secret"].state["acronis"]["refused_logins"] == 1
    run["unreachable"].failed_as("connect")
    run["no token"].failed_as("bad_response", "Acronis sent")
    run["foreign tenant"].failed_as("auth", "tenant_id", "below the API client's own")


def test_a_token_is_only_shown_where_it_is_asked_for(ansible: Ansible) -> None:
    run = ansible.play(
        {
            "expires_on": Case("acronis_token"),
            "expires_in": Case("acronis_token", before=lambda c: c.set("acronis", token_expires_in=True)),
        },
        shows_tokens=True,
    )
    for done in run.values():
        assert done.succeeded()["access_token"] in done.state["acronis"]["tokens"]
        assert 7190 <= done["expires_in"] <= 7200
        assert "no_log: true" in done.warnings


def test_a_token_of_one_tenant(ansible: Ansible) -> None:
    """tenant_id narrows the token, for all tasks that use it."""
    run = ansible.play(
        {
            "get": Case("acronis_token", {"tenant_id": SECOND_TENANT}, register="session", no_log=True),
            "tasks": with_token("acronis_task_info"),
            "revoke": REVOKE,
        }
    )
    tasks = run["tasks"].succeeded()["tasks"]
    assert {one["tenant"]["uuid"] for one in tasks} == {SECOND_TENANT} and len(tasks) == 3
    assert run["tasks"].state["acronis"]["exchanges"] == 1
    assert run["revoke"].succeeded()["ended"] is True
