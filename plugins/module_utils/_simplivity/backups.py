# Copyright: (c) 2026, safehold.backup contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: anything here may change without notice.

"""The list of backups: all filters of GET /backups (simplivity.md 2.1, the 1.25 description)."""

from __future__ import annotations

from .._core.filters import AFTER, BEFORE, FLAG, MAXIMUM, MINIMUM, PATTERNS, Filter
from .resource import Resource

STATES = (
    "NEW",
    "QUEUED",
    "SAVING",
    "PROTECTED",
    "DEGRADED",
    "REBUILDING",
    "CANCELING",
    "CANCELED",
    "FAILED",
    "DELETED",
    "UNKNOWN",
)

BACKUPS = Resource(
    key="backups",
    path="/backups",
    filters=(
        Filter("id"),
        Filter("name", wildcard=True),
        Filter("name_pattern", PATTERNS, wire="name", field="name", wildcard=True),
        Filter("type", choices=("MANUAL", "POLICY", "UNSPECIFIED")),
        Filter("state", choices=STATES),
        Filter("virtual_machine_id"),
        Filter("virtual_machine_name"),
        Filter("virtual_machine_type", choices=("VM", "TEMPLATE", "UNKNOWN")),
        Filter("virtual_machine_state", choices=("ALIVE", "REMOVED", "DELETED")),
        Filter("omnistack_cluster_id"),
        Filter("omnistack_cluster_name"),
        Filter("compute_cluster_parent_hypervisor_object_id"),
        Filter("compute_cluster_parent_name"),
        Filter("cluster_group_id", field="cluster_group_ids", many=True),
        Filter("datastore_id"),
        Filter("datastore_name"),
        Filter("external_store_name", PATTERNS, wildcard=True, since=(1, 14)),
        Filter("associated_cluster", since=(1, 17)),
        Filter(
            "backup_store_type",
            choices=("SimplivityStore", "StoreOnceOnPrem", "StoreOnceCloud", "Unknown"),
            since=(1, 17),
        ),
        Filter("application_consistent", FLAG),
        Filter("consistency_type", choices=("NONE", "DEFAULT", "VSS", "FAILEDVSS", "NOT_APPLICABLE")),
        Filter("created_after", AFTER, field="created_at"),
        Filter("created_before", BEFORE, field="created_at"),
        Filter("expires_after", AFTER, field="expiration_time"),
        Filter("expires_before", BEFORE, field="expiration_time"),
        Filter("sent_completion_after", AFTER, field="sent_completion_time"),
        Filter("sent_completion_before", BEFORE, field="sent_completion_time"),
        Filter("sent_min", MINIMUM, field="sent"),
        Filter("sent_max", MAXIMUM, field="sent"),
        Filter("sent_duration_min", MINIMUM, field="sent_duration"),
        Filter("sent_duration_max", MAXIMUM, field="sent_duration"),
        Filter("size_min", MINIMUM, field="size"),
        Filter("size_max", MAXIMUM, field="size"),
        Filter("unique_size_bytes_min", MINIMUM, field="unique_size_bytes"),
        Filter("unique_size_bytes_max", MAXIMUM, field="unique_size_bytes"),
    ),
    fields=(
        "id",
        "name",
        "type",
        "state",
        "created_at",
        "expiration_time",
        "virtual_machine_id",
        "virtual_machine_name",
        "virtual_machine_state",
        "virtual_machine_type",
        "hypervisor_type",
        "datastore_id",
        "datastore_name",
        "omnistack_cluster_id",
        "omnistack_cluster_name",
        "compute_cluster_parent_hypervisor_object_id",
        "compute_cluster_parent_name",
        "cluster_group_ids",
        "application_consistent",
        "consistency_type",
        "size",
        "sent",
        "sent_duration",
        "sent_completion_time",
        "unique_size_bytes",
        "unique_size_timestamp",
        "external_store_name",
        "associated_cluster",
        "backup_store_type",
    ),
    summary=("state", "type", "virtual_machine_name", "omnistack_cluster_name"),
)
