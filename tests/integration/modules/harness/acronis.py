# Copyright: (c) 2026, safehold.backup contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What every acronis_* module refuses and how every one fails, as tables."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from simulator.process import Control

from .simplivity import Bad, Failing

# reliability.md L1, A18, K6, K11
BAD_CONNECTIONS: Bad = {
    "http": ({"datacenter_url": "http://eu2-cloud.acronis.com"}, ("datacenter_url", "https://", "without TLS")),
    "no scheme": ({"datacenter_url": "eu2-cloud.acronis.com"}, ("datacenter_url", "https://")),
    "path": ({"datacenter_url": "https://eu2-cloud.acronis.com/api"}, ("datacenter_url", "must end after the host")),
    "query": ({"datacenter_url": "https://eu2-cloud.acronis.com?a=b"}, ("datacenter_url", "must end after the host")),
    "user in URL": (
        {"datacenter_url": "https://me:word@eu2-cloud.acronis.com"},
        ("datacenter_url", "must not hold a user name or password"),
    ),
    "port": ({"datacenter_url": "https://eu2-cloud.acronis.com:99999"}, ("datacenter_url", "port")),
    "no host": ({"datacenter_url": "https://"}, ("datacenter_url", "names no valid host")),
    "blank": ({"datacenter_url": "https://eu2-cloud acronis.com"}, ("datacenter_url", "blank")),
    "tenant_id is a number": ({"tenant_id": "1496265"}, ("tenant_id", "not a UUID")),
    "no CA file": ({"ca_path": "/nowhere/ca.pem"}, ("ca_path", "does not exist")),
    "secret with line break": ({"client_secret": "secret\n"}, ("client_secret", "line break")),
    "token with blank": ({"access_token": "two words"}, ("access_token", "blank")),
    "request_timeout negative": ({"request_timeout": -5}, ("request_timeout", "from 0.5 to 3600")),
}

BAD_LISTS: Bad = {
    "unknown order": ({"order": "colour"}, ("order", "'colour'", "the fields are id, uuid")),
    "unknown direction": ({"order": "id upwards"}, ("order", "'id upwards'", "descending after it")),
    "unknown level": ({"level_of_detail": "huge"}, ("level_of_detail", "tiny, short")),
    "limit 0": ({"limit": 0}, ("limit", "from 1 to")),
    "page_size too large": ({"page_size": 5001}, ("page_size", "from 1 to 5000")),
    "id is a word": ({"id": ["abc"]}, ("id", "not a number", "as a text")),
    "empty list": ({"state": []}, ("state", "the list is empty")),
    "unknown state": ({"state": "running"}, ("state", "enqueued, assigned")),
    "no zone": ({"completed_after": "2020-04-22T11:00:00"}, ("completed_after", "time zone")),
    "no time": ({"started_before": "last week"}, ("started_before", "RFC 3339")),
    "empty window": (
        {"updated_after": "2020-04-22T12:00:01Z", "updated_before": "2020-04-22T12:00:00Z"},
        ("updated_after and updated_before", "exchange or widen"),
    ),
}


def every_read(**action: Any) -> Callable[[Control], object]:
    """A fault of every GET."""
    return lambda control: control.fault({"api": "acronis", "method": "GET", "times": None, "action": action})


def login(**action: Any) -> Callable[[Control], object]:
    """A fault of every login."""
    return lambda control: control.fault({"path": "/idp/token", "times": None, "action": action})


FAILING_READS: Failing = {
    "wrong secret": (
        lambda control: control.set("acronis", client_secret="another"),
        "auth",
        ("refused the login", "check client_id and client_secret"),
        {"http_status": 401, "code": "access_denied", "path": "/api/2/idp/token"},
    ),
    "no scope": (
        lambda control: control.set("acronis", scopes=[]),
        "permission",
        ("no permission", "required scope urn:acronis.com::task_manager::viewer"),
        {"http_status": 403, "code": "AccessDeniedError"},
    ),
    "401 as a page": (
        lambda control: (
            control.set("acronis", unauthorized_html=True),
            every_read(status=401, body="<html>")(control),
        ),
        "auth",
        ("did not accept",),
        {"http_status": 401},
    ),
    "refused": (
        every_read(
            status=400, json={"domain": "TaskManager", "code": "BadRequest", "debug": {"msg": "no such\r\nthing"}}
        ),
        "input",
        ("BadRequest", "no such thing"),
        {"http_status": 400, "code": "BadRequest", "detail": "no such thing"},
    ),
    "server error": (every_read(status=500, body=""), "server", ("Acronis failed",), {"http_status": 500}),
    "not JSON": (every_read(status=200, body="<html>"), "bad_response", ("Acronis sent",), {"method": "GET"}),
    "no items": (every_read(replace_json={"things": []}), "bad_response", ("without items",), {}),
    "same page for ever": (
        every_read(status=200, json={"items": [{"id": 1}], "paging": {"cursors": {"after": "abc"}}}),
        "bad_response",
        ("the same page again and again",),
        {},
    ),
    "login without token": (
        login(status=200, json={}),
        "bad_response",
        ("Acronis sent",),
        {"path": "/api/2/idp/token"},
    ),
}

SOME_BAD: Bad = {
    **{name: BAD_CONNECTIONS[name] for name in ("http", "user in URL", "secret with line break")},
    **{name: BAD_LISTS[name] for name in ("unknown direction", "no zone")},
}
SOME_FAILING: Failing = {name: FAILING_READS[name] for name in ("wrong secret", "no scope", "not JSON")}
