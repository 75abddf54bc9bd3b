# Copyright: (c) 2026, safehold.backup contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The federation the simulator starts with: the objects of the seed documents and their neighbourhood."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from ..clock import iso_seconds, parse_iso
from ..store import Record
from . import objects
from .state import SimplivityState

BOSTON = "0bf3988b-b684-4002-a04d-55bb8831b8c4"
WORCESTER = "19b2f7a4-2f0c-4b58-9f57-6f0f3f7f6a10"
HOSTS = (
    ("422ac72f-8437-6e09-eb44-6ffc8bde0aad", "srvr1.sg.com"),
    ("4230b1de-6a57-4f7e-8d7c-0c9d7c1f2b11", "srvr2.sg.com"),
    ("42a41f77-3d0a-4a7b-9a0e-7c5b7d9e3c12", "srvr3.sg.com"),
    ("42c7e5d1-1b8f-4c6d-8e2a-5f6a8b0c4d13", "srvr4.sg.com"),
)
DS1 = "6a1d0f3e-7c52-4b8e-9b1f-2d3c4e5f6071"
DS2 = "c1d172e2-bd89-4bad-ae2a-848e7fbe3dc4"
DS3 = "e2f283f3-ce9a-4cbe-bf3b-959f80cf4ed5"
SILVER = "0fa0d890-6847-4eb0-8480-78d6fc3a9913"
VM32 = "729861fd-a006-4849-bf08-b232551989c0"
MACHINES = (
    (VM32, "vm32_A_6", DS2, 0, "ALIVE"),
    ("3f1c6d8a-0b2e-4a5f-8c7d-1e2f3a4b5c01", "web01", DS1, 0, "ALIVE"),
    ("3f1c6d8a-0b2e-4a5f-8c7d-1e2f3a4b5c02", "db01", DS2, 1, "ALIVE"),
    ("3f1c6d8a-0b2e-4a5f-8c7d-1e2f3a4b5c03", "Büro-Server 東京", DS3, 2, "ALIVE"),
    ("3f1c6d8a-0b2e-4a5f-8c7d-1e2f3a4b5c04", "retired01", DS3, 3, "REMOVED"),
)
NIGHTS = [f"2016-03-{day}T22:00:00-04:00" for day in (14, 15, 16, 17)]
WEEK = timedelta(days=7)
FILL_UNTIL = "2026-06-30T23:00:00Z"


