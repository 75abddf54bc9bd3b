# Copyright: (c) 2026, safehold.backup contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: anything here may change without notice.

"""Numbers among the options, checked."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from .errors import bad_input


def whole_number(params: Mapping[str, Any], option: str, lowest: int, highest: int) -> int | None:
    """The option's value when it is set and in range. Raises a Failure of kind input that names the option."""
    value = params.get(option)
    if value is None:
        return None
    if not lowest <= value <= highest:
        raise bad_input(f"{option}: {value} is out of range; give a whole number from {lowest} to {highest}")
    return int(value)


def seconds(params: Mapping[str, Any], option: str, lowest: float, highest: float) -> float:
    """The option's value in seconds, in range. Raises a Failure of kind input that names the option."""
    value = float(params[option])
    if not math.isfinite(value) or not lowest <= value <= highest:
        raise bad_input(f"{option}: {value:g} is out of range; give seconds from {lowest:g} to {highest:g}")
    return value
