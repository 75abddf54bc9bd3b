# Copyright: (c) 2026, safehold.backup contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The role svt_rename_backups: what it shows, what it does, what it refuses, and how it is undone."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import pytest
import yaml

from integration.modules.harness.runs import ROOT, Ansible

ROLE = ROOT / "roles" / "svt_rename_backups"
BY_TIME = "{{ backup.virtual_machine_name }}-{{ backup.created_at[:16] }}"
MANUAL = {"type": "MANUAL"}


class Result(NamedTuple):
    """exit_code and output of ansible-playbook; the facts that the role sets, as they are at the end of the play."""

    exit_code: int
    output: str
    done: Mapping[str, Any]
    undo: list[dict[str, str]]

    def names(self, outcome: str) -> dict[str, str]:
        """Old and new names with this outcome."""
        return {one["old_name"]: one["new_name"] for one in self.done[outcome]}


Play = Callable[..., Result]


@pytest.fixture
def play(ansible: Ansible, tmp_path: Path) -> Play:
    """Runs the role with these variables (without their prefix), between these tasks."""

    def run(*flags: str, before: list[Any] | None = None, after: list[Any] | None = None, **variables: Any) -> Result:
        options = {f"svt_rename_backups_{name}": value for name, value in variables.items()}
        facts = tmp_path / "facts.json"
        facts.unlink(missing_ok=True)
        keep = {
            "name": "Keep the facts",
            "ansible.builtin.copy": {
                "content": "{{ [svt_rename_backups_result | default({}), svt_rename_backups_undo] | to_json }}",
                "dest": str(facts),
            },
            "check_mode": False,
            "when": "svt_rename_backups_undo is defined",
        }
        role = {
            "name": "Run the role",
            "ansible.builtin.include_role": {"name": "safehold.backup.svt_rename_backups"},
            "vars": options,
        }
        block = {"name": "Run", "block": [*(before or []), role, *(after or [])], "always": [keep]}
        playbook = tmp_path / "play.json"
        playbook.write_text(
            json.dumps([{"name": "Rename", "hosts": "localhost", "gather_facts": False, "tasks": [block]}]),
            encoding="utf-8",
        )
        run = ansible.command(["playbook", *flags, str(playbook)])
        output = run.stdout + run.stderr
        ansible.scan(output, ansible.issued_tokens())
        done, undo = json.loads(facts.read_text(encoding="utf-8")) if facts.exists() else ({}, [])
        return Result(run.returncode, output, done, undo)

    return run


def names(ansible: Ansible) -> dict[str, str]:
    """The name of each backup by its ID."""
    return {one["id"]: one["name"] for one in ansible.control.objects("simplivity", "backups")}


def writes(ansible: Ansible) -> list[Any]:
    return ansible.control.requests("simplivity", "POST", "/rename")


@pytest.mark.smoke
def test_check_mode_then_the_run_then_nothing_to_do_then_undo(ansible: Ansible, play: Play) -> None:
    before = names(ansible)
    planned = play("--check", filters=MANUAL, template=BY_TIME)
    assert planned.exit_code == 0, planned.output
    assert re.search(r'"web01 +aborted +-> +web01-2016-03-15T13:00"', planned.output)
    assert "8 would be renamed" in planned.output
    assert writes(ansible) == []
    assert names(ansible) == before

    real = play("--diff", filters=MANUAL, template=BY_TIME)
    assert real.exit_code == 0, real.output
    assert re.search(r'"web01 +aborted +-> +web01-2016-03-15T13:00"', real.output)
    assert '+        "name": "web01-2016-03-15T13:00"' in real.output
    assert "8 renamed" in real.output
    assert len(writes(ansible)) == 8
    assert real.names("done") == planned.names("done")
    assert real.names("done")["Sicherung №1 für Büro"] == "Büro-Server 東京-2016-03-17T06:00"
    assert _changed(planned) == _changed(real) == 1

    again = play(filters=MANUAL, template=BY_TIME)
    assert again.exit_code == 0, again.output
    assert "All 8 backups have their names already." in again.output
    assert _changed(again) == 0
    assert len(writes(ansible)) == 8
    assert (len(again.done["unchanged"]), again.done["done"], again.undo) == (8, [], [])

    undo = {"name": "Undo", "safehold.backup.svt_backup_rename": {"renames": real.undo}}
    undone = play(filters=MANUAL, template=BY_TIME, after=[undo])
    assert undone.exit_code == 0, undone.output
    assert names(ansible) == before


