# Copyright: (c) 2026, safehold.backup contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A partner and its two customers (ids of the first from the seed documents)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Tenant:
    """A tenant; ``id`` is a number in a text, ``locator`` the path of ids down to it (acronis.md 3.1)."""

    id: str
    uuid: str
    name: str
    locator: str

    def as_json(self) -> dict[str, Any]:
        """As part of a task."""
        return dict(vars(self))


ROOT = Tenant("1496262", "5c4f0b16-7e4c-4b43-9d0a-0a1c5f7d2e01", "Partner", "/1/1496262/")
JOHNDOE = Tenant("1496265", "ede9f834-70b3-476c-83d9-736f9f8c7dae", "johndoe@mysite.com", "/1/1496262/1496265/")
SECOND = Tenant("1496270", "0d9f3c52-3b1f-4a4e-8c55-6f7a8b9c0d02", "Zweitkunde GmbH", "/1/1496262/1496270/")
TENANTS = (ROOT, JOHNDOE, SECOND)


def by_uuid(uuid: str) -> Tenant | None:
    """The tenant of that uuid."""
    return next((one for one in TENANTS if one.uuid == uuid.lower()), None)


def is_below(tenant: Any, scope: Tenant) -> bool:
    """Whether the tenant of an object is the scope's own or one under it."""
    if not isinstance(tenant, dict):
        return scope is ROOT
    known = next((one for one in TENANTS if one.id == tenant.get("id")), None)
    locator = tenant.get("locator") or (known.locator if known else "")
    return str(locator).startswith(scope.locator)
