# Copyright: (c) 2026, safehold.backup contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A server whose TLS is bad in any way gets nothing: no request, no token, no password (rows A9 to A18)."""

from __future__ import annotations

import os
import re
import socket
import ssl
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from faults.harness import figures
from faults.harness.running import run
from properties.catalogue import MODULES

from . import modules
from .certificates import Certificates
from .server import Greeting, Request, WireServer
from .wire import Wire
from .worlds import SECRETS, BackEnds

Context = Callable[[Certificates], "ssl.SSLContext | None"]

# the context, and what the message says beside the kind
BAD = [
    pytest.param(Certificates.unknown_authority, "not trusted .*set ca_path", id="A9-unknown-authority"),
    pytest.param(Certificates.self_signed, "not trusted .*set ca_path", id="A9-self-signed"),
    pytest.param(Certificates.other_name, "certificate for another name", id="A10-other-name"),
    pytest.param(Certificates.no_name, "certificate for another name", id="A10-common-name-alone"),
    # A11 asks for the certificate's date, which the library keeps to itself: today's date by this machine is shown
    # instead, which is what A20 needs as well
    pytest.param(Certificates.expired, r"has expired; the clock of this machine says 20\d\d-", id="A11-A20-expired"),
    pytest.param(Certificates.not_yet_valid, r"not yet valid; the clock of this", id="A11-A20-not-yet-valid"),
    pytest.param(lambda given: given.only(ssl.TLSVersion.TLSv1), "TLS version older than 1.2", id="A12-tls-1.0"),
    pytest.param(lambda given: given.only(ssl.TLSVersion.TLSv1_1), "TLS version older than 1.2", id="A12-tls-1.1"),
    pytest.param(Certificates.no_common_cipher, "failed the TLS handshake", id="A12-no-common-cipher"),
]


@pytest.mark.parametrize("module", MODULES)
@pytest.mark.parametrize(("context", "words"), BAD)
def test_nothing_is_sent(context: Context, words: str, module: str, certificates: Certificates) -> None:
    made = context(certificates)
    if made is None:
        print("NOTE: the TLS library of this machine cannot offer so old a version, so that one was not tried")
        pytest.skip("this TLS library cannot offer so old a version")
    with WireServer(BackEnds(), made) as server:
        seen = run(module, modules.options(module, server, certificates), secrets=SECRETS, limit=4)
        figures.record("tls", tried=1, accepted=len(server.requests))
        assert seen.kind == "tls", seen.ran.msg
        assert re.search(words, seen.ran.msg), seen.ran.msg
        assert f"{server.host}:{server.port}" in seen.ran.msg and "POST /" in seen.ran.msg
        assert server.requests == []
        # one look is enough: it will be as bad a moment later
        assert server.connections == 1
        assert seen.ran.failure["submitted"] is False


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1, ssl.TLSVersion.TLSv1_1], ids=["A12-tls-1.0", "A12-tls-1.1"])
def test_a_client_without_our_rules_takes_the_old_version(version: ssl.TLSVersion, certificates: Certificates) -> None:
    """Or else the test above would prove nothing."""
    context = certificates.only(version)
    if context is None:
        print(f"NOTE: the TLS library of this machine cannot offer {version.name}")
        pytest.skip("this TLS library cannot offer it")
    lax = ssl.create_default_context(cafile=certificates.ca_path)
    lax.set_ciphers("ALL:@SECLEVEL=0")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        lax.minimum_version = version
    with (
        WireServer(BackEnds(), context) as server,
        socket.create_connection((server.host, server.port)) as bare,
        lax.wrap_socket(bare, server_hostname=server.host) as wrapped,
    ):
        assert wrapped.version() in ("TLSv1", "TLSv1.1")