def _changed(result: Result) -> int:
    """How many tasks of the play were changes, besides the one that keeps the facts."""
    found = re.search(r"changed=(\d+)", result.output)
    assert found, result.output
    return int(found[1]) - 1


HOSTILE = [
    "{{ lookup('pipe', 'touch MARK') }}",
    "{% for x in range(9) %}{{ x }}{% endfor %}",
    "{# a comment #}",
    "{{ undefined_thing }}",
    "['a', \"b\"]",
    "{'a': 1}",
    "007",
    "1e3",
    "True",
    "null",
    "!unsafe x",
    "=cmd|' /C calc'!A0",
    "it's \"quoted\" \\ and 'mixed'",
    "two  blanks ",
]


@pytest.mark.smoke
def test_names_from_outside_stay_text(ansible: Ansible, play: Play, tmp_path: Path) -> None:
    mark = tmp_path / "mark"
    hostile = {f"hostile-{n}": name.replace("MARK", str(mark)) for n, name in enumerate(HOSTILE)}
    for key, name in hostile.items():
        ansible.control.add("simplivity", "backups", id=key, name=name, type="MANUAL", virtual_machine_name="web01")
    wanted = {name: f"{name} MANUAL" for name in hostile.values()}
    done = play("-vvv", filters={"id": list(hostile)}, template="{{ backup.name }} {{ backup.type }}")
    assert done.exit_code == 0, done.output
    assert done.names("done") == wanted
    assert {key: names(ansible)[key] for key in hostile} == {key: wanted[name] for key, name in hostile.items()}
    assert {one["id"]: one["new_name"] for one in done.undo} == hostile

    undo = {"name": "Undo", "safehold.backup.svt_backup_rename": {"renames": "{{ svt_rename_backups_undo }}"}}
    done = play(filters={"id": list(hostile)}, template="{{ backup.name }} again", after=[undo])
    assert done.exit_code == 0, done.output
    assert {key: names(ansible)[key] for key in hostile} == {key: wanted[name] for key, name in hostile.items()}

    same = play(filters={"id": list(hostile)}, template="{{ backup.name }}")
    assert same.exit_code == 0, same.output
    assert len(same.done["unchanged"]) == len(HOSTILE)
    assert not mark.exists()


def test_a_name_cannot_draw_on_the_terminal(ansible: Ansible, play: Play) -> None:
    hostile = "a\x1b[31mb\u202ec\u009bd"
    ansible.control.add(
        "simplivity", "backups", id="hostile", name=hostile, type="MANUAL", virtual_machine_name="web01"
    )
    done = play(filters={"id": ["hostile"]}, template="clean")
    assert done.exit_code == 0, done.output
    assert "a?[31mb?c?d  ->  clean" in done.output
    assert not re.search("[\x1b\x9b\u202e]", done.output)


def test_a_variable_of_the_same_name_does_not_take_part(ansible: Ansible, play: Play) -> None:
    fact = {"name": "Set", "ansible.builtin.set_fact": {"backup": {"name": "mine", "virtual_machine_name": "mine"}}}
    done = play(
        before=[fact], filters={"name": ["aborted"]}, template="{{ backup.virtual_machine_name }} {{ backup.name }}"
    )
    assert done.exit_code == 0, done.output
    assert done.names("done") == {"aborted": "web01 aborted"}


