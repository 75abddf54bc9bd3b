# Copyright: (c) 2026, safehold.backup contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A redirect is never followed: nothing reaches a second host, no GET takes the place of a POST (rows C1 to C6)."""

from __future__ import annotations

import itertools

import pytest

from faults.harness import figures
from faults.harness.running import run
from properties.catalogue import MODULES

from . import modules
from .certificates import Certificates
from .faults import redirect
from .server import Wanted, WireServer
from .worlds import NEW_NAME, SECRETS, BackEnds

STEPS: list[tuple[str, str, Wanted]] = [
    ("svt_backup_rename", "login", modules.is_login),
    ("svt_backup_rename", "read", modules.is_read),
    ("svt_backup_rename", "rename", modules.is_rename),
    ("svt_backup_info", "read", modules.is_read),
    ("svt_token", "login", modules.is_login),
    ("acronis_task_info", "login", modules.is_login),
    ("acronis_task_info", "read", modules.is_read),
    ("acronis_token", "login", modules.is_login),
]
_ROWS = {301: "C1", 302: "C2", 303: "C1", 307: "C3-C4", 308: "C3-C4"}
ELSEWHERE = [
    pytest.param(module, wanted, status, id=f"{row}-{status}-{module}-{step}")
    for (module, step, wanted), (status, row) in itertools.product(STEPS, _ROWS.items())
]


@pytest.mark.parametrize(("module", "wanted", "status"), ELSEWHERE)
def test_to_another_host(
    module: str, wanted: Wanted, status: int, server: WireServer, world: BackEnds, certificates: Certificates
) -> None:
    with WireServer(BackEnds(), certificates.good()) as second:
        rule = server.fault(wanted, redirect(status, f"https://localhost:{second.port}/api/oauth/token?x={SECRETS[0]}"))
        seen = run(module, modules.options(module, server, certificates), secrets=SECRETS, limit=4)
        figures.record("redirects", tried=1, reached_second_host=second.connections)
        assert second.connections == 0
        _assert_refused(seen.kind, seen.ran.msg, f"redirects to localhost:{second.port}; redirects are not followed")
    assert seen.ran.failure["http_status"] == status
    assert seen.ran.failure["submitted"] is False
    assert rule.met == 1
    assert world.name != NEW_NAME


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
@pytest.mark.parametrize(
    ("location", "shown"),
    [
        pytest.param("{same}/api/hosts", "redirects to 127.0.0.1:", id="C1-same-host"),
        pytest.param("//127.0.0.1:{plain}/api/backups", "redirects to 127.0.0.1:", id="C1-without-scheme"),
        pytest.param("", "redirects to an address on the same host", id="C6-empty"),
        pytest.param("file:///etc/passwd", "redirects to an address on the same host", id="C6-file"),
        pytest.param("https://[half", "redirects to something that is not an address", id="C6-not-an-address"),
        pytest.param("https://admin:pw@169.254.169.254/latest", "redirects to 169.254.169.254;", id="C6-metadata"),
        pytest.param("/api/backups/\xe9\xff\x01", "redirects to an address on the same host", id="C6-odd-bytes"),
    ],
)
def test_to_odd_places(location: str, shown: str, status: int, server: WireServer, certificates: Certificates) -> None:
    with WireServer(BackEnds(), None) as plain:
        target = location.format(same=f"https://{server.host}:{server.port}", plain=plain.port)
        server.fault(modules.is_read, redirect(status, target))
        given = modules.options("svt_backup_info", server, certificates)
        seen = run("svt_backup_info", given, secrets=SECRETS, limit=4)
        figures.record("redirects", tried=1, reached_second_host=plain.connections)
        assert plain.connections == 0
    _assert_refused(seen.kind, seen.ran.msg, shown)
    assert [request.path for request in server.requests] == ["/api/oauth/token", "/api/backups", "/api/oauth/revoke"]


@pytest.mark.parametrize("status", [302, 307])
@pytest.mark.parametrize("module", [pytest.param(module, id=f"C5-{module}") for module in MODULES])
def test_to_plain_http_of_the_same_name(
    module: str, status: int, server: WireServer, certificates: Certificates
) -> None:
    wanted = modules.is_login if module in modules.LOGIN_ONLY else modules.is_read
    with WireServer(BackEnds(), None) as plain:
        server.fault(wanted, redirect(status, f"http://{server.host}:{plain.port}/api/backups"))
        seen = run(module, modules.options(module, server, certificates), secrets=SECRETS, limit=4)
        figures.record("redirects", tried=1, reached_second_host=plain.connections)
        assert plain.connections == 0
    _assert_refused(seen.kind, seen.ran.msg, f"redirects to {server.host}:{plain.port}")


@pytest.mark.parametrize("module", [pytest.param(module, id=f"C6-loop-{module}") for module in modules.READERS])
def test_a_loop(module: str, server: WireServer, certificates: Certificates) -> None:
    server.fault(lambda _request: True, redirect(307, "/"))
    seen = run(module, modules.with_token(module, server, certificates), secrets=SECRETS, limit=4)
    _assert_refused(seen.kind, seen.ran.msg, "redirects to an address on the same host")
    assert len(server.requests) == 1


def _assert_refused(kind: str | None, message: str, shown: str) -> None:
    assert kind == "bad_response", message
    assert shown in message and "redirects are not followed" in message
