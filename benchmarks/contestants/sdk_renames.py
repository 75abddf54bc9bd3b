# Copyright: (c) 2026, safehold.backup contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Renaming with the provider's SDK from PyPI. RENAMES is a file: [{"id": …, "new_name": …}, …]."""

from __future__ import annotations

import json
import os
from pathlib import Path

from simplivity.ovc_client import OVC

ovc = OVC(
    {
        "ip": f"{os.environ['SVT_HOST']}:{os.environ['SVT_PORT']}",
        "ssl_certificate": os.environ["SVT_CA_PATH"],
        "credentials": {"username": os.environ["SVT_USERNAME"], "password": os.environ["SVT_PASSWORD"]},
    }
)
for rename in json.loads(Path(os.environ["RENAMES"]).read_text(encoding="utf-8")):
    ovc.backups.get_by_id(rename["id"]).rename(rename["new_name"])
