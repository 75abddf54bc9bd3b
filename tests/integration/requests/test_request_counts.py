# Copyright: (c) 2026, safehold.backup contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How many requests the work costs, by the simulator's ledger: what must not grow unnoticed.

Modules run in this process, so that it is quick; `make bench` measures what it takes in time.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from simulator import timelines
from simulator.process import Simulator
from unit.module_runner import run_module

PAGE = 500
IDS_A_QUERY = 100


@pytest.fixture(scope="module")
def server() -> Iterator[Simulator]:
    with Simulator("--task-seconds", "0") as running:
        yield running


@pytest.fixture(autouse=True)
def _from_the_start(server: Simulator, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    server.control.reset()
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))


def _connection(server: Simulator, module: str) -> dict[str, Any]:
    return {**(server.simplivity if module.startswith("svt_") else server.acronis), "ca_path": server.ca_path}


def _run(server: Simulator, module: str, **options: Any) -> Mapping[str, Any]:
    ran = run_module(module, {**_connection(server, module), **options}, no_log=module.endswith("_token"))
    assert not ran.failed, ran.msg
    return ran.result


def _requests(server: Simulator) -> list[str]:
    """`METHOD /path` of every request."""
    return [f"{one['method']} {one['path']}" for one in server.control.ledger()]


