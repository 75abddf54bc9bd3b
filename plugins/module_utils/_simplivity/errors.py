# Copyright: (c) 2026, safehold.backup contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: anything here may change without notice.

"""What SimpliVity says when it refuses: five body shapes, one Failure (simplivity.md 4)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .._core.errors import KIND_BY_STATUS, REFUSED_FORMS, Failure
from .._core.strict_json import NotJson, parse
from .._core.text import clean
from .._core.transport import Answer, header

_BY_EXCEPTION = {
    "PermissionDeniedException": "permission",
    "ObjectInUseException": "conflict",
    "ObjectNotFoundException": "not_found",
    "UnauthorizedException": "auth",
}
# Spring's word for an address that no operation has: it says nothing of an object
_NO_SUCH_ADDRESS = "NoHandlerFoundException"
DUPLICATE_NAME = "13"


def failure(answer: Answer, method: str, path: str) -> Failure:
    """The Failure for a status of 400 or more; `detail` holds the API's own words, the useful sentence first."""
    body = _object(answer.body)
    code = _text(body, "error_code") or None
    exception = _text(body, "exception").rpartition(".")[2].rpartition("$")[2]
    kind = _kind(answer.status, exception, code, body)
    detail = _detail(body) if exception != _NO_SUCH_ADDRESS else None
    return Failure(
        kind,
        _message(answer, method, path, kind, detail, body),
        code=code or exception or _text(body, "error") or None,
        detail=detail,
    )


def _object(body: bytes) -> Mapping[str, Any]:
    try:
        value = parse(body)
    except NotJson:
        return {}
    return value if isinstance(value, dict) else {}


def _text(body: Mapping[str, Any], key: str) -> str:
    value = body.get(key)
    return clean(value, 300) if isinstance(value, (str, int)) and not isinstance(value, bool) else ""


def _kind(status: int, exception: str, code: str | None, body: Mapping[str, Any]) -> str:
    if exception in _BY_EXCEPTION:
        return _BY_EXCEPTION[exception]
    if code == DUPLICATE_NAME:
        return "conflict"
    if _text(body, "error") in ("invalid_grant", "invalid_token"):
        return "auth"
    if status in KIND_BY_STATUS:
        return KIND_BY_STATUS[status]
    if status in REFUSED_FORMS:
        return "bad_response"
    return "input" if status < 500 else "server"


def _detail(body: Mapping[str, Any]) -> str | None:
    """extendedResponse says what is really wrong, when it is there (simplivity.md 4.2)."""
    texts = [_text(body, key) for key in ("extendedResponse", "error_description", "message")]
    return " / ".join(dict.fromkeys(text for text in texts if text)) or _text(body, "error") or None


def _message(answer: Answer, method: str, path: str, kind: str, detail: str | None, body: Mapping[str, Any]) -> str:
    said = f": {detail}" if detail else ""
    where = f"({method} {clean(path, 120)}, status {answer.status})"
    if "error_type" in body and "messages" in body:
        return f"this host is not a SimpliVity controller, a vCenter answered; set host to a Virtual Controller {where}"
    if kind == "auth":
        return f"SimpliVity did not accept the token or the credentials{said}; check them {where}"
    if kind == "permission":
        return f"the account has no permission for this{said}; use an account that may do it {where}"
    if kind == "not_found" and not detail:
        return f"SimpliVity does not know this address; the controller's API version may be too old {where}"
    if answer.status in REFUSED_FORMS:
        form = REFUSED_FORMS[answer.status]
        return f"SimpliVity refused {form} of the request; its API version may be too old{said} {where}"
    if answer.status in (413, 414):
        return f"the request is too large for SimpliVity; give fewer values at once{said} {where}"
    if answer.status == 502:
        return f"SimpliVity is busy with too many requests at once; lower parallel or try again later {where}"
    if answer.status == 504:
        remedy = "; ask for less with fields, filters or page_size" if method == "GET" else ""
        return f"SimpliVity needed more than its 60 seconds{remedy} {where}"
    if kind == "rate_limited":
        after = header(answer, "retry-after")
        return f"SimpliVity asks to slow down{' for ' + clean(after, 40) + ' s' if after else ''}{said} {where}"
    return (
        f"SimpliVity refused the request{said} {where}" if answer.status < 500 else f"SimpliVity failed{said} {where}"
    )
