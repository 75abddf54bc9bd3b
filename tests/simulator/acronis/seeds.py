# Copyright: (c) 2026, safehold.backup contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The cloud the simulator starts with: the tasks of the seed documents and their neighbourhood."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..clock import NANO, iso_from_nanos, iso_nanos, parse_iso
from ..store import Record
from . import resources
from .conditions import normal_time
from .shapes import TIMES
from .state import AcronisState
from .tenants import JOHNDOE, SECOND, Tenant

FIRST_ID = 944455285181775872  # beyond 2^53: floats cannot tell it from its neighbours
FILL_ID = FIRST_ID + 1_000_000
MACHINE = "DESKTOP-GFT9S1R"
AGENT = "f7358a00-8469-45ae-a0c3-22952e9ed12f"
ADD_AGENT = "A59E8BF2-39C3-42C4-B667-CB672381A214"
OFFICE365 = (
    "UserMailboxBackup", "SPBackup", "ODBackup", "GSBackupGMail", "GSBackupGDrive",
    "UserMailboxRestore", "SPRestore", "ODRestore", "GSRestoreGMail", "GSRestoreGDrive",
)  # fmt: skip
GUIDE_TIME = "2020-04-22T11:34:03.290396913Z"
GUIDE_UPDATE = "2020-04-22T11:34:03.294683447Z"
POLICY = {"id": "4d7d580c-32ac-468e-9688-e74906f5d765", "type": "backup", "name": "Daily backup (cloud)"}
RESOURCE = {"id": "5c350066-2ba6-4eeb-aa91-1213dd35f033", "type": "resource.machine", "name": MACHINE}
FILL_UNTIL = parse_iso("2026-06-30T23:00:00Z")
ERROR = {
    "domain": "Backup",
    "code": "CloudStorageUnavailable",
    "reason": "CloudStorageUnavailable",
    "context": {
        "cause_str": "The cloud storage cannot be reached.",
        "effect_str": "The backup was not created.",
    },
    "kbLink": {
        "lineTag": "0x8D165E86FB819606",
        "serCode": "0x8D165E86",
        "version": "15.0",
        "build": 12345,
        "product": "ABR",
        "os": "WINDOWS",
    },
    "debug": {"msg": "connect timed out"},
}


def _uuid(number: int) -> str:
    return f"38045860-8901-426e-b51f-{number:012x}"


def task_base(tenant: Tenant = JOHNDOE) -> dict[str, Any]:
    """What tasks have in common unless they say otherwise."""
    return {
        "type": "UserMailboxBackup",
        "queue": "legacySync",
        "priority": "normal",
        "state": "enqueued",
        "cancellable": True,
        "cancelRequested": False,
        "assignCount": 0,
        "maxAssignCount": 1,
        "ackTimeout": "5s",
        "heartBeatInterval": "1m",
        "execTimeout": "0s",
        "issuer": {"id": "", "clusterId": ""},
        "executor": {"id": AGENT, "clusterId": ""},
        "affinity": {"agentId": AGENT, "clusterId": ""},
        "tenant": tenant.as_json(),
        "policy": POLICY,
        "resource": RESOURCE,
        "startedByUser": f"{MACHINE}\\AMS User",
        "tags": [],
        "workflowId": FIRST_ID - 872,
        "context": {
            "IsProcessRoot": True,
            "isLegacy": True,
            "title": f"Backup of {MACHINE}",
            "MachineName": MACHINE,
            "runMode": "scheduled",
        },
    }


def activity_base(tenant: Tenant = JOHNDOE) -> dict[str, Any]:
    """The same for activities, which lack what belongs to a queue (acronis.md 3.2)."""
    not_theirs = {
        "queue", "priority", "cancellable", "cancelRequested", "assignCount", "maxAssignCount", "ackTimeout",
        "heartBeatInterval", "execTimeout", "issuer", "affinity",
    }  # fmt: skip
    return {name: value for name, value in task_base(tenant).items() if name not in not_theirs}


