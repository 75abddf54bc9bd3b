# Copyright: (c) 2026, safehold.backup contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: anything here may change without notice.

"""What reading a list gives."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple


class Listing(NamedTuple):
    """The objects read. matching: how many there are on the server. truncated: the user's limit left some out."""

    objects: Sequence[Mapping[str, Any]]
    matching: int
    truncated: bool
    warning: str | None = None


def changed_meanwhile(key: str) -> str:
    """The warning that a list did not stay the same while its pages were read. key: of its objects."""
    return f"the list of {key} changed while it was read, so an object may be missing; read it again"
