# Copyright: (c) 2026, safehold.backup contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Complete objects of every kind (samples of simplivity.md 7, types of the 1.25 description)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

VCENTER = "5a0f2c1e-6d0b-4d5e-9d0e-3a9b1c7d2e4f"
GROUP = "7b1a6a0e-51f5-4a3c-8e65-0c6f5d7f3b21"
HMS = {"hypervisor_management_system": "192.168.1.5", "hypervisor_management_system_name": "vcsa.example.com"}
PARENT = {
    "compute_cluster_parent_hypervisor_object_id": f"{VCENTER}:Datacenter:datacenter-21",
    "compute_cluster_parent_name": "DC-East",
}
RATIOS = {"compression_ratio": "1.5 : 1", "deduplication_ratio": "1.8 : 1", "efficiency_ratio": "2.7 : 1"}
NEVER = "NA"


def _capacity(hosts: int) -> dict[str, Any]:
    return {
        "allocated_capacity": 6442450944000 * hosts,
        "used_capacity": 1272079617674 * hosts,
        "free_space": 5170371316326 * hosts,
        "used_logical_capacity": 2576980377600 * hosts,
        "capacity_savings": 1304900760000 * hosts,
        "local_backup_capacity": 858993459200 * hosts,
        "remote_backup_capacity": 0,
        "stored_virtual_machine_data": 1717986918400 * hosts,
        "stored_compressed_data": 1272079617674 * hosts,
        "stored_uncompressed_data": 1900000000000 * hosts,
        **RATIOS,
    }


def cluster(key: str, name: str, members: list[str], number: int) -> dict[str, Any]:
    """An omnistack_cluster."""
    return {
        "id": key,
        "name": name,
        "type": "OMNISTACK",
        "members": members,
        "version": "5.3.1.284",
        "cluster_feature_level": 270,
        "cluster_group_ids": [GROUP],
        "arbiter_address": f"192.168.{number}.20",
        "arbiter_required": True,
        "arbiter_configured": True,
        "arbiter_connected": True,
        "iwo_enabled": True,
        "iwo_active": True,
        "hypervisor_type": "VSPHERE",
        "hypervisor_object_id": f"{VCENTER}:ClusterComputeResource:domain-c{6 + number}",
        "hypervisor_object_parent_id": PARENT["compute_cluster_parent_hypervisor_object_id"],
        "hypervisor_object_parent_name": PARENT["compute_cluster_parent_name"],
        **HMS,
        "time_zone": "America/New_York",
        "upgrade_state": "SUCCESS_COMMITTED",
        "upgrade_task_id": "",
        "infosight_configuration": {
            "infosight_claim_tag": "",
            "infosight_enabled": False,
            "infosight_proxy_url": "",
            "infosight_registered": False,
            "infosight_tenant_name": "",
        },
        **_capacity(len(members)),
    }


def host(key: str, name: str, own_cluster: Mapping[str, Any], number: int) -> dict[str, Any]:
    """A host."""
    return {
        "id": key,
        "name": name,
        "state": "ALIVE",
        "type": "OMNICUBE",
        "model": "HPE SimpliVity 380 Series 4000",
        "version": "5.3.1.284",
        "virtual_controller_name": f"OmniStackVC-192-168-1-{10 + number}",
        "management_ip": f"192.168.1.{10 + number}",
        "management_mask": "255.255.255.0",
        "management_mtu": "1500",
        "storage_ip": f"192.168.2.{number}",
        "storage_mask": "255.255.255.0",
        "storage_mtu": "9000",
        "federation_ip": f"192.168.3.{number}",
        "federation_mask": "255.255.255.0",
        "federation_mtu": "9000",
        "compute_cluster_name": own_cluster["name"],
        "compute_cluster_hypervisor_object_id": own_cluster["hypervisor_object_id"],
        **PARENT,
        "omnistack_cluster_id": own_cluster["id"],
        "cluster_group_ids": [GROUP],
        "hypervisor_object_id": f"{VCENTER}:HostSystem:host-{10 + number}",
        **HMS,
        "policy_enabled": True,
        "can_rollback": False,
        "current_feature_level": 270,
        "potential_feature_level": 270,
        "cluster_feature_level": 270,
        "upgrade_state": "SUCCESS",
        "availability_zone_effective": "",
        "availability_zone_planned": "",
        "date": "2025-04-07T10:00:00Z",
        **_capacity(1),
    }


def policy(key: str, name: str, rules: list[dict[str, Any]]) -> dict[str, Any]:
    """A policy; the default policy has no rules."""
    return {
        "id": key,
        "name": name,
        "cluster_group_ids": [GROUP],
        "owner_cluster_id": "",
        "owner_cluster_name": "",
        "rules": rules,
    }


