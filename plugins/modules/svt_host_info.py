#!/usr/bin/python

# Copyright: (c) 2026, safehold.backup contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: svt_host_info
short_description: List SimpliVity hosts
version_added: 1.0.0
author:
  - safehold.backup contributors !UNKNOWN
description:
  - Lists the hosts of an HPE SimpliVity federation, with every filter that the API has.
  - All pages are read. A list that changes meanwhile is read again.
extends_documentation_fragment:
  - safehold.backup._simplivity
  - safehold.backup._filters.simplivity
  - safehold.backup._filters.results
  - safehold.backup._attributes.info
  - safehold.backup._attributes.simplivity
options:
  id:
    description: IDs of the hosts.
    type: list
    elements: str
  name:
    description:
      - Names of the hosts, compared exactly, also where the API would read V(*) and commas in them.
      - A single name that contains a comma must be written as a list, since Ansible splits a plain text at commas.
    type: list
    elements: str
  name_pattern:
    description: Patterns of which the name must fit one. V(*) stands for any text.
    type: list
    elements: str
  state:
    description: State of the host.
    type: list
    elements: str
    choices: [ALIVE, FAULTY, MANAGED, REMOVED, SUSPECTED, UNKNOWN]
  type:
    description: Types of the hosts, such as V(OMNICUBE). V(*) stands for any text.
    type: list
    elements: str
  model:
    description: Hardware models of the hosts. V(*) stands for any text.
    type: list
    elements: str
  version:
    description: Versions of the hosts, such as V(5.3.1.284). V(*) stands for any text.
    type: list
    elements: str
  virtual_controller_name:
    description: Names of the Virtual Controllers that run on the hosts. V(*) stands for any text.
    type: list
    elements: str
  management_ip:
    description: Addresses of the Virtual Controllers on the management network. V(*) stands for any text.
    type: list
    elements: str
  storage_ip:
    description: Addresses of the Virtual Controllers on the storage network. V(*) stands for any text.
    type: list
    elements: str
  federation_ip:
    description: Addresses of the Virtual Controllers on the federation network. V(*) stands for any text.
    type: list
    elements: str
  omnistack_cluster_id:
    description: IDs of the clusters that the hosts belong to. The API has no filter for their names here.
    type: list
    elements: str
  cluster_group_id:
    description: IDs of the cluster groups. Only a Management Virtual Appliance knows them.
    type: list
    elements: str
  compute_cluster_name:
    description: Names of the hypervisor's clusters that the hosts belong to. V(*) stands for any text.
    type: list
    elements: str
  compute_cluster_hypervisor_object_id:
    description: Hypervisor IDs of the clusters that the hosts belong to. V(*) stands for any text.
    type: list
    elements: str
  compute_cluster_parent_name:
    description: Names of the datacenters that the clusters belong to. V(*) stands for any text.
    type: list
    elements: str
  compute_cluster_parent_hypervisor_object_id:
    description: Hypervisor IDs of the datacenters that the clusters belong to. V(*) stands for any text.
    type: list
    elements: str
  hypervisor_object_id:
    description: Hypervisor IDs of the hosts. V(*) stands for any text.
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
  policy_enabled:
    description: Whether backup policies are enabled for the host.
    type: bool
  can_rollback:
    description: Whether the software of the host can go back to its former version.
    type: bool
  upgrade_state:
    description: How the latest upgrade of the host's software went.
    type: list
    elements: str
    choices: [SUCCESS, FAIL, IN_PROGRESS, NOOP, UNKNOWN]
  current_feature_level_min:
    description: Current feature level of the host's software at least.
    type: int
  current_feature_level_max:
    description: Current feature level of the host's software at most.
    type: int
  potential_feature_level_min:
    description: Potential feature level of the host's software at least.
    type: int
  potential_feature_level_max:
    description: Potential feature level of the host's software at most.
    type: int
  cluster_feature_level_min:
    description: Feature level of the host's cluster at least.
    type: int
  cluster_feature_level_max:
    description: Feature level of the host's cluster at most.
    type: int
  availability_zone_planned:
    description: Availability zones that the hosts are to be in.
    type: list
    elements: str
  availability_zone_effective:
    description: Availability zones that the hosts are in now.
    type: list
    elements: str
  show_optional_fields:
    description:
      - Whether to return what the hosts' storage holds and saves as well, such as RV(hosts[].free_space).
      - The controller works these figures out when it is asked, so the answer may take longer.
      - It has no effect beside O(fields), since what is named there is returned in either case.
    type: bool
    default: false
