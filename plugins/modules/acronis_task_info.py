#!/usr/bin/python

# Copyright: (c) 2026, safehold.backup contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: acronis_task_info
short_description: List Acronis tasks and wait for them
version_added: 1.0.0
author:
  - safehold.backup contributors !UNKNOWN
description:
  - Lists tasks of Acronis Cyber Protect Cloud, with every filter that the API has, and waits for them when asked to.
  - All pages are read.
  - Only the state V(completed) ends a task. Whether it ended well is told by its result code.
extends_documentation_fragment:
  - safehold.backup._acronis
  - safehold.backup._filters.acronis_pages
  - safehold.backup._filters.acronis
  - safehold.backup._filters.results
  - safehold.backup._wait.info
  - safehold.backup._attributes.info
  - safehold.backup._attributes.acronis
options:
  id:
    description: IDs of the tasks. They have more digits than many tools can count with, so write them as texts.
    type: list
    elements: str
  uuid:
    description: UUIDs of the tasks.
    type: list
    elements: str
  type:
    description: Types of the tasks, words such as V(UserMailboxBackup) or UUIDs.
    type: list
    elements: str
  category:
    description:
      - A group of types. V(office365) are the ten types of backup and recovery that the provider names for Office 365.
    type: str
    choices: [office365]
  state:
    description: States of the tasks. V(started) and V(paused) are in progress.
    type: list
    elements: str
    choices: [enqueued, assigned, started, paused, completed]
  result_code:
    description: How the tasks ended.
    type: list
    elements: str
    choices: [ok, error, warning, cancelled, abandoned, timedout]
  priority:
    description: Priorities of the tasks.
    type: list
    elements: str
    choices: [low, belowNormal, normal, aboveNormal, high]
  queue:
    description: Queues that the tasks stand in.
    type: list
    elements: str
  policy_id:
    description: IDs of the protection plans that the tasks belong to.
    type: list
    elements: str
  policy_type:
    description: Types of the protection plans, such as V(backup).
    type: list
    elements: str
  policy_name:
    description: Names of the protection plans, compared exactly.
    type: list
    elements: str
  policy_name_contains:
    description: Texts of which the name of the protection plan must contain one.
    type: list
    elements: str
  resource_id:
    description: IDs of the machines or other resources that the tasks work on.
    type: list
    elements: str
  resource_type:
    description: Types of the resources, such as V(resource.machine).
    type: list
    elements: str
  resource_name:
    description: Names of the resources, compared exactly.
    type: list
    elements: str
  resource_name_contains:
    description: Texts of which the name of the resource must contain one.
    type: list
    elements: str
  started_by:
    description: Users who started the tasks, compared exactly.
    type: list
    elements: str
  started_by_contains:
    description: Texts of which the name of the user must contain one.
    type: list
    elements: str
  workflow_id:
    description: IDs of the workflows that the tasks belong to.
    type: list
    elements: str
  executor_id:
    description: ID of the agent that carries the tasks out.
    type: str
  affinity_agent_id:
    description: ID of the agent that the tasks are bound to.
    type: str
  affinity_cluster_id:
    description: ID of the cluster of agents that the tasks are bound to.
    type: str
  tag:
    description: Tags of the tasks.
    type: list
    elements: str
  allow_deleted:
    description: Whether deleted tasks are listed as well.
    type: bool
  enqueued_after:
    description:
      - Put into its queue after this time.
      - RFC 3339 with a zone, such as V(2020-04-22T11:00:00Z), or an age such as V(90m), V(24h) or V(7d).
      - The API takes one bound for a time. With both, the module compares the second one itself.
    type: str
  enqueued_before:
    description: Put into its queue before this time. Written as O(enqueued_after).
    type: str
  assigned_after:
    description: Assigned to an agent after this time. Written as O(enqueued_after).
    type: str
  assigned_before:
    description: Assigned to an agent before this time. Written as O(enqueued_after).
    type: str
  started_after:
    description: Started after this time. Written as O(enqueued_after).
    type: str
  started_before:
    description: Started before this time. Written as O(enqueued_after).
    type: str
  updated_after:
    description: Last updated after this time. Written as O(enqueued_after).
    type: str
  updated_before:
    description: Last updated before this time. Written as O(enqueued_after).
    type: str
  completed_after:
    description: Completed after this time. Written as O(enqueued_after).
    type: str
  completed_before:
    description: Completed before this time. Written as O(enqueued_after).
    type: str
  success_codes:
    description: With O(wait=true), the result codes that count as success. Any other makes the module fail.
    type: list
    elements: str
    choices: [ok, error, warning, cancelled, abandoned, timedout]
    default: [ok, warning]
