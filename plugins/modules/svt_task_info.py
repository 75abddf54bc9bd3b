#!/usr/bin/python

# Copyright: (c) 2026, safehold.backup contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: svt_task_info
short_description: Show SimpliVity tasks and wait for them
version_added: 1.0.0
author:
  - safehold.backup contributors !UNKNOWN
description:
  - Shows tasks of an HPE SimpliVity controller by their IDs, and waits for their end when that is asked.
  - It picks up what another module started with C(wait=false), or did not see ending within its C(wait_timeout).
  - The API has no list of tasks, so an ID that is lost cannot be found again.
extends_documentation_fragment:
  - safehold.backup._simplivity
  - safehold.backup._wait.info
  - safehold.backup._attributes.info
  - safehold.backup._attributes.simplivity
options:
  id:
    description: IDs of the tasks.
    type: list
    elements: str
    required: true
seealso:
  - module: safehold.backup.svt_backup_rename
"""

EXAMPLES = r"""
- name: Start a rename
  safehold.backup.svt_backup_rename:
    host: svt.example.com
    username: administrator@vsphere.local
    password: "{{ svt_password }}"
    ca_path: /etc/ssl/certs/simplivity.pem
    id: f6d5980c-478c-4292-aabf-67da627dbc57
    new_name: before-upgrade
    wait: false
  register: started

- name: Look at its task
  safehold.backup.svt_task_info:
    id: "{{ started.task.id }}"

- name: Wait for it, half an hour at most
  safehold.backup.svt_task_info:
    id: "{{ started.task.id }}"
    wait: true
    wait_timeout: 1800
"""

RETURN = r"""
tasks:
  description: The tasks that the controller knows, in the order of O(id), with the fields of the API.
  returned: success
  type: list
  elements: dict
  contains:
    id:
      description: The ID.
      type: str
      returned: always
      sample: 422a3b5d-9125-467b-1909-9fb5f5c9c65e:422a3b5d-9125-467b-1909-9fb5f5c9c65e:841eb5cf-19d2-4fbb-a7ec-20638373ccfc
    state:
      description: V(IN_PROGRESS), V(COMPLETED) or V(FAILED).
      type: str
      returned: always
      sample: COMPLETED
    error_code:
      description: V(0), or a number that says why it failed.
      type: int
      returned: always
      sample: 0
    error_message:
      description: Why it failed, empty when it did not.
      type: str
      returned: always
      sample: ""
    affected_objects:
      description: The objects that it made or changed.
      type: list
      elements: dict
      returned: always
      sample:
        - object_type: backup
          object_id: f6d5980c-478c-4292-aabf-67da627dbc57
    start_time:
      description: When it began, in UTC.
      type: str
      returned: always
      sample: "2016-03-15T15:43:24Z"
    end_time:
      description: When it ended, in UTC. The year 1970 stands for not yet.
      type: str
      returned: always
      sample: "2016-03-15T15:43:25Z"
    name:
      description: What it does.
      type: str
      returned: when the API gives it
      sample: RENAME_BACKUP
    type:
      description: What kind of task it is.
      type: str
      returned: when the API gives it
      sample: RENAME
    percent_complete:
      description: How much of it is done.
      type: int
      returned: when the API gives it
      sample: 100
    owner_id:
      description: The ID of the Virtual Controller that carries it out.
      type: str
      returned: when the API gives it
      sample: 422a3b5d-9125-467b-1909-9fb5f5c9c65e
    destination_id:
      description: The ID of the Virtual Controller that data goes to, if any.
      type: str
      returned: when the API gives it
      sample: 422a3b5d-9125-467b-1909-9fb5f5c9c65e
count:
  description: How many of the tasks the controller knows.
  returned: success
  type: int
  sample: 1
truncated:
  description: Always V(false), there is no limit.
  returned: success
  type: bool
  sample: false
failure:
  description: What went wrong, in a form of stable shape. See the guide on failures.
  returned: failure
  type: dict
  sample:
    kind: task_failed
    http_status: null
    code: "130"
    detail: The VM power state is not acceptable.
    method: null
    path: null
    task:
      id: 422a3b5d-9125-467b-1909-9fb5f5c9c65e:422a3b5d-9125-467b-1909-9fb5f5c9c65e:841eb5cf-19d2-4fbb-a7ec-20638373ccfc
      state: FAILED
    submitted: false
    elapsed: 1.2
    requests: 4
"""

from ansible_collections.safehold.backup.plugins.module_utils._core import wait_options
from ansible_collections.safehold.backup.plugins.module_utils._shapes.ansible_module import run_module
from ansible_collections.safehold.backup.plugins.module_utils._shapes.info import read_tasks
from ansible_collections.safehold.backup.plugins.module_utils._simplivity import client
from ansible_collections.safehold.backup.plugins.module_utils._simplivity.tasks import TASKS


def main() -> None:
    run_module(
        read_tasks(TASKS),
        back_end=client,
        argument_spec={**TASKS.argument_spec(), **wait_options.argument_spec(default=False)},
    )


if __name__ == "__main__":
    main()
