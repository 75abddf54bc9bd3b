# Copyright: (c) 2026, safehold.backup contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""svt_backup_rename against the simulator."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import Any

import pytest

from integration.modules.harness.runs import Ansible, Case, Done
from integration.modules.harness.simplivity import SOME_BAD_CONNECTIONS, login
from integration.modules.harness.ways import both_ways
from simulator.process import Control

GUIDES_BACKUP = "f6d5980c-478c-4292-aabf-67da627dbc57"
GUIDES_NAME = "vm32_A_6-backup-2016-03-13T21:03:46-04:00"
NIGHT = "2016-03-14T22:00:00-04:00"
RENAME = {"path": "/rename$", "method": "POST", "times": 1}


def case(**options: Any) -> Case:
    return Case("svt_backup_rename", options)


def plain(before: Any = None, **options: Any) -> Case:
    """The guide's backup gets another name."""
    return Case("svt_backup_rename", {"id": GUIDES_BACKUP, "new_name": "renamed", **options}, before=before)


def many(*renames: dict[str, str], before: Any = None, check: bool = False, **options: Any) -> Case:
    return Case("svt_backup_rename", {"renames": list(renames), **options}, before=before, check=check, diff=True)


def posts(done: Done) -> int:
    return len(done.requests("POST", "/rename"))


def outcomes(done: Done) -> list[str]:
    return [one["outcome"] for one in done["results"]]


def named(control: Control, *names: str) -> list[str]:
    """The ids of new backups of one machine with these names."""
    return [control.add("simplivity", "backups", name=name, virtual_machine_name="db01")["id"] for name in names]


@pytest.mark.smoke
@both_ways
def test_check_run_again(ansible: Ansible) -> None:
    wanted = {"id": GUIDES_BACKUP, "new_name": "before-upgrade"}
    by_name = {"name": GUIDES_NAME, "virtual_machine_name": "vm32_A_6", "new_name": "before-upgrade"}
    run = ansible.play(
        {
            "check": Case("svt_backup_rename", wanted, check=True, diff=True),
            "check by name": Case("svt_backup_rename", by_name, check=True, diff=True),
            "run": Case("svt_backup_rename", wanted, diff=True),
            "again": Case("svt_backup_rename", wanted, diff=True),
            "again by name": Case("svt_backup_rename", by_name, diff=True),
            "look": Case("svt_backup_info", {"id": GUIDES_BACKUP}),
        }
    )
    for name in ("check", "check by name"):
        assert run[name].succeeded(changed=True)["task"] is None
        assert not run[name].writes
        assert run[name]["backup"]["name"] == "before-upgrade"
    done = run["run"]
    assert done.succeeded(changed=True)["backup"] == run["look"]["backups"][0]
    assert done["backup"]["name"] == "before-upgrade"
    assert (done["task"]["state"], done["task"]["error_message"]) == ("COMPLETED", "")
    assert done["diff"] == run["check"]["diff"] == run["check by name"]["diff"]
    assert GUIDES_NAME in str(done["diff"]["before"]) and "before-upgrade" in str(done["diff"]["after"])
    assert (posts(done), done.logins, done.state["simplivity"]["open_sessions"]) == (1, 1, 0)
    for name in ("again", "again by name"):
        assert run[name].succeeded()["backup"] == done["backup"]
        assert not run[name].writes
        assert run[name]["task"] is None
        assert run[name]["diff"]["before"] == run[name]["diff"]["after"]


