# Copyright: (c) 2026, safehold.backup contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Answers that a server should not give, as actions of the simulator's fault rules."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from typing import Any

Action = Mapping[str, Any]

PAGE = "<html><head><title>Maintenance</title></head><body>We will be back soon.</body></html>"
REASON = "the reason in the API's own words"


def status(number: int, headers: Mapping[str, str] | None = None, **content: Any) -> Action:
    """Another status; a page of a proxy unless `json` or `body` is given."""
    return {"status": number, "headers": dict(headers or {}), **(content or {"body": PAGE})}


def refusal(number: int, message: str = REASON, **more: Any) -> Action:
    """An error body that both back ends are read from: a message at the top (simplivity.md 4.2, acronis.md 4)."""
    return status(number, json={"message": message, **more})


def text(body: str | bytes, content_type: str = "application/json") -> Action:
    """A 200 with that body."""
    data = body.encode() if isinstance(body, str) else body
    return {
        "status": 200,
        "headers": {"content-type": content_type},
        "body_base64": base64.b64encode(data).decode("ascii"),
    }


def document(content: Any) -> Action:
    """A 200 with that JSON."""
    return text(json.dumps(content))


def not_found(kind: str = "backup", key: str = "x") -> Action:
    """SimpliVity's 404 for an object that does not exist (simplivity.md 4.2)."""
    return status(
        404,
        json={
            "exception": "com.simplivity.restapi.exceptions.ObjectNotFoundException",
            "message": f"Object type: {kind} id: {key} could not be found",
            "status": "404",
        },
    )


# What stands in the place of a document, and what is wrong with it.
BROKEN_BODIES: Mapping[str, Action] = {
    "D23-error-object": document({"error": {"code": "Busy", "message": REASON}}),
    "D23-exception-object": document({"exception": "com.simplivity.X", "message": REASON, "status": "500"}),
    "D25-maintenance-page": text(PAGE, "text/html"),
    "E1-empty": text(""),
    "E1-blanks": text(" \r\n "),
    "E2-page-called-json": text(PAGE),
    "E3-null": document(None),
    "E3-empty-list": document([]),
    "E3-number": document(5),
    "E3-text": document("x"),
    "E3-true": document(True),
    "E4-empty-object": document({}),
    "E6-utf-16": text('{"a": "b"}'.encode("utf-16")),
    "E9-deep": text("[" * 100_000),
    "E9-deep-object": text('{"a":' * 50_000 + "1" + "}" * 50_000),
}
# The real document, spoiled: pieces replaced. {key} is the wanted key, {text} a text field.
SPOILED_BODIES: Mapping[str, list[list[str]]] = {
    "E6-invalid-utf-8": [['":"', '":"\xff']],
    "E6-latin-1": [['":"', '":"B\xfcro']],
    "E6-overlong": [['":"', '":"\xc0\xaf']],
    "E6-surrogate-in-utf-8": [['":"', '":"\xed\xa0\x80']],
    "E7-nan": [["{", '{"n":NaN,']],
    "E7-infinity": [["{", '{"n":Infinity,']],
    "E7-minus-infinity": [["{", '{"n":-Infinity,']],
    "E7-out-of-range": [["{", '{"n":1e999,']],
    "E8-duplicate-key": [["{", '{"{key}":[],']],
    "E9-5000-digits": [["{", '{"n":' + "9" * 5000 + ","]],
    "E10-two-documents": [["{", '{"a":1}{']],
    "E10-garbage-before": [["{", ")]}',\n{"]],
    "E10-comma": [["{", "{,"]],
}


def spoiled(name: str, key: str) -> Action:
    """One of SPOILED_BODIES for an answer whose object stands below that key."""
    return {"edit": [[old, new.replace("{key}", key)] for old, new in SPOILED_BODIES[name]]}
