#!/usr/bin/python

# Copyright: (c) 2026, safehold.backup contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: acronis_activity_info
short_description: List Acronis activities
version_added: 1.0.0
author:
  - safehold.backup contributors !UNKNOWN
description:
  - Lists activities of Acronis Cyber Protect Cloud, with every filter that the API has.
  - Activities are what agents do to carry out a task. An activity may have activities below it.
  - All pages are read.
  - Only the state V(completed) ends an activity. Whether it ended well is told by its result code.
extends_documentation_fragment:
  - safehold.backup._acronis
  - safehold.backup._filters.acronis_pages
  - safehold.backup._filters.acronis
  - safehold.backup._filters.results
  - safehold.backup._attributes.info
  - safehold.backup._attributes.acronis
options:
  id:
    description: IDs of the activities. They have more digits than many tools can count with, so write them as texts.
    type: list
    elements: str
  uuid:
    description: UUIDs of the activities.
    type: list
    elements: str
  task_id:
    description: IDs of the tasks that the activities belong to. Written as O(id).
    type: list
    elements: str
  parent_activity_id:
    description: IDs of the activities right above. Written as O(id).
    type: list
    elements: str
  type:
    description: Types of the activities, words such as V(UserMailboxBackup) or UUIDs.
    type: list
    elements: str
  state:
    description: States of the activities. V(started) and V(paused) are in progress.
    type: list
    elements: str
    choices: [enqueued, assigned, started, paused, completed]
  result_code:
    description: How the activities ended.
    type: list
    elements: str
    choices: [ok, error, warning, cancelled, abandoned, timedout]
  policy_id:
    description: IDs of the protection plans that the activities belong to.
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
    description: IDs of the machines or other resources that the activities work on.
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
    description: Users who started the activities, compared exactly.
    type: list
    elements: str
  started_by_contains:
    description: Texts of which the name of the user must contain one.
    type: list
    elements: str
  workflow_id:
    description: IDs of the workflows that the activities belong to. Written as O(id).
    type: list
    elements: str
  sustainable:
    description: Whether the activities are put back into the queue when their task is.
    type: bool
  tag:
    description: Tags of the activities.
    type: list
    elements: str
  allow_deleted:
    description: Whether deleted activities are listed as well.
    type: bool
  created_after:
    description:
      - Created after this time.
      - RFC 3339 with a zone, such as V(2020-04-22T11:00:00Z), or an age such as V(90m), V(24h) or V(7d).
      - The API takes one bound for a time. With both, the module compares the second one itself.
    type: str
  created_before:
    description: Created before this time. Written as O(created_after).
    type: str
  started_after:
    description: Started after this time. Written as O(created_after).
    type: str
  started_before:
    description: Started before this time. Written as O(created_after).
    type: str
  updated_after:
    description: Last updated after this time. Written as O(created_after).
    type: str
  updated_before:
    description: Last updated before this time. Written as O(created_after).
    type: str
  completed_after:
    description: Completed after this time. Written as O(created_after).
    type: str
  completed_before:
    description: Completed before this time. Written as O(created_after).
    type: str
notes:
  - Activities can be sorted by C(id), C(uuid), C(type), C(started_by), C(state), C(created_at), C(started_at),
    C(updated_at) and C(completed_at). Write O(order=started_at descending) to get the ones started last first.
seealso:
  - module: safehold.backup.acronis_task_info
"""

EXAMPLES = r"""
- name: List what was done for a task, in the order in which it was started
  safehold.backup.acronis_activity_info:
    datacenter_url: https://eu2-cloud.acronis.com
    client_id: "{{ acronis_client_id }}"
    client_secret: "{{ acronis_client_secret }}"
    task_id: "944455285181775872"
    order: started_at
  register: steps

- name: List what went wrong within an hour, the newest first
  safehold.backup.acronis_activity_info:
    result_code: [error, abandoned, timedout]
    completed_after: "2020-04-22T12:00:00Z"
    completed_before: "2020-04-22T13:00:00Z"
    order: completed_at descending
  register: troubled

- name: List what one protection plan is doing on some machines
  safehold.backup.acronis_activity_info:
    policy_name: Daily backup (cloud)
    resource_name_contains: DESKTOP
    state: [started, paused]

- name: Show the 20 latest activities of one tenant in brief
  safehold.backup.acronis_activity_info:
    tenant_id: ede9f834-70b3-476c-83d9-736f9f8c7dae
    order: created_at descending
    level_of_detail: short
    limit: 20
