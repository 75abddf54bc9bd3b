# Copyright: (c) 2026, safehold.backup contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Objects on the simulator that bear a text wherever an object of their kind bears a name."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

from simulator.process import Control

Fields = dict[str, Any]


class Kind(NamedTuple):
    """What a module reads. names: the fields that hold a text of somebody's; options: the filters that look at them.

    bearing: the object's fields with the text in each of the names. path: of the list at the server. is_sent: whether
    the server is asked to filter, and not the module alone.
    """

    api: str
    objects: str
    options: dict[str, str]
    bearing: Callable[[str], Fields]
    path: str = ""
    is_sent: bool = True


def _flat(*names: str) -> Callable[[str], Fields]:
    return lambda text: dict.fromkeys(names, text)


def _acronis(text: str) -> Fields:
    return {
        "type": text,
        "startedByUser": text,
        "tags": [text],
        "policy": {"id": text, "type": text, "name": text},
        "resource": {"id": text, "type": text, "name": text},
        "context": {"title": text, text: {text: [text]}},
        "state": "completed",
        "result": {"code": "ok", "payload": text},
    }


def _resource(text: str) -> Fields:
    names = dict.fromkeys(("name", "user_defined_name", "tenant_name"), text)
    return {**names, "aggregate": {"status": text, "names": [text]}, "policies": [{"type": text}]}


_ACRONIS_OPTIONS = {name: name for name in ("type", "tag", "policy_name", "policy_type", "resource_name", "started_by")}
_BACKUP = (
    "name",
    "virtual_machine_name",
    "datastore_name",
    "omnistack_cluster_name",
    "compute_cluster_parent_name",
    "external_store_name",
    "associated_cluster",
)
_STORE = ("name", "policy_name", "omnistack_cluster_name", "compute_cluster_parent_name", "mount_directory")
_MACHINE = ("name", "policy_name", "datastore_name", "omnistack_cluster_name", "compute_cluster_parent_name")
_HOST = ("name", "compute_cluster_name", "compute_cluster_parent_name", "virtual_controller_name", "model")

KINDS: dict[str, Kind] = {
    "svt_backup_info": Kind("simplivity", "backups", {n: n for n in _BACKUP}, _flat(*_BACKUP)),
    "svt_datastore_info": Kind("simplivity", "datastores", {n: n for n in _STORE}, _flat(*_STORE)),
    "svt_virtual_machine_info": Kind(
        "simplivity", "virtual_machines", {n: n for n in _MACHINE}, _flat(*_MACHINE, "hypervisor_folder_name")
    ),
    "svt_host_info": Kind("simplivity", "hosts", {n: n for n in _HOST}, _flat(*_HOST)),
    "acronis_task_info": Kind("acronis", "tasks", _ACRONIS_OPTIONS, _acronis),
    "acronis_activity_info": Kind("acronis", "activities", _ACRONIS_OPTIONS, _acronis),
    "acronis_resource_info": Kind(
        "acronis", "resources", {"name": "name"}, _resource, "resource_statuses", is_sent=False
    ),
}


def neighbours(text: str) -> list[str]:
    """Texts that a reader, or a careless comparison, would take for this one."""
    return _others(
        text,
        [
            text.swapcase(),
            text.casefold(),
            text.strip(),
            f" {text}",
            f"{text} ",
            f"{text}x",
            text[:-1],
            text.replace("*", "-").replace(",", "-"),
            "".join(character for character in text if character.isprintable()),
            *(unicodedata.normalize(form, text) for form in ("NFC", "NFD", "NFKC", "NFKD")),
        ],
    )


def _others(text: str, found: Iterable[str]) -> list[str]:
    return [one for one in dict.fromkeys(found) if one and one != text]


def place(control: Control, kind: Kind, text: str, near: Iterable[str] = ()) -> str:
    """Puts an object that bears the text beside some that bear others; returns its id."""
    control.add_many(kind.api, kind.objects, [kind.bearing(other) for other in near])
    return str(control.add(kind.api, kind.objects, **kind.bearing(text))["id"])