def load(state: SimplivityState) -> None:
    """Puts the seed objects into an empty federation."""
    clusters = [
        objects.cluster(BOSTON, "Boston -:- OmniCube CN-2000 5.5.0", [HOSTS[0][0], HOSTS[1][0]], 1),
        objects.cluster(WORCESTER, "Worcester", [HOSTS[2][0], HOSTS[3][0]], 2),
    ]
    hosts = [objects.host(key, name, clusters[n // 2], n + 1) for n, (key, name) in enumerate(HOSTS)]
    policies = [
        objects.policy(SILVER, "Silver", [objects.rule("95bf6f0e-0d5c-4b8f-8f6d-6f1f0c9b7a01", 1440, 10080)]),
        objects.policy(
            "0fa0d890-6847-4eb0-8480-78d6fc3a9914",
            "Gold",
            [objects.rule("95bf6f0e-0d5c-4b8f-8f6d-6f1f0c9b7a02", 60, 20160)],
        ),
        objects.policy("0fa0d890-6847-4eb0-8480-78d6fc3a9915", "Fixed Default Backup Policy", []),
    ]
    stores = [
        objects.datastore(DS1, "ds1", clusters[0], policies[0], 1),
        objects.datastore(DS2, "ds2", clusters[0], policies[0], 2),
        objects.datastore(DS3, "ds3", clusters[1], policies[1], 3),
    ]
    for plural, many in (
        ("omnistack_clusters", clusters),
        ("hosts", hosts),
        ("policies", policies),
        ("datastores", stores),
    ):
        for one in many:
            state.objects[plural].add(Record(one))
    by_id = {store["id"]: store for store in stores}
    for number, (key, name, store_id, host_number, machine_state) in enumerate(MACHINES):
        own, shared = objects.virtual_machine(key, name, by_id[store_id], hosts[host_number], number)
        own["state"] = machine_state
        replicas = [hosts[host_number], hosts[host_number ^ 1]]
        own["replica_set"] = [
            {"id": one["id"], "role": role} for one, role in zip(replicas, ("PRIMARY", "SECONDARY"), strict=True)
        ]
        if machine_state != "ALIVE":
            own["deleted_at"] = "2016-03-18T00:00:00Z"
        state.objects["virtual_machines"].add(Record(own, shared))
    for given in _seed_backups():
        new_backup(state, given)
    state.fields = {plural: frozenset(next(iter(collection)).view()) for plural, collection in state.objects.items()}


def _seed_backups() -> list[dict[str, Any]]:
    """21 backups: the guide's own first, then one of each kind that a client can stumble over."""
    first: dict[str, Any] = {
        "id": "f6d5980c-478c-4292-aabf-67da627dbc57",
        "name": "vm32_A_6-backup-2016-03-13T21:03:46-04:00",
        "type": "MANUAL",
        "virtual_machine_name": "vm32_A_6",
        "created_at": "2016-03-14T01:03:46Z",
    }
    nightly = [
        _nightly(machine, name)
        for machine, nights in (("vm32_A_6", NIGHTS[:3]), ("web01", NIGHTS), ("db01", NIGHTS))
        for name in nights
    ]
    manual: list[dict[str, Any]] = [
        {
            "name": "before upgrade, phase 1",
            "virtual_machine_name": "web01",
            "created_at": "2016-03-15T12:00:00Z",
        },
        {
            "name": "Before upgrade",
            "virtual_machine_name": "web01",
            "created_at": "2016-03-15T12:30:00Z",
            "application_consistent": True,
            "consistency_type": "VSS",
        },
        {
            "name": "aborted",
            "virtual_machine_name": "web01",
            "created_at": "2016-03-15T13:00:00Z",
            "state": "FAILED",
            "size": 0,
        },
        {"name": "nightly*full", "virtual_machine_name": "db01", "created_at": "2016-03-16T09:00:00Z"},
        {
            "name": "nightly-extra-full",
            "virtual_machine_name": "db01",
            "created_at": "2016-03-16T09:30:00Z",
            "size": 734003200,
        },
        {
            "name": "offsite-2016-03-16",
            "virtual_machine_name": "db01",
            "created_at": "2016-03-16T10:00:00Z",
            "omnistack_cluster_id": "",
            "omnistack_cluster_name": "",
            "external_store_name": "StoreOnce-Data02",
            "associated_cluster": BOSTON,
            "backup_store_type": "StoreOnceOnPrem",
        },
        {
            "name": "Sicherung №1 für Büro",
            "virtual_machine_name": "Büro-Server 東京",
            "created_at": "2016-03-17T06:00:00Z",
        },
    ]
    rest = [
        {
            **_nightly("Büro-Server 東京", NIGHTS[0]),
            "sent": 1048576,
            "sent_duration": 12,
            "sent_completion_time": "2016-03-15T02:00:12Z",
        },
        {**_nightly("retired01", NIGHTS[0]), "state": "DEGRADED"},
    ]
    many = [first, *nightly, *({**one, "type": "MANUAL"} for one in manual), *rest]
    return [{"id": f"b5e0{n:04x}-5eed-4000-8000-{n:012x}", **one} for n, one in enumerate(many)]


def _nightly(machine: str, name: str) -> dict[str, Any]:
    """A backup of the policy: named after its time, so that machines share the name (simplivity.md 4.5)."""
    moment = parse_iso(name)
    return {
        "name": name,
        "virtual_machine_name": machine,
        "created_at": iso_seconds(moment.timestamp()),
        "expiration_time": iso_seconds((moment + WEEK).timestamp()),
    }


def new_backup(state: SimplivityState, given: Mapping[str, Any]) -> Record:
    """Adds a backup; what is not given comes from its machine (the first one if none is named)."""
    machines = state.objects["virtual_machines"]
    machine = machines.get(given.get("virtual_machine_id")) or next(
        (one for one in machines if one.get("name") == given.get("virtual_machine_name")), None
    )
    base = objects.backup_base((machine or next(iter(machines))).view())
    number = next(state.numbers)
    own = {
        "id": f"b5e1{number & 0xFFFF:04x}-0ad0-4000-8000-{number:012x}",
        "name": f"backup-{number}",
        "created_at": iso_seconds(state.clock.wall()),
        **given,
    }
    return state.backups.add(Record(own, base))


def new_object(state: SimplivityState, plural: str, given: Mapping[str, Any]) -> Record:
    """Adds an object of any kind; what is not given comes from the first one of its kind."""
    if plural == "backups":
        return new_backup(state, given)
    collection = state.objects[plural]
    number = next(state.numbers)
    own = {"id": f"0b1e{number & 0xFFFF:04x}-0ad0-4000-8000-{number:012x}", **given}
    return collection.add(Record(own, next(iter(collection)).view()))


def fill(state: SimplivityState, total: int, per_machine: int) -> None:
    """Adds nightly backups of more machines until there are so many; always the same ones."""
    machines = state.objects["virtual_machines"]
    store = state.objects["datastores"].get(DS1)
    host = state.objects["hosts"].get(HOSTS[0][0])
    assert store is not None and host is not None
    newest = parse_iso(FILL_UNTIL)
    nights = [newest - timedelta(days=night) for night in range(per_machine)]
    dates = [(iso_seconds(one.timestamp()), iso_seconds((one + WEEK).timestamp())) for one in nights]
    _own, shared = objects.virtual_machine("", "", store.view(), host.view(), 0)
    base: dict[str, Any] = {}
    for n in range(total - len(state.backups)):
        number, night = divmod(n, per_machine)
        if night == 0:
            key, name = f"f111{number & 0xFFFF:04x}-0000-4000-8000-{number:012x}", f"fill-{number:05d}"
            if key not in machines:
                own, _shared = objects.virtual_machine(key, name, store.view(), host.view(), 1000 + number)
                machines.add(Record(own, shared))
            base = objects.backup_base({**shared, "id": key, "name": name, "state": "ALIVE"})
        created, expires = dates[night]
        own = {
            "id": f"{n:08x}-f111-4000-8000-{n:012x}",
            "name": created,
            "created_at": created,
            "expiration_time": expires,
            "size": 1_000_000 + n,
        }
        state.backups.add(Record(own, base))
