# Copyright: (c) 2026, safehold.backup contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the environment of the module may and may not change: .netrc, CA variables, cookies (rows C7 to C14)."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from faults.harness import figures
from faults.harness.running import run
from properties.catalogue import MODULES

from . import modules
from .certificates import Certificates
from .server import Exchange, WireServer
from .worlds import ACRONIS_TOKEN, SECRETS, SVT_TOKEN, BackEnds

every_module = pytest.mark.parametrize("module", MODULES)
either = pytest.mark.parametrize("module", ["svt_backup_info", "acronis_task_info"])
_OTHER = "netrc-password-55"


def _secrets(module: str) -> tuple[str, ...]:
    return (SECRETS[0], _OTHER) if module in modules.LOGIN_ONLY else (*SECRETS, _OTHER)


@every_module
@pytest.mark.parametrize("place", [pytest.param("HOME", id="C7-home"), pytest.param("NETRC", id="C7-variable")])
def test_a_netrc_changes_nothing(
    place: str, module: str, certificates: Certificates, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    netrc = tmp_path / ".netrc"
    netrc.write_text(f"machine 127.0.0.1 login other password {_OTHER}\ndefault login other password {_OTHER}\n")
    netrc.chmod(0o600)
    monkeypatch.setenv(place, str(tmp_path if place == "HOME" else netrc))
    token = SVT_TOKEN if module.startswith("svt_") else ACRONIS_TOKEN
    with WireServer(BackEnds(polls=0), certificates.good()) as server:
        seen = run(module, modules.options(module, server, certificates), secrets=_secrets(module), limit=4)
        assert not seen.failed, seen.ran.msg
        sent = [request.headers["authorization"] for request in server.requests if modules.is_read(request)]
        assert set(sent) <= {f"Bearer {token}"}
        assert bool(sent) == (module not in modules.LOGIN_ONLY)
        assert "other" not in repr(server.requests)


@every_module
@pytest.mark.parametrize("variable", ["REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"])
@pytest.mark.parametrize("row", [pytest.param(None, id="C10-pinned")])
def test_ca_path_beats_the_variables(
    row: None, variable: str, module: str, certificates: Certificates, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The variable names the CA of an impostor, ca_path the right one."""
    monkeypatch.setenv(variable, certificates.stranger_path)
    with WireServer(BackEnds(), certificates.unknown_authority()) as impostor:
        seen = run(module, modules.options(module, impostor, certificates), secrets=SECRETS, limit=4)
        figures.record("tls", tried=1, accepted=len(impostor.requests))
        assert seen.kind == "tls", seen.ran.msg
        assert impostor.requests == []
    with WireServer(BackEnds(polls=0), certificates.good()) as server:
        seen = run(module, modules.options(module, server, certificates), secrets=_secrets(module), limit=4)
        assert not seen.failed, seen.ran.msg


@either
@pytest.mark.parametrize("variable", ["REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"])
@pytest.mark.parametrize("row", [pytest.param(None, id="C10-default")])
def test_the_variables_are_the_default(
    row: None,
    variable: str,
    module: str,
    server: WireServer,
    certificates: Certificates,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    given = modules.options(module, server, certificates)
    del given["ca_path"]
    monkeypatch.setenv(variable, certificates.ca_path)
    assert not run(module, given, secrets=SECRETS, limit=4).failed
    monkeypatch.setenv(variable, "/nowhere/ca.pem")
    connections = server.connections
    seen = run(module, given, secrets=SECRETS, limit=4)
    assert seen.kind == "input", seen.ran.msg
    assert variable in seen.ran.msg and seen.ran.msg.startswith("ca_path: ")
    assert server.connections == connections
    assert not run(module, {**given, "validate_certs": False}, secrets=SECRETS, limit=4).failed


@every_module
@pytest.mark.parametrize("variable", ["SSL_CERT_FILE", "SSL_CERT_DIR"])
@pytest.mark.parametrize("row", [pytest.param(None, id="C11")])
def test_openssl_variables_have_no_effect(
    row: None,
    variable: str,
    module: str,
    server: WireServer,
    certificates: Certificates,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    path = Path(certificates.ca_path)
    monkeypatch.setenv(variable, str(path.parent if variable.endswith("DIR") else path))
    given = modules.options(module, server, certificates)
    del given["ca_path"]
    seen = run(module, given, secrets=SECRETS, limit=4)
    figures.record("tls", tried=1, accepted=len(server.requests))
    assert seen.kind == "tls", seen.ran.msg
    assert server.requests == []


def _with_header(*headers: bytes) -> Callable[[Exchange], None]:
    def fault(exchange: Exchange) -> None:
        head, _end, body = exchange.reply.partition(b"\r\n\r\n")
        exchange.wire.send(b"\r\n".join([head, *headers]) + b"\r\n\r\n" + body)

    return fault


@every_module
@pytest.mark.parametrize("row", [pytest.param(None, id="C14")])
def test_no_cookie_is_sent_back(row: None, module: str, certificates: Certificates) -> None:
    with WireServer(BackEnds(polls=0), certificates.good()) as server:
        cookies = (b"Set-Cookie: session=cookie-1; Path=/", b"Set-Cookie: all=cookie-2; Domain=127.0.0.1; Path=/api")
        server.fault(lambda _request: True, _with_header(*cookies))
        seen = run(
            module, modules.options(module, server, certificates), secrets=(*_secrets(module), "cookie-1"), limit=4
        )
        assert not seen.failed, seen.ran.msg
        assert all("cookie" not in request.headers for request in server.requests)
        assert len(server.requests) > (module not in modules.LOGIN_ONLY)
