# Copyright: (c) 2026, safehold.backup contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Objects as the APIs send them, and the options that the tests connect with."""

from __future__ import annotations

from typing import Any

PASSWORD = "p4ss/W0rd+wörd"
TOKEN = "d3c4782f-7fd9-496f-969b-29b7f7715972"
SECOND_TOKEN = "0e7cbb4a-e6d1-4b1c-a2c7-6a8b7f0b9d11"
GIVEN_TOKEN = "77aa21c0-5c4e-4d1b-8f5e-d41c2f0e9a44"
CLIENT_SECRET = "cl1ent=s3cret&more"
SECRETS = (PASSWORD, TOKEN, SECOND_TOKEN, GIVEN_TOKEN, CLIENT_SECRET)

SVT = {"host": "svt.example.com", "username": "administrator@vsphere.local", "password": PASSWORD}
SVT_TOKEN = {"host": "svt.example.com", "access_token": GIVEN_TOKEN}
ACRONIS = {
    "datacenter_url": "https://eu2-cloud.example.com/",
    "client_id": "ede9f834-70b3-476c-83d9-736f9f8c7dae",
    "client_secret": CLIENT_SECRET,
}
ACRONIS_TOKEN = {"datacenter_url": "https://eu2-cloud.example.com", "access_token": GIVEN_TOKEN}

VM_ID = "9c6b1f3e-0b5a-4a52-9a9c-0b7e3a5f0001"
CLUSTER_ID = "c1a5e6d2-7f7d-4ab3-8a49-6d3c2e1b0001"
TASK_ID = (
    "422a3b5d-9125-467b-1909-9fb5f5c9c65e:422a3b5d-9125-467b-1909-9fb5f5c9c65e:841eb5cf-19d2-4fbb-a7ec-20638373ccfc"
)
TASK_PATH = "/api/tasks/" + TASK_ID


def backup(id: str = "b1", name: str = "old", **fields: Any) -> dict[str, Any]:
    """A backup of GET /backups."""
    return {
        "id": id,
        "name": name,
        "type": "MANUAL",
        "state": "PROTECTED",
        "created_at": "2026-03-01T10:00:00Z",
        "expiration_time": "NA",
        "virtual_machine_id": VM_ID,
        "virtual_machine_name": "vm1",
        "omnistack_cluster_id": CLUSTER_ID,
        "omnistack_cluster_name": "Boston",
        "size": 1024,
        "cluster_group_ids": [],
        **fields,
    }


def svt_list(key: str, objects: list[dict[str, Any]], count: int | None = None, offset: int = 0) -> dict[str, Any]:
    """The envelope of a SimpliVity list."""
    return {"offset": offset, "limit": 500, "count": len(objects) if count is None else count, key: objects}


def svt_query(limit: int = 500, offset: int = 0, **filters: str) -> dict[str, str]:
    """The query of a list with the options' defaults."""
    return {
        "sort": "name",
        "order": "ascending",
        "case": "sensitive",
        "limit": str(limit),
        "offset": str(offset),
        **filters,
    }


def svt_task(state: str = "COMPLETED", id: str = TASK_ID, **fields: Any) -> dict[str, Any]:
    """The answer that holds a SimpliVity task."""
    return {
        "task": {
            "id": id,
            "state": state,
            "affected_objects": [],
            "error_code": 0,
            "start_time": "2026-03-13T21:03:46Z",
            "end_time": "1970-01-01T00:00:00Z",
            **fields,
        }
    }


def svt_error(status: int, message: str, **fields: Any) -> dict[str, Any]:
    """SimpliVity's usual error body."""
    return {"timestamp": 1457970690535, "status": str(status), "message": message, "path": "/api/backups", **fields}


def expired(token: str) -> dict[str, Any]:
    """SimpliVity's 401 of a token that died of idleness; it quotes the token."""
    return {"error": "invalid_token", "message": f"Access token expired due to inactivity: {token}"}


def acronis_task(id: int = 944455285181775872, state: str = "completed", **fields: Any) -> dict[str, Any]:
    """A task of Task Manager v2."""
    task: dict[str, Any] = {
        "id": id,
        "uuid": "38045860-8901-426e-b51f-fc6d24d1cbe0",
        "type": "UserMailboxBackup",
        "state": state,
        "tenant": {"id": "1496265", "locator": "/1/1496262/1496265/", "name": "johndoe"},
        "enqueuedAt": "2026-03-13T20:00:00.000000001Z",
        "updatedAt": "2026-03-13T20:30:00Z",
        "context": {"IsProcessRoot": True},
    }
    if state == "completed":
        task["result"] = {"code": "ok", "payload": "MachineManagement::AddAgentResponse"}
    return {**task, **fields}
