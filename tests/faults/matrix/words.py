# Copyright: (c) 2026, safehold.backup contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a message has to say (reliability.md 4, figure "Texts"): the operation, and what to do next."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

LONGEST = 1000
_OPERATION = re.compile(
    r"\b(GET|POST|PUT|DELETE) /|\brename of backup '|\bbackup '|\btask '|\btasks?: |^id: |\bthe list of "
)
# kinds whose rows in the catalogue ask for a next step, and the words that give it
_NEXT_STEP: Mapping[str, str] = {
    "auth": r"check (them|username|client_id)",
    "permission": r"use (another|an account)",
    "unknown_outcome": r"read the object, then run this again|look at the object",
    "task_timeout": r"follow it with \w+_task_info, id '",
    "task_unknown_state": r"look at it on the system",
    "ambiguous": r"give the id",
    "tls": r"set ca_path|check|address it",
}


def problems(msg: str, failure: Mapping[str, Any]) -> list[str]:
    """What is wrong with a message; empty when nothing is."""
    found = []
    if len(msg) > LONGEST:
        found.append(f"{len(msg)} characters")
    if not msg.isprintable() or "\n" in msg:
        found.append("not one printable line")
    if not _OPERATION.search(msg) and failure["kind"] != "input":
        found.append("names no operation")
    step = _NEXT_STEP.get(failure["kind"])
    if step and not re.search(step, msg):
        found.append("no next step")
    if failure["http_status"] is not None and not (failure["method"] and failure["path"]):
        found.append("a status without method and path")
    if failure["elapsed"] is None or "?" in (failure["path"] or ""):
        found.append("no elapsed time, or a query in the path")
    return found