@pytest.mark.parametrize("total", [21, 500, 501, 2500])
@pytest.mark.parametrize("fields", [None, ["id", "name", "created_at"]], ids=["all", "three"])
def test_a_list_of_backups_costs_its_pages_and_two(server: Simulator, total: int, fields: list[str] | None) -> None:
    server.control.fill(backups=total)
    result = _run(server, "svt_backup_info", fields=fields)
    assert result["count"] == total
    pages = -(-total // PAGE)
    assert _requests(server) == ["POST /api/oauth/token", *["GET /api/backups"] * pages, "GET /api/oauth/revoke"]


@pytest.mark.parametrize("total", [100, 1100])
def test_a_list_of_acronis_tasks_costs_its_pages_and_two(server: Simulator, total: int) -> None:
    server.control.fill(tasks=total)
    result = _run(server, "acronis_task_info")
    assert result["count"] == total
    assert len(_requests(server)) == -(-total // PAGE) + 2


@pytest.mark.parametrize("total", [1, 7])
@pytest.mark.parametrize("on_error", ["stop", "continue"])
def test_a_few_renames_cost_four_requests_each(server: Simulator, total: int, on_error: str) -> None:
    """Its backup, the holders of the new name, the change, and the backup again; the task ends with the change."""
    backups = server.control.objects("simplivity", "backups")[:total]
    renames = [{"id": one["id"], "new_name": f"renamed {n}"} for n, one in enumerate(backups)]
    server.control.clear_ledger()
    result = _run(server, "svt_backup_rename", renames=renames, on_error=on_error)
    assert [one["outcome"] for one in result["results"]] == ["renamed"] * total
    assert len(_requests(server)) <= 4 * total + 2
    assert len(server.control.changes()) == total


def _rename_the_last(server: Simulator, total: int, stock: int, **options: Any) -> dict[str, int]:
    """Rename so many of so many, and count the requests by what they are for."""
    server.control.fill(backups=stock)
    backups = server.control.objects("simplivity", "backups")[-total:]
    renames = [{"id": one["id"], "new_name": f"renamed {n}"} for n, one in enumerate(backups)]
    server.control.clear_ledger()
    result = _run(server, "svt_backup_rename", renames=renames, **options)
    assert {one["outcome"] for one in result["results"]} == {"renamed"}
    kinds = {"/rename$": "changes", "/tasks/": "looks", "/backups/[^/]*$": "single", "/backups$": "lists"}
    paths = [one["path"] for one in server.control.ledger()]
    counts = {name: sum(re.search(kind, path) is not None for path in paths) for kind, name in kinds.items()}
    return {**counts, "all": len(paths)}


@pytest.mark.parametrize("mode", ["sva", "mva"])
@pytest.mark.parametrize("seconds", [0, 0.2])
def test_many_renames_cost_hardly_more_than_their_changes_and_looks(
    server: Simulator, mode: str, seconds: float
) -> None:
    """The floor: login and logout, each change, and a look at each task that did not end with its change."""
    server.control.set("simplivity", mode=mode, task_seconds=seconds)
    total = 100
    counts = _rename_the_last(server, total, 1000, on_error="continue")
    assert counts["changes"] == total
    # a busy machine is late with its looks, and so learns late how long the tasks take
    most = 1.6 if seconds else 1.2
    assert counts["all"] <= most * (total * (2 if seconds else 1) + 2), counts


@pytest.mark.parametrize("mode", ["sva", "mva"])
def test_many_renames_that_stop_at_a_failure_are_planned_from_lists(server: Simulator, mode: str) -> None:
    """At most four are under way, so each is read back by itself; and once before, if it is begun late."""
    server.control.set("simplivity", mode=mode)
    counts = _rename_the_last(server, 40, 1000, on_error="stop")
    assert counts["changes"] == 40
    assert counts["all"] - counts["changes"] - counts["single"] <= 20, counts
    assert counts["single"] <= 2 * 40, counts


@pytest.mark.parametrize("mode", ["sva", "mva"])
def test_a_controller_with_very_many_backups_is_not_read_for_some_renames(server: Simulator, mode: str) -> None:
    server.control.set("simplivity", mode=mode)
    counts = _rename_the_last(server, 20, 5000, on_error="continue")
    assert counts["all"] <= 20 + 15, counts
    seen = server.control.requests("simplivity", "GET", "/backups")
    assert sum(int(dict(one["query"]).get("limit", 1)) for one in seen) <= 6 * PAGE


@pytest.mark.parametrize("mode", ["sva", "mva"])
def test_many_renames_that_were_made_cost_a_few_reads(server: Simulator, mode: str) -> None:
    server.control.set("simplivity", mode=mode)
    server.control.fill(backups=1000)
    backups = server.control.objects("simplivity", "backups")[-200:]
    server.control.clear_ledger()
    renames = [{"id": one["id"], "new_name": one["name"]} for one in backups]
    assert _run(server, "svt_backup_rename", renames=renames)["changed"] is False
    assert len(_requests(server)) <= 6


def test_a_rename_that_was_made_costs_one_read(server: Simulator) -> None:
    backup = server.control.objects("simplivity", "backups")[0]
    result = _run(server, "svt_backup_rename", id=backup["id"], new_name=backup["name"])
    assert result["changed"] is False
    assert len(_requests(server)) == 3


def test_many_renames_at_once_stay_below_the_limit_of_the_module(server: Simulator) -> None:
    server.control.set("simplivity", latency=0.02)
    backups = server.control.objects("simplivity", "backups")
    renames = [{"id": one["id"], "new_name": f"renamed {n}"} for n, one in enumerate(backups)]
    _run(server, "svt_backup_rename", renames=renames, on_error="continue", parallel=3)
    assert max(one["concurrent"] for one in server.control.ledger()) <= 3


def test_a_server_that_takes_fewer_at_once_turns_few_away(server: Simulator) -> None:
    server.control.set("simplivity", latency=0.02, max_parallel=4)
    backups = server.control.objects("simplivity", "backups")
    renames = [{"id": one["id"], "new_name": f"renamed {n}"} for n, one in enumerate(backups)]
    result = _run(server, "svt_backup_rename", renames=renames, on_error="continue", parallel=16)
    assert {one["outcome"] for one in result["results"]} == {"renamed"}
    refused = [one for one in server.control.ledger() if one["status"] == 502]
    # 12 of the first 16, and 4 of the 8 after them
    assert len(refused) <= 16 + 8


def test_many_acronis_tasks_are_waited_for_by_the_hundred(server: Simulator) -> None:
    total = 250
    many = [{"type": "backup", "timeline": timelines.ends(after=0.5 + n * 0.002)} for n in range(total)]
    ids = [str(task["id"]) for task in server.control.add_many("acronis", "tasks", many)]
    result = _run(server, "acronis_task_info", id=ids, wait=True)
    assert result["count"] == total
    seen = server.control.requests("acronis", "GET", "/tasks")
    queries = [[value for name, value in one["query"] if name == "id"] for one in seen]
    rounds = _rounds(queries)
    assert len(rounds) <= 14
    for one in rounds:
        assert len(one) <= -(-sum(map(len, one)) // IDS_A_QUERY)


def _rounds(queries: list[list[str]]) -> list[list[list[str]]]:
    """Queries that together look once at each task that is still pending."""
    rounds: list[list[list[str]]] = []
    for query in queries:
        if not rounds or set(query) & {id for other in rounds[-1] for id in other}:
            rounds.append([])
        rounds[-1].append(query)
    return rounds


@pytest.mark.parametrize(
    ("module", "token", "login"),
    [
        ("svt_backup_info", "svt_token", "POST /api/oauth/token"),
        ("acronis_task_info", "acronis_token", "POST /api/2/idp/token"),
    ],
)
def test_a_play_with_a_token_logs_in_once(server: Simulator, module: str, token: str, login: str) -> None:
    access = _run(server, token)["access_token"]
    for _task in range(5):
        _run(server, module, access_token=access, limit=1)
    _run(server, token, state="absent", access_token=access)
    seen = _requests(server)
    assert seen.count(login) == 1
    assert len(seen) == 5 + 2


@pytest.mark.parametrize("module", ["svt_backup_info", "acronis_task_info"])
def test_a_play_without_a_token_logs_in_and_out_for_each_task(server: Simulator, module: str) -> None:
    for _task in range(5):
        _run(server, module, limit=1)
    assert len(_requests(server)) == 5 * 3
