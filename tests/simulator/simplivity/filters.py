# Copyright: (c) 2026, safehold.backup contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which query parameters each list takes, and what each does (the provider's 1.25 description)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

CSV, PATTERN, ONE, BOOL, INT_MIN, INT_MAX, BEFORE, AFTER = (
    "csv", "pattern", "one", "bool", "min", "max", "before", "after",
)  # fmt: skip

#: Enumerated fields are compared by the full value whatever ``case`` says (simplivity.md 2.0).
ENUMERATED = frozenset(
    "state type consistency_type backup_store_type virtual_machine_state virtual_machine_type hypervisor_type"
    " app_aware_vm_status upgrade_state".split()
)


@dataclass(frozen=True)
class Filter:
    """One query parameter: how its value is read and which field it looks at."""

    name: str
    kind: str
    field: str

    @property
    def takes_list(self) -> bool:
        """Whether a comma separates values."""
        return self.kind in (CSV, PATTERN)


@dataclass(frozen=True)
class Resource:
    """One list of the API."""

    plural: str
    singular: str
    kind: str
    filters: Mapping[str, Filter]
    optional: frozenset[str] | None = None
    defaults: Mapping[str, str] | None = None


def _filters(
    csv: str = "",
    pattern: str = "",
    one: str = "",
    flags: str = "",
    ranges: Iterable[tuple[str, str, str]] = (),
) -> dict[str, Filter]:
    found = [Filter(name, CSV, "cluster_group_ids" if name == "cluster_group_id" else name) for name in csv.split()]
    found += [Filter(name, PATTERN, name) for name in pattern.split()]
    found += [Filter(name, ONE, name) for name in one.split()]
    found += [Filter(name, BOOL, name) for name in flags.split()]
    found += [Filter(name, kind, field) for name, kind, field in ranges]
    return {one.name: one for one in found}


def _numbers(*names: str) -> list[tuple[str, str, str]]:
    return [(f"{name}_{kind}", kind, name) for name in names for kind in (INT_MIN, INT_MAX)]


def _times(**fields: str) -> list[tuple[str, str, str]]:
    return [(f"{name}_{kind}", kind, field) for name, field in fields.items() for kind in (BEFORE, AFTER)]


PARENT = "compute_cluster_parent_hypervisor_object_id compute_cluster_parent_name "
CLUSTER = "omnistack_cluster_id omnistack_cluster_name "
CAPACITY = frozenset(
    "allocated_capacity used_capacity free_space used_logical_capacity capacity_savings local_backup_capacity"
    " remote_backup_capacity stored_virtual_machine_data stored_compressed_data stored_uncompressed_data"
    " compression_ratio deduplication_ratio efficiency_ratio".split()
)

BACKUPS = Resource(
    "backups", "backup", "backup",
    _filters(
        csv="id state type datastore_id datastore_name virtual_machine_id virtual_machine_name"
        " virtual_machine_type virtual_machine_state consistency_type cluster_group_id backup_store_type"
        " associated_cluster " + CLUSTER + PARENT,
        pattern="name external_store_name",
        flags="application_consistent",
        ranges=_numbers("sent", "size", "sent_duration", "unique_size_bytes")
        + _times(expires="expiration_time", created="created_at", sent_completion="sent_completion_time"),
    ),
)  # fmt: skip

VIRTUAL_MACHINES = Resource(
    "virtual_machines", "virtual_machine", "virtual_machine",
    _filters(
        csv="id datastore_id datastore_name policy_id policy_name hypervisor_object_id state"
        " app_aware_vm_status cluster_group_id " + CLUSTER + PARENT,
        pattern="name hypervisor_management_system hypervisor_management_system_name",
        one="host_id",
        flags="hypervisor_is_template",
        ranges=_times(created="created_at"),
    ),
    optional=frozenset(
        "ha_status ha_resynchronization_progress hypervisor_virtual_machine_power_state"
        " hypervisor_is_template".split()
    ),
    defaults={"state": "ALIVE"},
)  # fmt: skip

DATASTORES = Resource(
    "datastores", "datastore", "datastore",
    _filters(
        csv="id policy_id policy_name hypervisor_object_id mount_directory cluster_group_id "
        + CLUSTER
        + PARENT,
        pattern="name hypervisor_management_system_name",
        flags="single_replica",
        ranges=[("min_size", INT_MIN, "size"), ("max_size", INT_MAX, "size"), *_times(created="created_at")],
    ),
    optional=frozenset({"hypervisor_free_space"}),
)  # fmt: skip

HOSTS = Resource(
    "hosts", "host", "host",
    _filters(
        csv="id upgrade_state cluster_group_id",
        pattern="name type model version hypervisor_management_system hypervisor_management_system_name"
        " hypervisor_object_id compute_cluster_name compute_cluster_hypervisor_object_id management_ip"
        " storage_ip federation_ip virtual_controller_name " + PARENT,
        one="omnistack_cluster_id state availability_zone_planned availability_zone_effective",
        flags="policy_enabled can_rollback",
        ranges=_numbers("current_feature_level", "potential_feature_level", "cluster_feature_level"),
    ),
    optional=CAPACITY,
)  # fmt: skip

OMNISTACK_CLUSTERS = Resource(
    "omnistack_clusters", "omnistack_cluster", "omnistack_cluster",
    _filters(
        csv="id hypervisor_object_id hypervisor_object_parent_id type cluster_group_id arbiter_address",
        pattern="name hypervisor_object_parent_name hypervisor_management_system_name",
        flags="arbiter_connected arbiter_required arbiter_configured",
    ),
    optional=CAPACITY | {"time_zone", "upgrade_state", "upgrade_task_id"},
)  # fmt: skip

POLICIES = Resource(
    "policies", "policy", "policy",
    _filters(csv="id name cluster_group_id owner_cluster_id owner_cluster_name"),
)  # fmt: skip

RESOURCES = {
    resource.plural: resource
    for resource in (BACKUPS, VIRTUAL_MACHINES, DATASTORES, HOSTS, OMNISTACK_CLUSTERS, POLICIES)
}

#: Fields, and the filters on them, that older servers do not have (simplivity.md 2.1).
SINCE: dict[str, dict[str, int]] = {
    "backups": {
        "virtual_machine_state": 9,
        "unique_size_bytes": 9,
        "unique_size_timestamp": 9,
        "external_store_name": 14,
        "backup_store_type": 17,
        "associated_cluster": 17,
    }
}


def missing_fields(plural: str, minor: int) -> frozenset[str]:
    """Fields that a server of API version 1.minor does not know."""
    return frozenset(field for field, since in SINCE.get(plural, {}).items() if minor < since)
