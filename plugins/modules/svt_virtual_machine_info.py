#!/usr/bin/python

# Copyright: (c) 2026, safehold.backup contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: svt_virtual_machine_info
short_description: List SimpliVity virtual machines
version_added: 1.0.0
author:
  - safehold.backup contributors !UNKNOWN
description:
  - Lists the virtual machines of an HPE SimpliVity federation, with every filter that the API has.
  - The API returns only machines in the state V(ALIVE) unless O(state) is set.
  - All pages are read. A list that changes meanwhile is read again.
extends_documentation_fragment:
  - safehold.backup._simplivity
  - safehold.backup._filters.simplivity
  - safehold.backup._filters.results
  - safehold.backup._attributes.info
  - safehold.backup._attributes.simplivity
options:
  id:
    description: IDs of the virtual machines. A machine gets another ID when it is moved to another datastore.
    type: list
    elements: str
  name:
    description:
      - Names of the virtual machines, compared exactly, also where the API would read V(*) and commas in them.
      - A single name that contains a comma must be written as a list, since Ansible splits a plain text at commas.
    type: list
    elements: str
  name_pattern:
    description: Patterns of which the name must fit one. V(*) stands for any text.
    type: list
    elements: str
  state:
    description:
      - Whether the virtual machine still exists.
      - Without it the API returns V(ALIVE) machines only, whatever the other filters are.
    type: list
    elements: str
    choices: [ALIVE, REMOVED, DELETED]
  created_after:
    description:
      - Created at this time or later.
      - RFC 3339 with a zone, such as V(2026-03-13T21:03:46-04:00), or an age such as V(90m), V(24h) or V(7d).
    type: str
  created_before:
    description: Created at this time or earlier. Written as O(created_after).
    type: str
  policy_id:
    description: IDs of the backup policies that the virtual machines have.
    type: list
    elements: str
  policy_name:
    description: Names of the backup policies that the virtual machines have.
    type: list
    elements: str
  datastore_id:
    description: IDs of the datastores that the virtual machines are on.
    type: list
    elements: str
  datastore_name:
    description: Names of the datastores that the virtual machines are on.
    type: list
    elements: str
  omnistack_cluster_id:
    description: IDs of the clusters that the virtual machines belong to.
    type: list
    elements: str
  omnistack_cluster_name:
    description: Names of the clusters that the virtual machines belong to.
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
  host_id:
    description: IDs of the hosts that the virtual machines are on.
    type: list
    elements: str
  hypervisor_object_id:
    description: Hypervisor IDs of the virtual machines.
    type: list
    elements: str
  hypervisor_management_system:
    description: IP addresses of the systems that manage the hypervisors, such as a vCenter. V(*) stands for any text.
    type: list
    elements: str
  hypervisor_management_system_name:
    description: Names of the systems that manage the hypervisors, such as a vCenter. V(*) stands for any text.
    type: list
    elements: str
  hypervisor_is_template:
    description: Whether the virtual machine is a template.
    type: bool
  app_aware_vm_status:
    description: Whether backups that are consistent for applications through Microsoft's VSS are possible, or why not.
    type: list
    elements: str
    choices: [CAPABLE, VALID_CREDS, INVALID_CREDS, INVALID_OS, VMWARE_TOOLS_UNAVAILABLE, UNKNOWN, UNKNOWN_FAULT]
  show_optional_fields:
    description:
      - Whether to return RV(virtual_machines[].ha_status), RV(virtual_machines[].ha_resynchronization_progress),
        RV(virtual_machines[].hypervisor_virtual_machine_power_state) and
        RV(virtual_machines[].hypervisor_is_template) as well.
      - The controller works them out when it is asked, so the answer may take longer.
      - It has no effect beside O(fields), since what is named there is returned in either case.
    type: bool
    default: false
seealso:
  - module: safehold.backup.svt_backup_info
  - module: safehold.backup.svt_datastore_info
  - module: safehold.backup.svt_host_info
