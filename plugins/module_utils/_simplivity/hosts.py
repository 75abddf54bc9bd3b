# Copyright: (c) 2026, safehold.backup contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: anything here may change without notice.

"""The list of hosts (simplivity.md 2.4, the 1.25 description)."""

from __future__ import annotations

from .._core.filters import FLAG, MAXIMUM, MINIMUM, PATTERNS, Filter
from .resource import Resource

_INT32 = 2**31 - 1

HOSTS = Resource(
    key="hosts",
    path="/hosts",
    filters=(
        Filter("id"),
        Filter("name", wildcard=True),
        Filter("name_pattern", PATTERNS, wire="name", field="name", wildcard=True),
        Filter("state", single=True, choices=("ALIVE", "FAULTY", "MANAGED", "REMOVED", "SUSPECTED", "UNKNOWN")),
        Filter("type", PATTERNS, wildcard=True),
        Filter("model", PATTERNS, wildcard=True),
        Filter("version", PATTERNS, wildcard=True),
        Filter("virtual_controller_name", PATTERNS, wildcard=True),
        Filter("management_ip", PATTERNS, wildcard=True),
        Filter("storage_ip", PATTERNS, wildcard=True),
        Filter("federation_ip", PATTERNS, wildcard=True),
        Filter("omnistack_cluster_id", single=True),
        Filter("cluster_group_id", field="cluster_group_ids", many=True),
        Filter("compute_cluster_name", PATTERNS, wildcard=True),
        Filter("compute_cluster_hypervisor_object_id", PATTERNS, wildcard=True),
        Filter("compute_cluster_parent_name", PATTERNS, wildcard=True),
        Filter("compute_cluster_parent_hypervisor_object_id", PATTERNS, wildcard=True),
        Filter("hypervisor_object_id", PATTERNS, wildcard=True),
        Filter("hypervisor_management_system", PATTERNS, wildcard=True),
        Filter("hypervisor_management_system_name", PATTERNS, wildcard=True),
        Filter("policy_enabled", FLAG),
        Filter("can_rollback", FLAG),
        Filter("upgrade_state", choices=("SUCCESS", "FAIL", "IN_PROGRESS", "NOOP", "UNKNOWN")),
        Filter("current_feature_level_min", MINIMUM, field="current_feature_level", highest=_INT32),
        Filter("current_feature_level_max", MAXIMUM, field="current_feature_level", highest=_INT32),
        Filter("potential_feature_level_min", MINIMUM, field="potential_feature_level", highest=_INT32),
        Filter("potential_feature_level_max", MAXIMUM, field="potential_feature_level", highest=_INT32),
        Filter("cluster_feature_level_min", MINIMUM, field="cluster_feature_level", highest=_INT32),
        Filter("cluster_feature_level_max", MAXIMUM, field="cluster_feature_level", highest=_INT32),
        Filter("availability_zone_planned", single=True),
        Filter("availability_zone_effective", single=True),
    ),
    fields=(
        "id",
        "name",
        "state",
        "type",
        "model",
        "version",
        "virtual_controller_name",
        "management_ip",
        "management_mask",
        "management_mtu",
        "storage_ip",
        "storage_mask",
        "storage_mtu",
        "federation_ip",
        "federation_mask",
        "federation_mtu",
        "omnistack_cluster_id",
        "cluster_group_ids",
        "compute_cluster_name",
        "compute_cluster_hypervisor_object_id",
        "compute_cluster_parent_name",
        "compute_cluster_parent_hypervisor_object_id",
        "hypervisor_object_id",
        "hypervisor_management_system",
        "hypervisor_management_system_name",
        "policy_enabled",
        "can_rollback",
        "upgrade_state",
        "current_feature_level",
        "potential_feature_level",
        "cluster_feature_level",
        "availability_zone_planned",
        "availability_zone_effective",
        "date",
    ),
    summary=("state", "type", "version", "compute_cluster_name"),
    optional_fields=(
        "allocated_capacity",
        "used_capacity",
        "free_space",
        "used_logical_capacity",
        "capacity_savings",
        "local_backup_capacity",
        "remote_backup_capacity",
        "stored_virtual_machine_data",
        "stored_compressed_data",
        "stored_uncompressed_data",
        "compression_ratio",
        "deduplication_ratio",
        "efficiency_ratio",
    ),
)
