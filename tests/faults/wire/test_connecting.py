# Copyright: (c) 2026, safehold.backup contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Before the first byte of HTTP: names, addresses, ports and handshakes (rows A1 to A8)."""

from __future__ import annotations

import errno
import socket
import threading
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.safehold.backup.plugins.module_utils._core import transport

from faults.harness.running import run
from faults.harness.scaled_time import scaled_time
from properties.catalogue import MODULES

from . import modules
from .certificates import Certificates
from .server import Greeting, WireServer
from .wire import Wire
from .worlds import SECRETS, BackEnds

_NAME = "appliance.example.com"
every_module = pytest.mark.parametrize("module", MODULES)


def _row(id: str) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("row", [pytest.param(id, id=id)])


def _named(module: str, server: WireServer, certificates: Certificates, **more: Any) -> dict[str, Any]:
    """Options that address the server by a name."""
    where = {"host": _NAME} if module.startswith("svt_") else {"datacenter_url": f"https://{_NAME}:{server.port}"}
    return modules.options(module, server, certificates, **where, **more)


def _secrets(module: str) -> tuple[str, ...]:
    return SECRETS[:1] if module in modules.LOGIN_ONLY else SECRETS


def _resolves_to(monkeypatch: pytest.MonkeyPatch, *addresses: tuple[str, int]) -> None:
    """Every name has these addresses, each with its port."""
    found = [
        (socket.AF_INET6 if ":" in host else socket.AF_INET, socket.SOCK_STREAM, 6, "", (host, port))
        for host, port in addresses
    ]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_args, **_kwargs: found)


@contextmanager
def _black_hole() -> Iterator[tuple[str, int]]:
    """An address that answers no SYN: a listener whose queue is full."""
    with ExitStack() as stack:
        listener = stack.enter_context(closing(socket.socket()))
        listener.bind(("127.0.0.1", 0))
        listener.listen(0)
        for _each in range(8):
            filler = stack.enter_context(closing(socket.socket()))
            filler.setblocking(False)
            with suppress(BlockingIOError):
                filler.connect(listener.getsockname())
        yield listener.getsockname()


@every_module
@_row("A1-refused")
def test_a_port_that_nobody_listens_on(row: str, module: str, server: WireServer, certificates: Certificates) -> None:
    given = modules.options(module, server, certificates, request_timeout=80)
    server.__exit__()
    with scaled_time(20):
        seen = run(module, given, secrets=SECRETS, limit=4)
    assert seen.kind == "connect", seen.ran.msg
    assert f"{server.host}:{server.port} refused the connection; check host and port (POST /" in seen.ran.msg
    assert seen.ran.failure["requests"] == 5
    assert server.connections == 0


