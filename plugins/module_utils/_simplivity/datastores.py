# Copyright: (c) 2026, safehold.backup contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: anything here may change without notice.

"""The list of datastores (simplivity.md 2.3, the 1.25 description)."""

from __future__ import annotations

from .._core.filters import AFTER, BEFORE, FLAG, MAXIMUM, MINIMUM, PATTERNS, Filter
from .resource import Resource

DATASTORES = Resource(
    key="datastores",
    path="/datastores",
    filters=(
        Filter("id"),
        Filter("name", wildcard=True),
        Filter("name_pattern", PATTERNS, wire="name", field="name", wildcard=True),
        Filter("min_size", MINIMUM, field="size"),
        Filter("max_size", MAXIMUM, field="size"),
        Filter("created_after", AFTER, field="created_at"),
        Filter("created_before", BEFORE, field="created_at"),
        Filter("omnistack_cluster_id"),
        Filter("omnistack_cluster_name"),
        Filter("cluster_group_id", field="cluster_group_ids", many=True),
        Filter("compute_cluster_parent_hypervisor_object_id"),
        Filter("compute_cluster_parent_name"),
        Filter("hypervisor_management_system_name", PATTERNS, wildcard=True),
        Filter("hypervisor_object_id"),
        Filter("policy_id"),
        Filter("policy_name"),
        Filter("mount_directory"),
        Filter("single_replica", FLAG),
    ),
    fields=(
        "id",
        "name",
        "size",
        "created_at",
        "deleted",
        "single_replica",
        "mount_directory",
        "policy_id",
        "policy_name",
        "omnistack_cluster_id",
        "omnistack_cluster_name",
        "cluster_group_ids",
        "compute_cluster_parent_hypervisor_object_id",
        "compute_cluster_parent_name",
        "hypervisor_type",
        "hypervisor_object_id",
        "hypervisor_management_system",
        "hypervisor_management_system_name",
        "shares",
    ),
    summary=("omnistack_cluster_name", "policy_name"),
    optional_fields=("hypervisor_free_space",),
)