def _guide_task() -> dict[str, Any]:
    """The guide's own sample: complete in itself, without resource, policy or tenant uuid."""
    return {
        "id": FIRST_ID,
        "idString": str(FIRST_ID),
        "uuid": "38045860-8901-426e-b51f-fc6d24d1cbe0",
        "type": ADD_AGENT,
        "queue": "legacySync",
        "priority": "normal",
        "state": "completed",
        "cancellable": True,
        "cancelRequested": False,
        "assignCount": 1,
        "enqueuedAt": GUIDE_TIME,
        "startedAt": GUIDE_TIME,
        "completedAt": GUIDE_TIME,
        "updatedAt": GUIDE_UPDATE,
        "issuer": {"id": "", "clusterId": ""},
        "result": {"code": "ok", "payload": "MachineManagement::AddAgentResponse"},
        "startedByUser": f"{MACHINE}\\AMS User",
        "tenant": {"id": JOHNDOE.id, "name": JOHNDOE.name, "locator": JOHNDOE.locator},
        "context": {
            "IsProcessRoot": True,
            "Persistent": {"AgentType": "agent", "ID": AGENT, "Name": MACHINE, "OwnerID": JOHNDOE.id},
            "Specific": "Business",
            "UserName": f"{MACHINE}\\AMS User",
            "isLegacy": True,
            "title": f"Adding agent '{MACHINE}' to the management server",
        },
    }


def load(state: AcronisState) -> None:
    """Puts the seed objects into an empty cloud."""
    guide = _guide_task()
    guide_started = {**guide, "id": FIRST_ID + 1, "idString": str(FIRST_ID + 1), "uuid": _uuid(1)}
    guide_started["state"] = "started"  # with completedAt and a result: the guide's task "in progress"
    for own in (guide, guide_started):
        state.objects["tasks"].add(Record(own))
    for number, (tenant, own) in enumerate(_seed_tasks(), 2):
        key = FIRST_ID + number
        state.objects["tasks"].add(Record({"id": key, "uuid": _uuid(number), **own}, task_base(tenant)))
    resources.load(state.objects["resources"], AGENT)
    activities = state.objects["activities"]
    for number, task in enumerate(list(state.objects["tasks"])):
        copied = (
            "type",
            "state",
            "result",
            "startedAt",
            "updatedAt",
            "completedAt",
            "startedByUser",
            "context",
        )
        own = {name: task.get(name) for name in copied if task.get(name) is not None}
        root = {
            "id": FIRST_ID + 1000 + 2 * number,
            "uuid": _uuid(1000 + 2 * number),
            "taskId": task.get("id"),
        }
        shared = activity_base(SECOND if task.get("tenant")["id"] == SECOND.id else JOHNDOE)
        activities.add(Record({**root, "createdAt": task.get("enqueuedAt"), **own}, shared))
        child = {
            **root,
            "id": root["id"] + 1,
            "uuid": _uuid(1001 + 2 * number),
            "parentActivityId": root["id"],
        }
        context = {**(task.get("context") or {}), "IsProcessRoot": False}
        activities.add(Record({**child, "createdAt": task.get("enqueuedAt"), **own, "context": context}, shared))


def _seed_tasks() -> list[tuple[Tenant, dict[str, Any]]]:
    """The ten Office 365 types, one task of each state and result, and some of another tenant."""
    many: list[tuple[Tenant, dict[str, Any]]] = []
    for number, kind in enumerate(OFFICE365):
        own = _done(minute=10 + number, result={"code": "ok"}) | {"type": kind}
        if number == 0:
            own |= {"enqueuedAt": GUIDE_TIME, "startedAt": GUIDE_TIME, "completedAt": GUIDE_TIME}
        many.append((JOHNDOE, own))
    backup = {"type": "backup"}
    results: list[dict[str, Any]] = [
        {"code": "warning", "warnings": [{"domain": "Backup", "code": "ResourceQuotaExceeded"}]},
        {"code": "error", "error": ERROR},
        {"code": "cancelled", "error": {"domain": "Backup", "code": "OperationCanceledByUser"}},
        {"code": "abandoned"},
        {"code": "timedout"},
    ]
    many += [(JOHNDOE, _done(30 + number, result) | backup) for number, result in enumerate(results)]
    many += [(JOHNDOE, own | backup) for own in _unfinished()]
    many += [(SECOND, _done(50 + number, {"code": "ok"}) | {"type": OFFICE365[number]}) for number in range(3)]
    return many


