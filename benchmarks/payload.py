# Copyright: (c) 2026, safehold.backup contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Modules as Ansible ships them: one file that holds the module, what it imports and its options.

It is not the files of the checkout that are run: in Ansible's zip nothing is compiled, so each run compiles it anew.
"""

from __future__ import annotations

import base64
import functools
import io
import os
import re
import sys
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

import workspace

LIBRARY = Path(__file__).resolve().parent / "contestants" / "library"
SHARED = LIBRARY.with_name("module_utils")
DIRECTORY = workspace.BUILD / "benchmarks"


class Payload(NamedTuple):
    """path: the file. size: its bytes. own_files, own_size: how much of it is the collection, uncompressed bytes."""

    path: Path
    size: int
    own_files: int
    own_size: int


def ship(module: str, options: Mapping[str, Any], name: str = "") -> Payload:
    """The file for one call of a module: one of the collection, or one of contestants/library.

    name: of the file, when there are several calls of a module.
    """
    modify_module, locate, templar = _ansible()
    own = LIBRARY / f"{module}.py"
    full_name, path = (module, str(own)) if own.exists() else locate(f"{workspace.COLLECTION}.{module}")
    built = modify_module(
        module_name=full_name,
        module_path=path,
        module_args=dict(options),
        templar=templar,
        task_vars={"ansible_playbook_python": sys.executable},
        module_compression="ZIP_DEFLATED",
        remote_is_local=True,
    )
    DIRECTORY.mkdir(parents=True, exist_ok=True)
    target = DIRECTORY / f"{name or module}.py"
    target.write_bytes(built.b_module_data)
    return Payload(target, len(built.b_module_data), *_own_part(built.b_module_data))


def _own_part(data: bytes) -> tuple[int, int]:
    found = re.search(rb"^zip_data='([^']+)',$", data, re.MULTILINE)
    if found is None:
        return 0, 0
    with zipfile.ZipFile(io.BytesIO(base64.b64decode(found[1]))) as content:
        sizes = [one.file_size for one in content.infolist() if str(workspace.IN_TREE) in one.filename]
    return sum(size > 0 for size in sizes), sum(sizes)


@functools.cache
def _ansible() -> tuple[Any, Any, Any]:
    """What of Ansible builds such files; it reads its settings when it is first imported."""
    os.environ.update(workspace.environment(), ANSIBLE_MODULE_UTILS=str(SHARED))
    from ansible.executor.module_common import modify_module
    from ansible.parsing.dataloader import DataLoader
    from ansible.plugins.loader import init_plugin_loader, module_loader
    from ansible.template import Templar

    init_plugin_loader()

    def locate(name: str) -> tuple[str, str]:
        found = module_loader.find_plugin_with_context(name)
        return found.plugin_resolved_name, found.plugin_resolved_path

    return modify_module, locate, Templar(DataLoader())
