#!/usr/bin/python

# Copyright: (c) 2026, safehold.backup contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: acronis_token
short_description: Get and revoke an Acronis token for a play
version_added: 1.0.0
author:
  - safehold.backup contributors !UNKNOWN
description:
  - Logs in to an Acronis datacenter once, so that all tasks of a play share one token, and revokes the token.
  - With O(tenant_id) the token is narrowed to that tenant, for all tasks that use it.
  - A token lives two hours.
  - Put C(no_log=true) on the task that gets the token. A module cannot hide what it is asked to return.
extends_documentation_fragment:
  - safehold.backup._acronis
  - safehold.backup._attributes
  - safehold.backup._attributes.acronis
attributes:
  check_mode:
    details:
      - Tokens are issued and revoked in check mode too, for the tasks that follow read with them.
  diff_mode:
    support: N/A
    details:
      - A token is nothing that could be compared.
  idempotent:
    support: N/A
    details:
      - Every run with O(state=present) gets a token. Tokens are not what is managed, so nothing counts as changed.
options:
  state:
    description:
      - V(present) logs in with O(client_id) and O(client_secret) and returns the token.
      - V(absent) revokes O(access_token), with O(client_id) and O(client_secret) where the datacenter wants them.
    type: str
    choices: [present, absent]
    default: present
seealso:
  - module: safehold.backup.acronis_task_info
"""

EXAMPLES = r"""
- name: Get one token for the whole play
  safehold.backup.acronis_token:
    datacenter_url: https://eu2-cloud.acronis.com
    client_id: "{{ acronis_client_id }}"
    client_secret: "{{ acronis_client_secret }}"
  register: session
  no_log: true

- name: Use it
  safehold.backup.acronis_task_info:
    access_token: "{{ session.access_token }}"
    state: [started, paused]

- name: Revoke it
  safehold.backup.acronis_token:
    access_token: "{{ session.access_token }}"
    state: absent
"""

RETURN = r"""
access_token:
  description: The token, for O(access_token) of the other modules. It is a secret.
  returned: with O(state=present)
  type: str
  sample: eyJ0eXAiOiJKV1QiLCJhbGciOiJSUzI1NiIsImtpZCI6ImMwMD...
expires_in:
  description: Seconds until the token dies. V(null) when the datacenter does not say.
  returned: with O(state=present)
  type: int
  sample: 7199
ended:
  description: Whether the token was revoked. V(false) when it was not valid any more or the datacenter cannot do it.
  returned: with O(state=absent)
  type: bool
  sample: true
failure:
  description: What went wrong, in a form of stable shape. See the guide on failures.
  returned: failure
  type: dict
  sample:
    kind: auth
    http_status: 401
    code: access_denied
    detail: null
    method: POST
    path: /api/2/idp/token
    task: null
    submitted: false
    elapsed: 0.21
    requests: 1
"""

from ansible_collections.safehold.backup.plugins.module_utils._acronis import client
from ansible_collections.safehold.backup.plugins.module_utils._shapes import token
from ansible_collections.safehold.backup.plugins.module_utils._shapes.ansible_module import run_module


def main() -> None:
    run_module(token.manage_token, back_end=client, argument_spec=token.ARGUMENT_SPEC)


if __name__ == "__main__":
    main()