def test_bad_input(ansible: Ansible) -> None:
    id_of = {"id": GUIDES_BACKUP}
    cases: dict[str, tuple[dict[str, Any], tuple[str, ...]]] = {
        **{
            name: ({**id_of, "new_name": "x", **options}, words)
            for name, (options, words) in SOME_BAD_CONNECTIONS.items()
        },
        "nothing": ({}, ("id, name, renames",)),
        "no new name": (id_of, ("new_name",)),
        "id and name": ({**id_of, "name": "a", "new_name": "b"}, ("id", "name")),
        "id and scope": ({**id_of, "virtual_machine_name": "a", "new_name": "b"}, ("virtual_machine_name",)),
        "renames and id": ({**id_of, "renames": [{**id_of, "new_name": "b"}]}, ("renames",)),
        "no renames": ({"renames": []}, ("renames", "the list is empty")),
        "empty new name": ({**id_of, "new_name": ""}, ("new_name", "is empty")),
        "blank new name": ({**id_of, "new_name": "  "}, ("new_name", "is empty")),
        "control character": ({**id_of, "new_name": "a\nb"}, ("new_name", "control character", "remove it")),
        "long new name": ({**id_of, "new_name": "x" * 256}, ("new_name", "256 characters", "at most 255")),
        "strange id": ({"id": "a b", "new_name": "x"}, ("id: 'a b' is not an id", "as they were returned")),
        "dots as id": ({"id": "..", "new_name": "x"}, ("id", "not an id")),
        "entry without key": ({"renames": [{"new_name": "x"}]}, ("renames[0]", "id, name")),
        "entry without new name": ({"renames": [id_of]}, ("renames[0].new_name", "set it")),
        "entry with two keys": (
            {"renames": [{**id_of, "name": "a", "new_name": "x"}]},
            ("renames[0]", "id and name", "keep one"),
        ),
        "no list": ({"renames": "foo"}, ("renames", "'foo' is not a list of dictionaries")),
        "entry that is null": ({"renames": [{**id_of, "new_name": "x"}, None]}, ("renames[1]", "not a dictionary")),
        "port in words": ({**id_of, "new_name": "x", "port": "abc"}, ("port", "'abc' is not a whole number", "443")),
        "entry with empty id": ({"renames": [{"id": "", "new_name": "x"}]}, ("renames[0].id", "is empty")),
        "one backup twice": (
            {"renames": [{**id_of, "new_name": "x"}, {**id_of, "new_name": "y"}]},
            ("renames[1]", "named twice", "renames[0]", "keep one"),
        ),
        "one name twice": (
            {"renames": [{"name": old, "virtual_machine_name": "web01", "new_name": "x"} for old in ("a", "b")]},
            ("renames[1].new_name", "two backups of one virtual machine", "renames[0]"),
        ),
        "parallel 0": ({**id_of, "new_name": "x", "parallel": 0}, ("parallel", "from 1 to 64")),
        "parallel 65": ({**id_of, "new_name": "x", "parallel": 65}, ("parallel", "from 1 to 64")),
        "wait_timeout 0": ({**id_of, "new_name": "x", "wait_timeout": 0}, ("wait_timeout", "from 1 to")),
        "wait_interval 0": ({**id_of, "new_name": "x", "wait_interval": 0}, ("wait_interval", "from 0.1 to")),
        "on_error": ({**id_of, "new_name": "x", "on_error": "ignore"}, ("on_error", "stop, continue")),
    }
    run = ansible.play({name: Case("svt_backup_rename", options) for name, (options, _words) in cases.items()})
    for name, (_options, words) in cases.items():
        run[name].refused(*words)


def test_failures(ansible: Ansible) -> None:
    """What goes wrong before, at and after the submission, each with the truth about what was sent."""
    refusal = {"exception": "com.simplivity.PermissionDeniedException", "message": "Access is denied"}
    run = ansible.play(
        {
            "wrong password": plain(lambda c: c.set("simplivity", password="another")),
            "unreachable": plain(login(reset=True)),
            "no such id": case(id="00000000-0000-4000-8000-000000000000", new_name="x"),
            "no such name": case(name="nobody", new_name="x"),
            "taken": case(name=GUIDES_NAME, new_name=NIGHT),
            "read only": plain(lambda c: c.set("simplivity", read_only=True)),
            "forbidden": plain(
                lambda c: c.fault({**RENAME, "times": None, "action": {"status": 403, "json": refusal}})
            ),
            "taken at once": plain(
                lambda c: (c.set("simplivity", duplicate_name="400"), c.fault(_race("renamed"))),
            ),
            "task fails": plain(
                lambda c: c.set(
                    "simplivity", task_end_state="FAILED", task_error_code=7, task_error_message="no\r\nway"
                )
            ),
            "1.11 fails": plain(
                lambda c: c.set(
                    "simplivity",
                    api_version="1.11",
                    task_end_state="FAILED",
                    task_error_code=7,
                    task_error_message="no way",
                )
            ),
            "unknown state": plain(lambda c: c.set("simplivity", task_end_state="MELTED", task_applies=False)),
            "never ends": plain(lambda c: c.set("simplivity", task_seconds=None), wait_timeout=1, wait_interval=0.2),
            "not applied": plain(lambda c: c.set("simplivity", task_applies=False)),
            "no task": plain(lambda c: c.fault({**RENAME, "action": {"replace_json": {"hello": "world"}}})),
        },
        each_fresh=True,
    )
    for name in ("wrong password", "unreachable", "no such id", "no such name", "taken"):
        assert posts(run[name]) == 0, name
    run["wrong password"].failed_as("auth", "check username and password", submitted=False)
    run["unreachable"].failed_as("connect", submitted=False)
    run["no such id"].failed_as("not_found", "svt_backup_info", submitted=False)
    run["no such name"].failed_as("not_found", "'nobody'", submitted=False)
    run["taken"].failed_as("conflict", NIGHT, "already has a backup", "choose another name", submitted=False)
    for name in ("read only", "forbidden"):
        run[name].failed_as("permission", "Access is denied" if name == "forbidden" else "permission")
        assert posts(run[name]) == 1
    run["task fails"].failed_as("task_failed", GUIDES_NAME, "no way", code="7", detail="no way", submitted=True)
    run["1.11 fails"].failed_as("task_failed", "no way", code="7", detail="no way", submitted=True)
    for name in ("task fails", "1.11 fails"):
        assert run[name]["failure"]["task"]["error_message"].split() == ["no", "way"]
        assert "message" not in run[name]["failure"]["task"]
        assert run[name]["changed"] is False and run[name]["backup"]["name"] == GUIDES_NAME
    run["never ends"].failed_as("task_timeout", "IN_PROGRESS", "task_info", submitted=True)
    assert run["never ends"]["failure"]["task"]["id"]
    assert run["never ends"]["failure"]["elapsed"] < 10
    assert run["never ends"]["changed"] is True
    run["not applied"].failed_as("task_failed", "the object is as before", submitted=True)
    run["unknown state"].failed_as("task_unknown_state", "MELTED", submitted=True)
    for done in run.values():
        assert posts(done) <= 1, done.name


