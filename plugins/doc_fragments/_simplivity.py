# Copyright: (c) 2026, safehold.backup contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: anything here may change without notice.

from __future__ import annotations


class ModuleDocFragment:
    """The connection options of the svt_* modules."""

    DOCUMENTATION = r"""
requirements:
  - requests >= 2.28.1 for the Python that runs the module
options:
  host:
    description:
      - Host name or IP address of a Virtual Controller or a Management Virtual Appliance, without scheme and port.
      - If not given, the environment variable E(SVT_HOST) is used.
    type: str
    required: true
  port:
    description:
      - TCP port of the REST API. It is always spoken to with TLS.
      - If not given, the environment variable E(SVT_PORT) is used.
    type: int
    default: 443
  username:
    description:
      - Account of the vCenter that the federation belongs to, such as V(administrator@vsphere.local).
      - If not given, the environment variable E(SVT_USERNAME) is used.
    type: str
  password:
    description:
      - Password of O(username).
      - If not given, the environment variable E(SVT_PASSWORD) is used.
    type: str
  access_token:
    description:
      - A token issued by M(safehold.backup.svt_token), so that a play needs one login for all its tasks.
      - It is used before O(username) and O(password), which then only serve to log in again when the token has expired.
      - A token that was handed in is never ended by the module; one that the module opened itself always is.
      - If not given, the environment variable E(SVT_ACCESS_TOKEN) is used.
    type: str
  validate_certs:
    description:
      - Whether the controller's certificate must be trusted and must name O(host).
      - If not given, the environment variable E(SVT_VALIDATE_CERTS) is used.
    type: bool
    default: true
  ca_path:
    description:
      - PEM file with the certificates that are trusted, on the machine that runs the module.
      - Controllers ship with a self-signed certificate. Export it once and name it here.
      - Without it the file in E(REQUESTS_CA_BUNDLE) is used, or else the certificates that come with requests.
      - If not given, the environment variable E(SVT_CA_PATH) is used.
    type: path
  request_timeout:
    description:
      - Seconds that one call may take as a whole, from the name look-up to the last byte, its repeats included.
      - If not given, the environment variable E(SVT_REQUEST_TIMEOUT) is used.
    type: float
    default: 60
notes:
  - Redirects are not followed, C(.netrc) is not read, and the proxy variables of the environment are honoured.
  - An environment variable that is empty counts as one that is not set.
seealso:
  - module: safehold.backup.svt_token
"""
