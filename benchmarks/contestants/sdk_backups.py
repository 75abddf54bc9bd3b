# Copyright: (c) 2026, safehold.backup contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reading backups with the provider's SDK from PyPI, which must be told how many there are (TOTAL)."""

from __future__ import annotations

import json
import os
import sys

from simplivity.ovc_client import OVC

ovc = OVC(
    {
        "ip": f"{os.environ['SVT_HOST']}:{os.environ['SVT_PORT']}",
        "ssl_certificate": os.environ["SVT_CA_PATH"],
        "credentials": {"username": os.environ["SVT_USERNAME"], "password": os.environ["SVT_PASSWORD"]},
    }
)
fields = os.environ.get("FIELDS") or None
pages = ovc.backups.get_all(pagination=True, page_size=500, limit=int(os.environ["TOTAL"]), fields=fields)
backups = [one.data for one in pages.data["resources"]]
while len(backups) < int(os.environ["TOTAL"]):
    backups += [one.data for one in pages.next_page()["resources"]]
json.dump({"backups": backups, "count": len(backups)}, sys.stdout)
