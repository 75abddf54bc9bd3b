# Copyright: (c) 2026, safehold.backup contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Texts in the errors and tasks of both APIs: one clean line of some length in every message, exact in the data."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from faults.harness.running import Seen, run
from faults.harness.targets import connection, options, secrets
from properties.catalogue import MODULES
from simulator.process import Simulator

from .texts import all_texts, shown

TEXTS = {**all_texts("/nowhere/mark"), "E17-long": "\x1b[31m\u202e" + "x" * 200_000}
# What each API says when it refuses, with the same text wherever there is one.
SHAPES: dict[str, Callable[[str], Any]] = {
    "svt-service": lambda t: {"exception": t, "status": t, "error_code": t, "message": t, "path": t, "timestamp": t},
    "svt-extended": lambda t: {"exception": f"com.x.{t}", "extendedResponse": t, "message": t},
    "svt-oauth": lambda t: {"error": t, "error_description": t},
    "svt-vcenter": lambda t: {"error_type": t, "messages": [{"default_message": t, "id": t}]},
    "acronis-task-manager": lambda t: {"domain": t, "code": t, "debug": {"msg": t}, "context": {"cause_str": t, t: t}},
    "acronis-nested": lambda t: {"error": {"code": t, "message": t, "details": {"info": t, "addition": t}}},
    "acronis-issues": lambda t: {"issues": [{"code": t, "message": t, "reason": t}]},
    "acronis-oauth": lambda t: {"error": t, "error_description": t},
    "acronis-scope": lambda t: {"code": t, "context": {"required_scope": t, "effect_str": t}},
}


def _ran(simulator: Simulator, module: str, given: dict[str, Any]) -> Seen:
    seen = run(module, given, secrets=secrets(simulator, given), limit=20)
    assert all(warning.isprintable() for warning in seen.ran.warnings)
    detail = (seen.ran.failure["detail"] or "") if seen.failed and "failure" in seen.result else ""
    assert detail.isprintable() or not detail
    assert len(detail) <= 2000
    return seen


@pytest.mark.parametrize("name", TEXTS)
def test_a_text_in_an_error_body_is_one_clean_line(simulator: Simulator, name: str) -> None:
    """On a read and on the login, with statuses that are told in different words; each shape of body gets a third of
    the texts of each row."""
    text = TEXTS[name]
    for number, (shape, body) in list(enumerate(SHAPES.items()))[list(TEXTS).index(name) % 3 :: 3]:
        api = "simplivity" if shape.startswith("svt") else "acronis"
        module = "svt_datastore_info" if api == "simplivity" else "acronis_task_info"
        given = connection(simulator, module)
        status = (400, 403, 404, 409, 418)[number % 5]
        path = "/token$" if number % 2 else "/(datastores|tasks)"
        simulator.control.clear_faults()
        answer = {"status": status, "body": json.dumps(body(text)), "headers": {"content-type": "application/json"}}
        simulator.control.fault({"api": api, "path": path, "times": None, "action": answer})
        simulator.control.clear_ledger()
        seen = _ran(simulator, module, given)
        assert seen.failed, f"{shape}: {seen.result}"
        assert seen.result["failure"]["http_status"] == status
        # refused is refused: asked once, and not again
        assert len(simulator.control.requests(api, None, "/token" if number % 2 else module.split("_")[1])) == 1


@pytest.mark.parametrize("name", TEXTS)
def test_a_text_in_a_task_is_told_in_one_clean_line_and_kept_in_the_data(simulator: Simulator, name: str) -> None:
    text = TEXTS[name]
    given = options(simulator, "svt_task_info")
    (id,) = given["id"]
    simulator.control.patch(
        "simplivity", "tasks", id, state="FAILED", error_code=130, error_message=text, name=text, type=text
    )
    seen = _ran(simulator, "svt_task_info", {**given, "wait": True, "wait_interval": 1})
    assert seen.kind == "task_failed"
    assert seen.result["tasks"][0]["error_message"] == seen.result["tasks"][0]["name"] == shown(text)

    error = {"code": text, "context": {"cause_str": text, "effect_str": text, text: text}}
    fields = {"type": text, "state": "completed", "result": {"code": "error", "error": {**error, "cause": error}}}
    added = simulator.control.add("acronis", "tasks", **fields)
    acronis = {**connection(simulator, "acronis_task_info"), "id": [str(added["id"])], "wait": True, "wait_interval": 1}
    seen = _ran(simulator, "acronis_task_info", acronis)
    assert seen.kind == "task_failed"
    (task,) = seen.result["tasks"]
    assert task["type"] == task["result"]["error"]["context"]["cause_str"] == shown(text)

    simulator.control.patch("acronis", "tasks", added["id"], state=text, result={"code": text})
    seen = _ran(simulator, "acronis_task_info", acronis)
    assert seen.kind == "task_unknown_state"
    assert seen.result["failure"]["task"]["state"] == shown(text)


@pytest.mark.parametrize("module", [pytest.param(name, id=f"H4-H5-H7-L8-{name}") for name in MODULES])
def test_a_text_of_the_users_own_is_told_in_one_clean_line(simulator: Simulator, module: str) -> None:
    """As a host and as a file of certificates, which every module checks before it sends anything."""
    given = connection(simulator, module)
    given |= {"id": ["1"]} if module == "svt_task_info" else {}
    given |= {"id": "1", "new_name": "renamed"} if module == "svt_backup_rename" else {}
    word = "host" if module.startswith("svt_") else "datacenter_url"
    for name, text in TEXTS.items():
        if not name.startswith(("H4", "H5", "H7", "E12", "E17")):
            continue
        for option, value in ((word, f"https:// {text}"), ("ca_path", f"/no such/{text}")):
            seen = _ran(simulator, module, {**given, option: value})
            assert seen.kind == "input", f"{name}: {seen.result}"
            assert option in seen.result["msg"]
    assert simulator.control.ledger() == []