notes:
  - Tasks can be sorted by C(id), C(uuid), C(type), C(priority), C(started_by), C(state), C(enqueued_at),
    C(assigned_at), C(started_at), C(updated_at) and C(completed_at). Write O(order=completed_at descending) to get the
    ones completed last first.
seealso:
  - module: safehold.backup.acronis_resource_info
  - module: safehold.backup.acronis_activity_info
"""

EXAMPLES = r"""
- name: List the tasks in progress
  safehold.backup.acronis_task_info:
    datacenter_url: https://eu2-cloud.acronis.com
    client_id: "{{ acronis_client_id }}"
    client_secret: "{{ acronis_client_secret }}"
    state: [started, paused]
  register: running

- name: List the tasks completed after a date, the newest first
  safehold.backup.acronis_task_info:
    completed_after: "2020-04-22T11:00:00Z"
    order: completed_at descending

- name: List the failed Office 365 tasks of one tenant
  safehold.backup.acronis_task_info:
    tenant_id: ede9f834-70b3-476c-83d9-736f9f8c7dae
    category: office365
    result_code: [error, abandoned, timedout]

- name: Wait until two tasks have ended, and accept cancelled ones
  safehold.backup.acronis_task_info:
    id: ["944455285181775872", "944455285181775873"]
    wait: true
    wait_timeout: 30
    success_codes: [ok, warning, cancelled]
"""

RETURN = r"""
tasks:
  description:
    - The tasks, with the fields of the API in snake_case. Empty when none match.
    - Which fields there are depends on O(level_of_detail). Free-form parts such as C(context) keep their own keys.
  returned: success, without O(summary) and O(output_file)
  type: list
  elements: dict
  contains:
    id:
      description: The ID, as a text.
      type: str
      returned: always
      sample: "944455285181775872"
    uuid:
      description: The UUID.
      type: str
      returned: when the API gives it
      sample: 38045860-8901-426e-b51f-fc6d24d1cbe0
    type:
      description: The type.
      type: str
      returned: when the API gives it
      sample: UserMailboxBackup
    state:
      description: The state.
      type: str
      returned: always
      sample: completed
    result:
      description: How it ended.
      type: dict
      returned: when the API gives it
      sample:
        code: ok
        payload: MachineManagement::AddAgentResponse
    started_at:
      description: When it started, with up to nine fractional digits. Times of other events are named alike.
      type: str
      returned: when the API gives it
      sample: "2020-04-22T11:34:03.290396913Z"
    completed_at:
      description: When it was completed. Its presence does not mean that the task has ended.
      type: str
      returned: when the API gives it
      sample: "2020-04-22T11:34:03.290396913Z"
    tenant:
      description: The tenant that it belongs to.
      type: dict
      returned: when the API gives it
      sample:
        id: "1496265"
        locator: /1/1496262/1496265/
        name: johndoe@mysite.com
    started_by_user:
      description: Who started it.
      type: str
      returned: when the API gives it
      sample: DESKTOP-GFT9S1R\AMS User
    enqueued_at:
      description: When it was put into the queue.
      type: str
      returned: when the API gives it
      sample: "2020-04-22T11:34:03.290396913Z"
    assigned_at:
      description: When an agent took it.
      type: str
      returned: when the API gives it
      sample: "2020-04-22T12:10:00.500000000Z"
    updated_at:
      description: When it was changed last.
      type: str
      returned: when the API gives it
      sample: "2020-04-22T11:34:03.294683447Z"
    queue:
      description: The queue that it waits in.
      type: str
      returned: when the API gives it
      sample: legacySync
    priority:
      description: Its priority in the queue.
      type: str
      returned: when the API gives it
      sample: normal
    policy:
      description: The protection plan that it belongs to.
      type: dict
      returned: when the API gives it
      sample:
        id: 4d7d580c-32ac-468e-9688-e74906f5d765
        type: backup
        name: Daily backup (cloud)
    resource:
      description: What it works on.
      type: dict
      returned: when the API gives it
      sample:
        id: 5c350066-2ba6-4eeb-aa91-1213dd35f033
        type: resource.machine
        name: DESKTOP-GFT9S1R
    progress:
      description: How far it is.
      type: dict
      returned: when the API gives it
      sample:
        current: 42
        total: 100
        bytes_processed: 123456789
    tags:
      description: Its tags.
      type: list
      elements: str
      returned: when the API gives it
      sample: []
    context:
      description: What its type needs to know, in the form of the type.
      type: dict
      returned: when the API gives it
      sample:
        title: Adding agent 'DESKTOP-GFT9S1R' to the management server
    issuer:
      description: What made it.
      type: dict
      returned: when the API gives it
      sample:
        id: ''
        cluster_id: ''
    executor:
      description: The agent that carries it out.
      type: dict
      returned: when the API gives it
      sample:
        id: f7358a00-8469-45ae-a0c3-22952e9ed12f
        cluster_id: ''
    affinity:
      description: The agent that it is for.
      type: dict
      returned: when the API gives it
      sample:
        agent_id: f7358a00-8469-45ae-a0c3-22952e9ed12f
        cluster_id: ''
    workflow_id:
      description: The ID of the workflow that it is a part of, as a text.
      type: str
      returned: when the API gives it
      sample: "944455285181774999"
    cancellable:
      description: Whether it can be cancelled.
      type: bool
      returned: when the API gives it
      sample: true
    cancel_requested:
      description: Whether somebody wants it cancelled.
      type: bool
      returned: when the API gives it
      sample: false
    assign_count:
      description: How often an agent took it.
      type: int
      returned: when the API gives it
      sample: 1
    max_assign_count:
      description: How often an agent may.
      type: int
      returned: when the API gives it
      sample: 1
    ack_timeout:
      description: How long an agent has to say that it took it.
      type: str
      returned: when the API gives it
      sample: 5s
    heart_beat_interval:
      description: How often the agent says that it still works on it.
      type: str
      returned: when the API gives it
      sample: 1m
    exec_timeout:
      description: How long it may take. V(0s) is for ever.
      type: str
      returned: when the API gives it
      sample: 0s
    blockers:
      description: What holds it up, and what can be done about it.
      type: list
      elements: dict
      returned: when the API gives it
      sample:
        - issue:
            key: NeedCredentials
          possible_solutions:
            - key: Retry
            - key: Cancel
