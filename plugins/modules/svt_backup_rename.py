#!/usr/bin/python

# Copyright: (c) 2026, safehold.backup contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: svt_backup_rename
short_description: Rename SimpliVity backups
version_added: 1.0.0
author:
  - safehold.backup contributors !UNKNOWN
description:
  - Renames one backup of an HPE SimpliVity federation, or many in one call.
  - Waits for the task of each rename, then reads the backup back. Only what is read back counts as done.
  - A backup that bears the new name already stays untouched.
extends_documentation_fragment:
  - safehold.backup._simplivity
  - safehold.backup._wait
  - safehold.backup._attributes
  - safehold.backup._attributes.simplivity
attributes:
  check_mode:
    details:
      - Finds the backups and checks the plan as in a real run, and sends nothing else.
      - A rename of an earlier run that is still under way is looked at, not waited for, and counts as done.
  diff_mode:
    support: full
  idempotent:
    details:
      - A backup that is named by O(name) counts as renamed when nothing bears the old name and exactly one backup in
        the same scope bears the new one. Chains such as A to B and B to C can only be repeated by ID.
options:
  id:
    description: ID of the backup. It is the only key that is always unique.
    type: str
  name:
    description:
      - Present name of the backup. More than one backup with that name is a failure that lists them.
      - Narrow it down with O(virtual_machine_name), O(virtual_machine_id) and O(omnistack_cluster_name).
    type: str
  virtual_machine_id:
    description: ID of the virtual machine that was backed up, to tell backups of the same O(name) apart.
    type: str
  virtual_machine_name:
    description: Name of the virtual machine that was backed up, to tell backups of the same O(name) apart.
    type: str
  omnistack_cluster_name:
    description: Name of the cluster that holds the backup, to tell backups of the same O(name) apart.
    type: str
  new_name:
    description: The name that the backup is to have. No other backup of its virtual machine in the same place may.
    type: str
  renames:
    description:
      - Many renames, done concurrently. The order of the list does not matter.
      - Eight or more are planned, and read back, from lists of backups where that takes fewer requests than each by
        itself.
      - Two entries for one backup, or one name for two backups of a virtual machine, are refused before any change.
      - Where one entry frees the name that another takes, they are done in that order, which takes O(wait=true). A circle
        is refused.
    type: list
    elements: dict
    suboptions:
      id:
        description: As O(id).
        type: str
      name:
        description: As O(name).
        type: str
      virtual_machine_id:
        description: As O(virtual_machine_id).
        type: str
      virtual_machine_name:
        description: As O(virtual_machine_name).
        type: str
      omnistack_cluster_name:
        description: As O(omnistack_cluster_name).
        type: str
      new_name:
        description: As O(new_name).
        type: str
        required: true
  parallel:
    description:
      - How many requests may be under way at once, V(64) at most. It is lowered when the controller says it is busy.
    type: int
    default: 4
  on_error:
    description:
      - What to do when a rename fails.
      - With V(stop) no more is started, and at most O(parallel) renames are under way at any time, so that the rest
        stays untouched. If one of them cannot even be found, nothing is changed.
      - With V(continue) the others are done, all at the pace of the controller.
      - The module fails in both cases, and RV(results) says what became of each.
    type: str
    choices: [stop, continue]
    default: stop
notes:
  - What is submitted and not seen to end is noted in a file of the user who runs the module, in C(safehold.backup)
    below C(XDG_STATE_HOME), by default C(~/.local/state). It holds the new name and the ID of the task, counts for a
    day with the same O(host) and O(port), and is then removed by the next run. Where it cannot be written, everything
    else works the same.
  - After a timeout, O(wait=false) or a kill, the same rename run again there follows the task that is under way instead
    of submitting it again. A rename of that backup to another name waits for the task and comes after it. With
    O(wait=false) it fails as C(conflict) and names the task.
  - The task keyword C(timeout) of Ansible does not stop a module. Use O(wait_timeout).
seealso:
  - module: safehold.backup.svt_backup_info
  - module: safehold.backup.svt_task_info
"""

EXAMPLES = r"""
- name: Rename a backup by its ID
  safehold.backup.svt_backup_rename:
    host: svt.example.com
    username: administrator@vsphere.local
    password: "{{ svt_password }}"
    ca_path: /etc/ssl/certs/simplivity.pem
    id: f6d5980c-478c-4292-aabf-67da627dbc57
    new_name: before-upgrade

- name: Rename a backup by its name and virtual machine
  safehold.backup.svt_backup_rename:
    name: before-upgrade
    virtual_machine_name: vm32_A_6
    new_name: before-upgrade-2026

