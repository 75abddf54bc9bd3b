#!/usr/bin/python

# Copyright: (c) 2026, safehold.backup contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: svt_backup_info
short_description: List SimpliVity backups
version_added: 1.0.0
author:
  - safehold.backup contributors !UNKNOWN
description:
  - Lists the backups of an HPE SimpliVity federation, with every filter that the API has.
  - All pages are read. A list that changes meanwhile is read again.
extends_documentation_fragment:
  - safehold.backup._simplivity
  - safehold.backup._filters.simplivity
  - safehold.backup._filters.results
  - safehold.backup._attributes.info
  - safehold.backup._attributes.simplivity
options:
  id:
    description: IDs of the backups.
    type: list
    elements: str
  name:
    description:
      - Names of the backups, compared exactly, also where the API would read V(*) and commas in them.
      - A single name that contains a comma must be written as a list, since Ansible splits a plain text at commas.
      - Names are not unique. Policy backups of all virtual machines share the name that their time gives them.
    type: list
    elements: str
  name_pattern:
    description: Patterns of which the name must fit one. V(*) stands for any text.
    type: list
    elements: str
  type:
    description: How the backup came about.
    type: list
    elements: str
    choices: [MANUAL, POLICY, UNSPECIFIED]
  state:
    description:
      - State of the backup.
      - V(PROTECTED), V(DEGRADED) and V(REBUILDING) can be restored.
      - V(NEW), V(QUEUED), V(SAVING) and V(CANCELING) are still under way.
    type: list
    elements: str
    choices: [NEW, QUEUED, SAVING, PROTECTED, DEGRADED, REBUILDING, CANCELING, CANCELED, FAILED, DELETED, UNKNOWN]
  virtual_machine_id:
    description: IDs of the virtual machines that were backed up.
    type: list
    elements: str
  virtual_machine_name:
    description: Names of the virtual machines that were backed up.
    type: list
    elements: str
  virtual_machine_type:
    description: What was backed up.
    type: list
    elements: str
    choices: [VM, TEMPLATE, UNKNOWN]
  virtual_machine_state:
    description: Whether the virtual machine still exists.
    type: list
    elements: str
    choices: [ALIVE, REMOVED, DELETED]
  omnistack_cluster_id:
    description:
      - IDs of the clusters that hold the backups.
      - A Virtual Controller also returns the backups of such a cluster that an external store holds.
    type: list
    elements: str
  omnistack_cluster_name:
    description: Names of the clusters that hold the backups.
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
  cluster_group_id:
    description: IDs of the cluster groups. Only a Management Virtual Appliance knows them.
    type: list
    elements: str
  datastore_id:
    description: IDs of the datastores that the virtual machines were on.
    type: list
    elements: str
  datastore_name:
    description: Names of the datastores that the virtual machines were on.
    type: list
    elements: str
  external_store_name:
    description:
      - Names of the external stores that hold the backups. V(*) stands for any text.
      - Needs version 1.14 of the REST API.
    type: list
    elements: str
  associated_cluster:
    description:
      - Clusters that the external stores belong to.
      - Needs version 1.17 of the REST API.
    type: list
    elements: str
  backup_store_type:
    description:
      - Kinds of storage that hold the backups.
      - Needs version 1.17 of the REST API.
    type: list
    elements: str
    choices: [SimplivityStore, StoreOnceOnPrem, StoreOnceCloud, Unknown]
  application_consistent:
    description: Whether the backup is consistent for applications.
    type: bool
  consistency_type:
    description:
      - How consistency was reached.
      - V(NONE) is crash-consistent, V(DEFAULT) a snapshot of the hypervisor, V(VSS) Microsoft's shadow copy service.
    type: list
    elements: str
    choices: [NONE, DEFAULT, VSS, FAILEDVSS, NOT_APPLICABLE]
  created_after:
    description:
      - Created at this time or later.
      - RFC 3339 with a zone, such as V(2026-03-13T21:03:46-04:00), or an age such as V(90m), V(24h) or V(7d).
    type: str
  created_before:
    description: Created at this time or earlier. Written as O(created_after).
    type: str
  expires_after:
    description: Expires at this time or later. Written as O(created_after), or as a time ahead such as V(+7d).
    type: str
  expires_before:
    description: Expires at this time or earlier. Written as O(created_after), or as a time ahead such as V(+7d).
    type: str
  sent_completion_after:
    description: Replication ended at this time or later. Written as O(created_after).
    type: str
  sent_completion_before:
    description: Replication ended at this time or earlier. Written as O(created_after).
    type: str
  sent_min:
    description: Bytes replicated at least.
    type: int
  sent_max:
    description: Bytes replicated at most.
    type: int
  sent_duration_min:
    description: Seconds that replication took at least.
    type: int
  sent_duration_max:
    description: Seconds that replication took at most.
    type: int
  size_min:
    description: Size in bytes at least.
    type: int
  size_max:
    description: Size in bytes at most.
    type: int
  unique_size_bytes_min:
    description: Bytes that no other backup shares at least, where they have been calculated.
    type: int
  unique_size_bytes_max:
    description: Bytes that no other backup shares at most, where they have been calculated.
    type: int