def test_more_than_the_maximum_is_refused(ansible: Ansible, play: Play) -> None:
    refused = play(filters={}, template=BY_TIME, max=5)
    assert refused.exit_code != 0
    assert "selects 21 backups, which is more than svt_rename_backups_max (5)" in _text(refused)
    assert writes(ansible) == []
    assert refused.undo == []
    lists = ansible.control.requests("simplivity", "GET", "/backups")
    assert [dict(one["query"])["limit"] for one in lists] == ["6"]
    allowed = play("--check", filters={}, template="{{ backup.id }}", max=21)
    assert allowed.exit_code == 0, allowed.output
    limited = play("--check", filters={"limit": 3, "sort": "created_at"}, template="{{ backup.id }}", max=5)
    assert limited.exit_code == 0, limited.output
    assert len(limited.done["done"]) == 3


def test_defaults_are_those_of_the_argument_specs() -> None:
    spec = yaml.safe_load((ROLE / "meta" / "argument_specs.yml").read_text(encoding="utf-8"))
    documented = spec["argument_specs"]["main"]["options"]
    defaults = yaml.safe_load((ROLE / "defaults" / "main.yml").read_text(encoding="utf-8"))
    assert {name: option["default"] for name, option in documented.items() if "default" in option} == {
        name: value for name, value in defaults.items() if name != "backup"
    }


def test_nothing_matches(ansible: Ansible, play: Play) -> None:
    done = play(filters={"name": ["no such backup"]}, template=BY_TIME)
    assert done.exit_code == 0, done.output
    assert "No backup matches svt_rename_backups_filters" in _text(done)
    assert _changed(done) == 0
    assert all(entries == [] for entries in done.done.values())
    assert writes(ansible) == []


def test_one_failure_with_stop_and_continue(ansible: Ansible, play: Play) -> None:
    ansible.control.fault({"path": "b5e0000e.*/rename$", "times": None, "action": {"status": 403, "json": {}}})
    stopped = play(filters=MANUAL, template=BY_TIME, parallel=1)
    assert stopped.exit_code != 0
    assert list(stopped.names("failed")) == ["aborted"]
    assert stopped.done["not_tried"], stopped.output
    assert re.search(r"1 failed, \d not tried", stopped.output)
    assert {one["id"] for one in stopped.undo} == {one["id"] for one in stopped.done["done"]}
    went_on = play(filters=MANUAL, template=BY_TIME, on_error="continue")
    assert went_on.exit_code != 0
    assert list(went_on.names("failed")) == ["aborted"]
    assert went_on.done["not_tried"] == []
    assert "permission" in went_on.done["failed"][0]["msg"]


def test_two_backups_with_one_name_are_refused_as_a_whole(ansible: Ansible, play: Play) -> None:
    refused = play(filters=MANUAL, template="{{ backup.virtual_machine_name }}")
    assert refused.exit_code != 0
    assert "would both be named" in _text(refused)
    assert writes(ansible) == []
    assert len(refused.done["not_tried"]) == 8
    assert refused.undo == []


def test_a_failed_run_forgets_the_one_before(ansible: Ansible, play: Play) -> None:
    first = {
        "name": "First run",
        "ansible.builtin.include_role": {"name": "safehold.backup.svt_rename_backups"},
        "vars": {"svt_rename_backups_filters": {"name": ["aborted"]}, "svt_rename_backups_template": "first"},
    }
    second = play(before=[first], filters={"created_after": "yesterday"}, template="x")
    assert second.exit_code != 0
    assert "created_after" in second.output
    assert second.undo == []
    assert "first" in names(ansible).values()


def test_without_waiting(ansible: Ansible, play: Play) -> None:
    ansible.control.set("simplivity", task_seconds=None)
    done = play(filters={"name": ["aborted"]}, template="x", wait=False)
    assert done.exit_code == 0, done.output
    assert done.names("submitted") == {"aborted": "x"}
    assert done.done["submitted"][0]["task"]["id"]
    assert len(done.undo) == 1
    late = play(filters={"name": ["nightly*full"]}, template="y", wait_timeout=1, wait_interval=0.5)
    assert late.exit_code != 0
    assert "after 1 s (wait_timeout)" in _text(late)
    assert late.names("unknown") == {"nightly*full": "y"}
    assert [one["new_name"] for one in late.undo] == ["nightly*full"]


