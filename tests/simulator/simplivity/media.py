# Copyright: (c) 2026, safehold.backup contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Content types: each writing operation wants a minimum version (simplivity.md 2, column "min CT")."""

from __future__ import annotations

import re

from .errors import unsupported_media_type

VENDOR_TYPE = re.compile(r"application/vnd\.simplivity\.v1(?:\.(\d+))?\+json", re.IGNORECASE)


def minor_version(api_version: str) -> int:
    """25 of "1.25"."""
    return int(api_version.partition(".")[2] or 0)


def require(content_type: str | None, minimum: int, server: str) -> None:
    """Refuses a Content-Type that is missing, plain, older than the operation or newer than the server."""
    given = (content_type or "").partition(";")[0].strip()
    found = VENDOR_TYPE.fullmatch(given)
    if found is None or not minimum <= int(found[1] or 0) <= minor_version(server):
        raise unsupported_media_type(given)