seealso:
  - module: safehold.backup.svt_datastore_info
  - module: safehold.backup.svt_virtual_machine_info
"""

EXAMPLES = r"""
- name: List the hosts of one cluster with their addresses
  safehold.backup.svt_host_info:
    host: svt.example.com
    username: administrator@vsphere.local
    password: "{{ svt_password }}"
    ca_path: /etc/ssl/certs/simplivity.pem
    omnistack_cluster_id: 0bf3988b-b684-4002-a04d-55bb8831b8c4
    fields: [name, id, management_ip, virtual_controller_name]
  register: boston

- name: List the hosts that are in trouble
  safehold.backup.svt_host_info:
    state: [FAULTY, SUSPECTED, UNKNOWN]
  register: troubled

- name: Show how full the hosts with a given software are
  safehold.backup.svt_host_info:
    version: 5.3.*
    show_optional_fields: true
  register: capacity

- name: Find a host by the address of its Virtual Controller
  safehold.backup.svt_host_info:
    management_ip: 192.168.1.11
"""

RETURN = r"""
hosts:
  description: The hosts, with the fields of the API, or with those of O(fields). Empty when none match.
  returned: success, without O(summary) and O(output_file)
  type: list
  elements: dict
  contains:
    id:
      description: The ID.
      type: str
      returned: always
      sample: 422ac72f-8437-6e09-eb44-6ffc8bde0aad
    name:
      description: The name.
      type: str
      returned: always
      sample: srvr1.sg.com
    state:
      description: The state.
      type: str
      returned: always
      sample: ALIVE
    type:
      description: The type.
      type: str
      returned: always
      sample: OMNICUBE
    model:
      description: The hardware model.
      type: str
      returned: always
      sample: HPE SimpliVity 380 Series 4000
    version:
      description: The version of its software.
      type: str
      returned: always
      sample: 5.3.1.284
    virtual_controller_name:
      description: The Virtual Controller that runs on it.
      type: str
      returned: always
      sample: OmniStackVC-192-168-1-11
    management_ip:
      description: The address of its Virtual Controller on the management network.
      type: str
      returned: always
      sample: 192.168.1.11
    storage_ip:
      description: The address of its Virtual Controller on the storage network.
      type: str
      returned: always
      sample: 192.168.2.1
    federation_ip:
      description: The address of its Virtual Controller on the federation network.
      type: str
      returned: always
      sample: 192.168.3.1
    management_mask:
      description: The network mask of the management network.
      type: str
      returned: when the API gives it
      sample: 255.255.255.0
    management_mtu:
      description: The largest packet of the management network, in bytes.
      type: str
      returned: when the API gives it
      sample: "1500"
    storage_mask:
      description: The network mask of the storage network.
      type: str
      returned: when the API gives it
      sample: 255.255.255.0
    storage_mtu:
      description: The largest packet of the storage network, in bytes.
      type: str
      returned: when the API gives it
      sample: "9000"
    federation_mask:
      description: The network mask of the federation network.
      type: str
      returned: when the API gives it
      sample: 255.255.255.0
    federation_mtu:
      description: The largest packet of the federation network, in bytes.
      type: str
      returned: when the API gives it
      sample: "9000"
    compute_cluster_hypervisor_object_id:
      description: The ID of its cluster at the hypervisor.
      type: str
      returned: when the API gives it
      sample: "5a0f2c1e-6d0b-4d5e-9d0e-3a9b1c7d2e4f:ClusterComputeResource:domain-c7"
    compute_cluster_parent_hypervisor_object_id:
      description: The ID of the datacenter of that cluster at the hypervisor.
      type: str
      returned: when the API gives it
      sample: "5a0f2c1e-6d0b-4d5e-9d0e-3a9b1c7d2e4f:Datacenter:datacenter-21"
    hypervisor_management_system:
      description: The address of what manages the hypervisor.
      type: str
      returned: when the API gives it
      sample: 192.168.1.5
    potential_feature_level:
      description: The feature level that its software allows.
      type: int
      returned: when the API gives it
      sample: 270
    cluster_feature_level:
      description: The feature level of its cluster.
      type: int
      returned: when the API gives it
      sample: 270
    availability_zone_planned:
      description: The availability zone that it is to belong to.
      type: str
      returned: when the API gives it
      sample: ""
    date:
      description: What its clock says, in UTC.
      type: str
      returned: when the API gives it
      sample: "2025-04-07T10:00:00Z"
    stored_virtual_machine_data:
      description: How many bytes of virtual machines it stores.
      type: int
      returned: when the API gives it
      sample: 1717986918400
    stored_compressed_data:
      description: How many bytes that takes with compression.
      type: int
      returned: when the API gives it
      sample: 1272079617674
    stored_uncompressed_data:
      description: How many bytes that would take without compression.
      type: int
      returned: when the API gives it
      sample: 1900000000000
    deduplication_ratio:
      description: How much deduplication saves.
      type: str
      returned: when the API gives it
      sample: "1.8 : 1"
    omnistack_cluster_id:
      description: The ID of the cluster that it belongs to.
      type: str
      returned: always
      sample: 0bf3988b-b684-4002-a04d-55bb8831b8c4
    cluster_group_ids:
      description: The IDs of the cluster groups that it belongs to.
      type: list
      elements: str
      returned: always
      sample:
        - 7b1a6a0e-51f5-4a3c-8e65-0c6f5d7f3b21
    compute_cluster_name:
      description: The hypervisor's cluster that it belongs to.
      type: str
      returned: always
      sample: Boston -:- OmniCube CN-2000 5.5.0
    compute_cluster_parent_name:
      description: The datacenter that the cluster belongs to.
      type: str
      returned: always
      sample: DC-East
    hypervisor_object_id:
      description: Its ID in the hypervisor.
      type: str
      returned: always
      sample: 5a0f2c1e-6d0b-4d5e-9d0e-3a9b1c7d2e4f:HostSystem:host-11
    hypervisor_management_system_name:
      description: The system that manages the hypervisor.
      type: str
      returned: always
      sample: vcsa.example.com
    policy_enabled:
      description: Whether backup policies are enabled for it.
      type: bool
      returned: always
      sample: true
    can_rollback:
      description: Whether its software can go back to its former version.
      type: bool
      returned: always
      sample: false
    upgrade_state:
      description: How the latest upgrade of its software went.
      type: str
      returned: always
      sample: SUCCESS
    current_feature_level:
      description: The feature level of its software.
      type: int
      returned: always
      sample: 270
    availability_zone_effective:
      description: The availability zone that it is in, empty for none.
      type: str
      returned: always
      sample: ""
    allocated_capacity:
      description: The bytes of storage that it has.
      type: int
      returned: with O(show_optional_fields=true), or when O(fields) names it
      sample: 6442450944000
    used_capacity:
      description: The bytes of storage in use.
      type: int
      returned: with O(show_optional_fields=true), or when O(fields) names it
      sample: 1272079617674
    free_space:
      description: The bytes of storage that are free.
      type: int
      returned: with O(show_optional_fields=true), or when O(fields) names it
      sample: 5170371316326
    used_logical_capacity:
      description: The bytes in use as they would be without deduplication and compression.
      type: int
      returned: with O(show_optional_fields=true), or when O(fields) names it
      sample: 2576980377600
    capacity_savings:
      description: The bytes that deduplication and compression save.
      type: int
      returned: with O(show_optional_fields=true), or when O(fields) names it
      sample: 1304900760000
    local_backup_capacity:
      description: The bytes that local backups take.
      type: int
      returned: with O(show_optional_fields=true), or when O(fields) names it
      sample: 858993459200
    remote_backup_capacity:
      description: The bytes that remote backups take.
      type: int
      returned: with O(show_optional_fields=true), or when O(fields) names it
      sample: 0
    compression_ratio:
      description: The ratio of compression. Those of deduplication and of both together are written alike.
      type: str
      returned: with O(show_optional_fields=true), or when O(fields) names it
      sample: "1.5 : 1"
    efficiency_ratio:
      description: The ratio of deduplication and compression together.
      type: str
      returned: with O(show_optional_fields=true), or when O(fields) names it
      sample: "2.7 : 1"
count:
  description: How many hosts match, whatever O(limit) is.
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
    - How many there are of each, the most frequent first. The keys are V(state), V(type), V(version) and
      V(compute_cluster_name).
    - Objects without such a value count below an empty text.
  returned: with O(summary)
  type: dict
  sample:
    state:
      ALIVE: 3
      FAULTY: 1
    type:
      OMNICUBE: 4
    version:
      "5.3.1.284": 4
    compute_cluster_name:
      Boston: 4
output_file:
  description: The file that holds the objects, below the same keys as here.
  returned: with O(output_file)
  type: str
  sample: /var/lib/reports/hosts.json
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
from ansible_collections.safehold.backup.plugins.module_utils._simplivity.hosts import HOSTS


def main() -> None:
    run_module(
        read_list(HOSTS),
        back_end=client,
        argument_spec=HOSTS.argument_spec(),
        mutually_exclusive=[["name", "name_pattern"]],
    )


if __name__ == "__main__":
    main()
