# Copyright: (c) 2026, safehold.backup contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: anything here may change without notice.

"""The list of tasks, and what their states mean (acronis.md 2, 3)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from .._core import tasks as core
from .._core.clock import Deadline
from .._core.filters import CONTAINS, FLAG, TEXT, Filter, checked_texts
from .._core.listing import Listing
from .._core.tasks import Task
from .client import AcronisClient
from .reason import reason
from .resource import PRIORITIES, STATES, Query, Resource, time_filters
from .serializer import serialize

RESULT_CODES = ("ok", "error", "warning", "cancelled", "abandoned", "timedout")
CATEGORIES = {
    # the provider's own list (seed "tasks related to Office 365 backup and recovery")
    "office365": (
        "UserMailboxBackup",
        "SPBackup",
        "ODBackup",
        "GSBackupGMail",
        "GSBackupGDrive",
        "UserMailboxRestore",
        "SPRestore",
        "ODRestore",
        "GSRestoreGMail",
        "GSRestoreGDrive",
    ),
}

_LIST = Resource(
    key="tasks",
    filters=(
        Filter("id"),
        Filter("uuid"),
        Filter("type"),
        Filter("state", choices=STATES),
        Filter("result_code", wire="resultCode", field="result.code", choices=RESULT_CODES),
        Filter("priority", choices=PRIORITIES),
        Filter("queue"),
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
        Filter("executor_id", TEXT, wire="executorId", field="executor.id"),
        Filter("affinity_agent_id", TEXT, wire="affinityAgentId", field="affinity.agent_id"),
        Filter("affinity_cluster_id", TEXT, wire="affinityClusterId", field="affinity.cluster_id"),
        Filter("tag", field="tags"),
        Filter("allow_deleted", FLAG),
        *time_filters("enqueued", "assigned", "started", "updated", "completed"),
    ),
    sortable={
        "id": "id",
        "uuid": "uuid",
        "type": "type",
        "priority": "priority",
        "started_by": "startedByUser",
        "state": "state",
        "enqueued_at": "enqueuedAt",
        "assigned_at": "assignedAt",
        "started_at": "startedAt",
        "updated_at": "updatedAt",
        "completed_at": "completedAt",
    },
    serialize=serialize,
)


class Tasks:
    """Tasks by filter, and by id while they are waited for."""

    key = "tasks"
    counted = _LIST.counted

    def argument_spec(self) -> dict[str, Any]:
        return {
            **_LIST.argument_spec(),
            "category": {"type": "str", "choices": list(CATEGORIES)},
            "success_codes": {
                "type": "list",
                "elements": "str",
                "choices": list(RESULT_CODES),
                "default": ["ok", "warning"],
            },
        }

    def query(self, params: Mapping[str, Any], now: float) -> Query:
        checked_texts(
            "success_codes",
            params["success_codes"],
            if_empty="no task could end well; give one code at least, or leave the option out for ok and warning",
        )
        if params.get("category"):
            params = {**params, "type": list(CATEGORIES[params["category"]])}
        return _LIST.query(params, now)

    def read(self, client: AcronisClient, query: Query) -> Listing:
        return _LIST.read(client, query)

    def task(self, data: Mapping[str, Any], client: AcronisClient) -> Task:
        """Only `completed` ends a task, whatever completed_at or result say (acronis.md 3.3)."""
        state = data.get("state")
        name = state.strip().lower() if isinstance(state, str) else ""
        raw_result = data.get("result")
        result: Mapping[str, Any] = raw_result if isinstance(raw_result, dict) else {}
        redact = client.runtime.redact
        code = result.get("code") if isinstance(result.get("code"), str) else None
        outcome = core.UNKNOWN
        if name == "completed":
            outcome = core.SUCCESS if code in RESULT_CODES else core.UNKNOWN
        elif name in STATES:
            outcome = core.PENDING
        return Task(
            id=str(data["id"]),
            state=redact(f"{name}, result {code}" if name == "completed" else name or "none"),
            outcome=outcome,
            reason=reason(result, redact),
            code=code,
            data=data,
            module="acronis_task_info",
            progress=_percent(data.get("progress")),
        )

    def look(self, client: AcronisClient, query: Query, ids: Sequence[str], deadline: Deadline) -> Mapping[str, Task]:
        found = _LIST.read_ids(client, ids, query.level_of_detail, deadline)
        return {id: self.task(data, client) for id, data in found.items()}

    def is_success(self, task: Task, params: Mapping[str, Any]) -> bool:
        return task.outcome == core.SUCCESS and task.code in params["success_codes"]


def _percent(progress: Any) -> float | None:
    """How far a task is, from its `current` of `total` (acronis.md 3.1); None when it does not say."""
    current, total = (progress.get("current"), progress.get("total")) if isinstance(progress, dict) else (None, None)
    if isinstance(current, int) and isinstance(total, int) and current >= 0 and total > 0:
        return 100 * min(current, total) / total
    return None


TASKS = Tasks()
