# Copyright: (c) 2026, safehold.backup contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: anything here may change without notice.

"""What Acronis says when it refuses: six body shapes, one Failure (acronis.md 4)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .._core.errors import KIND_BY_STATUS, REFUSED_FORMS, Failure
from .._core.strict_json import NotJson, parse
from .._core.text import clean
from .._core.transport import Answer, header


def failure(answer: Answer, method: str, path: str) -> Failure:
    """The Failure for a status of 400 or more; `detail` holds the API's own words."""
    body = _object(answer.body)
    kind = KIND_BY_STATUS.get(answer.status) or ("input" if answer.status < 500 else "server")
    if answer.status in REFUSED_FORMS:
        kind = "bad_response"
    code, detail = _code(body), _detail(body)
    return Failure(kind, _message(answer, method, path, kind, code, detail), code=code, detail=detail)


def _object(body: bytes) -> Mapping[str, Any]:
    """The part of the body that describes the error: itself, its `error`, or its first issue."""
    try:
        value = parse(body)
    except NotJson:
        return {}
    if not isinstance(value, dict):
        return {}
    issues = value.get("issues")
    if isinstance(issues, list) and issues and isinstance(issues[0], dict):
        value = issues[0]
    inner = value.get("error")
    return inner if isinstance(inner, dict) else value


def _code(body: Mapping[str, Any]) -> str | None:
    for key in ("code", "reason", "error"):
        if isinstance(body.get(key), (str, int)) and body[key] not in ("", True, False):
            return clean(body[key], 80)
    return None


def _detail(body: Mapping[str, Any]) -> str | None:
    """Every sentence in the body, and the scope that a 403 says is missing (acronis.md 1)."""
    found = []
    for holder, keys in (
        (body, ("message", "error_description")),
        (body.get("details"), ("info", "addition")),
        (body.get("context"), ("cause_str", "effect_str", "required_scope")),
        (body.get("debug"), ("msg", "message")),
    ):
        if not isinstance(holder, dict):
            continue
        for key in keys:
            text = holder.get(key)
            if isinstance(text, str) and text:
                found.append(("required scope " if key == "required_scope" else "") + clean(text, 200))
    return " / ".join(dict.fromkeys(found)) or None


def _message(answer: Answer, method: str, path: str, kind: str, code: str | None, detail: str | None) -> str:
    words = ", ".join(text for text in (code, detail) if text)
    said = f": {words}" if words else ""
    where = f"({method} {clean(path, 120)}, status {answer.status})"
    if kind == "auth":
        return (
            f"Acronis did not accept the credentials or the token{said}; check client_id and client_secret, "
            f"and that datacenter_url is the client's own datacenter {where}"
        )
    if kind == "permission":
        return f"the API client has no permission for this{said}; give it the role or use another client {where}"
    if kind == "not_found" and not words:
        return f"Acronis does not know this address; check datacenter_url {where}"
    if answer.status in REFUSED_FORMS:
        form = REFUSED_FORMS[answer.status]
        return f"Acronis refused {form} of the request; its API version may be too old or too new{said} {where}"
    if answer.status in (413, 414):
        return f"the request is too large for Acronis; give fewer values at once{said} {where}"
    if kind == "rate_limited":
        after = header(answer, "retry-after")
        return f"Acronis asks to slow down{' for ' + clean(after, 40) + ' s' if after else ''}{said} {where}"
    return f"Acronis refused the request{said} {where}" if answer.status < 500 else f"Acronis failed{said} {where}"
