# Copyright: (c) 2026, safehold.backup contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: anything here may change without notice.

"""The list of activities: what agents do for a task (acronis.md 2.2, 3.2)."""

from __future__ import annotations

from .._core.filters import CONTAINS, FLAG, Filter
from .resource import STATES, Resource, time_filters
from .serializer import serialize
from .tasks import RESULT_CODES

ACTIVITIES = Resource(
    key="activities",
    filters=(
        Filter("id"),
        Filter("uuid"),
        Filter("task_id", wire="taskId"),
        Filter("parent_activity_id", wire="parentActivityId"),
        Filter("type"),
        Filter("state", choices=STATES),
        Filter("result_code", wire="resultCode", field="result.code", choices=RESULT_CODES),
        Filter("policy_id", wire="policyId", field="policy.id"),
        Filter("policy_type", wire="policyType", field="policy.type"),
        Filter("policy_name", wire="policyName", field="policy.name"),
        Filter("policy_name_contains", CONTAINS, wire="policyName", field="policy.name"),
        Filter("resource_id", wire="resourceId", field="resource.id"),
        Filter("resource_type", wire="resourceType", field="resource.type"),
        Filter("resource_name", wire="resourceName", field="resource.name"),
        Filter("resource_name_contains", CONTAINS, wire="resourceName", field="resource.name"),
        Filter("started_by", wire="startedBy", field="started_by_user"),
        Filter("started_by_contains", CONTAINS, wire="startedBy", field="started_by_user"),
        Filter("workflow_id", wire="workflowId"),
        Filter("sustainable", FLAG),
        Filter("tag", field="tags"),
        Filter("allow_deleted", FLAG),
        *time_filters("created", "started", "updated", "completed"),
    ),
    sortable={
        "id": "id",
        "uuid": "uuid",
        "type": "type",
        "started_by": "startedByUser",
        "state": "state",
        "created_at": "createdAt",
        "started_at": "startedAt",
        "updated_at": "updatedAt",
        "completed_at": "completedAt",
    },
    serialize=serialize,
)