def _race(name: str) -> dict[str, Any]:
    """A rename that the server refuses because the name was taken meanwhile."""
    return {
        **RENAME,
        "times": None,
        "action": {"status": 400, "json": {"error_code": 13, "message": f"Duplicate {name}"}},
    }


def test_doubtful_submissions(ansible: Ansible) -> None:
    """B1, B2, I7-I9, I11, D4, D21: submitted once, read back, and only then at most once more."""
    lost, refused = {**RENAME, "when": "after"}, {**RENAME, "when": "before"}
    run = ansible.play(
        {
            "answer lost": plain(lambda c: c.fault({**lost, "action": {"reset": True}})),
            "answer cut": plain(lambda c: c.fault({**lost, "action": {"truncate": 10}})),
            "gateway timeout": plain(lambda c: c.fault({**lost, "action": {"status": 504, "body": "<html>"}})),
            "busy": plain(lambda c: c.fault({**refused, "times": 2, "action": {"status": 502, "body": "<html>"}})),
            "token refused": plain(
                lambda c: c.fault({**refused, "action": {"status": 401, "json": {"error": "invalid_token"}}})
            ),
            "task forgotten": plain(lambda c: c.set("simplivity", task_forgotten_after=0)),
            "task visible late": plain(lambda c: c.set("simplivity", task_visible_after=1)),
            "shown late": plain(lambda c: c.set("simplivity", apply_delay=1.5)),
            "failed but applied": plain(lambda c: c.set("simplivity", task_end_state="FAILED", task_applies=True)),
            "polls fail": plain(
                lambda c: c.fault({"path": "/api/tasks/", "times": 3, "action": {"status": 503, "body": ""}})
            ),
            "done at once": plain(lambda c: c.set("simplivity", task_seconds=0)),
            "1.11": plain(lambda c: c.set("simplivity", api_version="1.11")),
        },
        each_fresh=True,
    )
    for name, done in run.items():
        assert done.succeeded(changed=True)["backup"]["name"] == "renamed", name
        assert len(done.changes) == 1, f"{name}: accepted {len(done.changes)} times"
    assert posts(run["busy"]) == 3 and posts(run["token refused"]) == 2
    for name in ("answer lost", "failed but applied"):
        assert "is done, as reading it back shows" in run[name].warnings
    for name in ("answer lost", "answer cut", "gateway timeout", "task forgotten", "polls fail"):
        assert posts(run[name]) == 1, name
    assert run["token refused"].logins == 2