@every_module
@_row("A2-no-such-name")
def test_a_name_that_nobody_knows(
    row: str,
    module: str,
    server: WireServer,
    certificates: Certificates,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    asked = tmp_path / "asked"

    def unknown(*_args: Any, **_kwargs: Any) -> Any:
        with asked.open("ab") as names:
            names.write(b"1")
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    with scaled_time(20):
        seen = run(module, _named(module, server, certificates, request_timeout=600), secrets=SECRETS, limit=4)
    assert seen.kind == "connect", seen.ran.msg
    assert f"{_NAME}:{server.port}" in seen.ran.msg or _NAME in seen.ran.msg
    assert "cannot be resolved; check the name" in seen.ran.msg
    # a few tries, since a resolver may fail for a moment, and not for the whole limit
    assert 1 < asked.stat().st_size <= 5
    assert server.connections == 0


@every_module
@_row("A3-look-up-hangs")
def test_a_look_up_that_hangs(
    row: str, module: str, server: WireServer, certificates: Certificates, monkeypatch: pytest.MonkeyPatch
) -> None:
    let_go = threading.Event()

    def hang(*_args: Any, **_kwargs: Any) -> Any:
        let_go.wait(60)
        raise socket.gaierror(socket.EAI_AGAIN, "Temporary failure in name resolution")

    monkeypatch.setattr(socket, "getaddrinfo", hang)
    seen = run(module, _named(module, server, certificates, request_timeout=0.5), secrets=SECRETS, limit=0.5)
    let_go.set()
    assert seen.kind == "timeout", seen.ran.msg
    assert _NAME in seen.ran.msg
    assert server.connections == 0


@every_module
@_row("A4-black-hole")
def test_an_address_that_says_nothing(
    row: str, module: str, server: WireServer, certificates: Certificates, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(transport, "CONNECT_SECONDS", 0.3)
    with _black_hole() as hole:
        _resolves_to(monkeypatch, hole)
        with scaled_time(20):
            seen = run(module, _named(module, server, certificates, request_timeout=600), secrets=SECRETS, limit=4)
    assert seen.kind == "timeout", seen.ran.msg
    assert "did not answer while connecting" in seen.ran.msg
    assert seen.ran.failure["submitted"] is False


def test_the_connect_limit_is_ten_seconds_at_most() -> None:
    """The row above makes it shorter for the test's sake."""
    assert transport.CONNECT_SECONDS <= 10


@every_module
@_row("A5-unreachable")
def test_an_address_without_a_route(
    row: str, module: str, server: WireServer, certificates: Certificates, monkeypatch: pytest.MonkeyPatch
) -> None:
    with closing(socket.socket()) as tried:
        tried.settimeout(1)
        # a real refusal of the kernel: nobody can open a TCP connection to everybody
        assert tried.connect_ex(("255.255.255.255", 443)) in (errno.ENETUNREACH, errno.EACCES, errno.EHOSTUNREACH)
    _resolves_to(monkeypatch, ("255.255.255.255", 443))
    with scaled_time(20):
        seen = run(module, _named(module, server, certificates, request_timeout=80), secrets=SECRETS, limit=4)
    assert seen.kind == "connect", seen.ran.msg
    assert "cannot be reached; check host, port and network" in seen.ran.msg


@every_module
@_row("A6-first-address-refuses")
def test_the_second_address_is_tried(
    row: str, module: str, certificates: Certificates, monkeypatch: pytest.MonkeyPatch
) -> None:
    with WireServer(BackEnds(polls=0), certificates.good()) as server:
        _resolves_to(monkeypatch, ("::1", server.port), (server.host, server.port))
        given = modules.options(module, server, certificates)
        where = {"host": "localhost"} if module.startswith("svt_") else {}
        if not where:
            where = {"datacenter_url": f"https://localhost:{server.port}"}
        seen = run(module, {**given, **where}, secrets=_secrets(module), limit=4)
        assert not seen.failed, seen.ran.msg
        assert server.requests


@pytest.mark.parametrize("module", ["svt_backup_info", "acronis_task_info", "svt_backup_rename"])
@_row("A6-first-address-is-a-black-hole")
def test_a_dead_first_address_does_not_use_the_limit_up(
    row: str, module: str, certificates: Certificates, monkeypatch: pytest.MonkeyPatch
) -> None:
    with WireServer(BackEnds(polls=0), certificates.good()) as server, _black_hole() as hole:
        _resolves_to(monkeypatch, hole, (server.host, server.port))
        where: dict[str, Any] = {"host": "localhost"}
        if module.startswith("acronis_"):
            where = {"datacenter_url": f"https://localhost:{server.port}"}
        given = modules.with_token(module, server, certificates, request_timeout=9, **where)
        seen = run(module, given, secrets=SECRETS, limit=20)
        assert not seen.failed, seen.ran.msg
        assert server.requests


def _silent(wire: Wire) -> None:
    wire.hold()


def _reset(wire: Wire) -> None:
    wire.reset()


def _close(wire: Wire) -> None:
    wire.end()


def _tls_drips(wire: Wire) -> None:
    """A TLS record that is announced and comes byte by byte."""
    wire.send(b"\x16\x03\x03\x40\x00")
    wire.drip(b"\x02" * 200, 0.05)


@every_module
@pytest.mark.parametrize(
    ("greeting", "kinds"),
    [
        pytest.param(_silent, ("timeout",), id="A8-handshake-never-answered"),
        pytest.param(_tls_drips, ("timeout", "tls"), id="A8-handshake-drips"),
        pytest.param(_reset, ("connect",), id="B1-reset-at-once"),
        pytest.param(_close, ("connect", "tls"), id="B1-closed-at-once"),
    ],
)
def test_a_handshake_that_does_not_come_about(
    greeting: Greeting, kinds: tuple[str, ...], module: str, certificates: Certificates
) -> None:
    scale, limit = 20, 10.0 if "timeout" in kinds else 80.0
    with WireServer(BackEnds(), None, greeting=greeting) as server:
        given = modules.options(module, server, certificates, request_timeout=limit)
        with scaled_time(scale):
            seen = run(module, given, secrets=SECRETS, limit=limit / scale)
        assert seen.kind in kinds, seen.ran.msg
        assert f"{server.host}:{server.port}" in seen.ran.msg
        assert seen.ran.failure["submitted"] is False
        assert server.connections >= 1