def test_taken_back_before_it_is_done(ansible: Ansible, play: Play) -> None:
    before = names(ansible)
    ansible.control.set("simplivity", task_seconds=3)
    undo = {"name": "Undo", "safehold.backup.svt_backup_rename": {"renames": "{{ svt_rename_backups_undo }}"}}
    done = play(filters=MANUAL, template=BY_TIME, wait=False, after=[undo])
    assert done.exit_code == 0, done.output
    assert len(done.done["submitted"]) == 8
    ansible.control.advance(1000)
    assert names(ansible) == before
    assert len(writes(ansible)) == 16


def test_a_rename_that_is_under_way_is_no_name_that_is_there_already(ansible: Ansible, play: Play) -> None:
    """The name is still the one that the template gives, and about to be another."""
    ansible.control.set("simplivity", task_seconds=None)
    nobody_could_give = "two\nlines"
    ansible.control.add("simplivity", "backups", name=nobody_could_give, virtual_machine_name="web01")
    (id,) = (id for id, name in names(ansible).items() if name == "aborted")
    away = {"id": id, "new_name": "elsewhere", "wait": False}
    first = {"name": "Rename it", "safehold.backup.svt_backup_rename": away}
    done = play(before=[first], filters={"virtual_machine_name": ["web01"]}, template="{{ backup.name }}", wait=False)
    assert done.exit_code != 0
    assert "All 8 backups have their names already." in done.output
    assert list(done.names("failed")) == ["aborted"]
    assert "had submitted a rename to 'elsewhere'" in done.done["failed"][0]["msg"]
    assert len(done.done["unchanged"]) == 7
    assert nobody_could_give in done.names("unchanged")
    assert len(writes(ansible)) == 1


REFUSED: dict[str, tuple[dict[str, Any], str]] = {
    "escaped template": ({"template": "{{ '{{' }} backup.name {{ '}}' }}"}, "is a finished text"),
    "unknown field": ({"template": "{{ backup.no_such_field }}"}, "no_such_field"),
    "empty name": ({"template": ""}, "new_name"),
    "two lines": ({"template": "two\nlines"}, "control character"),
    "unknown filter": ({"filters": {"virtual_machine": "web01"}}, "virtual_machine"),
    "wrong choice": ({"filters": {"type": "MANAUL"}}, "MANAUL"),
    "wrong number": ({"filters": {"size_min": "big"}}, "size_min"),
    "no filters": ({"filters": None}, "svt_rename_backups_filters"),
    "wrong word": ({"on_error": "ignore"}, "ignore"),
    "wrong maximum": ({"max": "many"}, "svt_rename_backups_max"),
}


def test_bad_input(ansible: Ansible, play: Play) -> None:
    tasks = []
    for name, (given, _words) in REFUSED.items():
        variables = {"filters": {"name": ["aborted"]}, "template": BY_TIME, **given}
        options = {f"svt_rename_backups_{key}": value for key, value in variables.items() if value is not None}
        role = {
            "name": name,
            "ansible.builtin.include_role": {"name": "safehold.backup.svt_rename_backups"},
            "vars": options,
        }
        message = "{{ ansible_failed_result.msg }} {{ ansible_failed_result.argument_errors | default('') }}"
        said = {"name": "Say", "ansible.builtin.debug": {"msg": f"<{name}> {message}"}}
        wrong = {"name": "Too far", "ansible.builtin.debug": {"msg": f"<{name}> was not refused"}}
        tasks.append({"name": name, "block": [role, wrong], "rescue": [said]})
    done = play(before=tasks, filters={"name": ["no such backup"]}, template=BY_TIME)
    assert done.exit_code == 0, done.output
    said = dict(re.findall(r'"msg": "<([^>]+)> (.*)"', done.output))
    assert list(said) == list(REFUSED), done.output
    for name, (_given, words) in REFUSED.items():
        assert words in said[name], f"{name}: {said[name]}"
        assert "was not refused" not in said[name], name
    assert writes(ansible) == []


