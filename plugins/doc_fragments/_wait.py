# Copyright: (c) 2026, safehold.backup contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: anything here may change without notice.

from __future__ import annotations


class ModuleDocFragment:
    """The waiting options."""

    DOCUMENTATION = r"""
options:
  wait:
    description:
      - Whether to wait until the work is done.
      - With V(false) the task is returned as soon as it was started. The info module for tasks picks it up later.
    type: bool
    default: true
  wait_timeout:
    description:
      - Seconds to wait at most. The work itself goes on when they are over, and the failure says how to follow it.
    type: float
    default: 600
  wait_interval:
    description:
      - Seconds between two looks at most. Pauses start at 0.15 seconds and grow with the time waited.
    type: float
    default: 10
"""

    # Modules that read wait only when they are told to.
    INFO = r"""
options:
  wait:
    description:
      - Whether to wait until all of the tasks have ended.
      - With V(true) an ID in O(id) that does not exist is a failure, for what became of that task is not known.
    type: bool
    default: false
  wait_timeout:
    description:
      - Seconds to wait at most. The tasks go on when they are over, and the failure names those that have not ended.
    type: float
    default: 600
  wait_interval:
    description:
      - Seconds between two looks at most. Pauses start at 0.15 seconds and grow with the time waited.
    type: float
    default: 10
"""
