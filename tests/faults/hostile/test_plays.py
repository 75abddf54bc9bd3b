# Copyright: (c) 2026, safehold.backup contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Hostile texts in real plays: registered, and then used in all the ways in which plays use what they registered."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from simulator.process import Simulator

from .conftest import Cores
from .objects import KINDS, place
from .plays import Played, keep, play, role
from .texts import all_texts, may_be_given, shown

pytestmark = pytest.mark.slow

TEMPLATE = (
    "{% for one in found.backups %}{{ one.name | to_json }}\n{% endfor %}"
    "{% for one in found.backups if one.name == one.virtual_machine_name %}{{ one.id }}\n{% endfor %}"
)
# Renamed by the role or the module: what both take as a new name, with " x" behind it.
LONGEST = 250
LISTS = (
    "svt_virtual_machine_info",
    "svt_host_info",
    "svt_datastore_info",
    "acronis_task_info",
    "acronis_activity_info",
    "acronis_resource_info",
)
TASK = "a:b:c"


class World:
    """The simulator with an object for every text. ids: of the backups, by the text's id."""

    def __init__(self, simulator: Simulator, directory: Path) -> None:
        self.simulator = simulator
        self.directory = directory
        self.mark = directory / "mark"
        self.texts = all_texts(str(self.mark))
        simulator.control.set("simplivity", task_seconds=0)
        self.ids = {name: place(simulator.control, KINDS["svt_backup_info"], text) for name, text in self.texts.items()}
        for kind in (KINDS[module] for module in LISTS):
            simulator.control.add_many(kind.api, kind.objects, [kind.bearing(text) for text in self.texts.values()])

    @property
    def renamed(self) -> dict[str, str]:
        """Ids and texts that can be renamed to themselves and a bit."""
        return {self.ids[name]: text for name, text in self.texts.items() if may_be_given(text) and len(text) < LONGEST}

    def with_end(self, end: str) -> dict[str, str]:
        """Ids and names of these when they have been renamed."""
        return {id: text + end for id, text in self.renamed.items()}

    def names(self) -> dict[str, str]:
        return {one["id"]: one["name"] for one in self.simulator.control.objects("simplivity", "backups")}


@pytest.fixture
def world(simulator: Simulator, tmp_path: Path) -> World:
    return World(simulator, tmp_path)


def task(module: str, register: str, **options: Any) -> dict[str, Any]:
    """A task of the collection, its result registered."""
    return {"name": f"{module} {register}", f"safehold.backup.{module}": options, "register": register}


def uses(world: World) -> list[dict[str, Any]]:
    """What a play does with what it registered."""
    (world.directory / "report.j2").write_text(TEMPLATE, encoding="utf-8")
    hostile = "found.backups | selectattr('id', 'equalto', '" + world.ids["H1-lookup"] + "') | first"
    return [
        task("svt_backup_info", "found"),
        {
            "name": "Facts",
            "ansible.builtin.set_fact": {
                "names": "{{ found.backups | map(attribute='name') | list }}",
                "by_id": "{{ dict(found.backups | map(attribute='id') | zip(found.backups | map(attribute='name'))) }}",
                "by_name": "{{ dict(found.backups | map(attribute='name') | zip(found.backups)) }}",
                "whole": "{{ found }}",
                "one": "{{ " + hostile + " }}",
                "joined": "{{ found.backups | map(attribute='name') | join('|') }}",
            },
        },
        {"name": "Shown in a message", "ansible.builtin.debug": {"msg": "{{ names }} {{ one.name }} {{ by_id }}"}},
        {
            "name": "Compared as variables",
            "ansible.builtin.assert": {
                "that": [
                    "one.name in names",
                    "one.name == by_id[one.id]",
                    "by_name[one.name].id == one.id",
                    "one.name == one.virtual_machine_name",
                    "found.backups | selectattr('name', 'equalto', one.name) | length == 1",
                    "found.backups | map(attribute='name') | list == names",
                    "names | select('string') | list | length == names | length",
                ],
                "quiet": True,
            },
        },
        {
            "name": "Looped over, named in a condition",
            "ansible.builtin.debug": {"msg": "{{ item.name }}"},
            "loop": "{{ found.backups[:4] }}",
            # Ansible prints a label as it stands, so a play that takes care labels with the id
            "loop_control": {"label": "{{ item.id }}"},
            "when": "item.name != one.name",
        },
        {
            "name": "A report from a template",
            "ansible.builtin.template": {"src": "{{ here }}/report.j2", "dest": "{{ here }}/report.txt"},
        },
        keep("names.json", "by_id"),
        {
            "name": "H2 read back as data",
            "ansible.builtin.set_fact": {
                "read_back": "{{ lookup('ansible.builtin.file', here ~ '/names.json') | from_json }}"
            },
        },
        {"name": "H2 the same", "ansible.builtin.assert": {"that": ["read_back == by_id"], "quiet": True}},
        keep("again.json", "read_back"),
    ]