def _done(minute: int, result: dict[str, Any]) -> dict[str, Any]:
    return {
        "state": "completed",
        "assignCount": 1,
        "enqueuedAt": f"2020-04-22T12:{minute:02d}:00.000000001Z",
        "assignedAt": f"2020-04-22T12:{minute:02d}:00.500000000Z",
        "startedAt": f"2020-04-22T12:{minute:02d}:01.290396913Z",
        "updatedAt": f"2020-04-22T12:{minute:02d}:30.294683447Z",
        "completedAt": f"2020-04-22T12:{minute:02d}:30.290396913Z",
        "result": result,
    }


def _unfinished() -> list[dict[str, Any]]:
    """Waiting, assigned, running with progress, paused for want of an answer, asked to cancel."""
    early = {"enqueuedAt": "2020-04-22T13:00:00.000000001Z", "updatedAt": "2020-04-22T13:00:00.000000001Z"}
    assigned = {
        **early,
        "state": "assigned",
        "assignCount": 1,
        "assignedAt": "2020-04-22T13:00:00.500000000Z",
    }
    started = {**assigned, "state": "started", "startedAt": "2020-04-22T13:00:01.290396913Z"}
    progress = {
        "current": 42,
        "total": 100,
        "bytesProcessed": 123456789,
        "bytesSaved": 23456789,
        "processingSpeed": 1048576.5,
        "leftTime": "25m43s",
    }
    blocker = {
        "id": 1,
        "taskId": FIRST_ID,
        "tenant": JOHNDOE.as_json(),
        "issue": {"key": "NeedCredentials", "context": {}},
        "possibleSolutions": [{"key": "Retry"}, {"key": "Cancel"}],
    }
    return [
        {**early, "state": "enqueued"},
        assigned,
        {**started, "progress": progress},
        {**started, "state": "paused", "blockers": [blocker]},
        {**started, "cancelRequested": True},
    ]


def new_object(state: AcronisState, plural: str, given: Mapping[str, Any]) -> Record:
    """Adds a task, an activity or a resource; ``timeline`` and ``heartbeat`` say how tasks and activities go on."""
    collection = state.objects[plural]
    if plural == "resources":
        return resources.new(collection, given, iso_nanos(state.clock.wall()))
    own = {name: value for name, value in given.items() if name not in ("timeline", "heartbeat")}
    number = max((row.get("id") for row in collection), default=FIRST_ID) + 1 if "id" not in own else own["id"]
    now = iso_nanos(state.clock.wall())
    born = "enqueuedAt" if plural == "tasks" else "createdAt"
    defaults: dict[str, Any] = {
        "id": number,
        "uuid": _uuid(number & 0xFFFFFFFFFFFF),
        born: now,
        "updatedAt": now,
    }
    if plural == "activities":
        defaults["taskId"] = FIRST_ID
    own = {**defaults, **{name: now if value == "$now" else value for name, value in own.items()}}
    own.update({name: normal_time(own[name]) for name in TIMES if name in own})
    record = collection.add(Record(own, task_base() if plural == "tasks" else activity_base()))
    state.follow(plural, record, given.get("timeline") or [], given.get("heartbeat"))
    return record


def fill(state: AcronisState, plural: str, total: int) -> None:
    """Adds completed objects until there are so many: always the same, every fifth of the second tenant."""
    collection = state.objects[plural]
    make = task_base if plural == "tasks" else activity_base
    born = "enqueuedAt" if plural == "tasks" else "createdAt"
    failed = {"code": "error", "error": ERROR}
    bases = {
        (tenant.id, code): {
            **make(tenant),
            "type": "backup",
            "state": "completed",
            "result": {"code": "ok"} if code == "ok" else failed,
            **({"assignCount": 1} if plural == "tasks" else {}),
        }
        for tenant in (JOHNDOE, SECOND)
        for code in ("ok", "error")
    }
    newest = int(FILL_UNTIL.timestamp()) * NANO
    for n in range(total - len(collection)):
        started = newest - n * 60 * NANO + n % 1000
        start, end = iso_from_nanos(started), iso_from_nanos(started + 30 * NANO)
        tenant = SECOND if n % 5 == 4 else JOHNDOE
        own = {
            "id": FILL_ID + n,
            "uuid": f"f111f111-8901-426e-b51f-{n:012x}",
            born: start,
            "startedAt": start,
            "updatedAt": end,
            "completedAt": end,
        }
        if plural == "activities":
            own["taskId"] = FILL_ID + n
        collection.add(Record(own, bases[tenant.id, "error" if n % 50 == 49 else "ok"]))
