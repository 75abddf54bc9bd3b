# Copyright: (c) 2026, safehold.backup contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A small estate as the modules return it: two SimpliVity clusters and two Acronis tenants over two weeks.

`python tests/evidence/estate.py` writes sample.json, the evidence of it, which a test keeps up to date.
"""

from __future__ import annotations

import json
import sys
import uuid
from pathlib import Path
from typing import Any

if __name__ == "__main__":
    ROOT = Path(__file__).resolve().parents[2]
    sys.path[:0] = [str(ROOT / "scripts"), str(ROOT / ".build" / "tree")]

from ansible_collections.safehold.backup.plugins.plugin_utils._evidence.build import build
from ansible_collections.safehold.backup.plugins.plugin_utils._evidence.times import moment, text

SAMPLE = Path(__file__).with_name("sample.json")
NOW = moment("2026-03-16T06:00:00Z") or 0
HOUR, DAY = 3600, 86400
CLUSTERS = {"Boston": "0bf3988b-b684-4002-a04d-55bb8831b8c4", "Worcester": "19b2f7a4-2f0c-4b58-9f57-6f0f3f7f6a10"}
GB = 10**9

OBJECTIVES: list[dict[str, Any]] = [
    {
        "label": "databases, twice a day and off-site",
        "name": ["db*", "sql*"],
        "max_age": "14h",
        "offsite_max_age": "2d",
    },
    {"label": "laptops", "tenant": "*", "name": "LAPTOP-*", "max_age": "3d", "failures_tolerated": 2},
    {"label": "everything else, daily", "max_age": "26h"},
]
EXCLUSIONS: list[dict[str, Any]] = [
    {"name": "build-*", "reason": "made anew every night", "expires": "2026-12-31"},
    {"name": "legacy-erp", "reason": "to be switched off, CHG-4711", "expires": "2026-02-28"},
]


def id_of(name: str) -> str:
    """An ID that is the same each time."""
    return str(uuid.uuid5(uuid.NAMESPACE_URL, name))


def machine(name: str, cluster: str, policy: str = "Silver") -> dict[str, Any]:
    """A virtual machine, as far as the evidence looks at it."""
    return {
        "id": id_of(name),
        "name": name,
        "state": "ALIVE",
        "policy_name": policy,
        "omnistack_cluster_id": CLUSTERS[cluster],
        "omnistack_cluster_name": cluster,
    }


def backup(
    name: str, at: int, cluster: str, size: int = 40 * GB, state: str = "PROTECTED", **more: Any
) -> dict[str, Any]:
    """A backup of a virtual machine in a cluster. at: Unix seconds."""
    return {
        "id": id_of(f"{name} {at} {cluster} {more.get('external_store_name', '')}"),
        "name": text(at),
        "state": state,
        "created_at": text(at),
        "virtual_machine_id": id_of(name),
        "virtual_machine_name": name,
        "virtual_machine_state": "ALIVE",
        "omnistack_cluster_id": CLUSTERS[cluster],
        "omnistack_cluster_name": cluster,
        "external_store_name": "",
        "consistency_type": "NONE",
        "size": 0 if state == "FAILED" else size,
        **more,
    }


def nightly(name: str, cluster: str, size: int, states: str, growth: int = GB, hour: int = 8) -> list[dict[str, Any]]:
    """A backup a night, the last one `hour` hours ago. states: p(rotected), f(ailed), d(egraded), r(unning) or -."""
    words = {"p": "PROTECTED", "f": "FAILED", "d": "DEGRADED", "r": "SAVING", "c": "CANCELED"}
    found = []
    for n, sign in enumerate(states):
        ago = len(states) - 1 - n
        if sign != "-":
            at = NOW - hour * HOUR - ago * DAY
            found.append(backup(name, at, cluster, size + n * growth, words[sign]))
    return found


def simplivity() -> dict[str, Any]:
    """What the two lists of SimpliVity say."""
    machines = [
        machine("web01", "Boston"),
        machine("web02", "Boston"),
        machine("db01", "Boston", "Gold"),
        machine("mail01", "Boston"),
        machine("build-agent-7", "Boston", "None"),
        machine("intranet-new", "Boston", "None"),
        machine("Büro-Server 東京", "Worcester"),
        machine("file01", "Worcester"),
        machine("sql-reporting", "Worcester", "Gold"),
        machine("legacy-erp", "Worcester"),
        machine("app01", "Worcester"),
    ]
    backups = [
        *nightly("web01", "Boston", 42 * GB, "pppppppppppppp"),
        *nightly("web02", "Boston", 38 * GB, "pppppppppppfff"),
        *nightly("db01", "Boston", 310 * GB, "pppppppppppppp", 4 * GB),
        *nightly("db01", "Boston", 310 * GB, "pppppppppppppp", 4 * GB, hour=2),
        *nightly("db01", "Worcester", 310 * GB, "ppppppppppppfp", 4 * GB),
        *nightly("mail01", "Boston", 120 * GB, "ppppppppppp---"),
        *nightly("Büro-Server 東京", "Worcester", 64 * GB, "ppppppppppfffp"),
        *nightly("file01", "Worcester", 820 * GB, "pppppppdpppppd", 6 * GB),
        *nightly("sql-reporting", "Worcester", 95 * GB, "pppppppppppppp", 2 * GB),
        *nightly("legacy-erp", "Worcester", 55 * GB, "pp------------", 0),
        *nightly("app01", "Worcester", 27 * GB, "ppppppcppppppr"),
        backup("file01", NOW - 9 * HOUR, "Worcester", 860 * GB, external_store_name="StoreOnce-Data02",
               omnistack_cluster_id="", omnistack_cluster_name=""),
    ]  # fmt: skip
    return {
        "system": "simplivity",
        "name": "svt.example.com",
        "virtual_machines": {"virtual_machines": machines, "count": len(machines), "truncated": False},
        "backups": {"backups": backups, "count": len(backups), "truncated": False},
    }


TENANTS = {"1496265": "Northwind Dental", "1496301": "Bluewater Hotels"}
ERRORS = {
    "e": ("CloudStorageUnavailable", "The backup was not created.", "The cloud storage cannot be reached."),
    "q": ("ResourceQuotaExceeded", "The backup was not created.", "The quota of the storage is used up."),
    "u": ("MemoErrorUnexpectedShutdown", "The backup was interrupted.", "The machine was shut down."),
}


def runs(
    name: str, tenant: str, policy: str, size: int, results: str, kind: str = "backup", hour: int = 5
) -> list[Any]:
    """A task a day. results: o(k), w(arning), an error of ERRORS, x (timedout), r(unning) or -."""
    found = []
    for n, sign in enumerate(results):
        if sign == "-":
            continue
        at = NOW - 5 * HOUR - (len(results) - 1 - n) * DAY
        task: dict[str, Any] = {
            "id": str(944455285181775872 + uuid.UUID(id_of(f"{name} {n}")).int % 10**9),
            "type": kind,
            "state": "started" if sign == "r" else "completed",
            "enqueued_at": text(at - 5),
            "started_at": text(at),
            "tenant": {"id": tenant, "name": TENANTS[tenant]},
            "policy": {"id": id_of(policy), "type": "backup", "name": policy},
            "resource": {"id": id_of(name), "type": "resource.machine", "name": name},
            "progress": {"bytes_processed": size * 4, "bytes_saved": size + n * GB // 10},
            "context": {"IsProcessRoot": True, "title": f"Backup of {name}"},
        }
        if sign != "r":
            task["completed_at"] = text(at + 1200)
            task["result"] = {"o": {"code": "ok"}, "x": {"code": "timedout"}}.get(sign) or _result(sign)
        found.append(task)
    return found


def _result(sign: str) -> dict[str, Any]:
    if sign == "w":
        return {"code": "warning", "warnings": [{"domain": "Backup", "code": "FilesSkipped"}]}
    code, effect, cause = ERRORS[sign]
    context = {"effect_str": effect, "cause_str": cause}
    return {"code": "error", "error": {"domain": "Backup", "code": code, "context": context}}


def acronis() -> dict[str, Any]:
    """What the list of tasks of Acronis says, and which resources are known."""
    dental, hotels = TENANTS
    tasks = [
        *runs("RECEPTION-01", dental, "Daily backup (cloud)", 8 * GB, "oooooooooooooo"),
        *runs("XRAY-SRV", dental, "Daily backup (cloud)", 60 * GB, "ooooooooooeeee"),
        *runs("LAPTOP-ANNA", dental, "Laptops", 3 * GB, "o-oo-oouooo-uu"),
        *runs("frontdesk@bluewater.example", hotels, "Microsoft 365", GB, "oooooooooooooo", "UserMailboxBackup"),
        *runs("gm@bluewater.example", hotels, "Microsoft 365", 2 * GB, "ooooooooooooow", "UserMailboxBackup"),
        *runs("HOTEL-PMS", hotels, "Servers", 90 * GB, "oooooooooqqqoo"),
        *runs("HOTEL-BACKOFFICE", hotels, "Servers", 40 * GB, "ooooooooo-----"),
        *runs("HOTEL-SPA", hotels, "Servers", 20 * GB, "oooooooooooxor"),
        {**runs("HOTEL-PMS", hotels, "Servers", 0, "o", "Restore")[0], "id": "944455285181999999"},
    ]
    resources = [
        {"id": id_of("KIOSK-2"), "name": "KIOSK-2", "type": "resource.machine", "tenant": TENANTS[hotels]},
        {"id": id_of("HOTEL-PMS"), "name": "HOTEL-PMS", "type": "resource.machine", "tenant": TENANTS[hotels]},
    ]
    return {
        "system": "acronis",
        "name": "eu2-cloud.acronis.com",
        "filters": {"started_after": "30d"},
        "tasks": {"tasks": tasks, "count": len(tasks), "truncated": False},
        "resources": resources,
    }


def sample() -> dict[str, Any]:
    """The evidence of the estate, a day after evidence in which some of it was otherwise."""
    options: dict[str, Any] = {"objectives": OBJECTIVES, "exclusions": EXCLUSIONS}
    yesterday = build([simplivity(), acronis()], NOW, **options)
    yesterday["generated_at"] = text(NOW - DAY)
    kept = []
    for one in yesterday["machines"]:
        if one["name"] == "intranet-new":
            continue
        if one["name"] in ("web02", "XRAY-SRV"):
            one |= {"status": "protected", "level": "ok"}
        if one["name"] in ("Büro-Server 東京", "HOTEL-PMS"):
            one |= {"status": "failed", "level": "critical"}
        kept.append(one)
    gone = {
        **next(one for one in kept if one["name"] == "web01"),
        "key": "simplivity:" + id_of("printserver"),
        "name": "printserver",
    }
    yesterday["machines"] = [*kept, gone]
    return build([simplivity(), acronis()], NOW, previous=yesterday, **options)


if __name__ == "__main__":
    SAMPLE.write_text(json.dumps(sample(), ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