"""

RETURN = r"""
activities:
  description:
    - The activities, with the fields of the API in snake_case. Empty when none match.
    - Which fields there are depends on O(level_of_detail). Free-form parts such as C(context) keep their own keys.
  returned: success, without O(summary) and O(output_file)
  type: list
  elements: dict
  contains:
    id:
      description: The ID, as a text.
      type: str
      returned: always
      sample: "944455285181776872"
    uuid:
      description: The UUID.
      type: str
      returned: when the API gives it
      sample: 38045860-8901-426e-b51f-0000000003e8
    task_id:
      description: The ID of the task that it belongs to, as a text.
      type: str
      returned: when the API gives it
      sample: "944455285181775872"
    parent_activity_id:
      description: The ID of the activity right above it, as a text. Missing when there is none.
      type: str
      returned: when the API gives it
      sample: "944455285181776871"
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
        code: warning
        warnings:
          - code: ResourceQuotaExceeded
            domain: Backup
    progress:
      description: How far it is.
      type: dict
      returned: when the API gives it
      sample:
        bytes_processed: 123456789
        bytes_saved: 23456789
        current: 42
        left_time: 25m43s
        processing_speed: 1048576.5
        total: 100
    created_at:
      description: When it was made, with up to nine fractional digits.
      type: str
      returned: when the API gives it
      sample: "2020-04-22T11:34:03.290396913Z"
    started_at:
      description: When it started.
      type: str
      returned: when the API gives it
      sample: "2020-04-22T11:34:03.290396913Z"
    updated_at:
      description: When it last changed.
      type: str
      returned: when the API gives it
      sample: "2020-04-22T11:34:03.294683447Z"
    completed_at:
      description: When it was completed. Its presence does not mean that the activity has ended.
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
        uuid: ede9f834-70b3-476c-83d9-736f9f8c7dae
    policy:
      description: The protection plan that it belongs to.
      type: dict
      returned: when the API gives it
      sample:
        id: 4d7d580c-32ac-468e-9688-e74906f5d765
        name: Daily backup (cloud)
        type: backup
    resource:
      description: What it works on.
      type: dict
      returned: when the API gives it
      sample:
        id: 5c350066-2ba6-4eeb-aa91-1213dd35f033
        name: DESKTOP-GFT9S1R
        type: resource.machine
    executor:
      description: The agent that carries it out.
      type: dict
      returned: when the API gives it
      sample:
        cluster_id: ""
        id: f7358a00-8469-45ae-a0c3-22952e9ed12f
    started_by_user:
      description: Who started it.
      type: str
      returned: when the API gives it
      sample: DESKTOP-GFT9S1R\AMS User
    workflow_id:
      description: The ID of the workflow that it belongs to, as a text.
      type: str
      returned: when the API gives it
      sample: "944455285181775000"
    tags:
      description: Its tags.
      type: list
      elements: str
      returned: when the API gives it
      sample: []
    context:
      description: What its makers added about it. The keys differ from type to type.
      type: dict
      returned: when the API gives it
      sample:
        IsProcessRoot: true
        MachineName: DESKTOP-GFT9S1R
        runMode: scheduled
        title: Backup of DESKTOP-GFT9S1R
count:
  description: How many activities were returned.
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
  sample: /var/lib/reports/activities.json
failure:
  description: What went wrong, in a form of stable shape. See the guide on failures.
  returned: failure
  type: dict
  sample:
    kind: auth
    http_status: 401
    code: access_denied
    detail: Invalid client credentials
    method: POST
    path: /api/2/idp/token
    task: null
    submitted: false
    elapsed: 0.21
    requests: 1
"""

from ansible_collections.safehold.backup.plugins.module_utils._acronis import client
from ansible_collections.safehold.backup.plugins.module_utils._acronis.activities import ACTIVITIES
from ansible_collections.safehold.backup.plugins.module_utils._acronis.resource import EXCLUSIVE
from ansible_collections.safehold.backup.plugins.module_utils._shapes.ansible_module import run_module
from ansible_collections.safehold.backup.plugins.module_utils._shapes.info import read_list


def main() -> None:
    run_module(
        read_list(ACTIVITIES),
        back_end=client,
        argument_spec=ACTIVITIES.argument_spec(),
        mutually_exclusive=EXCLUSIVE,
    )


if __name__ == "__main__":
    main()