def rule(key: str, frequency: int, retention: int) -> dict[str, Any]:
    """A rule of a policy; frequency and retention in minutes."""
    return {
        "id": key,
        "number": 0,
        "frequency": frequency,
        "retention": retention,
        "days": "All",
        "start_time": "00:00",
        "end_time": "00:00",
        "destination_id": "",
        "destination_name": "<local>",
        "external_store_name": "",
        "max_backups": retention // frequency,
        "application_consistent": False,
        "consistency_type": "NONE",
    }


def datastore(
    key: str, name: str, own_cluster: Mapping[str, Any], own_policy: Mapping[str, Any], number: int
) -> dict[str, Any]:
    """A datastore."""
    return {
        "id": key,
        "name": name,
        "size": 1099511627776 * number,
        "created_at": f"2016-01-{number:02d}T08:00:00Z",
        "deleted": False,
        "single_replica": False,
        "mount_directory": f"/mnt/svtfs/0/{key}",
        "policy_id": own_policy["id"],
        "policy_name": own_policy["name"],
        "omnistack_cluster_id": own_cluster["id"],
        "omnistack_cluster_name": own_cluster["name"],
        "cluster_group_ids": [GROUP],
        **PARENT,
        "hypervisor_object_id": f"{VCENTER}:Datastore:datastore-{30 + number}",
        "hypervisor_type": "VSPHERE",
        **HMS,
        "hypervisor_free_space": 649267441664,
        "shares": [{"address": "192.168.2.55", "host": "compute1.sg.com", "rw": "true"}],
    }


def virtual_machine(
    key: str, name: str, store: Mapping[str, Any], own_host: Mapping[str, Any], number: int
) -> tuple[dict[str, Any], dict[str, Any]]:
    """A virtual machine: its own fields, and those that it shares with all machines of its datastore."""
    own = {
        "id": key,
        "name": name,
        "state": "ALIVE",
        "created_at": "2016-02-01T09:12:44Z",
        "hypervisor_object_id": f"{VCENTER}:VirtualMachine:vm-{100 + number}",
        "hypervisor_instance_id": f"50{key[2:]}",
        "hypervisor_uuid": f"42{key[2:]}",
    }
    shared = {
        "deleted_at": NEVER,
        "policy_id": store["policy_id"],
        "policy_name": store["policy_name"],
        "datastore_id": store["id"],
        "datastore_name": store["name"],
        "omnistack_cluster_id": store["omnistack_cluster_id"],
        "omnistack_cluster_name": store["omnistack_cluster_name"],
        "host_id": own_host["id"],
        "host_name": own_host["name"],
        "hypervisor_type": "VSPHERE",
        **HMS,
        **PARENT,
        "cluster_group_ids": [GROUP],
        "app_aware_vm_status": "CAPABLE",
        "replica_set": [{"id": own_host["id"], "role": "PRIMARY"}],
        "ha_status": "SAFE",
        "ha_resynchronization_progress": 100,
        "hypervisor_virtual_machine_power_state": "ON",
        "hypervisor_is_template": False,
        "hypervisor_managed_by": "",
        "hypervisor_folder_name": "Prod",
        "hypervisor_virtual_disk_count": 1,
        "hypervisor_cpu_count": 2,
        "hypervisor_allocated_cpu": 4788,
        "hypervisor_consumed_cpu": 120,
        "hypervisor_total_memory": 4096,
        "hypervisor_consumed_memory": 655,
        "hypervisor_allocated_capacity": 42949672960,
        "hypervisor_free_space": 21474836480,
        "network_interfaces": [
            {
                "adapter_type": "VMXNET3",
                "device_number": "4000",
                "ipv4_addresses": ["10.0.0.5"],
                "mac_address": "00:50:56:aa:bb:cc",
                "mac_generation": "ASSIGNED",
                "network_label": "VM Network",
            }
        ],
    }
    return own, shared


def backup_base(machine: Mapping[str, Any]) -> dict[str, Any]:
    """What all backups of a machine have in common unless they say otherwise."""
    return {
        "state": "PROTECTED",
        "type": "POLICY",
        "virtual_machine_id": machine["id"],
        "virtual_machine_name": machine["name"],
        "virtual_machine_state": machine["state"],
        "virtual_machine_type": "VM",
        "datastore_id": machine["datastore_id"],
        "datastore_name": machine["datastore_name"],
        "omnistack_cluster_id": machine["omnistack_cluster_id"],
        "omnistack_cluster_name": machine["omnistack_cluster_name"],
        **PARENT,
        "hypervisor_type": "VSPHERE",
        "cluster_group_ids": [GROUP],
        "expiration_time": NEVER,
        "application_consistent": False,
        "consistency_type": "NONE",
        "size": 12574720,
        "sent": 0,
        "sent_duration": 0,
        "sent_completion_time": NEVER,
        "unique_size_bytes": 0,
        "unique_size_timestamp": NEVER,
        "external_store_name": "",
        "associated_cluster": "",
        "backup_store_type": "SimplivityStore",
    }
