# Copyright: (c) 2026, safehold.backup contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: anything here may change without notice.

from __future__ import annotations

from ansible_collections.safehold.backup.plugins.plugin_utils._in_controller import InController


class ActionModule(InController, module="acronis_resource_info"):
    """Runs acronis_resource_info in the controller where that is the same."""
