# Copyright: (c) 2026, safehold.backup contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: anything here may change without notice.

from __future__ import annotations


class ModuleDocFragment:
    """The connection options of the acronis_* modules."""

    DOCUMENTATION = r"""
requirements:
  - requests >= 2.28.1 for the Python that runs the module
options:
  datacenter_url:
    description:
      - URL of the datacenter that the API client was created in, such as V(https://eu2-cloud.acronis.com).
      - If not given, the environment variable E(ACRONIS_DATACENTER_URL) is used.
    type: str
    required: true
  client_id:
    description:
      - Identifier of the API client.
      - If not given, the environment variable E(ACRONIS_CLIENT_ID) is used.
    type: str
  client_secret:
    description:
      - Secret of the API client.
      - If not given, the environment variable E(ACRONIS_CLIENT_SECRET) is used.
    type: str
  tenant_id:
    description:
      - UUID of a tenant below the API client's own.
      - The token is narrowed to it, so that nothing of other tenants is seen.
      - It takes effect at the login. The scope of a token in O(access_token) was fixed when that token was issued.
      - If not given, the environment variable E(ACRONIS_TENANT_ID) is used.
    type: str
  access_token:
    description:
      - A token issued by M(safehold.backup.acronis_token), so that a play needs one login for all its tasks.
      - It is used before O(client_id) and O(client_secret), which then only serve to log in again when it has expired.
      - If not given, the environment variable E(ACRONIS_ACCESS_TOKEN) is used.
    type: str
  validate_certs:
    description:
      - Whether the datacenter's certificate must be trusted and must name its host.
      - If not given, the environment variable E(ACRONIS_VALIDATE_CERTS) is used.
    type: bool
    default: true
  ca_path:
    description:
      - PEM file with the certificates that are trusted, on the machine that runs the module.
      - Without it the file in E(REQUESTS_CA_BUNDLE) is used, or else the certificates that come with requests.
      - If not given, the environment variable E(ACRONIS_CA_PATH) is used.
    type: path
  request_timeout:
    description:
      - Seconds that one call may take as a whole, from the name look-up to the last byte, its repeats included.
      - If not given, the environment variable E(ACRONIS_REQUEST_TIMEOUT) is used.
    type: float
    default: 60
notes:
  - A module that logs in revokes its token before it ends, also when it fails. A datacenter that cannot do so lets the
    token die by itself, after two hours. A token in O(access_token) is left as it is.
  - Redirects are not followed, C(.netrc) is not read, and the proxy variables of the environment are honoured.
  - An environment variable that is empty counts as one that is not set.
seealso:
  - module: safehold.backup.acronis_token
"""
