# Copyright: (c) 2026, safehold.backup contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Plain answers of both back ends: enough of them that every module comes to its end."""

from __future__ import annotations

import json
import threading
from typing import Any
from urllib.parse import unquote

from .server import Request

PASSWORD = "correct-horse-battery-9071"
SVT_TOKEN = "tok-svt-4b7e61c2-90aa"
ACRONIS_TOKEN = "tok-acr-77d05f3e-1c2b"
SECRETS = (PASSWORD, SVT_TOKEN, ACRONIS_TOKEN)
BACKUP_ID = "8dd9e0f2-0001"
TASK_ID = "5b3c:8dd9e0f2:0002"
OLD_NAME, NEW_NAME = "nightly", "renamed"


def http(status: int, body: bytes, *headers: str, reason: str = "Any") -> bytes:
    """An answer in its proper form."""
    lines = [f"HTTP/1.1 {status} {reason}", "Content-Type: application/json", f"Content-Length: {len(body)}", *headers]
    return "\r\n".join(lines).encode("latin-1") + b"\r\n\r\n" + body


def http_json(content: Any, status: int = 200) -> bytes:
    return http(status, json.dumps(content).encode())


class BackEnds:
    """A SimpliVity controller with one backup and an Acronis datacenter with one task.

    polls: how many looks find a rename's task under way. accepted: the renames that were taken, in their order.
    """

    def __init__(self, polls: int = 1, backup_id: str = BACKUP_ID, task_id: str = TASK_ID) -> None:
        self.name = OLD_NAME
        self.accepted: list[str] = []
        self.backup_id = backup_id
        self.task_id = task_id
        self._polls = polls
        self._looks = 0
        self._lock = threading.Lock()

    def answer(self, request: Request) -> bytes:
        with self._lock:
            return http_json(*self._content(request))

    def _content(self, request: Request) -> tuple[Any, int]:
        path = request.path
        if path == "/api/oauth/token":
            return {"access_token": SVT_TOKEN, "token_type": "bearer", "expires_in": 86399}, 200
        if path == "/api/2/idp/token":
            return {"access_token": ACRONIS_TOKEN, "token_type": "bearer", "expires_on": 4102444800}, 200
        if path in ("/api/oauth/revoke", "/api/2/idp/revoke_token"):
            return {}, 200
        if path.startswith("/api/task_manager/v2/"):
            one = {"id": 5, "idString": "5", "state": "completed", "type": "backup", "result": {"code": "ok"}}
            return {"items": [one], "paging": {"cursors": {}}}, 200
        if path.startswith("/api/resource_management/v4/"):
            return {"items": [{"context": {"id": "r-1", "name": "pc"}}], "paging": {"cursors": {}}}, 200
        return self._simplivity(request)

    def _simplivity(self, request: Request) -> tuple[Any, int]:
        if request.path == "/api/version":
            return {"REST_API_Version": "1.25", "SVTFS_Version": "5.0.0"}, 200
        _empty, _api, kind, *rest = request.path.split("/")
        if not rest:
            return self._list(kind, request), 200
        if kind == "tasks":
            return {"task": self._task(looked=True)}, 200
        if unquote(rest[0]) != self.backup_id:
            return {"exception": "ObjectNotFoundException", "message": "no such object"}, 404
        if rest[1:] == ["rename"]:
            self.name = json.loads(request.body)["backup_name"]
            self.accepted.append(self.name)
            return {"task": self._task(looked=False)}, 200
        return {"backup": self._backup()}, 200

    def _list(self, kind: str, request: Request) -> Any:
        if kind == "backups":
            objects = [self._backup()] if request.query.get("name", self.name) == self.name else []
        else:
            objects = [{"id": f"{kind}-1", "name": f"first of {kind}"}]
        return {kind: objects, "count": len(objects), "limit": 500, "offset": 0}

    def _backup(self) -> dict[str, Any]:
        return {
            "id": self.backup_id,
            "name": self.name,
            "virtual_machine_id": "vm-1",
            "virtual_machine_name": "web01",
            "omnistack_cluster_id": "cluster-1",
            "state": "PROTECTED",
        }

    def _task(self, looked: bool) -> dict[str, Any]:
        self._looks += looked
        state = "COMPLETED" if self._looks >= self._polls else "IN_PROGRESS"
        return {"id": self.task_id, "state": state, "percent_complete": 50, "error_code": 0}
