# Copyright: (c) 2026, safehold.backup contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The floor of reading Acronis tasks: an Ansible module that sends the least requests and believes every answer."""

from __future__ import annotations

import os
from urllib.parse import quote

from ansible.module_utils.bare import acronis
from ansible.module_utils.basic import AnsibleModule

TASKS = "/api/task_manager/v2/tasks"


def main() -> None:
    module = AnsibleModule(argument_spec={})
    bare = acronis(os.environ)
    tasks: list[object] = []
    query = "state=completed&order=asc(id)&lod=full&limit=500"
    while query:
        page = bare.call("GET", f"{TASKS}?{query}")
        tasks += page["items"]
        after = page["paging"]["cursors"].get("after")
        query = f"limit=500&after={quote(after)}" if after else ""
    bare.revoke()
    module.exit_json(changed=False, tasks=tasks)


if __name__ == "__main__":
    main()
