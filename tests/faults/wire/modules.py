# Copyright: (c) 2026, safehold.backup contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The modules as they meet the wire server: options, and the request of each that a fault is put on."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from properties.catalogue import MODULES

from .certificates import Certificates
from .server import Request, WireServer
from .worlds import ACRONIS_TOKEN, BACKUP_ID, NEW_NAME, PASSWORD, SVT_TOKEN, TASK_ID

_LEAST: Mapping[str, dict[str, Any]] = {
    "svt_backup_rename": {"id": BACKUP_ID, "new_name": NEW_NAME},
    "svt_task_info": {"id": [TASK_ID]},
}
LOGIN_ONLY = ("svt_token", "acronis_token")
READERS = [module for module in MODULES if module not in LOGIN_ONLY]


def options(module: str, server: WireServer, certificates: Certificates, **more: Any) -> dict[str, Any]:
    """Options with which a module logs in and does its work. more: replaces them, or takes them away (None)."""
    found: dict[str, Any] = {"request_timeout": 4, "ca_path": certificates.ca_path, **_LEAST.get(module, {})}
    if module.startswith("svt_"):
        found |= {"host": server.host, "port": server.port, "username": "admin", "password": PASSWORD}
    else:
        address = f"[{server.host}]" if ":" in server.host else server.host
        found |= {"datacenter_url": f"https://{address}:{server.port}", "client_id": "c-1", "client_secret": PASSWORD}
    return {name: value for name, value in {**found, **more}.items() if value is not None}


def with_token(module: str, server: WireServer, certificates: Certificates, **more: Any) -> dict[str, Any]:
    """Options with a token that was handed in, so that the first request is the module's own."""
    found = options(module, server, certificates)
    if module not in LOGIN_ONLY:
        for name in ("username", "password", "client_id", "client_secret"):
            found.pop(name, None)
        found["access_token"] = SVT_TOKEN if module.startswith("svt_") else ACRONIS_TOKEN
    return {**found, **more}


def is_login(request: Request) -> bool:
    return request.method == "POST" and request.path.endswith("/token")


def is_read(request: Request) -> bool:
    return request.method == "GET" and not request.path.endswith("/revoke")


def is_rename(request: Request) -> bool:
    return request.method == "POST" and request.path.endswith("/rename")


def is_poll(request: Request) -> bool:
    return request.method == "GET" and request.path.startswith("/api/tasks/")


def is_read_back(request: Request) -> bool:
    return request.method == "GET" and request.path.startswith("/api/backups/")


def asks_new_name(request: Request) -> bool:
    """Whether a rename asks for the name that the options say."""
    return is_rename(request) and json.loads(request.body) == {"backup_name": NEW_NAME}
