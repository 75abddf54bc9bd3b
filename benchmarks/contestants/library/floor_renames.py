# Copyright: (c) 2026, safehold.backup contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The floor of renaming: an Ansible module that sends each change, looks at its task once, when it has surely ended,
and believes every answer. It reads nothing before and nothing after."""

from __future__ import annotations

import json
import os
import time
from concurrent.futures import ThreadPoolExecutor
from threading import local
from typing import Any

from ansible.module_utils.bare import simplivity
from ansible.module_utils.basic import AnsibleModule

OPTIONS = {
    "renames": {"type": "list", "elements": "dict", "required": True},
    "parallel": {"type": "int", "default": 4},
    "task_seconds": {"type": "float", "required": True},
}


def main() -> None:
    module = AnsibleModule(argument_spec=OPTIONS)
    first = simplivity(os.environ)
    kept = local()

    def call(method: str, path: str, body: str | None = None) -> Any:
        if not hasattr(kept, "bare"):
            kept.bare = first.another()
        return kept.bare.call(method, path, body)["task"]

    def start(rename: dict[str, str]) -> tuple[str, float]:
        path = f"/api/backups/{rename['id']}/rename"
        task = call("POST", path, json.dumps({"backup_name": rename["new_name"]}))
        return task["id"], time.monotonic() + module.params["task_seconds"]

    def look(started: tuple[str, float]) -> str:
        id, due = started
        time.sleep(max(0.0, due - time.monotonic()))
        return str(call("GET", f"/api/tasks/{id}")["state"])

    with ThreadPoolExecutor(module.params["parallel"]) as pool:
        states = list(pool.map(look, list(pool.map(start, module.params["renames"]))))
    first.another().call("GET", "/api/oauth/revoke")  # the server may have closed what was idle so long
    module.exit_json(changed=True, states=states)


if __name__ == "__main__":
    main()