seealso:
  - module: safehold.backup.svt_backup_rename
  - module: safehold.backup.svt_virtual_machine_info
"""

EXAMPLES = r"""
- name: List the first 100 manual backups by name
  safehold.backup.svt_backup_info:
    host: svt.example.com
    username: administrator@vsphere.local
    password: "{{ svt_password }}"
    ca_path: /etc/ssl/certs/simplivity.pem
    type: MANUAL
    fields: [name, id, created_at]
    sort: name
    order: ascending
    limit: 100
  register: manual

- name: List what went wrong in the last 24 hours
  safehold.backup.svt_backup_info:
    state: [FAILED, DEGRADED, CANCELED]
    created_after: 24h
  register: troubled

- name: Find the backups of two virtual machines that expire within a week
  safehold.backup.svt_backup_info:
    virtual_machine_name: [vm32_A_6, web01]
    expires_before: +7d
    sort: expiration_time

- name: Count the backups of one day without reading them
  safehold.backup.svt_backup_info:
    created_after: "2016-03-13T00:00:00-04:00"
    created_before: "2016-03-14T00:00:00-04:00"
    fields: [id]
    limit: 1
  register: day

- name: Count the backups of the last week by state, type, virtual machine and cluster
  safehold.backup.svt_backup_info:
    created_after: 7d
    summary: true
  register: week

- name: Keep all backups in a file, since they are too many for a result
  safehold.backup.svt_backup_info:
    output_file: ~/backups.json
  register: kept
