# Copyright: (c) 2026, safehold.backup contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The same with the provider's SDK from PyPI."""

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
backups = [one.data for one in ovc.backups.get_all(limit=int(os.environ["TOTAL"]))]
json.dump({"backups": backups, "count": len(backups)}, sys.stdout)
