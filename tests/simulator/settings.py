# Copyright: (c) 2026, safehold.backup contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every switch of the two APIs, with its default; all of them can be changed while the simulator runs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from typing import Any


def _one_of(default: str, *others: str) -> Any:
    return field(default=default, metadata={"choices": (default, *others)})  # pylint: disable=invalid-field-call


def _or_none(default: Any, kind: type) -> Any:
    return field(default=default, metadata={"kind": kind})  # pylint: disable=invalid-field-call


class Unacceptable(ValueError):
    """A setting that does not exist or cannot have that value."""


@dataclass
class _Switches:
    def update(self, changes: Mapping[str, Any]) -> None:
        """Takes all changes or none."""
        known = {one.name: one for one in fields(self)}
        for name, value in changes.items():
            if name not in known:
                raise Unacceptable(f"no setting '{name}'")
            metadata = known[name].metadata
            if "choices" in metadata:
                fits = value in metadata["choices"]
            elif "kind" in metadata:
                fits = value is None or _is(value, metadata["kind"])
            else:
                fits = _is(value, type(getattr(type(self)(), name)))
            if not fits:
                raise Unacceptable(f"setting '{name}' cannot be {value!r}")
        for name, value in changes.items():
            setattr(self, name, value)

    def as_json(self) -> dict[str, Any]:
        """All switches with their values."""
        return asdict(self)


def _is(value: Any, kind: type) -> bool:
    if isinstance(value, bool):
        return kind is bool
    return isinstance(value, (int, float) if kind is float else kind)


@dataclass
class SimplivitySettings(_Switches):
    """Switches of the SimpliVity API (what they stand for: README.md)."""

    username: str = "administrator@vsphere.local"
    password: str = ""
    mode: str = _one_of("sva", "mva")
    api_version: str = "1.25"
    svtfs_version: str = "5.3.1.284"
    latency: float = 0.0
    max_parallel: int = 0
    token_idle_seconds: float = 600.0
    token_age_seconds: float = 86400.0
    read_only: bool = False
    permission_status: int = 400
    strict_params: bool = True
    ignore_filters: list[str] = field(default_factory=list)
    page_cap: int | None = _or_none(None, int)
    unstable_ties: bool = False
    error_timestamps: str = _one_of("epoch", "iso")
    duplicate_name: str = _one_of("task", "400", "allow")
    task_seconds: float | None = _or_none(1.0, float)
    task_end_state: str | None = _or_none(None, str)
    task_error_code: int = 0
    task_error_message: str = ""
    task_applies: bool | None = _or_none(None, bool)
    apply_delay: float = 0.0
    task_visible_after: float = 0.0
    task_forgotten_after: float | None = _or_none(None, float)


@dataclass
class AcronisSettings(_Switches):
    """Switches of the Acronis APIs (what they stand for: README.md)."""

    client_id: str = ""
    client_secret: str = ""
    latency: float = 0.0
    max_parallel: int = 0
    token_seconds: float = 7200.0
    token_expires_in: bool = False
    scopes: list[str] = field(
        default_factory=lambda: [
            "urn:acronis.com::task_manager::viewer",
            "urn:acronis.com::resource_management::read",
        ]
    )
    unauthorized_html: bool = False
    cursor_place: str = _one_of("paging", "top")
    paging_mode: str = _one_of("snapshot", "offset")
    page_cap: int | None = _or_none(None, int)
    default_limit: int = 100
    default_lod: str = _one_of("full", "tiny", "short", "long", "debug")
    id_string: bool = True
    uuid_in_path: bool = False
    time_digits: int = 9
    two_time_bounds: bool = False
    ignore_filters: list[str] = field(default_factory=list)
