# Copyright: (c) 2026, safehold.backup contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Answers that are right in themselves, and connections that are not: B6, B16, B18, B19, B20."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from typing import Any

import pytest
from ansible_collections.safehold.backup.plugins.module_utils._core import transport

from faults.harness.running import run
from faults.harness.scaled_time import scaled_time
from properties.catalogue import MODULES

from . import faults, modules
from .certificates import Certificates
from .server import Exchange, Fault, Request, WireServer
from .worlds import BACKUP_ID, NEW_NAME, OLD_NAME, SECRETS, TASK_ID, BackEnds, http_json

_TLS_RECORD = 16384
_READ_AHEAD = 8192  # io.DEFAULT_BUFFER_SIZE of the Pythons that are tested


def _short_list(exchange: Exchange) -> None:
    """Three are said to match, one comes, and the connection ends where JSON may end."""
    first = exchange.request.query.get("offset") == "0"
    objects = [{"id": BACKUP_ID, "name": OLD_NAME}] if first else []
    body = json.dumps({"backups": objects, "count": 3}).encode()
    exchange.wire.send(b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n" + body)
    exchange.wire.end()


@pytest.mark.parametrize("row", [pytest.param(None, id="B6-count-says-more")])
def test_a_short_list_is_not_taken_for_a_whole_one(row: None, server: WireServer, certificates: Certificates) -> None:
    """An Acronis list has no count: only its page token tells that more follows, and a cut takes that with it."""
    server.fault(modules.is_read, _short_list)
    seen = run("svt_backup_info", modules.options("svt_backup_info", server, certificates), secrets=SECRETS, limit=8)
    assert not seen.failed
    assert any("an object may be missing" in warning for warning in seen.ran.warnings)
    given = modules.options("svt_backup_rename", server, certificates, name=OLD_NAME, id=None)
    seen = run("svt_backup_rename", given, secrets=SECRETS, limit=8)
    assert seen.kind == "conflict", seen.ran.msg
    assert server.seen("POST", "/rename") == []


@pytest.mark.parametrize("module", ["svt_backup_info", "acronis_task_info", "svt_token"])
@pytest.mark.parametrize("row", [pytest.param(None, id="B16-cap")])
def test_an_endless_body_stops_at_the_cap(
    row: None, module: str, server: WireServer, certificates: Certificates, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(transport, "MAX_BODY_BYTES", 4 * 1024 * 1024)
    server.fault(lambda _request: True, faults.endless_fast_body)
    given = modules.with_token(module, server, certificates, request_timeout=200)
    with scaled_time(20):
        seen = run(module, given, secrets=SECRETS, limit=10)
    assert seen.kind == "bad_response", seen.ran.msg
    assert "is larger than 4 MiB" in seen.ran.msg
    assert server.wait_until_left()


def _drops(how: str) -> Fault:
    """The answer, a moment, and then the connection is gone without a word."""

    def fault(exchange: Exchange) -> None:
        exchange.wire.send(exchange.reply)
        time.sleep(0.02)
        exchange.wire.reset() if how == "reset" else exchange.wire.end()

    return fault


@pytest.mark.parametrize("module", MODULES)
@pytest.mark.parametrize("how", [pytest.param("end", id="B18-closed"), pytest.param("reset", id="B18-reset")])
def test_a_connection_that_idles_away(how: str, module: str, certificates: Certificates) -> None:
    world = BackEnds(polls=2)
    with WireServer(world, certificates.good()) as server:
        server.fault(lambda _request: True, _drops(how))
        secrets = SECRETS[:1] if module in modules.LOGIN_ONLY else SECRETS
        # slow enough that a request follows the one before it on its connection
        with scaled_time(5):
            seen = run(module, modules.options(module, server, certificates, request_timeout=20), secrets=secrets)
        assert not seen.failed, seen.ran.msg
        assert len(server.seen("POST", "/token")) == 1
        assert world.accepted == ([NEW_NAME] if module == "svt_backup_rename" else [])


def _same_record(second: bytes) -> Fault:
    """The answer, made as long as the library reads ahead, and a second one with it in one TLS record.

    Then nothing of the second has been read when the first one is, and nothing waits on the socket.
    """

    def fault(exchange: Exchange) -> None:
        head, _end, body = exchange.reply.partition(b"\r\n\r\n")
        missing = _READ_AHEAD - len(exchange.reply) - len(b"X-Pad: \r\n")
        whole = head + b"\r\nX-Pad: " + b"a" * missing + b"\r\n\r\n" + body
        assert len(whole) == _READ_AHEAD and len(whole + second) < _TLS_RECORD
        exchange.wire.send(whole + second)

    return fault


def _one_more(second: bytes) -> Fault:
    def fault(exchange: Exchange) -> None:
        exchange.wire.send(exchange.reply + second)

    return fault


def _a_moment_later(second: bytes) -> Fault:
    """An answer that nobody asked for, on an idle connection."""

    def fault(exchange: Exchange) -> None:
        exchange.wire.send(exchange.reply)
        time.sleep(0.03)
        exchange.wire.send(second)

    return fault


DESYNC = [
    pytest.param(_same_record, id="B19-same-record"),
    pytest.param(_one_more, id="B19-at-once"),
    pytest.param(_a_moment_later, id="B19-unasked"),
]


class _Tasks(BackEnds):
    """Whose tasks are done at the third look."""

    def __init__(self) -> None:
        super().__init__(polls=3)

    def _content(self, request: Request) -> tuple[Any, int]:
        content, status = super()._content(request)
        if request.path.startswith("/api/task_manager/"):
            self._looks += 1
            if self._looks < 3:
                content["items"][0]["state"] = "started"
        return content, status


_EVIL_TASK = {"id": TASK_ID, "state": "COMPLETED", "percent_complete": 77}
_EVIL_ITEM = {"id": 5, "idString": "5", "state": "completed", "type": "evil", "result": {"code": "ok"}}


@pytest.mark.parametrize("module", ["svt_backup_rename", "svt_task_info", "acronis_task_info"])
@pytest.mark.parametrize("desync", DESYNC)
def test_an_answer_too_many_is_nobodys(
    desync: Callable[[bytes], Fault], module: str, certificates: Certificates
) -> None:
    """The second answer would fit the next poll: a task that is done, though it is not."""
    is_acronis = module == "acronis_task_info"
    done = http_json({"items": [_EVIL_ITEM]} if is_acronis else {"task": _EVIL_TASK})
    looks = modules.is_read if is_acronis else modules.is_poll
    more = {"svt_task_info": {"wait": True}, "acronis_task_info": {"wait": True, "id": ["5"]}}
    with WireServer(_Tasks(), certificates.good()) as server:
        # an info module looks twice at first, without a pause: what meets a request on its way is its answer
        server.fault(looks, desync(done), times=1, skip=int(module in more))
        given = modules.options(module, server, certificates, wait_interval=0.2, **more.get(module, {}))
        seen = run(module, given, secrets=SECRETS, limit=8)
        assert not seen.failed, seen.ran.msg
        task = seen.result["task"] if module == "svt_backup_rename" else seen.result["tasks"][0]
        assert task["type"] == "backup" if is_acronis else task["percent_complete"] == 50
        assert len([one for one in server.requests if looks(one)]) == 3


class _Pages(BackEnds):
    """Lists of three pages, one object on each."""

    def _content(self, request: Request) -> tuple[Any, int]:
        if not request.path.startswith("/api/task_manager/"):
            return super()._content(request)
        page = int(request.query.get("after", "0"))
        item = {"id": page, "idString": f"real-{page}", "state": "completed", "result": {"code": "ok"}}
        return {"items": [item], "paging": {"cursors": {"after": str(page + 1)} if page < 2 else {}}}, 200

    def _list(self, kind: str, request: Request) -> Any:
        return {kind: [{"id": f"real-{request.query['offset']}", "name": "x"}], "count": 3}


_EVIL_PAGES: dict[str, Any] = {
    "svt_backup_info": {"backups": [{"id": "evil", "name": "x"}], "count": 3},
    "acronis_task_info": {"items": [{"id": 6, "idString": "evil"}], "paging": {"cursors": {"after": "2"}}},
}


@pytest.mark.parametrize("module", _EVIL_PAGES)
@pytest.mark.parametrize("desync", DESYNC[:2])
def test_an_answer_too_many_is_no_page(
    desync: Callable[[bytes], Fault], module: str, certificates: Certificates
) -> None:
    """The second answer would fit the next page."""
    with WireServer(_Pages(), certificates.good()) as server:
        server.fault(modules.is_read, desync(http_json(_EVIL_PAGES[module])), times=1)
        seen = run(module, modules.options(module, server, certificates), secrets=SECRETS, limit=8)
        assert not seen.failed, seen.ran.msg
        found = seen.result["backups" if module == "svt_backup_info" else "tasks"]
        assert [one["id"] for one in found] == ["real-0", "real-1", "real-2"]


@pytest.mark.parametrize("module", [pytest.param(module, id=f"B20-latency-{module}") for module in MODULES])
def test_a_slow_line_is_only_slow(module: str, certificates: Certificates) -> None:
    """Eight seconds for each answer in the engine's time, 0.4 in ours."""

    def late(exchange: Exchange) -> None:
        time.sleep(0.4)
        exchange.wire.send(exchange.reply)

    with WireServer(BackEnds(), certificates.good()) as server:
        server.fault(lambda _request: True, late)
        secrets = SECRETS[:1] if module in modules.LOGIN_ONLY else SECRETS
        with scaled_time(20):
            given = modules.options(module, server, certificates, request_timeout=600)
            seen = run(module, given, secrets=secrets, limit=60)
        assert not seen.failed, seen.ran.msg
        assert len(server.seen("POST", "/rename")) == (module == "svt_backup_rename")
