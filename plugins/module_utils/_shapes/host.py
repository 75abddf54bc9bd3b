# Copyright: (c) 2026, safehold.backup contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: anything here may change without notice.

"""What a shape needs of whoever runs it: an Ansible module today, anything else that has options tomorrow."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Protocol

from .._core.client import Runtime


class Host(Protocol):
    """params: the options. no_log: whether the result is kept out of sight. runtime: clock, masking, warnings,
    progress."""

    params: Mapping[str, Any]
    check_mode: bool
    diff: bool
    no_log: bool
    runtime: Runtime

    def as_json(self, value: Any) -> str:
        """A value of JSON's own types as JSON (ASCII), its secrets masked."""


class BackEnd(Protocol):
    """A back end's package: its connection options, and a client for them."""

    def argument_spec(self) -> dict[str, Any]:
        """The connection options."""

    def connect(self, params: Mapping[str, Any], runtime: Runtime) -> Any:
        """A client for the options, checked; nothing is sent yet."""


Shape = Callable[[Host, BackEnd], "dict[str, Any]"]


class Interrupted(BaseException):
    """The process was told to stop (SIGTERM)."""
