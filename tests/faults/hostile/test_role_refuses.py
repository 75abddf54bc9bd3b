# Copyright: (c) 2026, safehold.backup contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the role must not build a plan from, all in one play: masked names, a list that moves, far too many backups."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from simulator.process import Control, Simulator

from .conftest import Cores
from .plays import Played, keep, play, role

pytestmark = pytest.mark.slow

# Short and part of names, so that Ansible hides it there too (reliability.md K8).
PASSWORD = "vmx"
LONG = "L" * 20_000
MANY = 12


def refused(name: str, **variables: Any) -> dict[str, Any]:
    """Runs the role, which is expected to fail, and keeps its message and what it says it did."""
    facts = "'done': svt_rename_backups_result.done, 'undo': svt_rename_backups_undo"
    return {
        "name": name,
        "block": [role(**variables), {"name": "Not refused", "ansible.builtin.meta": "end_play"}],
        "rescue": [keep(f"{name}.json", "{'msg': ansible_failed_result.msg | default(''), " + facts + "}")],
    }


def shown(name: str, **variables: Any) -> list[dict[str, Any]]:
    """Runs the role and keeps what it did."""
    return [role(**variables), keep(f"{name}.json", "svt_rename_backups_result")]


def _prepare(control: Control) -> None:
    control.set("simplivity", password=PASSWORD, task_seconds=0)
    names = {
        "masked": [PASSWORD, f"{PASSWORD}-15"],
        "moving": [f"moving {number}" for number in range(5)],
        "many": [f"many {number}" for number in range(MANY)],
        "long": [f"long {number}" for number in range(MANY)],
    }
    for store, given in names.items():
        backups = [{"name": name, "datastore_name": store, "virtual_machine_name": store} for name in given]
        control.add_many("simplivity", "backups", backups)
    (long, *_rest) = [one for one in control.objects("simplivity", "backups") if one["name"] == "long 0"]
    control.patch("simplivity", "backups", long["id"], virtual_machine_name=LONG)
    moving = {"api": "simplivity", "method": "GET", "path": "datastore_name=moving", "times": None}
    control.fault({**moving, "action": {"mutate": {"count": 9}}})


def _of(control: Control, store: str) -> dict[str, str]:
    """Ids and names of the backups on a datastore."""
    backups = control.objects("simplivity", "backups")
    return {one["id"]: one["name"] for one in backups if one["datastore_name"] == store}


REFUSED = {
    # name of the run: datastore, words
    "masked-name": ("masked", "hides a secret"),
    "masked-old-name": ("masked", "hides a secret"),
    "many": ("many", "selects 12 backups, which is more than"),
    "moving": ("moving", "changed while it was read"),
}


@pytest.mark.parametrize("which", [pytest.param("checkout", id="H14-K8-I20-I22-E17-H15")])
def test_what_the_role_refuses_and_says(tmp_path: Path, cores: Cores, which: str) -> None:
    tasks = [
        *shown("nothing", filters={"name": ["no such backup"]}, template="{{ backup.id }}"),
        *shown("long", filters={"datastore_name": ["long"]}, template="{{ backup.name }} new"),
        refused("masked-name", filters={"datastore_name": ["masked"]}, template="{{ backup.name }} new"),
        refused("masked-old-name", filters={"datastore_name": ["masked"]}, template="n-{{ backup.id }}"),
        refused("many", filters={"datastore_name": ["many"]}, template="{{ backup.name }} new", max=11),
        refused("moving", filters={"datastore_name": ["moving"]}, template="{{ backup.name }} new"),
    ]
    with Simulator() as simulator:
        control = simulator.control
        _prepare(control)
        ended = play(cores(which), simulator, tmp_path, tasks, environment={"SVT_PASSWORD": PASSWORD})
        assert ended.code == 0, ended.output[-3000:]
        posts = control.requests("simplivity", "POST", "/rename")
        for name, (store, words) in REFUSED.items():
            assert not [one["body"] for one in posts if one["path"].split("/")[3] in _of(control, store)], name
            kept = ended.kept(f"{name}.json")
            assert words in kept["msg"]
            assert kept["msg"].isprintable()
            assert (kept["done"], kept["undo"]) == ([], [])
        _assert_the_plan_is_short(ended, control)
    # I22: a pattern that hits nothing is said
    assert "No backup matches svt_rename_backups_filters" in ended.output
    assert set(map(len, ended.kept("nothing.json").values())) == {0}


def _assert_the_plan_is_short(ended: Played, control: Control) -> None:
    """E17: one name without measure does not make every line of the plan as long."""
    assert sorted(_of(control, "long").values()) == sorted(f"long {number} new" for number in range(MANY))
    lines = [line for line in ended.output.splitlines() if re.search(r"long \d+ *-> ", line)]
    assert len(lines) == MANY
    assert max(map(len, lines)) < 400
    assert len(ended.kept("long.json")["done"]) == MANY