def all_lists() -> list[dict[str, Any]]:
    """Every other module that reads, shown by -v."""
    tasks = [task(module, f"more_{number}") for number, module in enumerate(LISTS)]
    tasks.append(task("svt_task_info", "one_task", id=[TASK]))
    return tasks


def told(world: World) -> list[dict[str, Any]]:
    """A failure and a warning that quote what would forge the end of the play (H4)."""
    failing, warning = world.ids["H4-recap"], world.ids["H4-ansi"]
    hostile = world.texts["H4-recap"] + world.texts["H4-ansi"] + world.texts["H5-bidi"]
    refusal = {"status": 400, "json": {"message": hostile, "extendedResponse": hostile}}
    badly = {"task": {"id": TASK, "state": "FAILED", "error_code": 1, "error_message": hostile, "name": hostile}}
    world.simulator.control.fault(
        {"path": f"{failing}/rename$", "times": None, "action": refusal},
        {"path": f"{warning}/rename$", "when": "after", "times": None, "action": {"status": 202, "json": badly}},
        {"path": f"/tasks/{TASK}$", "times": None, "action": {"status": 200, "json": badly}},
    )
    return [
        {**task("svt_backup_rename", "failing", id=failing, new_name="never"), "ignore_errors": True},
        task("svt_backup_rename", "warning", id=warning, new_name="warned"),
        keep("told.json", "{'failing': failing, 'warning': warning}"),
    ]


def assert_told(world: World, played: Played) -> None:
    told = played.kept("told.json")
    assert told["failing"]["failure"]["kind"] == "input"
    assert "PLAY RECAP" in told["failing"]["msg"] and told["failing"]["msg"].isprintable()
    assert told["warning"]["changed"] is True
    assert "did not end well" in played.output
    names = world.names()
    assert names[world.ids["H4-recap"]] == world.texts["H4-recap"]
    assert names[world.ids["H4-ansi"]] == "warned"
    # our own words quote these escaped, wherever Ansible prints them
    told_lines = [line for line in played.output.splitlines() if "rename of backup" in line]
    assert told_lines
    assert not [line for line in told_lines if not line.replace("\t", "").isprintable()]


def rename_all(world: World) -> list[dict[str, Any]]:
    """Renames what can be renamed, in one call, its new names made of what was registered."""
    chosen = "found.backups | selectattr('id', 'in', chosen)"
    return [
        {"name": "Choose", "ansible.builtin.set_fact": {"chosen": list(world.renamed)}},
        {
            **task(
                "svt_backup_rename",
                "renamed",
                renames="{{ dict(" + chosen + " | map(attribute='id') | zip(" + chosen + " | map(attribute='name')"
                " | map('regex_replace', '$', ' x'))) | dict2items(key_name='id', value_name='new_name') }}",
                parallel=8,
            ),
            "diff": True,
        },
        keep("renamed.json", "renamed"),
    ]


def by_role(world: World) -> list[dict[str, Any]]:
    """The same backups renamed once more, by the role."""
    return [
        role(filters={"id": list(world.renamed)}, template="{{ backup.name }} y", max=200, parallel=8),
        keep("undo.json", "svt_rename_backups_undo"),
        keep("result.json", "svt_rename_backups_result"),
    ]


@pytest.mark.parametrize(
    "which",
    [
        pytest.param("checkout", id="H1-H2-H3-H4-H5-H6-H7-H12-H13-H16-E11-E13-checkout"),
        # fewer modules: what this core makes of a result is the same for all of them
        pytest.param("oldest", id="H1-H2-H3-H4-H5-H6-H7-H12-H13-H16-E11-E13-oldest"),
    ],
)
def test_what_was_registered_stays_text_wherever_it_goes(world: World, cores: Cores, which: str) -> None:
    lists = all_lists() if which == "checkout" else []
    tasks = [*uses(world), *told(world), *lists, *rename_all(world), *by_role(world)]
    played = play(cores(which), world.simulator, world.directory, tasks, "-v")
    assert played.code == 0, played.output[-3000:]
    played.assert_unforged()
    assert not world.mark.exists()
    assert_told(world, played)
    wanted = {world.ids[name]: shown(text) for name, text in world.texts.items()}
    kept = played.kept("names.json")
    assert {id: kept[id] for id in wanted} == wanted
    assert played.kept("again.json") == kept
    results = played.kept("renamed.json")["results"]
    assert {one["id"]: one["old_name"] for one in results} == world.renamed
    assert {one["outcome"] for one in results} == {"renamed"}
    assert {one["id"]: one["new_name"] for one in played.kept("undo.json")} == world.with_end(" x")
    assert len(played.kept("result.json")["done"]) == len(world.renamed)
    names = world.names()
    assert {id: names[id] for id in world.renamed} == world.with_end(" x y")
