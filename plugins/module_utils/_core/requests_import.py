# Copyright: (c) 2026, safehold.backup contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: anything here may change without notice.

"""The one place that imports `requests`, so that a Python without it gets a sentence instead of a traceback."""

from __future__ import annotations

import traceback
from typing import Any

__all__ = [
    "REQUESTS_IMPORT_ERROR",
    "CertificateError",
    "HTTPAdapter",
    "HTTPSConnection",
    "HTTPSConnectionPool",
    "create_urllib3_context",
    "requests",
    "requests_too_old",
    "urllib3",
]

REQUESTS_IMPORT_ERROR: str | None = None

requests: Any
HTTPAdapter: Any
HTTPSConnection: Any
HTTPSConnectionPool: Any
create_urllib3_context: Any
CertificateError: Any
urllib3: Any
try:
    import requests
    import urllib3
    from requests.adapters import HTTPAdapter
    from urllib3.connection import HTTPSConnection
    from urllib3.connectionpool import HTTPSConnectionPool
    from urllib3.util.ssl_ import create_urllib3_context
    from urllib3.util.ssl_match_hostname import CertificateError
except ImportError:
    REQUESTS_IMPORT_ERROR = traceback.format_exc()
    requests = urllib3 = create_urllib3_context = CertificateError = None
    HTTPAdapter = HTTPSConnection = HTTPSConnectionPool = object


def requests_too_old() -> bool:
    """Whether the library is older than the oldest one that is tested, 2.28.1."""
    parts = str(requests.__version__).split(".")[:3]
    return [int(part) if part.isdigit() else 0 for part in parts] < [2, 28, 1]
