# Copyright: (c) 2026, safehold.backup contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A body that decodes to hundreds of megabytes is refused before it has grown; a big list is read (row B15)."""

from __future__ import annotations

import gzip
import json
import uuid
from pathlib import Path

import pytest
from ansible_collections.safehold.backup.plugins.module_utils._core.clock import Clock, Deadline
from ansible_collections.safehold.backup.plugins.module_utils._core.transport import BOMB_BYTES, Transport, Verify

from faults.harness import figures
from faults.harness.processes import can_measure, run_process
from faults.harness.scanner import assert_nothing_leaked

from . import faults, modules
from .certificates import Certificates
from .faults import bomb, encoded, gzip_bomb
from .server import Exchange, Fault, WireServer
from .worlds import SECRETS, BackEnds

_MOST_GROWTH = 50.0
# Seconds: 300 MB take their time on a busy machine, and it is not the time that is judged here.
_LIMIT = 100


def _with_line(line: bytes) -> Fault:
    def fault(exchange: Exchange) -> None:
        exchange.wire.send(encoded("gzip", bomb(), line))

    return fault


@pytest.fixture(scope="module")
def usual(certificates: Certificates, tmp_path_factory: pytest.TempPathFactory) -> dict[str, float]:
    """What a module holds at most when nothing is wrong."""
    found = {}
    for module in ("svt_backup_info", "acronis_task_info"):
        with WireServer(BackEnds(), certificates.good()) as server:
            given = modules.options(module, server, certificates)
            ended = run_process(module, given, tmp_path_factory.mktemp("usual"), 60)
            assert not ended.result.get("failed"), ended.output
            found[module] = ended.peak_mb
    return found


@pytest.mark.skipif(not can_measure(), reason="no /proc here, so the memory of a process is not measured")
@pytest.mark.parametrize(
    ("module", "fault", "on_login"),
    [
        pytest.param("svt_backup_info", gzip_bomb, False, id="B15-list"),
        pytest.param("acronis_task_info", gzip_bomb, False, id="B15-list-acronis"),
        pytest.param("svt_backup_info", gzip_bomb, True, id="B15-login"),
        # the library would decode these two by itself
        pytest.param("svt_backup_info", _with_line(b"HTTP/1.1 302 Found\r\nLocation: /x"), False, id="B15-redirect"),
        pytest.param("svt_backup_info", _with_line(b"HTTP/1.1 500 Oops"), False, id="B15-error"),
        pytest.param("svt_backup_info", faults.chained_encodings, False, id="B15-chain-of-encodings"),
    ],
)
def test_a_bomb(
    module: str,
    fault: Fault,
    on_login: bool,
    server: WireServer,
    certificates: Certificates,
    usual: dict[str, float],
    tmp_path: Path,
) -> None:
    server.fault(modules.is_login if on_login else modules.is_read, fault)
    given = {**modules.options(module, server, certificates), "request_timeout": _LIMIT}
    ended = run_process(module, given, tmp_path, _LIMIT)
    growth = ended.peak_mb - usual[module]
    figures.record("memory", bombs=1, max_growth_mb=round(growth, 1))
    assert ended.result["failure"]["kind"] == "bad_response", ended.output
    assert_nothing_leaked(ended.output, SECRETS)
    assert growth < _MOST_GROWTH


def test_a_big_list_is_no_bomb(server: WireServer, certificates: Certificates) -> None:
    """A hundred megabytes of backups, compressed as well as gzip can."""
    page = json.dumps([_backup(number) for number in range(2000)]).encode()
    body = b",".join([page] * (100 * 1024 * 1024 // len(page)))
    small = gzip.compress(body, 1)
    assert len(body) > 5 * BOMB_BYTES and len(body) / len(small) < 100
    server.fault(modules.is_read, lambda exchange: exchange.wire.send(encoded("gzip", small)))
    verify = Verify(True, certificates.ca_path)
    link = Transport(f"https://{server.host}:{server.port}/api", verify, Clock(), lambda: None)
    answer = link.call("GET", "/backups", deadline=Deadline(Clock(), _LIMIT))
    assert answer.body == body


def _backup(number: int) -> dict[str, object]:
    """As many different characters as a real one has."""
    ids = {key: str(uuid.uuid4()) for key in ("id", "virtual_machine_id")}
    same = dict.fromkeys(("datastore_id", "omnistack_cluster_id", "hypervisor_id"), "0" * 36)
    return {**ids, **same, "name": f"nightly-{number}", "state": "PROTECTED", "type": "POLICY", "cluster_group_ids": []}
