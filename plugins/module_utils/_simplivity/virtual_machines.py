# Copyright: (c) 2026, safehold.backup contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: anything here may change without notice.

"""The list of virtual machines (simplivity.md 2.2, the 1.25 description)."""

from __future__ import annotations

from .._core.filters import AFTER, BEFORE, FLAG, PATTERNS, Filter
from .resource import Resource

VIRTUAL_MACHINES = Resource(
    key="virtual_machines",
    path="/virtual_machines",
    filters=(
        Filter("id"),
        Filter("name", wildcard=True),
        Filter("name_pattern", PATTERNS, wire="name", field="name", wildcard=True),
        Filter("state", choices=("ALIVE", "REMOVED", "DELETED")),
        Filter("created_after", AFTER, field="created_at"),
        Filter("created_before", BEFORE, field="created_at"),
        Filter("policy_id"),
        Filter("policy_name"),
        Filter("datastore_id"),
        Filter("datastore_name"),
        Filter("omnistack_cluster_id"),
        Filter("omnistack_cluster_name"),
        Filter("cluster_group_id", field="cluster_group_ids", many=True),
        Filter("compute_cluster_parent_hypervisor_object_id"),
        Filter("compute_cluster_parent_name"),
        Filter("host_id", single=True),
        Filter("hypervisor_object_id"),
        Filter("hypervisor_management_system", PATTERNS, wildcard=True),
        Filter("hypervisor_management_system_name", PATTERNS, wildcard=True),
        Filter("hypervisor_is_template", FLAG),
        Filter(
            "app_aware_vm_status",
            choices=(
                "CAPABLE",
                "VALID_CREDS",
                "INVALID_CREDS",
                "INVALID_OS",
                "VMWARE_TOOLS_UNAVAILABLE",
                "UNKNOWN",
                "UNKNOWN_FAULT",
            ),
        ),
    ),
    fields=(
        "id",
        "name",
        "state",
        "created_at",
        "deleted_at",
        "policy_id",
        "policy_name",
        "datastore_id",
        "datastore_name",
        "omnistack_cluster_id",
        "omnistack_cluster_name",
        "cluster_group_ids",
        "compute_cluster_parent_hypervisor_object_id",
        "compute_cluster_parent_name",
        "host_id",
        "host_name",
        "replica_set",
        "app_aware_vm_status",
        "network_interfaces",
        "hypervisor_type",
        "hypervisor_object_id",
        "hypervisor_instance_id",
        "hypervisor_uuid",
        "hypervisor_management_system",
        "hypervisor_management_system_name",
        "hypervisor_managed_by",
        "hypervisor_folder_name",
        "hypervisor_virtual_disk_count",
        "hypervisor_cpu_count",
        "hypervisor_allocated_cpu",
        "hypervisor_consumed_cpu",
        "hypervisor_total_memory",
        "hypervisor_consumed_memory",
        "hypervisor_allocated_capacity",
        "hypervisor_free_space",
    ),
    summary=("state", "omnistack_cluster_name", "policy_name"),
    optional_fields=(
        "ha_status",
        "ha_resynchronization_progress",
        "hypervisor_virtual_machine_power_state",
        "hypervisor_is_template",
    ),
)
