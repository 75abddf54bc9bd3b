# Copyright: (c) 2026, safehold.backup contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: anything here may change without notice.

from __future__ import annotations


class ModuleDocFragment:
    """What a module promises about check mode, diff and repeated runs."""

    DOCUMENTATION = r"""
attributes:
  check_mode:
    description: Can run in C(check_mode), without writing anything, and predicts C(changed).
    support: full
  diff_mode:
    description: Returns what was changed, or would be, under C(--diff).
    support: none
  idempotent:
    description: Run twice, the second run changes nothing.
    support: full
"""

    INFO = r"""
attributes:
  check_mode:
    description: Can run in C(check_mode), without writing anything, and predicts C(changed).
    support: full
    details:
      - This module only reads.
  diff_mode:
    description: Returns what was changed, or would be, under C(--diff).
    support: N/A
    details:
      - This module only reads.
  idempotent:
    description: Run twice, the second run changes nothing.
    support: full
    details:
      - This module only reads.
"""

    SIMPLIVITY = r"""
attributes:
  action:
    description: Has an action that runs it in Ansible's own process where that is the same, and is quicker.
    support: full
    details:
      - The variable C(safehold_in_controller) switches it off. See the guide on where modules run.
  action_group:
    description: Options can be set once for all modules of the group through C(module_defaults).
    support: full
    membership:
      - safehold.backup.simplivity
"""

    ACRONIS = r"""
attributes:
  action:
    description: Has an action that runs it in Ansible's own process where that is the same, and is quicker.
    support: full
    details:
      - The variable C(safehold_in_controller) switches it off. See the guide on where modules run.
  action_group:
    description: Options can be set once for all modules of the group through C(module_defaults).
    support: full
    membership:
      - safehold.backup.acronis
"""