- name: Rename many in one call and go on past failures
  safehold.backup.svt_backup_rename:
    renames:
      - id: 5c1b1f0e-1c55-4e0b-9b5c-6c2d0c8b0a01
        new_name: month-end-2026-10
      - name: "2019-05-09T22:00:00-04:00"
        virtual_machine_name: web01
        new_name: month-end-2026-11
    on_error: continue
  register: renamed

- name: Start a rename and pick its task up later
  safehold.backup.svt_backup_rename:
    id: f6d5980c-478c-4292-aabf-67da627dbc57
    new_name: after-upgrade
    wait: false
  register: started

- name: Wait for that task
  safehold.backup.svt_task_info:
    id: "{{ started.task.id }}"
    wait: true
"""

RETURN = r"""
backup:
  description: The backup as it was read last, in check mode as it would be.
  returned: without O(renames), when the backup was found
  type: dict
  sample:
    id: f6d5980c-478c-4292-aabf-67da627dbc57
    name: before-upgrade
    state: PROTECTED
    virtual_machine_name: vm32_A_6
task:
  description: The task of the rename, also when an earlier run submitted it, as it was seen last. Else V(null).
  returned: without O(renames)
  type: dict
  sample:
    id: 422a3b5d-9125-467b-1909-9fb5f5c9c65e:422a3b5d-9125-467b-1909-9fb5f5c9c65e:841eb5cf-19d2-4fbb-a7ec-20638373ccfc
    state: COMPLETED
    error_code: 0
    error_message: ""
results:
  description: What became of each rename, in the order of O(renames).
  returned: with O(renames)
  type: list
  elements: dict
  contains:
    outcome:
      description:
        - V(renamed), V(unchanged), V(failed), V(unknown) when it cannot be told whether it happened, V(not_tried), or
          V(submitted) with O(wait=false).
      type: str
      returned: always
      sample: renamed
    id:
      description: ID of the backup. When it was not found, the one that was asked for, or V(null).
      type: str
      returned: always
      sample: f6d5980c-478c-4292-aabf-67da627dbc57
    old_name:
      description:
        - Its name before, which is the one that an earlier run has given when that was still under way. Together with
          RV(results[].id) it is enough to undo the rename.
        - When the backup was not found, the name that was asked for, or V(null).
      type: str
      returned: always
      sample: vm32_A_6-backup-2016-03-13T21:03:46-04:00
    new_name:
      description: The name that was asked for.
      type: str
      returned: always
      sample: before-upgrade
    virtual_machine_name:
      description: The virtual machine that was backed up.
      type: str
      returned: when the backup was found
      sample: vm32_A_6
    msg:
      description: What went wrong, empty when nothing did.
      type: str
      returned: always
      sample: ""
    failure:
      description:
        - As RV(failure), V(null) when nothing went wrong. C(elapsed) and C(requests) are V(null), as they are counted
          for the whole call.
        - It holds C(candidates) as well, as RV(candidates), when the name means several backups.
      type: dict
      returned: always
    backup:
      description: As RV(backup). V(null) when it was not found.
      type: dict
      returned: always
    task:
      description: As RV(task).
      type: dict
      returned: always
failure:
  description: What went wrong, in a form of stable shape. See the guide on failures.
  returned: failure
  type: dict
  sample:
    kind: task_failed
    http_status: null
    code: "13"
    detail: Duplicate name exists.
    method: null
    path: null
    task:
      id: 422a3b5d-9125-467b-1909-9fb5f5c9c65e:422a3b5d-9125-467b-1909-9fb5f5c9c65e:841eb5cf-19d2-4fbb-a7ec-20638373ccfc
      state: FAILED
    submitted: true
    elapsed: 1.43
    requests: 9
candidates:
  description: The backups that were meant by a name that is not unique, at most 20 of them.
  returned: when O(name) means several backups
  type: list
  elements: dict
  sample:
    - id: f6d5980c-478c-4292-aabf-67da627dbc57
      name: "2019-05-09T22:00:00-04:00"
      virtual_machine_name: vm32_A_6
      omnistack_cluster_name: Boston
      created_at: "2019-05-10T02:00:00Z"
"""

from ansible_collections.safehold.backup.plugins.module_utils._shapes.ansible_module import run_module
from ansible_collections.safehold.backup.plugins.module_utils._shapes.change import argument_spec, change_objects
from ansible_collections.safehold.backup.plugins.module_utils._simplivity import client
from ansible_collections.safehold.backup.plugins.module_utils._simplivity.rename import RENAME_BACKUPS, RULES


def main() -> None:
    run_module(
        change_objects(RENAME_BACKUPS, bulk="renames"),
        back_end=client,
        argument_spec=argument_spec(RENAME_BACKUPS),
        **RULES,
    )


if __name__ == "__main__":
    main()
