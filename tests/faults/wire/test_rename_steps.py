# Copyright: (c) 2026, safehold.backup contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every fault of the wire on every step of a rename: login, read, rename, poll, read-back."""

from __future__ import annotations

import itertools

import pytest

from faults.harness.running import Seen, run
from faults.harness.virtual_time import virtual_time

from . import modules
from .certificates import Certificates
from .faults import lost, redirect, taken
from .rows import ROWS, Row
from .server import Request, WireServer
from .worlds import NEW_NAME, OLD_NAME, SECRETS, BackEnds

_CALL = 30.0  # seconds for one call; a third of it, in real seconds, is for the handshake
_RUN = 160.0  # for all of it, the reads before the rename included

rows = pytest.mark.parametrize("row", [pytest.param(row, id=row.id) for row in ROWS])
# what a redirect asked for did not happen, so the two ways of a rename that fails do not differ for it
rows_in_doubt = pytest.mark.parametrize("row", [pytest.param(row, id=row.id) for row in ROWS if row.id[0] != "C"])


def _rename(
    server: WireServer,
    certificates: Certificates,
    *,
    wait_timeout: float = 60.0,
) -> Seen:
    options = modules.options(
        "svt_backup_rename", server, certificates, request_timeout=_CALL, wait_timeout=wait_timeout, wait_interval=2
    )
    with virtual_time(held=server.held) as time:
        seen = run("svt_backup_rename", options, secrets=SECRETS, limit=_RUN, within=time)
    world = server.world
    assert isinstance(world, BackEnds)
    # whatever was reported, it is the truth
    if not seen.failed:
        assert world.name == NEW_NAME and seen.result["changed"] is True
        assert len(server.seen("POST", "/oauth/token")) == len(server.seen("GET", "/oauth/revoke")) == 1
    elif seen.kind != "unknown_outcome":
        assert world.name == OLD_NAME and seen.result["changed"] is False
    assert len(world.accepted) <= 1
    return seen


def _submissions(server: WireServer) -> list[Request]:
    """The renames that were sent; each is as it was asked for, and before a second the object was read."""
    positions = [number for number, request in enumerate(server.requests) if modules.is_rename(request)]
    assert all(modules.asks_new_name(server.requests[number]) for number in positions)
    for first, second in itertools.pairwise(positions):
        between = server.requests[first + 1 : second]
        assert any(modules.is_read_back(request) for request in between), "sent again without a look"
    return [server.requests[number] for number in positions]


@rows
def test_login(row: Row, server: WireServer, certificates: Certificates) -> None:
    server.fault(modules.is_login, row.fault)
    seen = _rename(server, certificates)
    assert seen.kind == row.kind, seen.ran.msg
    assert "POST /oauth/token" in seen.ran.msg
    assert seen.ran.failure["submitted"] is False
    assert all(modules.is_login(request) for request in server.requests)


@rows
def test_read(row: Row, server: WireServer, certificates: Certificates) -> None:
    server.fault(modules.is_read, row.fault)
    seen = _rename(server, certificates)
    assert seen.kind == row.kind, seen.ran.msg
    assert "GET /backups/" in seen.ran.msg
    assert seen.ran.failure["submitted"] is False
    assert _submissions(server) == []
    assert len(server.seen("POST", "/oauth/token")) == 1


@rows_in_doubt
def test_rename_that_was_not_taken(row: Row, server: WireServer, certificates: Certificates) -> None:
    server.fault(modules.is_rename, lost(row.fault), times=1)
    seen = _rename(server, certificates)
    assert seen.kind == ("unknown_outcome" if row.took else None), seen.ran.msg
    assert len(_submissions(server)) == (1 if row.took else 2)


@rows_in_doubt
def test_rename_that_was_taken(row: Row, server: WireServer, certificates: Certificates) -> None:
    server.fault(modules.is_rename, taken(row.fault), times=1)
    seen = _rename(server, certificates)
    assert not seen.failed, seen.ran.msg
    assert len(_submissions(server)) == 1
    assert any("as reading it back shows" in warning for warning in seen.ran.warnings)


@rows_in_doubt
def test_rename_that_is_never_taken(row: Row, server: WireServer, certificates: Certificates) -> None:
    server.fault(modules.is_rename, lost(row.fault))
    seen = _rename(server, certificates)
    assert seen.kind == "unknown_outcome", seen.ran.msg
    assert seen.ran.failure["submitted"] is True
    assert seen.result["changed"] is True
    assert f"POST /backups/{server.world.backup_id}/rename" in seen.ran.msg  # type: ignore[attr-defined]
    assert len(_submissions(server)) == (1 if row.took else 2)


@rows
def test_poll(row: Row, server: WireServer, certificates: Certificates) -> None:
    rule = server.fault(modules.is_poll, row.fault)
    seen = _rename(server, certificates, wait_timeout=5)
    assert rule.met
    assert not seen.failed, seen.ran.msg
    assert len(_submissions(server)) == 1
    assert any("as reading it back shows" in warning for warning in seen.ran.warnings)


@rows
def test_read_back(row: Row, server: WireServer, world: BackEnds, certificates: Certificates) -> None:
    rule = server.fault(lambda request: bool(world.accepted) and modules.is_read_back(request), row.fault)
    seen = _rename(server, certificates)
    assert rule.met
    assert seen.kind == "unknown_outcome", seen.ran.msg
    assert seen.ran.failure["submitted"] is True
    assert seen.ran.failure["task"]["id"] == world.task_id
    assert seen.result["changed"] is True
    assert len(_submissions(server)) == 1


@pytest.mark.parametrize("status", [pytest.param(302, id="C2-302"), pytest.param(307, id="C4-307")])
def test_rename_that_is_redirected(
    status: int, server: WireServer, world: BackEnds, certificates: Certificates
) -> None:
    server.fault(modules.is_rename, redirect(status, "/api/hosts"))
    seen = _rename(server, certificates)
    assert seen.kind == "bad_response", seen.ran.msg
    assert seen.ran.failure["submitted"] is False
    assert len(_submissions(server)) == 1
    assert server.seen("GET", "/api/hosts") == []
    assert world.accepted == []
