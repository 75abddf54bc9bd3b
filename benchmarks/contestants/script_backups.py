# Copyright: (c) 2026, safehold.backup contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a careful user writes with plain `requests`, after the provider's guides: log in, read page after page, print.

FIELDS narrows what is asked for.
"""

from __future__ import annotations

import json
import os
import sys

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

backups: list[object] = []
count = 1
while len(backups) < count:
    query = {"offset": str(len(backups)), "limit": "500", "sort": "name", "order": "ascending"}
    if os.environ.get("FIELDS"):
        query["fields"] = os.environ["FIELDS"]
    answer = session.get(f"{base}/backups", params=query, timeout=60)
    answer.raise_for_status()
    page = answer.json()
    backups += page["backups"]
    count = page["count"]
json.dump({"backups": backups, "count": len(backups)}, sys.stdout)
