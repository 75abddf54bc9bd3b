# Copyright: (c) 2026, safehold.backup contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Resources with their protection, after the provider's description of Resource and Policy Management v4.

A record is flat: the fields of the resource, and beside them ``aggregate``, ``policies`` and ``licensing``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from ..settings import AcronisSettings
from ..store import Collection, Record
from .conditions import Test
from .errors import Refused
from .query import Pairs, Query, Resource, read_flag, read_limit
from .shapes import DELETED
from .tenants import JOHNDOE, SECOND

PATH = "/api/resource_management/v4/resource_statuses"
RESOURCES = Resource("resources", "resource", {}, ())
MACHINES = "301d1574-849e-4714-859f-3a2ec12a218b"  # the group that every account has (vendor samples)
BESIDE = ("aggregate", "policies", "licensing")
FILTERS = {
    "resource_id": ("id", 100),
    "agent_id": ("agent_id", 100),
    "parent_id": ("parent_group_ids", 100),
    "tenant_id": ("tenant_id", 100),
    "type": ("type", 10),
}


def read(pairs: Pairs, settings: AcronisSettings) -> Query:
    """Understands the query string of a first page or refuses it."""
    given = dict(pairs)
    if len(given) != len(pairs):
        raise _bad("a parameter stands twice")
    tests: list[tuple[tuple[str, ...], Test]] = []
    for name, value in pairs:
        if name in FILTERS and name not in settings.ignore_filters:
            field, most = FILTERS[name]
            tests.append(((field,), _one_of(name, value, most)))
        elif name not in (*FILTERS, "include_deleted", "limit"):
            raise _bad(f"unknown parameter {name}")
    return Query(
        asked=tuple(sorted(pair for pair in pairs if pair[0] != "limit")),
        tests=tests,
        ids=None,
        order=[],
        limit=read_limit([given["limit"]] if "limit" in given else [], settings),
        lod="full",
        deleted=read_flag("include_deleted", [given["include_deleted"]] if "include_deleted" in given else []),
    )


def _one_of(name: str, value: str, most: int) -> Callable[[Any], bool]:
    """``a``, ``or(a,b)`` or ``not(a,b)``."""
    function, bracket, rest = value.partition("(")
    if bracket and not (function in ("or", "not") and rest.endswith(")")):
        raise _bad(f"bad value of {name}")
    values = rest[:-1].split(",") if bracket else [value]
    if len(values) > most or not all(values):
        raise _bad(f"{name} takes 1 to {most} items")
    wanted = function != "not" if bracket else True

    def fits(found: Any) -> bool:
        return any(one in values for one in (found if isinstance(found, list) else [found])) is wanted

    return fits


def _bad(message: str) -> Refused:
    return Refused(400, {"domain": "General", "code": "BadRequestError", "message": message})


def render(record: Record) -> dict[str, Any]:
    """One item of the list."""
    view = record.view()
    context = {name: value for name, value in view.items() if name not in (*BESIDE, DELETED)}
    return {"context": context, **{name: view[name] for name in BESIDE if name in view}}


def new(collection: Collection, given: Mapping[str, Any], now: str) -> Record:
    """Adds a resource: a machine of the first tenant without a plan, unless it says otherwise."""
    id = str(given.get("id") or f"60458941-d9be-4121-8c9f-{len(collection):012x}")
    own = {
        "type": "resource.machine",
        "tenant_id": JOHNDOE.id,
        "tenant_name": JOHNDOE.name,
        "created_at": now,
        "updated_at": now,
        "parent_group_ids": [MACHINES],
        "aggregate": {"status": "not_protected"},
        **given,
        "id": id,
    }
    return collection.add(Record({"name": f"machine {id}", "external_id": f"{id}@{own['tenant_id']}", **own}))


def load(collection: Collection, agent: str) -> None:
    """The two resources of the guide, a group, and one of another tenant whose backup is under way."""
    now = "2020-04-22T11:34:03.290396913Z"
    ran = {"last_run": "2020-04-22T12:11:30Z", "last_success_run": "2020-04-22T12:11:30Z"}
    plan = {"aggregate": {"names": "Daily backup (cloud)", "status": "idle"}, "agent_id": agent}
    new(collection, {
        "id": "5c350066-2ba6-4eeb-aa91-1213dd35f033", "name": "DESKTOP-GFT9S1R", "user_defined_name": "DESKTOP-GFT9S1R",
        "policies": [{"type": "policy.backup.machine", **ran}], **plan,
    }, now)  # fmt: skip
    new(collection, {
        "id": "60458941-d9be-4121-8c9f-95aaa09e4a4b", "name": "DESKTOP-AQXOA6B",
        "type": "resource.virtual_machine.mshyperv",
    }, now)  # fmt: skip
    new(collection, {
        "id": MACHINES, "name": "Machines with agents", "type": "resource.group.computers", "parent_group_ids": [],
    }, now)  # fmt: skip
    new(collection, {
        "id": "7d1f6a52-0c0e-4a5d-9d55-8f4f0a3c1e07", "name": "SRV-ZWEI", "tenant_id": SECOND.id,
        "tenant_name": SECOND.name, **plan,
        "aggregate": {
            "names": "Daily backup (cloud);Antivirus", "status": "running",
            "running": {"state": "running", "activities": ["backup"], "progress": 42},
        },
        "policies": [{"type": "policy.backup.machine", "last_run_time": "2020-04-21T22:00:00Z",
                      "last_success_run_time": "2020-04-21T22:00:00Z"}, {"type": "policy.protection.antimalware"}],
    }, now)  # fmt: skip
