# Copyright: (c) 2026, safehold.backup contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A filter that lets a page run its own script, and no other."""

from __future__ import annotations

import hashlib
from base64 import b64encode
from collections.abc import Callable
from typing import Any

from ansible_collections.safehold.backup.plugins.plugin_utils._ansible import as_filter


def csp_hash(text: Any) -> str:
    """See csp_hash.yml."""
    if not isinstance(text, str):
        raise ValueError("the text of a script or a style is expected")
    return "sha256-" + b64encode(hashlib.sha256(text.encode()).digest()).decode()


class FilterModule:
    """The filter by its name."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        return {"csp_hash": as_filter("csp_hash", csp_hash)}