@both_ways
def test_start_and_pick_up(ansible: Ansible) -> None:
    """wait: false returns the task at once, svt_task_info sees it through."""
    slow = {"id": GUIDES_BACKUP, "new_name": "later", "wait": False}
    run = ansible.play(
        {
            "start": Case(
                "svt_backup_rename", slow, register="started", before=lambda c: c.set("simplivity", task_seconds=600)
            ),
            "start twice": Case("svt_backup_rename", slow),
            "other name": Case("svt_backup_rename", {**slow, "new_name": "earlier"}),
            "look": Case("svt_task_info", {"id": "{{ started.task.id }}"}),
            "pick up": Case(
                "svt_task_info", {"id": "{{ started.task.id }}", "wait": True}, before=lambda c: c.advance(595)
            ),
            "read": Case("svt_backup_info", {"id": GUIDES_BACKUP}),
            "start again": Case("svt_backup_rename", slow),
            "many": many(
                {"id": GUIDES_BACKUP, "new_name": "later still"},
                {"name": "aborted", "new_name": "given up"},
                wait=False,
            ),
        }
    )
    assert run["start"].succeeded(changed=True)["task"]["state"] == "IN_PROGRESS"
    assert posts(run["start"]) == 1 and not run["start"].requests("GET", "/api/tasks/")
    # I9: what is under way is not submitted a second time
    assert run["start twice"].succeeded(changed=True)["task"]["id"] == run["start"]["task"]["id"]
    assert "submitted by an earlier run" in run["start twice"].warnings
    run["other name"].failed_as(
        "conflict",
        "an earlier run had submitted a rename to 'later'",
        "wait for it with svt_task_info",
        submitted=False,
    )
    assert posts(run["start twice"]) == posts(run["other name"]) == 0
    assert run["look"].succeeded()["tasks"][0]["id"] == run["start"]["task"]["id"]
    assert run["pick up"].succeeded()["tasks"][0]["state"] == "COMPLETED"
    assert run["read"]["backups"][0]["name"] == "later"
    assert run["start again"].succeeded()["task"] is None
    assert outcomes(run["many"]) == ["submitted", "submitted"]
    assert all(one["task"]["id"] for one in run["many"].succeeded(changed=True)["results"])


def test_undone_while_under_way(ansible: Ansible) -> None:
    """What is taken back right after wait: false ends with the old name, or is red; check mode foresees which."""
    back = many({"id": GUIDES_BACKUP, "new_name": GUIDES_NAME})
    run = ansible.play(
        {
            "start": Case(
                "svt_backup_rename",
                {"id": GUIDES_BACKUP, "new_name": "later", "wait": False},
                before=lambda c: c.set("simplivity", task_seconds=300),
            ),
            "not waited for": many({"id": GUIDES_BACKUP, "new_name": GUIDES_NAME}, wait=False),
            "foreseen": replace(back, check=True),
            "taken back": replace(back, before=lambda c: (c.advance(292), c.set("simplivity", task_seconds=0))),
            "again": back,
            "read": Case("svt_backup_info", {"id": GUIDES_BACKUP}),
        }
    )
    task = run["start"].succeeded(changed=True)["task"]["id"]
    red = run["not waited for"].failed_as("conflict", f"wait for it with svt_task_info, id '{task}'", submitted=False)
    assert red["task"]["id"] == task
    assert run["not waited for"]["changed"] is False
    assert not run["foreseen"].writes and len(run["foreseen"].requests("GET", "/api/tasks/")) == 1
    assert posts(run["taken back"]) == 1
    assert run["foreseen"].succeeded(changed=True)["diff"] == run["taken back"].succeeded(changed=True)["diff"]
    for name in ("foreseen", "taken back"):
        (entry,) = run[name]["results"]
        assert (entry["outcome"], entry["old_name"], entry["new_name"]) == ("renamed", "later", GUIDES_NAME)
    assert "an earlier run had submitted a rename to 'later'" in run["foreseen"].warnings
    assert outcomes(run["again"]) == ["unchanged"] and not run["again"].requests("GET", "/api/tasks/")
    assert run["read"]["backups"][0]["name"] == GUIDES_NAME


