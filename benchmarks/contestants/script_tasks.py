# Copyright: (c) 2026, safehold.backup contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reading Acronis tasks with plain `requests`, as the provider's guide shows it, page after page.

With IDS, a file of ids, it waits instead until each of them has completed: once a second it asks for each one.
"""

from __future__ import annotations

import json
import os
import sys
import time
from pathlib import Path

import requests

base = os.environ["ACRONIS_DATACENTER_URL"]
session = requests.Session()
session.trust_env = False
session.verify = os.environ["ACRONIS_CA_PATH"]

answer = session.post(
    f"{base}/api/2/idp/token",
    auth=(os.environ["ACRONIS_CLIENT_ID"], os.environ["ACRONIS_CLIENT_SECRET"]),
    data={"grant_type": "client_credentials"},
    timeout=60,
)
answer.raise_for_status()
session.headers["Authorization"] = f"Bearer {answer.json()['access_token']}"
url = f"{base}/api/task_manager/v2/tasks"

tasks: list[object] = []
if os.environ.get("IDS"):
    pending = json.loads(Path(os.environ["IDS"]).read_text(encoding="utf-8"))
    while pending:
        seen = []
        for task_id in pending:
            answer = session.get(f"{url}/{task_id}", timeout=60)
            answer.raise_for_status()
            seen.append(answer.json())
        tasks += [task for task in seen if task["state"] == "completed"]
        pending = [task["idString"] for task in seen if task["state"] != "completed"]
        if pending:
            time.sleep(1)
else:
    query = {"state": "completed", "limit": "500"}
    while query:
        answer = session.get(url, params=query, timeout=60)
        answer.raise_for_status()
        page = answer.json()
        tasks += page["items"]
        after = page.get("paging", {}).get("cursors", {}).get("after")
        query = {"limit": "500", "after": after} if after else {}
json.dump({"tasks": tasks, "count": len(tasks)}, sys.stdout)
