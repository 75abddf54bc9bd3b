# Copyright: (c) 2026, safehold.backup contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The fixtures of the properties: the documentation and the argument spec of every module, and the real Ansible."""

from __future__ import annotations

import json
from typing import Any

import pytest

from integration.modules.harness.fixtures import ansible, control, running_ansible
from integration.modules.harness.ways import in_controller
from properties import catalogue

__all__ = ["ansible", "control", "in_controller", "running_ansible"]


@pytest.fixture(scope="session")
def all_documented(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, Any]]:
    """What `ansible-doc` says of every module: doc, examples and return, the fragments merged in."""
    said: dict[str, dict[str, Any]] = json.loads(catalogue.ansible_doc(tmp_path_factory.mktemp("doc")))
    return {name.rpartition(".")[2]: parts for name, parts in said.items()}


@pytest.fixture
def documented(all_documented: dict[str, dict[str, Any]], module: str) -> dict[str, Any]:
    """The same of one module."""
    return all_documented[module]


@pytest.fixture
def spec(module: str) -> dict[str, Any]:
    """What a module hands to AnsibleModule."""
    return catalogue.handed_to_ansible(module)
