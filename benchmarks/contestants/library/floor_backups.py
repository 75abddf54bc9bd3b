# Copyright: (c) 2026, safehold.backup contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The floor of reading backups: an Ansible module that sends the least requests and believes every answer."""

from __future__ import annotations

import os
from urllib.parse import quote

from ansible.module_utils.bare import simplivity
from ansible.module_utils.basic import AnsibleModule


def main() -> None:
    module = AnsibleModule(argument_spec={"fields": {"type": "list", "elements": "str", "default": []}})
    bare = simplivity(os.environ)
    fields = "fields=" + quote(",".join(module.params["fields"])) + "&" if module.params["fields"] else ""
    backups: list[object] = []
    count = 1
    while len(backups) < count:
        page = bare.call("GET", f"/api/backups?{fields}sort=name&order=ascending&limit=500&offset={len(backups)}")
        backups += page["backups"]
        count = page["count"]
    bare.call("GET", "/api/oauth/revoke")
    module.exit_json(changed=False, backups=backups, count=count)


if __name__ == "__main__":
    main()
