# Copyright: (c) 2026, safehold.backup contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every fault of the wire on the first request of every module, as long as it is tried."""

from __future__ import annotations

import pytest

from faults.harness.running import run
from faults.harness.virtual_time import virtual_time
from properties.catalogue import MODULES

from . import modules
from .certificates import Certificates
from .rows import ROWS, Row
from .server import Request, WireServer
from .worlds import PASSWORD, SECRETS, BackEnds

_LIMIT = 30.0  # seconds for a call; five tries are over long before
_WITHOUT_END = ("B9-body-drips", "B10-head-drips", "B11-endless-100-continue")


def _is_first(request: Request) -> bool:
    return modules.is_read(request) or modules.is_login(request)


@pytest.mark.parametrize("module", MODULES)
@pytest.mark.parametrize("row", [pytest.param(row, id=row.id) for row in ROWS])
def test_a_fault_that_stays(
    row: Row, module: str, server: WireServer, world: BackEnds, certificates: Certificates
) -> None:
    rule = server.fault(_is_first, row.fault)
    options = modules.with_token(module, server, certificates, request_timeout=_LIMIT)
    with virtual_time(held=server.held) as time:
        seen = run(module, options, secrets=SECRETS, limit=_LIMIT, within=time)

    assert seen.kind == row.kind, seen.ran.msg
    first = server.requests[0]
    where = first.path.removeprefix("/api") if module.startswith("svt_") else first.path
    assert f"{server.host}:{server.port}" in seen.ran.msg or "SimpliVity" in seen.ran.msg or "Acronis" in seen.ran.msg
    assert f"{first.method} {where}" in seen.ran.msg
    assert seen.ran.failure["path"] == where
    assert seen.ran.failure["submitted"] is False
    assert seen.result.get("changed", False) is False
    # every request was the same one, and met the fault
    assert {(one.method, one.target) for one in server.requests} == {(first.method, first.target)}
    assert rule.met == len(server.requests)
    # a login whose answer cannot be used may have opened a session: one is enough
    once = not row.again or row.kind == "timeout"
    assert (len(server.requests) == 1) == (once or (module in modules.LOGIN_ONLY and row.kind == "bad_response"))
    assert world.accepted == []
    if row.kind == "timeout":
        assert server.wait_until_left(), "a connection stays open although its call has ended"


@pytest.mark.parametrize("row", [pytest.param(row, id=row.id) for row in ROWS if row.id in _WITHOUT_END])
def test_what_never_ends_by_the_real_clock(row: Row, server: WireServer, certificates: Certificates) -> None:
    """One module of those above, without a time of its own: nothing but the deadline ends these in less than 40 s."""
    server.fault(_is_first, row.fault)
    options = modules.with_token("svt_backup_info", server, certificates, request_timeout=1)
    seen = run("svt_backup_info", options, secrets=SECRETS, limit=1)
    assert seen.kind == "timeout", seen.ran.msg
    assert seen.seconds >= 1


PASSING = [
    pytest.param(row, module, id=f"{row.id}-{module}")
    for row in ROWS
    for module in MODULES
    # a login whose answer cannot be used is not repeated, as the test above has it
    if row.again and row.kind != "timeout" and not (module in modules.LOGIN_ONLY and row.kind == "bad_response")
]


@pytest.mark.parametrize(("row", "module"), PASSING)
def test_a_fault_that_passes(row: Row, module: str, server: WireServer, certificates: Certificates) -> None:
    rule = server.fault(_is_first, row.fault, times=1)
    # the token modules return their token
    secrets = (PASSWORD,) if module in modules.LOGIN_ONLY else SECRETS
    options = modules.with_token(module, server, certificates, request_timeout=_LIMIT)
    with virtual_time() as time:
        seen = run(module, options, secrets=secrets, limit=_LIMIT, within=time)

    assert not seen.failed, seen.ran.msg
    assert rule.met == 1
    first, second = server.requests[:2]
    assert (first.method, first.target) == (second.method, second.target)
    assert row.whole or first.connection != second.connection, "a connection that went wrong was used again"
