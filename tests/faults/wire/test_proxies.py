# Copyright: (c) 2026, safehold.backup contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Proxies of the environment: tunnelled through, told apart from the server, left out when asked (C8, C9, C15)."""

from __future__ import annotations

import pytest

from faults.harness.running import run
from faults.harness.scaled_time import scaled_time
from properties.catalogue import MODULES

from . import modules
from .certificates import Certificates
from .proxy import Proxy, answers, silent
from .server import Greeting, WireServer
from .worlds import NEW_NAME, SECRETS, BackEnds

_PROXY_PASSWORD = "proxy-secret-31337"
every_module = pytest.mark.parametrize("module", MODULES)


def _secrets(module: str) -> tuple[str, ...]:
    return (SECRETS[0], _PROXY_PASSWORD) if module in modules.LOGIN_ONLY else (*SECRETS, _PROXY_PASSWORD)


def _address(proxy: WireServer) -> str:
    return f"http://user:{_PROXY_PASSWORD}@{proxy.host}:{proxy.port}"


@every_module
@pytest.mark.parametrize("variable", ["https_proxy", "HTTPS_PROXY", "all_proxy"])
@pytest.mark.parametrize("row", [pytest.param(None, id="C8")])
def test_a_proxy_carries_what_it_cannot_read(
    row: None, variable: str, module: str, certificates: Certificates, monkeypatch: pytest.MonkeyPatch
) -> None:
    with WireServer(BackEnds(polls=0), certificates.good()) as server, Proxy() as proxy:
        monkeypatch.setenv(variable, _address(proxy))
        seen = run(module, modules.options(module, server, certificates), secrets=_secrets(module), limit=6)
        assert not seen.failed, seen.ran.msg
        assert server.requests
        assert proxy.asked and all(head.startswith(f"CONNECT {server.host}:{server.port} ") for head in proxy.asked)
        heads = "".join(proxy.asked)
        assert "Proxy-Authorization: Basic " in heads
        assert not any(secret in heads for secret in SECRETS) and "Bearer" not in heads
        assert "proxy-authorization" not in repr(server.requests).lower()


@every_module
@pytest.mark.parametrize(
    "broken",
    [
        pytest.param(answers(b"HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n"), id="C9-407"),
        pytest.param(answers(b"HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\n\r\n"), id="C9-502"),
        pytest.param(
            answers(b"HTTP/1.1 403 Forbidden\r\nContent-Type: text/html\r\nContent-Length: 12\r\n\r\n<html>no</html>"),
            id="C9-html",
        ),
        pytest.param(answers(b"SSH-2.0-OpenSSH_9.6\r\n"), id="C9-not-http"),
        pytest.param(answers(b""), id="C9-closes"),
    ],
)
def test_a_proxy_that_refuses(
    broken: Greeting, module: str, server: WireServer, certificates: Certificates, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Proxy(broken) as proxy:
        monkeypatch.setenv("https_proxy", _address(proxy))
        given = modules.options(module, server, certificates, request_timeout=80)
        with scaled_time(20):
            seen = run(module, given, secrets=_secrets(module), limit=4)
        assert seen.kind == "connect", seen.ran.msg
        assert "proxy" in seen.ran.msg and f"{server.host}:{server.port}" in seen.ran.msg
        assert seen.ran.failure["submitted"] is False
        assert proxy.asked
    assert server.connections == 0


@pytest.mark.parametrize("module", ["svt_backup_info", "acronis_task_info", "svt_backup_rename"])
@pytest.mark.parametrize(
    "address",
    [
        pytest.param("http://127.0.0.1:1", id="C9-nobody-listens"),
        pytest.param(f"socks5://user:{_PROXY_PASSWORD}@127.0.0.1:1", id="C9-socks"),
        pytest.param(f"ftp://user:{_PROXY_PASSWORD}@127.0.0.1:1", id="C9-ftp"),
        pytest.param(f"http://user:{_PROXY_PASSWORD}@:1", id="C9-no-host"),
        pytest.param(f"http://user:{_PROXY_PASSWORD}@127.0.0.1:port", id="C9-no-port"),
    ],
)
def test_a_proxy_variable_that_cannot_be_used(
    address: str, module: str, server: WireServer, certificates: Certificates, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("https_proxy", address)
    with scaled_time(20):
        given = modules.options(module, server, certificates, request_timeout=80)
        seen = run(module, given, secrets=_secrets(module), limit=4)
    assert seen.kind == "connect", seen.ran.msg
    assert "proxy" in seen.ran.msg
    assert server.connections == 0


@pytest.mark.parametrize("module", ["svt_backup_info", "acronis_task_info", "svt_backup_rename"])
@pytest.mark.parametrize("row", [pytest.param(None, id="C9-silent")])
def test_a_proxy_that_says_nothing(
    row: None, module: str, server: WireServer, certificates: Certificates, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Proxy(silent) as proxy:
        monkeypatch.setenv("https_proxy", _address(proxy))
        given = modules.options(module, server, certificates, request_timeout=1)
        seen = run(module, given, secrets=_secrets(module), limit=1)
        assert seen.kind in ("timeout", "connect"), seen.ran.msg
    assert server.connections == 0


@every_module
@pytest.mark.parametrize(
    ("variable", "value", "proxied"),
    [
        pytest.param("no_proxy", "127.0.0.1", False, id="C15-address"),
        pytest.param("NO_PROXY", "127.0.0.1", False, id="C15-upper-case"),
        pytest.param("no_proxy", "127.0.0.0/8", False, id="C15-cidr"),
        pytest.param("NO_PROXY", "example.com, 127.0.0.0/8", False, id="C15-cidr-in-a-list"),
        pytest.param("no_proxy", "*", False, id="C15-star"),
        pytest.param("no_proxy", "10.0.0.0/8,example.com", True, id="C15-others"),
    ],
)
def test_no_proxy(
    variable: str,
    value: str,
    proxied: bool,
    module: str,
    server: WireServer,
    certificates: Certificates,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with Proxy() as proxy:
        monkeypatch.setenv("https_proxy", _address(proxy))
        monkeypatch.setenv(variable, value)
        seen = run(module, modules.options(module, server, certificates), secrets=_secrets(module), limit=6)
        assert not seen.failed, seen.ran.msg
        assert bool(proxy.asked) == proxied
        assert server.requests


@pytest.mark.parametrize("row", [pytest.param(None, id="C9-proxy-goes-away-before-the-rename")])
def test_a_rename_that_the_proxy_did_not_carry(
    row: None, world: BackEnds, certificates: Certificates, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It was surely not sent, so it is not in doubt, and may be tried again as long as there is time."""
    with WireServer(world, certificates.good(), keep_alive=False) as server, Proxy() as proxy:
        monkeypatch.setenv("https_proxy", _address(proxy))
        # login, the backup, the holders of the name, then the rename
        proxy.refuse_after(3)
        given = modules.options("svt_backup_rename", server, certificates, wait_timeout=40, request_timeout=40)
        with scaled_time(20):
            seen = run("svt_backup_rename", given, secrets=_secrets("svt_backup_rename"), limit=4)
        assert seen.kind == "connect", seen.ran.msg
        assert "proxy" in seen.ran.msg
        assert seen.result["changed"] is False
        assert world.name != NEW_NAME
        assert server.seen("POST", "/rename") == []
