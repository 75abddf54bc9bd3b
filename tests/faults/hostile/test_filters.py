# Copyright: (c) 2026, safehold.backup contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A text as a filter: it goes to the server as it is, finds the object that bears it, and none that looks like it."""

from __future__ import annotations

from typing import Any

import pytest

from faults.harness.running import run
from faults.harness.targets import connection, secrets
from simulator.process import Simulator

from .objects import KINDS, neighbours, place
from .texts import ALONE, all_texts

TEXTS = all_texts("/nowhere/mark")
LONGEST_FOR_ACRONIS = 256


@pytest.mark.parametrize("name", TEXTS)
def test_a_text_as_a_filter_finds_what_bears_it_and_nothing_else(simulator: Simulator, name: str) -> None:
    text = TEXTS[name]
    for module, kind in KINDS.items():
        id = place(simulator.control, kind, text, neighbours(text))
        options = {
            **connection(simulator, module),
            **({"level_of_detail": "full"} if kind.api == "acronis" and kind.is_sent else {}),
            **{option: [text] for option in kind.options},
        }
        simulator.control.clear_ledger()
        seen = run(module, options, secrets=secrets(simulator, options), limit=20)
        asked = simulator.control.requests(kind.api, "GET", f"/{kind.path or kind.objects}")
        if ALONE.search(text):
            assert seen.kind == "input", f"{module}: {seen.result}"
            assert "cannot be sent" in seen.result["msg"]
            assert asked == []
            continue
        if len(text) > LONGEST_FOR_ACRONIS and kind.api == "acronis" and kind.is_sent:
            assert (seen.kind, seen.result["failure"]["http_status"]) == ("input", 400)
            assert "value is too long" in seen.result["msg"]
            continue
        assert not seen.failed, f"{module}: {seen.result['msg']}"
        assert [str(one["id"]) for one in seen.result[kind.objects]] == [id], module
        assert seen.result["count"] == 1
        if kind.is_sent:
            _assert_sent_whole(asked[0]["query"], text)


def _assert_sent_whole(query: list[list[Any]], text: str) -> None:
    """What stands for a list or a function in the API's filters is not sent, or sent as a wildcard; all else is."""
    sent = [value for _name, value in query]
    if not any(character in text for character in ",()"):
        assert text in sent


@pytest.mark.parametrize("name", [pytest.param(name, id=f"H16-{name or 'empty'}") for name in ("NA", "")])
def test_a_name_that_reads_like_no_value_is_a_name(simulator: Simulator, name: str) -> None:
    """The server ignores the filter, so that our own check decides which backup is meant."""
    simulator.control.set("simplivity", ignore_filters=["name"], task_seconds=0)
    simulator.control.add("simplivity", "backups", name=name)
    before = simulator.control.objects("simplivity", "backups")
    options = {**connection(simulator, "svt_backup_rename"), "name": "another", "new_name": "renamed"}
    seen = run("svt_backup_rename", options, secrets=secrets(simulator, options), limit=20)
    assert seen.kind == "not_found"
    assert simulator.control.requests("simplivity", "POST", "/rename") == []
    assert simulator.control.objects("simplivity", "backups") == before
