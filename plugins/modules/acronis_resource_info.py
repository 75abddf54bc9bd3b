#!/usr/bin/python

# Copyright: (c) 2026, safehold.backup contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: acronis_resource_info
short_description: List Acronis resources and how they are protected
version_added: 1.0.0
author:
  - safehold.backup contributors !UNKNOWN
description:
  - Lists the machines and other resources of Acronis Cyber Protect Cloud, each with its status, its plans, and when they
    last ran.
  - Tasks only know of what was tried. This list also holds resources that were never backed up.
  - All pages are read.
extends_documentation_fragment:
  - safehold.backup._acronis
  - safehold.backup._filters.acronis_pages
  - safehold.backup._filters.results
  - safehold.backup._attributes.info
  - safehold.backup._attributes.acronis
options:
  id:
    description: IDs of the resources.
    type: list
    elements: str
  name:
    description: Names of the resources, compared exactly, and by the module.
    type: list
    elements: str
  name_contains:
    description: Texts of which the name must contain one. Compared by the module.
    type: list
    elements: str
  type:
    description:
      - Types of the resources, V(10) at most.
      - Machines are V(resource.machine), V(resource.virtual_machine.vmwesx) and V(resource.virtual_machine.mshyperv),
        groups of them V(resource.group.computers). No full list is public; O(summary) shows which there are.
    type: list
    elements: str
  status:
    description:
      - Statuses of the resources, such as V(not_protected), V(idle), V(running), V(warning), V(error) or V(critical).
        Compared by the module.
      - V(idle) means that there are plans, and that nothing is under way or wrong.
    type: list
    elements: str
  agent_id:
    description: IDs of the agents that look after the resources.
    type: list
    elements: str
  parent_id:
    description: IDs of groups that the resources belong to.
    type: list
    elements: str
  include_deleted:
    description: Whether deleted resources are listed as well.
    type: bool
notes:
  - The API client needs the scope C(urn:acronis.com::resource_management::read).
  - Narrow the token with O(tenant_id) to list what belongs to one tenant.
  - The list is in the order in which the API has it.
seealso:
  - module: safehold.backup.acronis_task_info
"""

EXAMPLES = r"""
- name: List the machines that no plan protects
  safehold.backup.acronis_resource_info:
    datacenter_url: https://eu2-cloud.acronis.com
    client_id: "{{ acronis_client_id }}"
    client_secret: "{{ acronis_client_secret }}"
    type: [resource.machine, resource.virtual_machine.vmwesx, resource.virtual_machine.mshyperv]
    status: not_protected
  register: bare

- name: Name them
  ansible.builtin.debug:
    msg: "{{ bare.resources | map(attribute='name') }}"

- name: Count all resources of one tenant by status and type
  safehold.backup.acronis_resource_info:
    tenant_id: ede9f834-70b3-476c-83d9-736f9f8c7dae
    summary: true

- name: Show when a machine was last backed up
  safehold.backup.acronis_resource_info:
    name: DESKTOP-GFT9S1R
  register: found

- name: Show its last good run
  ansible.builtin.debug:
    msg: "{{ found.resources[0].policies | map(attribute='last_success_run', default='') | max | default('never', true) }}"
"""

RETURN = r"""
resources:
  description:
    - The resources, with the fields of the API. Empty when none match.
  returned: success, without O(summary) and O(output_file)
  type: list
  elements: dict
  contains:
    id:
      description: The ID. Tasks name it as C(resource.id).
      type: str
      returned: always
      sample: 5c350066-2ba6-4eeb-aa91-1213dd35f033
    name:
      description: The name.
      type: str
      returned: when the API gives it
      sample: DESKTOP-GFT9S1R
    user_defined_name:
      description: The name that somebody gave it.
      type: str
      returned: when the API gives it
      sample: DESKTOP-GFT9S1R
    type:
      description: The type.
      type: str
      returned: when the API gives it
      sample: resource.machine
    external_id:
      description: The ID in the system that it comes from.
      type: str
      returned: when the API gives it
      sample: 5c350066-2ba6-4eeb-aa91-1213dd35f033@1496265
    tenant_id:
      description: The number of its tenant, as a text.
      type: str
      returned: when the API gives it
      sample: "1496265"
    tenant_name:
      description: The name of its tenant.
      type: str
      returned: when the API gives it
      sample: johndoe@mysite.com
    agent_id:
      description: The agent that looks after it.
      type: str
      returned: when the API gives it
      sample: f7358a00-8469-45ae-a0c3-22952e9ed12f
    parent_group_ids:
      description: The groups that it belongs to.
      type: list
      elements: str
      returned: when the API gives it
      sample: [301d1574-849e-4714-859f-3a2ec12a218b]
    created_at:
      description: When it was made known, with up to nine fractional digits.
      type: str
      returned: when the API gives it
      sample: "2020-04-22T11:34:03.290396913Z"
    updated_at:
      description: When it last changed.
      type: str
      returned: when the API gives it
      sample: "2020-04-22T12:20:30.294683447Z"
    status:
      description: The status over all its plans. None when the API does not say.
      type: str
      returned: always
      sample: idle
    plans:
      description: The names of its plans.
      type: list
      elements: str
      returned: always
      sample: [Daily backup (cloud)]
    policies:
      description:
        - For each policy its C(type), such as V(policy.backup.machine), and the times C(last_run), C(last_success_run)
          and C(next_run), as far as there are any.
      type: list
      elements: dict
      returned: always
      sample:
        - type: policy.backup.machine
          last_run: "2020-04-22T12:11:30Z"
          last_success_run: "2020-04-22T12:11:30Z"
    running:
      description: What is under way.
      type: dict
      returned: when the API gives it
      sample:
        activities: [backup]
        progress: 42
        state: running
count:
  description: How many resources were returned.
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
    - How many there are of each, the most frequent first. The keys are V(status), V(type) and V(tenant).
    - Objects without such a value count below an empty text.
  returned: with O(summary)
  type: dict
  sample:
    status:
      idle: 310
      not_protected: 2
    type:
      resource.machine: 312
    tenant:
      Example Ltd: 312
output_file:
  description: The file that holds the objects, below the same keys as here.
  returned: with O(output_file)
  type: str
  sample: /var/lib/reports/resources.json
failure:
  description: What went wrong, in a form of stable shape. See the guide on failures.
  returned: failure
  type: dict
  sample:
    kind: permission
    http_status: 403
    code: AccessDeniedError
    detail: required scope urn:acronis.com::resource_management::read
    method: GET
    path: /api/resource_management/v4/resource_statuses
    task: null
    submitted: false
    elapsed: 0.21
    requests: 3
"""

from ansible_collections.safehold.backup.plugins.module_utils._acronis import client
from ansible_collections.safehold.backup.plugins.module_utils._acronis.resources import RESOURCES
from ansible_collections.safehold.backup.plugins.module_utils._shapes.ansible_module import run_module
from ansible_collections.safehold.backup.plugins.module_utils._shapes.info import read_list


def main() -> None:
    run_module(
        read_list(RESOURCES),
        back_end=client,
        argument_spec=RESOURCES.argument_spec(),
        mutually_exclusive=[["name", "name_contains"]],
    )


if __name__ == "__main__":
    main()