def test_sixty_in_one_call(ansible: Ansible) -> None:
    """60 renames: one login, 60 writes, every session ended; a second run writes nothing; the result can undo it."""
    ansible.control.fill(backups=100)
    backups = ansible.control.objects("simplivity", "backups")[30:90]
    renames = [{"id": one["id"], "new_name": f"month-end-{number:02d}"} for number, one in enumerate(backups)]

    def prepare(control: Control) -> None:
        control.fill(backups=100)

    run = ansible.play(
        {
            "check": many(*renames, before=prepare, check=True),
            "run": many(*renames),
            "again": many(*renames),
        }
    )
    assert outcomes(run["check"]) == ["renamed"] * 60
    assert not run["check"].writes
    done = run["run"]
    assert outcomes(done) == ["renamed"] * 60
    assert done.succeeded(changed=True)["diff"] == run["check"]["diff"]
    assert (done.logins, posts(done), len(done.changes)) == (1, 60, 60)
    assert Counter(one["backup_id"] for one in done.changes) == Counter(one["id"] for one in backups)
    assert done.state["simplivity"]["open_sessions"] == 0
    assert max(one["concurrent"] for one in done.ledger) <= 4
    undo = {one["id"]: one["old_name"] for one in done["results"]}
    assert undo == {one["id"]: one["name"] for one in backups}
    assert outcomes(run["again"]) == ["unchanged"] * 60
    run["again"].succeeded()
    assert not run["again"].writes and run["again"].logins == 1


def test_more_at_once_than_the_server_takes(ansible: Ansible) -> None:
    """parallel 4 against a controller that answers 502 above two requests at once: slower, but nothing is lost."""
    backups = ansible.control.objects("simplivity", "backups")[:12]
    renames = [{"id": one["id"], "new_name": f"new-{number}"} for number, one in enumerate(backups)]
    run = ansible.play(
        {"run": many(*renames, parallel=4, before=lambda c: c.set("simplivity", max_parallel=2, latency=0.05))}
    )
    assert outcomes(run["run"]) == ["renamed"] * 12
    assert run["run"].succeeded(changed=True)
    assert any(one["status"] == 502 for one in run["run"].ledger), "the server was never too busy: no test"
    assert len(run["run"].changes) == 12
    assert run["run"].logins == 1


def test_plans(ansible: Ansible) -> None:
    """I18, I19: a plan that cannot work is refused before its first write; a chain is done in the right order."""
    first, second, third = named(ansible.control, "plan-a", "plan-b", "plan-c")

    def prepare(control: Control) -> None:
        control.reset()
        for id, name in ((first, "plan-a"), (second, "plan-b"), (third, "plan-c")):
            control.add("simplivity", "backups", id=id, name=name, virtual_machine_name="db01")

    run = ansible.play(
        {
            "one name for two": many(
                {"id": first, "new_name": "same"}, {"id": second, "new_name": "same"}, before=prepare
            ),
            "one backup by id and name": many({"id": first, "new_name": "x"}, {"name": "plan-a", "new_name": "y"}),
            "swap": many({"id": first, "new_name": "plan-b"}, {"id": second, "new_name": "plan-a"}),
            "swap in check mode": many(
                {"id": first, "new_name": "plan-b"}, {"id": second, "new_name": "plan-a"}, check=True
            ),
            "taken": many({"id": first, "new_name": "nightly*full"}, {"id": second, "new_name": "free"}),
            "chain in check mode": many(
                {"id": first, "new_name": "plan-b"},
                {"id": second, "new_name": "plan-c"},
                {"id": third, "new_name": "plan-d"},
                check=True,
            ),
            "chain": many(
                {"id": first, "new_name": "plan-b"},
                {"id": second, "new_name": "plan-c"},
                {"id": third, "new_name": "plan-d"},
            ),
        }
    )
    run["one name for two"].failed_as("input", "would both be named 'same'", "give each its own name", submitted=False)
    run["one backup by id and name"].failed_as("input", "are the same backup", "keep one of them")
    run["swap"].failed_as("input", "go in a circle", "make one of them in a task of its own", submitted=False)
    run["swap in check mode"].failed_as("input", "go in a circle", submitted=False)
    run["taken"].failed_as("conflict", "choose another name", submitted=False)
    assert outcomes(run["taken"]) == ["failed", "not_tried"]
    for name in ("one name for two", "one backup by id and name", "swap", "taken"):
        assert not run[name].writes, name
    assert run["chain in check mode"].succeeded(changed=True)["diff"] == run["chain"]["diff"]
    assert outcomes(run["chain"]) == ["renamed"] * 3
    order = [one["backup_id"] for one in run["chain"].changes]
    assert order == [third, second, first]


