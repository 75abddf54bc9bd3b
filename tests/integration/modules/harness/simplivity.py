# Copyright: (c) 2026, safehold.backup contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What every svt_* module refuses and how every one fails, as tables."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from simulator.process import Control

Bad = dict[str, tuple[dict[str, Any], tuple[str, ...]]]
Failing = dict[str, tuple[Callable[[Control], object], str, tuple[str, ...], dict[str, Any]]]

# reliability.md L1, L2, A15, K6: name of the case, the options, the words of the message
BAD_CONNECTIONS: Bad = {
    "host with scheme": ({"host": "https://svt.example.com"}, ("host", "without https://")),
    "host with path": ({"host": "svt.example.com/api"}, ("host", "without https://, path and port")),
    "host with port": ({"host": "svt.example.com:443"}, ("host", "port has an option of its own")),
    "host with blank": ({"host": "svt example"}, ("host:", "not a host name or an IP address")),
    "host with line break": ({"host": "svt.example.com\r\nX: y"}, ("host:", "not a host name")),
    "host is half an address": ({"host": "10.0.0"}, ("host:", "not a host name")),
    "port 0": ({"port": 0}, ("port", "from 1 to 65535")),
    "port too large": ({"port": 99999}, ("port", "from 1 to 65535")),
    "port no number": ({"port": "https"}, ("port", "is not a whole number")),
    "request_timeout 0": ({"request_timeout": 0}, ("request_timeout", "give seconds from 0.5 to 3600")),
    "request_timeout infinite": ({"request_timeout": ".inf"}, ("request_timeout",)),
    "no CA file": ({"ca_path": "/nowhere/ca.pem"}, ("ca_path", "does not exist")),
    "CA file is a directory": ({"ca_path": "/etc"}, ("ca_path", "is not a file")),
    "CA file without certificate": ({"ca_path": "/etc/passwd"}, ("ca_path", "PEM")),
    "password with line break": ({"password": "secret\n"}, ("password", "line break")),
    "token with blank": ({"access_token": "two words"}, ("access_token", "blank")),
}

# reliability.md L8 and the like
BAD_LISTS: Bad = {
    "unknown field": ({"fields": ["name", "colour"]}, ("fields", "'colour'", "the fields are id, name")),
    "unknown sort": ({"sort": "colour"}, ("sort", "'colour'", "the fields are")),
    "unknown order": ({"order": "upwards"}, ("order", "ascending, descending")),
    "limit 0": ({"limit": 0}, ("limit", "from 1 to")),
    "page_size 0": ({"page_size": 0}, ("page_size", "from 1 to 5000")),
    "page_size too large": ({"page_size": 5001}, ("page_size", "from 1 to 5000")),
    "limit no number": ({"limit": "all"}, ("limit", "'all' is not a whole number", "leave it out")),
    "empty list": ({"id": []}, ("id", "the list is empty", "leave the option out")),
    "empty text": ({"name": ["a", ""]}, ("name", "empty text", "remove it")),
}


def every_read(**action: Any) -> Callable[[Control], object]:
    """A fault of every GET but the end of the session."""
    rule = {"api": "simplivity", "method": "GET", "path": "^/api/(?!oauth)", "times": None, "action": action}
    return lambda control: control.fault(rule)


def login(**action: Any) -> Callable[[Control], object]:
    """A fault of every login."""
    return lambda control: control.fault({"path": "/oauth/token", "times": None, "action": action})


# name of the case: what is broken, the kind, words of the message, facts of the failure
FAILING_READS: Failing = {
    "wrong password": (
        lambda control: control.set("simplivity", password="another"),
        "auth",
        ("refused the login", "check username and password"),
        {"http_status": 400, "method": "POST", "path": "/oauth/token", "detail": "Invalid credentials"},
    ),
    "login without token": (
        login(status=200, json={"token_type": "bearer"}),
        "bad_response",
        ("token",),
        {"path": "/oauth/token"},
    ),
    "no permission": (
        every_read(
            status=403, json={"exception": "com.simplivity.PermissionDeniedException", "message": "Access is denied"}
        ),
        "permission",
        ("no permission", "Access is denied"),
        {"http_status": 403, "code": "PermissionDeniedException", "detail": "Access is denied"},
    ),
    "401 for ever": (
        every_read(status=401, json={"error": "invalid_token", "error_description": "Access token expired: 1234"}),
        "auth",
        ("did not accept the token",),
        {"http_status": 401},
    ),
    "server error": (
        every_read(status=500, json={"message": "Something\r\nbroke\x1b[31m"}),
        "server",
        ("SimpliVity failed", "Something broke"),
        {"http_status": 500},
    ),
    "not JSON": (
        every_read(status=200, body="<html>maintenance</html>"),
        "bad_response",
        ("SimpliVity sent",),
        {"method": "GET"},
    ),
    "null": (every_read(replace_json=None), "bad_response", ("SimpliVity sent",), {"method": "GET"}),
    "redirect": (
        every_read(status=302, headers={"Location": "https://elsewhere.example.com/"}),
        "bad_response",
        (),
        {},
    ),
    "vCenter": (
        every_read(status=404, json={"error_type": "NOT_FOUND", "messages": []}),
        "not_found",
        ("not a SimpliVity controller", "set host"),
        {"http_status": 404},
    ),
}

# Enough to see that a module goes through the same checks and the same client; svt_backup_info has all of them.
SOME_BAD_CONNECTIONS: Bad = {
    name: BAD_CONNECTIONS[name] for name in ("host with scheme", "no CA file", "password with line break")
}
SOME_BAD: Bad = {**SOME_BAD_CONNECTIONS, **{name: BAD_LISTS[name] for name in ("unknown field", "page_size 0")}}
SOME_FAILING: Failing = {name: FAILING_READS[name] for name in ("wrong password", "no permission", "not JSON")}