def test_connection_variables_reach_both_modules(ansible: Ansible, play: Play) -> None:
    refused = play(filters=MANUAL, template=BY_TIME, host="127.0.0.2", port=1)
    assert "127.0.0.2:1" in _text(refused)
    svt = ansible.simulator.simplivity
    given = {"host": "localhost", "port": svt["port"], "username": svt["username"], "password": svt["password"]}
    done = play("-vvv", filters={"name": ["aborted"]}, template="x", ca_path=ansible.simulator.ca_path, **given)
    assert done.exit_code == 0, done.output
    hosts = {dict(one["headers"]).get("host") for one in ansible.control.requests("simplivity")}
    assert hosts == {f"localhost:{svt['port']}"}


def test_one_login_with_a_token(ansible: Ansible, play: Play) -> None:
    login = {"name": "Log in", "safehold.backup.svt_token": {}, "register": "session", "no_log": True}
    done = play(
        "-vvv", before=[login], filters={"name": ["aborted"]}, template="x", access_token="{{ session.access_token }}"
    )
    assert done.exit_code == 0, done.output
    assert ansible.control.state()["simplivity"]["logins"] == 1


VALUES = {"bool": True, "int": 4, "str": "7d", "list": ["x"]}


def test_every_filter_of_the_module_reaches_it(ansible: Ansible, play: Play) -> None:
    options = _documented("svt_backup_info")
    spec = yaml.safe_load((ROLE / "meta" / "argument_specs.yml").read_text(encoding="utf-8"))
    given = spec["argument_specs"]["main"]["options"]["svt_rename_backups_filters"]["options"]
    listing = {"sort", "order", "limit", "page_size", "case_sensitive"}
    assert set(given) == set(options) | listing
    for name, option in options.items():
        assert {key: given[name].get(key) for key in ("type", "elements", "choices")} == {
            key: option.get(key) for key in ("type", "elements", "choices")
        }, name
    tasks = yaml.safe_load((ROLE / "tasks" / "main.yml").read_text(encoding="utf-8"))
    passed = next(task for task in tasks if "safehold.backup.svt_backup_info" in task)[
        "safehold.backup.svt_backup_info"
    ]
    for name in given:
        assert f"svt_rename_backups_filters.{name} |" in passed[name], name
    filters = {
        name: option["choices"][:1] if "choices" in option else VALUES[option["type"]]
        for name, option in options.items()
        if name != "name_pattern"
    }
    done = play("--check", filters=filters, template=BY_TIME)
    assert done.exit_code == 0, done.output
    asked = {key for one in ansible.control.requests("simplivity", "GET", "/backups") for key, _value in one["query"]}
    assert set(filters) <= asked, set(filters) - asked


def test_the_sample_backup_has_every_field() -> None:
    sample = yaml.safe_load((ROLE / "defaults" / "main.yml").read_text(encoding="utf-8"))["backup"]
    from ansible_collections.safehold.backup.plugins.module_utils._simplivity.backups import BACKUPS

    assert set(sample) == set(BACKUPS.fields)


def test_the_readme_names_every_variable() -> None:
    spec = yaml.safe_load((ROLE / "meta" / "argument_specs.yml").read_text(encoding="utf-8"))
    readme = (ROLE / "README.md").read_text(encoding="utf-8")
    missing = [name for name in spec["argument_specs"]["main"]["options"] if f"`{name}`" not in readme]
    assert missing == []


def _documented(module: str) -> dict[str, Any]:
    source = (ROOT / "plugins" / "modules" / f"{module}.py").read_text(encoding="utf-8")
    found = re.search(r'^DOCUMENTATION = r"""$(.*?)^"""$', source, re.M | re.S)
    assert found
    options: dict[str, Any] = yaml.safe_load(found[1])["options"]
    return options


def _text(result: Result) -> str:
    """The output without the line breaks that Ansible puts into long lines."""
    return re.sub(r"\s+", " ", result.output)
