# Copyright: (c) 2026, safehold.backup contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The fixtures of the tests that run the real Ansible against the simulator."""

from __future__ import annotations

from integration.modules.harness.fixtures import ansible, control, running_ansible
from integration.modules.harness.ways import in_controller

__all__ = ["ansible", "control", "in_controller", "running_ansible"]
