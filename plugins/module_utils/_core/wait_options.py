# Copyright: (c) 2026, safehold.backup contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: anything here may change without notice.

"""The waiting options, the same on every module that starts or follows a task."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .options import seconds
from .tasks import Waiting


def argument_spec(default: bool) -> dict[str, Any]:
    """wait, wait_timeout and wait_interval. default: whether the module waits unless told otherwise."""
    return {
        "wait": {"type": "bool", "default": default},
        "wait_timeout": {"type": "float", "default": 600.0},
        "wait_interval": {"type": "float", "default": 10.0},
    }


def waiting(params: Mapping[str, Any]) -> Waiting:
    """The checked options. Raises a Failure of kind input that names the option."""
    return Waiting(
        wait=bool(params["wait"]),
        timeout=seconds(params, "wait_timeout", 1, 604800),
        interval=seconds(params, "wait_interval", 0.1, 3600),
    )
