#!/usr/bin/python

# Copyright: (c) 2026, safehold.backup contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: svt_datastore_info
short_description: List SimpliVity datastores
version_added: 1.0.0
author:
  - safehold.backup contributors !UNKNOWN
description:
  - Lists the datastores of an HPE SimpliVity federation, with every filter that the API has.
  - All pages are read. A list that changes meanwhile is read again.
extends_documentation_fragment:
  - safehold.backup._simplivity
  - safehold.backup._filters.simplivity
  - safehold.backup._filters.results
  - safehold.backup._attributes.info
  - safehold.backup._attributes.simplivity
options:
  id:
    description: IDs of the datastores.
    type: list
    elements: str
  name:
    description:
      - Names of the datastores, compared exactly, also where the API would read V(*) and commas in them.
      - A single name that contains a comma must be written as a list, since Ansible splits a plain text at commas.
    type: list
    elements: str
  name_pattern:
    description: Patterns of which the name must fit one. V(*) stands for any text.
    type: list
    elements: str
  min_size:
    description: Size in bytes at least.
    type: int
  max_size:
    description: Size in bytes at most.
    type: int
  created_after:
    description:
      - Created at this time or later.
      - RFC 3339 with a zone, such as V(2026-03-13T21:03:46-04:00), or an age such as V(90m), V(24h) or V(7d).
    type: str
  created_before:
    description: Created at this time or earlier. Written as O(created_after).
    type: str
  omnistack_cluster_id:
    description: IDs of the clusters that the datastores belong to.
    type: list
    elements: str
  omnistack_cluster_name:
    description: Names of the clusters that the datastores belong to.
    type: list
    elements: str
  cluster_group_id:
    description: IDs of the cluster groups. Only a Management Virtual Appliance knows them.
    type: list
    elements: str
  compute_cluster_parent_hypervisor_object_id:
    description: Hypervisor IDs of the datacenters that the clusters belong to.
    type: list
    elements: str
  compute_cluster_parent_name:
    description: Names of the datacenters that the clusters belong to.
    type: list
    elements: str
  hypervisor_management_system_name:
    description: Names of the systems that manage the hypervisors, such as a vCenter. V(*) stands for any text.
    type: list
    elements: str
  hypervisor_object_id:
    description: Hypervisor IDs of the datastores.
    type: list
    elements: str
  policy_id:
    description: IDs of the backup policies that the datastores have.
    type: list
    elements: str
  policy_name:
    description: Names of the backup policies that the datastores have.
    type: list
    elements: str
  mount_directory:
    description: Directories that the datastores are mounted at.
    type: list
    elements: str
  single_replica:
    description: Whether all virtual machines on the datastore keep their data once only, without a second copy.
    type: bool
  show_optional_fields:
    description:
      - Whether to return RV(datastores[].hypervisor_free_space) as well.
      - The controller works it out when it is asked, so the answer may take longer.
      - It has no effect beside O(fields), since what is named there is returned in either case.
    type: bool
    default: false
seealso:
  - module: safehold.backup.svt_host_info
  - module: safehold.backup.svt_virtual_machine_info
"""

EXAMPLES = r"""
- name: Get the IDs of two datastores
  safehold.backup.svt_datastore_info:
    host: svt.example.com
    username: administrator@vsphere.local
    password: "{{ svt_password }}"
    ca_path: /etc/ssl/certs/simplivity.pem
    name: [ds1, ds2]
    fields: [name, id]
  register: stores

- name: Show how much room is left on the datastores of a cluster
  safehold.backup.svt_datastore_info:
    omnistack_cluster_name: Worcester
    show_optional_fields: true
  register: room

- name: List the datastores of 2 TiB and more that a policy protects, the largest first
  safehold.backup.svt_datastore_info:
    policy_name: [Silver, Gold]
    min_size: 2199023255552
    sort: size
    order: descending

- name: List the datastores without a second copy that are younger than a week
  safehold.backup.svt_datastore_info:
    single_replica: true
    created_after: 7d