"""

RETURN = r"""
backups:
  description: The backups, with the fields of the API. Empty when none match.
  returned: success, without O(summary) and O(output_file)
  type: list
  elements: dict
  contains:
    id:
      description: The ID, the only key of a backup.
      type: str
      returned: always
      sample: f6d5980c-478c-4292-aabf-67da627dbc57
    name:
      description: The name.
      type: str
      returned: always
      sample: vm32_A_6-backup-2016-03-13T21:03:46-04:00
    state:
      description: The state.
      type: str
      returned: always
      sample: PROTECTED
    created_at:
      description: When it was made, in UTC.
      type: str
      returned: always
      sample: "2016-03-14T01:03:46Z"
    expiration_time:
      description: When it expires, in UTC. V(NA) when it never does.
      type: str
      returned: always
      sample: NA
    virtual_machine_name:
      description: The virtual machine that was backed up.
      type: str
      returned: always
      sample: vm32_A_6
    size:
      description: Its size in bytes.
      type: int
      returned: always
      sample: 12574720
    type:
      description: "What made it: V(MANUAL), V(POLICY) or V(UNSPECIFIED)."
      type: str
      returned: when the API gives it
      sample: MANUAL
    virtual_machine_id:
      description: The ID of the virtual machine.
      type: str
      returned: when the API gives it
      sample: 729861fd-a006-4849-bf08-b232551989c0
    virtual_machine_state:
      description: Whether the virtual machine still exists.
      type: str
      returned: when the API gives it
      sample: ALIVE
    virtual_machine_type:
      description: The kind of machine that was backed up.
      type: str
      returned: when the API gives it
      sample: VM
    datastore_id:
      description: The ID of the datastore that the virtual machine was on.
      type: str
      returned: when the API gives it
      sample: c1d172e2-bd89-4bad-ae2a-848e7fbe3dc4
    datastore_name:
      description: The name of that datastore.
      type: str
      returned: when the API gives it
      sample: ds2
    omnistack_cluster_id:
      description: The ID of the cluster that holds the backup. Empty when an external store does.
      type: str
      returned: when the API gives it
      sample: 0bf3988b-b684-4002-a04d-55bb8831b8c4
    omnistack_cluster_name:
      description: The name of that cluster.
      type: str
      returned: when the API gives it
      sample: Boston -:- OmniCube CN-2000 5.5.0
    external_store_name:
      description: The external store that holds the backup. Empty when a cluster does.
      type: str
      returned: when the API gives it
      sample: StoreOnce-Data02
    associated_cluster:
      description: The ID of the cluster that an external store belongs to.
      type: str
      returned: when the API gives it
      sample: 0bf3988b-b684-4002-a04d-55bb8831b8c4
    backup_store_type:
      description: Whether the cluster itself or an external store holds it.
      type: str
      returned: when the API gives it
      sample: SimplivityStore
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
    hypervisor_type:
      description: The hypervisor.
      type: str
      returned: when the API gives it
      sample: VSPHERE
    application_consistent:
      description: Whether applications were brought to rest for it.
      type: bool
      returned: when the API gives it
      sample: false
    consistency_type:
      description: How they were.
      type: str
      returned: when the API gives it
      sample: NONE
    sent:
      description: How many bytes went over the network for it.
      type: int
      returned: when the API gives it
      sample: 1048576
    sent_duration:
      description: How many seconds that took.
      type: int
      returned: when the API gives it
      sample: 12
    sent_completion_time:
      description: When that was done, in UTC. V(NA) when nothing was sent.
      type: str
      returned: when the API gives it
      sample: NA
    unique_size_bytes:
      description: How many bytes no other backup shares, as far as it was worked out.
      type: int
      returned: when the API gives it
      sample: 0
    unique_size_timestamp:
      description: When that was worked out, in UTC. V(NA) when it never was.
      type: str
      returned: when the API gives it
      sample: NA
count:
  description: How many backups match, whatever O(limit) is.
  returned: success
  type: int
  sample: 21
truncated:
  description: Whether O(limit) left some of them out.
  returned: success
  type: bool
  sample: false
summary:
  description:
    - How many there are of each, the most frequent first. The keys are V(state), V(type), V(virtual_machine_name) and
      V(omnistack_cluster_name).
    - Objects without such a value count below an empty text.
  returned: with O(summary)
  type: dict
  sample:
    state:
      PROTECTED: 1190
      FAILED: 13
    type:
      POLICY: 1196
      MANUAL: 7
    virtual_machine_name:
      sql01: 700
      web01: 503
    omnistack_cluster_name:
      Boston: 1203
output_file:
  description: The file that holds the objects, below the same keys as here.
  returned: with O(output_file)
  type: str
  sample: /var/lib/reports/backups.json
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
from ansible_collections.safehold.backup.plugins.module_utils._simplivity.backups import BACKUPS


def main() -> None:
    run_module(
        read_list(BACKUPS),
        back_end=client,
        argument_spec=BACKUPS.argument_spec(),
        mutually_exclusive=[["name", "name_pattern"]],
    )


if __name__ == "__main__":
    main()