count:
  description: How many tasks were returned.
  returned: success
  type: int
  sample: 2
truncated:
  description: Whether there are more than O(limit).
  returned: success
  type: bool
  sample: false
summary:
  description:
    - How many there are of each, the most frequent first. The keys are V(state), V(result_code), V(type), V(tenant),
      V(policy) and V(resource).
    - Objects without such a value count below an empty text.
  returned: with O(summary)
  type: dict
  sample:
    state:
      completed: 310
      started: 2
    result_code:
      ok: 300
      error: 10
      "": 2
    type:
      UserMailboxBackup: 312
    tenant:
      Example Ltd: 312
    policy:
      Mailboxes: 312
    resource:
      a.miller@example.com: 156
      b.smith@example.com: 156
output_file:
  description: The file that holds the objects, below the same keys as here.
  returned: with O(output_file)
  type: str
  sample: /var/lib/reports/tasks.json
failure:
  description: What went wrong, in a form of stable shape. See the guide on failures.
  returned: failure
  type: dict
  sample:
    kind: task_failed
    http_status: null
    code: error
    detail: CloudStorageUnavailable
    method: null
    path: null
    task:
      id: "944455285181775872"
      state: completed
    submitted: false
    elapsed: 12.9
    requests: 9
"""

from ansible_collections.safehold.backup.plugins.module_utils._acronis import client
from ansible_collections.safehold.backup.plugins.module_utils._acronis.resource import EXCLUSIVE
from ansible_collections.safehold.backup.plugins.module_utils._acronis.tasks import TASKS
from ansible_collections.safehold.backup.plugins.module_utils._core import wait_options
from ansible_collections.safehold.backup.plugins.module_utils._shapes.ansible_module import run_module
from ansible_collections.safehold.backup.plugins.module_utils._shapes.info import read_tasks


def main() -> None:
    run_module(
        read_tasks(TASKS),
        back_end=client,
        argument_spec={**TASKS.argument_spec(), **wait_options.argument_spec(default=False)},
        mutually_exclusive=[["type", "category"], *EXCLUSIVE],
    )


if __name__ == "__main__":
    main()