"""

RETURN = r"""
datastores:
  description: The datastores, with the fields of the API, or with those of O(fields). Empty when none match.
  returned: success, without O(summary) and O(output_file)
  type: list
  elements: dict
  contains:
    id:
      description: The ID.
      type: str
      returned: always
      sample: c1d172e2-bd89-4bad-ae2a-848e7fbe3dc4
    name:
      description: The name.
      type: str
      returned: always
      sample: ds2
    size:
      description: Its size in bytes.
      type: int
      returned: always
      sample: 2199023255552
    created_at:
      description: When it was made, in UTC.
      type: str
      returned: always
      sample: "2016-01-02T08:00:00Z"
    single_replica:
      description: Whether all virtual machines on it keep their data once only.
      type: bool
      returned: when the API gives it
      sample: false
    mount_directory:
      description: The directory that it is mounted at.
      type: str
      returned: always
      sample: /mnt/svtfs/0/c1d172e2-bd89-4bad-ae2a-848e7fbe3dc4
    policy_id:
      description: The ID of its backup policy.
      type: str
      returned: always
      sample: 0fa0d890-6847-4eb0-8480-78d6fc3a9913
    policy_name:
      description: The name of its backup policy.
      type: str
      returned: always
      sample: Silver
    omnistack_cluster_id:
      description: The ID of the cluster that it belongs to.
      type: str
      returned: always
      sample: 0bf3988b-b684-4002-a04d-55bb8831b8c4
    omnistack_cluster_name:
      description: The name of the cluster that it belongs to.
      type: str
      returned: always
      sample: Boston -:- OmniCube CN-2000 5.5.0
    cluster_group_ids:
      description: The IDs of the cluster groups that it belongs to.
      type: list
      elements: str
      returned: always
      sample:
        - 7b1a6a0e-51f5-4a3c-8e65-0c6f5d7f3b21
    compute_cluster_parent_name:
      description: The datacenter that the cluster belongs to.
      type: str
      returned: always
      sample: DC-East
    compute_cluster_parent_hypervisor_object_id:
      description: The ID of that datacenter at the hypervisor.
      type: str
      returned: when the API gives it
      sample: "5a0f2c1e-6d0b-4d5e-9d0e-3a9b1c7d2e4f:Datacenter:datacenter-21"
    deleted:
      description: Whether it was deleted.
      type: bool
      returned: when the API gives it
      sample: false
    hypervisor_management_system:
      description: The address of what manages the hypervisor.
      type: str
      returned: when the API gives it
      sample: 192.168.1.5
    hypervisor_type:
      description: The kind of hypervisor.
      type: str
      returned: always
      sample: VSPHERE
    hypervisor_object_id:
      description: Its ID in the hypervisor.
      type: str
      returned: always
      sample: 5a0f2c1e-6d0b-4d5e-9d0e-3a9b1c7d2e4f:Datastore:datastore-32
    hypervisor_management_system_name:
      description: The system that manages the hypervisor.
      type: str
      returned: always
      sample: vcsa.example.com
    shares:
      description: The hosts outside of SimpliVity that use it. C(rw) tells, as a text, whether they may write.
      type: list
      elements: dict
      returned: always
      sample:
        - address: 192.168.2.55
          host: compute1.sg.com
          rw: "true"
    hypervisor_free_space:
      description: The bytes that are free.
      type: int
      returned: with O(show_optional_fields=true), or when O(fields) names it
      sample: 649267441664
count:
  description: How many datastores match, whatever O(limit) is.
  returned: success
  type: int
  sample: 3
truncated:
  description: Whether O(limit) left some of them out.
  returned: success
  type: bool
  sample: false
summary:
  description:
    - How many there are of each, the most frequent first. The keys are V(omnistack_cluster_name) and V(policy_name).
    - Objects without such a value count below an empty text.
  returned: with O(summary)
  type: dict
  sample:
    omnistack_cluster_name:
      Boston: 2
    policy_name:
      Gold: 2
output_file:
  description: The file that holds the objects, below the same keys as here.
  returned: with O(output_file)
  type: str
  sample: /var/lib/reports/datastores.json
failure:
  description: What went wrong, in a form of stable shape. See the guide on failures.
  returned: failure
  type: dict
  sample:
    kind: auth
    http_status: 400
    code: invalid_grant
    detail: Invalid credentials
    method: POST
    path: /oauth/token
    task: null
    submitted: false
    elapsed: 0.21
    requests: 1
"""

from ansible_collections.safehold.backup.plugins.module_utils._shapes.ansible_module import run_module
from ansible_collections.safehold.backup.plugins.module_utils._shapes.info import read_list
from ansible_collections.safehold.backup.plugins.module_utils._simplivity import client
from ansible_collections.safehold.backup.plugins.module_utils._simplivity.datastores import DATASTORES


def main() -> None:
    run_module(
        read_list(DATASTORES),
        back_end=client,
        argument_spec=DATASTORES.argument_spec(),
        mutually_exclusive=[["name", "name_pattern"]],
    )


if __name__ == "__main__":
    main()