def test_which_backup_is_meant(ansible: Ansible) -> None:
    """H17, H18, G14: an ambiguous name is refused with its candidates; names go literally."""
    run = ansible.play(
        {
            "ambiguous": case(name=NIGHT, new_name="x"),
            "narrowed": case(name=NIGHT, virtual_machine_name="web01", new_name="narrowed"),
            "comma": case(name="before upgrade, phase 1", new_name="before upgrade, phase 2"),
            "star": case(name="nightly*full", new_name="nightly, all*"),
            "unicode": case(name="Sicherung №1 für Büro", new_name="東京 – «Büro» 💾"),
            "case": case(name="before upgrade", new_name="x"),
            "template": case(name="aborted", new_name="{% raw %}{{ 7 * 7 }}{% endraw %}"),
            "number": case(name="offsite-2016-03-16", new_name="007"),
            "look": Case("svt_backup_info", {"type": "MANUAL", "fields": ["name"]}),
        }
    )
    run["ambiguous"].failed_as("ambiguous", "means 5 backups", "virtual_machine_name", submitted=False)
    candidates = run["ambiguous"]["candidates"]
    assert len(candidates) == 5 and all(one["name"] == NIGHT for one in candidates)
    assert {one["virtual_machine_name"] for one in candidates} >= {"web01", "db01", "retired01"}
    assert run["narrowed"].succeeded(changed=True)["backup"]["virtual_machine_name"] == "web01"
    run["case"].failed_as("not_found", "'before upgrade'")
    shown = {one["name"] for one in run["look"].succeeded()["backups"]}
    new = {"before upgrade, phase 2", "nightly, all*", "東京 – «Büro» 💾", "007"}
    assert new <= shown
    assert {"nightly-extra-full", "Before upgrade"} <= shown
    assert len(run["template"].changes) == 5 and run["template"].changes[-1]["new_name"] == "{{ 7 * 7 }}"


def test_failures_within_many(ansible: Ansible) -> None:
    """I4, I16: one failure stops the rest or not, as asked, and each entry says what became of it."""
    backups = [
        one for one in ansible.control.objects("simplivity", "backups") if one["virtual_machine_name"] == "web01"
    ]
    renames = [{"id": one["id"], "new_name": f"bulk-{number}"} for number, one in enumerate(backups[:6])]
    third = {
        "path": f"{renames[2]['id']}/rename$",
        "times": None,
        "action": {"status": 400, "json": {"message": "Locked"}},
    }
    gone = {"id": "00000000-0000-4000-8000-000000000000", "new_name": "x"}
    run = ansible.play(
        {
            "stop": many(*renames, parallel=1, before=lambda c: c.fault(third)),
            "continue": many(*renames, on_error="continue", before=lambda c: c.fault(third)),
            "one is missing, stop": many(renames[0], gone, renames[1]),
            "one is missing, continue": many(renames[0], gone, renames[1], on_error="continue"),
        },
        each_fresh=True,
    )
    failure = run["stop"].failed_as("input", "of 6: 2 renamed, 1 failed, 3 not tried", "Locked")
    assert failure["http_status"] == 400
    assert outcomes(run["stop"]) == ["renamed", "renamed", "failed", "not_tried", "not_tried", "not_tried"]
    assert run["stop"]["changed"] is True and len(run["stop"].changes) == 2
    run["continue"].failed_as("input", "of 6: 5 renamed, 1 failed")
    assert Counter(outcomes(run["continue"])) == {"renamed": 5, "failed": 1}
    assert run["continue"]["results"][2]["failure"]["detail"] == "Locked"
    run["one is missing, stop"].failed_as("not_found", "2 not tried", "1 failed")
    assert outcomes(run["one is missing, stop"]) == ["not_tried", "failed", "not_tried"]
    assert not run["one is missing, stop"].writes
    assert outcomes(run["one is missing, continue"]) == ["renamed", "failed", "renamed"]


@both_ways
def test_token_expires_while_waiting(ansible: Ansible) -> None:
    """D2: by idleness and by age; one new login, the same task, no second submission."""
    poll = {"path": "/api/tasks/", "skip": 1, "times": 1, "when": "before"}
    run = ansible.play(
        {
            "idle": plain(
                lambda c: (
                    c.set("simplivity", token_idle_seconds=0.8, task_seconds=2),
                    c.fault({**poll, "action": {"delay": 1.0}}),
                )
            ),
            "age": plain(lambda c: c.set("simplivity", token_age_seconds=1, task_seconds=2)),
        },
        each_fresh=True,
    )
    for name, words in (("idle", "inactivity"), ("age", "expired")):
        done = run[name]
        assert done.succeeded(changed=True)["backup"]["name"] == "renamed", words
        assert any(one["status"] == 401 for one in done.ledger), f"{name}: the token never expired: no test"
        assert 2 <= done.logins <= 4
        assert posts(done) == 1
        assert done.state["simplivity"]["open_sessions"] == 0
