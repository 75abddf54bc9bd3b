# Copyright: (c) 2026, safehold.backup contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Renaming with plain `requests` as the provider's guide shows it: a change, then its task once a second, then the
next one. RENAMES is a file: [{"id": …, "new_name": …}, …]."""

from __future__ import annotations

import json
import os
import time
from pathlib import Path

import requests

base = f"https://{os.environ['SVT_HOST']}:{os.environ['SVT_PORT']}/api"
session = requests.Session()
session.trust_env = False
session.verify = os.environ["SVT_CA_PATH"]

answer = session.post(
    f"{base}/oauth/token",
    auth=("simplivity", ""),
    data={"grant_type": "password", "username": os.environ["SVT_USERNAME"], "password": os.environ["SVT_PASSWORD"]},
    timeout=60,
)
answer.raise_for_status()
session.headers["Authorization"] = f"Bearer {answer.json()['access_token']}"

for rename in json.loads(Path(os.environ["RENAMES"]).read_text(encoding="utf-8")):
    answer = session.post(
        f"{base}/backups/{rename['id']}/rename",
        data=json.dumps({"backup_name": rename["new_name"]}),
        headers={"Content-Type": "application/vnd.simplivity.v1+json"},
        timeout=60,
    )
    answer.raise_for_status()
    task = answer.json()["task"]
    while task["state"] == "IN_PROGRESS":
        time.sleep(1)
        answer = session.get(f"{base}/tasks/{task['id']}", timeout=60)
        answer.raise_for_status()
        task = answer.json()["task"]
    if task["state"] != "COMPLETED":
        raise SystemExit(f"{rename['id']}: {task}")
