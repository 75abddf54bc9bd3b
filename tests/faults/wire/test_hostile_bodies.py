# Copyright: (c) 2026, safehold.backup contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Addresses and ids in bodies never lead a request elsewhere (rows C12 and C13)."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import quote

import pytest

from faults.harness import figures
from faults.harness.running import run
from faults.harness.scaled_time import scaled_time
from properties.catalogue import MODULES

from . import modules
from .certificates import Certificates
from .server import Request, WireServer
from .worlds import NEW_NAME, OLD_NAME, SECRETS, BackEnds, http_json

_LINKS = ("next", "self", "href", "uri", "url", "location", "task_url", "links", "_links", "nextPage", "token_endpoint")


class _Linked(BackEnds):
    """Every object in every answer is full of addresses."""

    def __init__(self, link: str, **facts: Any) -> None:
        super().__init__(**facts)
        self._link = link

    def answer(self, request: Request) -> bytes:
        return http_json(self._linked(json.loads(super().answer(request).partition(b"\r\n\r\n")[2])))

    def _linked(self, value: Any) -> Any:
        if isinstance(value, list):
            return [self._linked(item) for item in value]
        if isinstance(value, dict):
            return {**dict.fromkeys(_LINKS, self._link), **{key: self._linked(item) for key, item in value.items()}}
        return value


@pytest.mark.parametrize("module", MODULES)
@pytest.mark.parametrize(
    "link",
    [
        pytest.param("https://127.0.0.1:{port}/api/backups", id="C12-other-port"),
        pytest.param("http://169.254.169.254/latest/meta-data", id="C12-metadata"),
        pytest.param("file:///etc/passwd", id="C12-file"),
        pytest.param("//127.0.0.1:{port}/api", id="C12-without-scheme"),
    ],
)
def test_addresses_in_bodies_are_not_used(link: str, module: str, certificates: Certificates) -> None:
    with WireServer(BackEnds(), certificates.good()) as second:
        world = _Linked(link.format(port=second.port), polls=0)
        with WireServer(world, certificates.good()) as server:
            secrets = SECRETS[:1] if module in modules.LOGIN_ONLY else SECRETS
            seen = run(module, modules.options(module, server, certificates), secrets=secrets, limit=4)
            figures.record("redirects", tried=1, reached_second_host=second.connections)
            assert not seen.failed, seen.ran.msg
            assert second.connections == 0
            assert server.requests
            assert not any("169.254" in request.target or "%2F%2F" in request.target for request in server.requests)


HOSTILE = [
    pytest.param("../tasks/x", id="C13-up"),
    pytest.param("a/../../oauth/revoke", id="C13-up-twice"),
    pytest.param("a?limit=1", id="C13-query"),
    pytest.param("a#b", id="C13-fragment"),
    pytest.param("a%2fb", id="C13-encoded-slash"),
    pytest.param("%2e%2e", id="C13-encoded-dots"),
    pytest.param("a\r\nX-Evil: 1\r\n\r\n", id="C13-line-ends"),
    pytest.param("a b\t\x00", id="C13-blanks-and-nul"),
    pytest.param("//evil.example/", id="C13-host"),
    pytest.param("bäckup-東京", id="C13-international"),
    pytest.param("a\\..\\b;c=d", id="C13-backslash"),
]


@pytest.mark.parametrize("id", HOSTILE)
def test_an_id_is_one_segment(id: str, certificates: Certificates) -> None:
    world = BackEnds(backup_id=id, task_id=id)
    with WireServer(world, certificates.good()) as server:
        given = modules.options("svt_backup_rename", server, certificates, name=OLD_NAME, id=None, wait_interval=0.1)
        seen = run("svt_backup_rename", given, secrets=SECRETS, limit=8)
        assert not seen.failed, seen.ran.msg
        assert world.name == NEW_NAME
        segment = quote(id, safe=":")
        lists = {"/api/oauth/token", "/api/oauth/revoke", "/api/backups"}
        targets = {request.target.partition("?")[0] for request in server.requests} - lists
        assert targets == {f"/api/backups/{segment}/rename", f"/api/backups/{segment}", f"/api/tasks/{segment}"}
        assert all("x-evil" not in request.headers for request in server.requests)


@pytest.mark.parametrize("id", HOSTILE)
def test_an_id_of_the_user_is_one_segment(id: str, certificates: Certificates) -> None:
    with WireServer(BackEnds(polls=0, task_id=id), certificates.good()) as server:
        given = modules.options("svt_task_info", server, certificates, id=[id])
        seen = run("svt_task_info", given, secrets=SECRETS, limit=4)
        targets = {request.target for request in server.requests} - {"/api/oauth/token", "/api/oauth/revoke"}
        assert targets == ({f"/api/tasks/{quote(id, safe=':')}"} if not seen.failed else set()), seen.ran.result
        assert not seen.failed or seen.kind == "input", seen.ran.msg


@pytest.mark.parametrize(
    "id", [pytest.param("..", id="C13-parent"), pytest.param(".", id="C13-here"), pytest.param("", id="C13-empty")]
)
def test_an_id_that_means_a_folder_is_refused(id: str, certificates: Certificates) -> None:
    world = BackEnds(backup_id=id)
    with WireServer(world, certificates.good()) as server:
        given = modules.options("svt_backup_rename", server, certificates, name=OLD_NAME, id=None, wait_timeout=20)
        with scaled_time(20):
            seen = run("svt_backup_rename", given, secrets=SECRETS, limit=4)
        assert seen.failed and seen.kind != "input", seen.result
        assert "cannot be an id" in seen.ran.msg
        assert seen.result["changed"] is False
        assert world.accepted == []
        assert server.seen("POST", "/rename") == []