"""

EXAMPLES = r"""
- name: Get the ID of a virtual machine and where it is
  safehold.backup.svt_virtual_machine_info:
    host: svt.example.com
    username: administrator@vsphere.local
    password: "{{ svt_password }}"
    ca_path: /etc/ssl/certs/simplivity.pem
    name: vm32_A_6
    fields: [id, datastore_name, omnistack_cluster_name, host_name]
  register: machine

- name: List the virtual machines of two datastores with power state and availability
  safehold.backup.svt_virtual_machine_info:
    datastore_name: [ds1, ds2]
    show_optional_fields: true
  register: machines

- name: List the virtual machines that no longer exist
  safehold.backup.svt_virtual_machine_info:
    state: [REMOVED, DELETED]
    fields: [name, id, state, deleted_at]

- name: List the virtual machines of one policy that lie on one host
  safehold.backup.svt_virtual_machine_info:
    policy_name: Silver
    host_id: 422ac72f-8437-6e09-eb44-6ffc8bde0aad
"""

RETURN = r"""
virtual_machines:
  description: The virtual machines, with the fields of the API, or with those of O(fields). Empty when none match.
  returned: success, without O(summary) and O(output_file)
  type: list
  elements: dict
  contains:
    id:
      description: The ID.
      type: str
      returned: always
      sample: 729861fd-a006-4849-bf08-b232551989c0
    name:
      description: The name.
      type: str
      returned: always
      sample: vm32_A_6
    state:
      description: V(ALIVE), V(REMOVED) or V(DELETED).
      type: str
      returned: always
      sample: ALIVE
    created_at:
      description: When it was made, in UTC.
      type: str
      returned: always
      sample: "2016-02-01T09:12:44Z"
    deleted_at:
      description: When it was deleted, in UTC. V(NA) while it exists.
      type: str
      returned: always
      sample: NA
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
    datastore_id:
      description: The ID of the datastore that it is on.
      type: str
      returned: always
      sample: c1d172e2-bd89-4bad-ae2a-848e7fbe3dc4
    datastore_name:
      description: The name of the datastore that it is on.
      type: str
      returned: always
      sample: ds2
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
      description: The IDs of the cluster groups that the cluster belongs to.
      type: list
      elements: str
      returned: when the API gives it
      sample:
        - 7b1a6a0e-51f5-4a3c-8e65-0c6f5d7f3b21
    compute_cluster_parent_name:
      description: The datacenter that the cluster belongs to.
      type: str
      returned: when the API gives it
      sample: DC-East
    compute_cluster_parent_hypervisor_object_id:
      description: The ID of that datacenter at the hypervisor.
      type: str
      returned: when the API gives it
      sample: "5a0f2c1e-6d0b-4d5e-9d0e-3a9b1c7d2e4f:Datacenter:datacenter-21"
    hypervisor_management_system:
      description: The address of what manages the hypervisor.
      type: str
      returned: when the API gives it
      sample: 192.168.1.5
    hypervisor_instance_id:
      description: The ID that vCenter knows it by.
      type: str
      returned: when the API gives it
      sample: 509861fd-a006-4849-bf08-b232551989c0
    hypervisor_uuid:
      description: The UUID of its BIOS.
      type: str
      returned: when the API gives it
      sample: 429861fd-a006-4849-bf08-b232551989c0
    hypervisor_managed_by:
      description: The extension of the hypervisor that manages it, if any.
      type: str
      returned: when the API gives it
      sample: ""
    hypervisor_virtual_disk_count:
      description: How many virtual disks it has.
      type: int
      returned: when the API gives it
      sample: 1
    hypervisor_allocated_cpu:
      description: How much computing power it may use, in MHz.
      type: int
      returned: when the API gives it
      sample: 4788
    hypervisor_consumed_cpu:
      description: How much computing power it uses, in MHz.
      type: int
      returned: when the API gives it
      sample: 120
    hypervisor_consumed_memory:
      description: How much memory it uses, in MB.
      type: int
      returned: when the API gives it
      sample: 655
    host_id:
      description: The ID of the host that it is on.
      type: str
      returned: always
      sample: 422ac72f-8437-6e09-eb44-6ffc8bde0aad
    host_name:
      description: The name of the host that it is on.
      type: str
      returned: when the API gives it
      sample: srvr1.sg.com
    replica_set:
      description: The hosts that hold a copy of its data, the V(SECONDARY) only where there is a second one.
      type: list
      elements: dict
      returned: always
      sample:
        - id: 422ac72f-8437-6e09-eb44-6ffc8bde0aad
          role: PRIMARY
        - id: 4230b1de-6a57-4f7e-8d7c-0c9d7c1f2b11
          role: SECONDARY
    app_aware_vm_status:
      description: Whether backups that are consistent for applications are possible, or why not.
      type: str
      returned: always
      sample: CAPABLE
    hypervisor_type:
      description: The kind of hypervisor.
      type: str
      returned: always
      sample: VSPHERE
    hypervisor_object_id:
      description: Its ID in the hypervisor.
      type: str
      returned: always
      sample: 5a0f2c1e-6d0b-4d5e-9d0e-3a9b1c7d2e4f:VirtualMachine:vm-100
    hypervisor_management_system_name:
      description: The system that manages the hypervisor.
      type: str
      returned: always
      sample: vcsa.example.com
    hypervisor_folder_name:
      description: The hypervisor's folder that it is in.
      type: str
      returned: when the API gives it
      sample: Prod
    hypervisor_cpu_count:
      description: How many virtual CPUs it has.
      type: int
      returned: when the API gives it
      sample: 2
    hypervisor_total_memory:
      description: The memory that it has, in MB.
      type: int
      returned: when the API gives it
      sample: 4096
    hypervisor_allocated_capacity:
      description: The bytes that it has on all datastores.
      type: int
      returned: when the API gives it
      sample: 42949672960
    hypervisor_free_space:
      description: The bytes of them that are free.
      type: int
      returned: when the API gives it
      sample: 21474836480
    network_interfaces:
      description: Its network interfaces.
      type: list
      elements: dict
      returned: when the API gives it
      sample:
        - adapter_type: VMXNET3
          device_number: "4000"
          ipv4_addresses: [10.0.0.5]
          mac_address: 00:50:56:aa:bb:cc
          mac_generation: ASSIGNED
          network_label: VM Network
    ha_status:
      description: Whether both copies of its data are in step. V(SAFE) means that they are.
      type: str
      returned: with O(show_optional_fields=true), or when O(fields) names it
      sample: SAFE
    ha_resynchronization_progress:
      description: How far they are in step, in percent.
      type: int
      returned: with O(show_optional_fields=true), or when O(fields) names it
      sample: 100
    hypervisor_virtual_machine_power_state:
      description: V(ON), V(OFF), V(SUSPENDED) or V(UNKNOWN).
      type: str
      returned: with O(show_optional_fields=true), or when O(fields) names it
      sample: "ON"
    hypervisor_is_template:
      description: Whether it is a template.
      type: bool
      returned: with O(show_optional_fields=true), or when O(fields) names it
      sample: false
count:
  description: How many virtual machines match, whatever O(limit) is.
  returned: success
  type: int
  sample: 4
truncated:
  description: Whether O(limit) left some of them out.
  returned: success
  type: bool
  sample: false
summary:
  description:
    - How many there are of each, the most frequent first. The keys are V(state), V(omnistack_cluster_name) and
      V(policy_name).
    - Objects without such a value count below an empty text.
  returned: with O(summary)
  type: dict
  sample:
    state:
      ALIVE: 41
      REMOVED: 2
    omnistack_cluster_name:
      Boston: 43
    policy_name:
      Gold: 30
      Silver: 13
output_file:
  description: The file that holds the objects, below the same keys as here.
  returned: with O(output_file)
  type: str
  sample: /var/lib/reports/virtual_machines.json
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
from ansible_collections.safehold.backup.plugins.module_utils._simplivity.virtual_machines import VIRTUAL_MACHINES


def main() -> None:
    run_module(
        read_list(VIRTUAL_MACHINES),
        back_end=client,
        argument_spec=VIRTUAL_MACHINES.argument_spec(),
        mutually_exclusive=[["name", "name_pattern"]],
    )


if __name__ == "__main__":
    main()