def _plain_http(wire: Wire) -> None:
    wire.read(5)
    wire.send(b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n")
    wire.end()


@pytest.mark.parametrize("module", MODULES)
@pytest.mark.parametrize("greeting", [pytest.param(_plain_http, id="A13-plain-port")])
def test_a_plain_port(greeting: Greeting, module: str, certificates: Certificates) -> None:
    with WireServer(BackEnds(), None, greeting=greeting) as server:
        seen = run(module, modules.options(module, server, certificates), secrets=SECRETS, limit=4)
        figures.record("tls", tried=1, accepted=len(server.requests))
        assert seen.kind == "tls", seen.ran.msg
        assert "does not speak TLS on this port; check the port" in seen.ran.msg
        assert server.connections == 1


@pytest.mark.parametrize("module", MODULES)
@pytest.mark.parametrize("context", [pytest.param(Certificates.unknown_authority, id="A16-empty-ca-path")])
def test_an_empty_ca_path_is_as_if_not_set(context: Context, module: str, certificates: Certificates) -> None:
    with WireServer(BackEnds(), context(certificates)) as server:
        seen = run(module, modules.options(module, server, certificates, ca_path=""), secrets=SECRETS, limit=4)
        figures.record("tls", tried=1, accepted=len(server.requests))
        assert seen.kind == "tls", seen.ran.msg
        assert server.requests == []


@pytest.mark.parametrize("module", MODULES)
@pytest.mark.parametrize(
    ("place", "words"),
    [
        pytest.param("missing.pem", "does not exist", id="A15-missing"),
        pytest.param("empty.pem", "holds no certificate", id="A15-empty"),
        pytest.param("key.pem", "holds no certificate", id="A15-no-certificate"),
        pytest.param("", "is not a file", id="A15-directory"),
        pytest.param("closed.pem", "cannot be read", id="A15-unreadable"),
    ],
)
def test_a_ca_file_that_is_none(
    place: str, words: str, module: str, server: WireServer, certificates: Certificates, tmp_path: Path
) -> None:
    (tmp_path / "empty.pem").touch()
    (tmp_path / "key.pem").write_text("-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n")
    (tmp_path / "closed.pem").touch(mode=0o000)
    if place == "closed.pem" and os.access(tmp_path / place, os.R_OK):
        print("NOTE: this user can read every file, so a CA file that cannot be read is one without a certificate")
        words = "holds no certificate"
    given = modules.options(module, server, certificates, ca_path=str(tmp_path / place))
    seen = run(module, given, secrets=SECRETS, limit=1)
    assert seen.kind == "input", seen.ran.msg
    assert seen.ran.msg.startswith("ca_path: ") and words in seen.ran.msg
    assert server.connections == 0


@pytest.mark.parametrize("module", MODULES)
@pytest.mark.parametrize(
    "context",
    [
        pytest.param(Certificates.unknown_authority, id="A17-unknown-authority"),
        pytest.param(Certificates.other_name, id="A17-other-name"),
        pytest.param(Certificates.expired, id="A17-expired"),
    ],
)
def test_the_one_option_that_switches_it_off(context: Context, module: str, certificates: Certificates) -> None:
    secrets = SECRETS[:1] if module in modules.LOGIN_ONLY else SECRETS
    with WireServer(BackEnds(polls=0), context(certificates)) as server:
        given = modules.options(module, server, certificates, validate_certs=False)
        seen = run(module, given, secrets=secrets, limit=4)
        assert not seen.failed, seen.ran.msg
        assert [warning for warning in seen.ran.warnings if "validate_certs is false" in warning] == [
            "validate_certs is false: the server's certificate is not checked, so anyone may answer; "
            "ca_path is not used"
        ]
        assert server.requests


@pytest.mark.parametrize(
    ("module", "option", "value"),
    [
        pytest.param("acronis_task_info", "datacenter_url", "http://{}:{}", id="A18-acronis_task_info"),
        pytest.param("svt_backup_info", "host", "http://{}", id="A18-svt_backup_info"),
    ],
)
def test_without_tls_nothing_is_sent(
    module: str, option: str, value: str, server: WireServer, certificates: Certificates
) -> None:
    address = value.format(server.host, server.port)
    seen = run(module, modules.options(module, server, certificates, **{option: address}), secrets=SECRETS, limit=1)
    assert seen.kind == "input", seen.ran.msg
    assert seen.ran.msg.startswith(option)
    assert server.connections == 0


class _Unending(BackEnds):
    """Whose task never ends."""

    def __init__(self) -> None:
        super().__init__(polls=1_000_000)

    def _content(self, request: Request) -> tuple[Any, int]:
        content, status = super()._content(request)
        if request.path.startswith("/api/task_manager/"):
            content["items"][0] |= {"state": "started", "result": None}
        return content, status


@pytest.mark.parametrize("module", ["svt_backup_rename", "svt_task_info", "acronis_task_info"])
@pytest.mark.parametrize(
    ("context", "words"),
    [
        pytest.param(Certificates.unknown_authority, "not trusted", id="A14-other-certificate"),
        pytest.param(Certificates.expired, "has expired", id="A14-expired-meanwhile"),
        pytest.param(Certificates.other_name, "another name", id="A14-another-machine"),
    ],
)
def test_a_certificate_that_changes_before_the_poll(
    context: Context, words: str, module: str, certificates: Certificates
) -> None:
    world = _Unending()
    bad = context(certificates)
    assert bad is not None
    renames = module == "svt_backup_rename"
    last_one_well = modules.is_rename if renames else modules.is_read

    def tls(_connection: int) -> ssl.SSLContext:
        return bad if any(map(last_one_well, server.requests)) else certificates.good()

    with WireServer(world, tls, keep_alive=False) as server:
        more = {} if renames else {"wait": True, "id": ["5"] if module.startswith("acronis") else [world.task_id]}
        given = modules.options(module, server, certificates, wait_timeout=3, **more)
        seen = run(module, given, secrets=SECRETS, limit=8)
        # nothing after that request got through, the end of the session included
        after = len(server.requests) - 1 - next(n for n, one in enumerate(server.requests) if last_one_well(one))
        figures.record("tls", tried=1, accepted=after)
        assert after == 0
    assert seen.kind == "tls", seen.ran.msg
    assert words in seen.ran.msg
    task = "5" if module.startswith("acronis") else world.task_id
    assert str(seen.ran.failure["task"]["id"]) == task and task in seen.ran.msg
    assert ("svt_task_info" if renames else "wait: true") in seen.ran.msg
    assert seen.ran.failure["submitted"] is seen.result["changed"] is renames
