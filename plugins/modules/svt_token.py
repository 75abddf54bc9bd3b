#!/usr/bin/python

# Copyright: (c) 2026, safehold.backup contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: svt_token
short_description: Open and end a SimpliVity session for a play
version_added: 1.0.0
author:
  - safehold.backup contributors !UNKNOWN
description:
  - Logs in to an HPE SimpliVity controller once, so that all tasks of a play share one session, and ends the session.
  - A login takes seconds and opens a session in the vCenter. Without this module each task has its own.
  - The token dies after 10 minutes without a request and after 24 hours in any case.
  - Put C(no_log=true) on the task that opens the session. A module cannot hide what it is asked to return.
extends_documentation_fragment:
  - safehold.backup._simplivity
  - safehold.backup._attributes
  - safehold.backup._attributes.simplivity
attributes:
  check_mode:
    details:
      - Sessions are opened and ended in check mode too, for the tasks that follow read with them.
  diff_mode:
    support: N/A
    details:
      - A session is nothing that could be compared.
  idempotent:
    support: N/A
    details:
      - Every run with O(state=present) opens a session. Sessions are not what is managed, so nothing counts as changed.
options:
  state:
    description:
      - V(present) logs in with O(username) and O(password) and returns the token.
      - V(absent) ends the session of O(access_token).
    type: str
    choices: [present, absent]
    default: present
seealso:
  - module: safehold.backup.svt_backup_info
"""

EXAMPLES = r"""
- name: Open one session for the whole play
  safehold.backup.svt_token:
    host: svt.example.com
    username: administrator@vsphere.local
    password: "{{ svt_password }}"
    ca_path: /etc/ssl/certs/simplivity.pem
  register: session
  no_log: true

- name: Use it
  safehold.backup.svt_backup_info:
    access_token: "{{ session.access_token }}"
    type: MANUAL

- name: End it
  safehold.backup.svt_token:
    access_token: "{{ session.access_token }}"
    state: absent
"""

RETURN = r"""
access_token:
  description: The token, for O(access_token) of the other modules. It is a secret.
  returned: with O(state=present)
  type: str
  sample: d3c4782f-7fd9-496f-969b-29b7f7715972
expires_in:
  description: Seconds until the token dies in any case. V(null) when the controller does not say.
  returned: with O(state=present)
  type: int
  sample: 86399
ended:
  description: Whether a session was ended. V(false) when the token was not valid any more.
  returned: with O(state=absent)
  type: bool
  sample: true
failure:
  description: What went wrong, in a form of stable shape. See the guide on failures.
  returned: failure
  type: dict
  sample:
    kind: auth
    http_status: 400
    code: invalid_grant
    detail: Invalid credentials
    method: POST
    path: /oauth/token
    task: null
    submitted: false
    elapsed: 0.21
    requests: 1
"""

from ansible_collections.safehold.backup.plugins.module_utils._shapes import token
from ansible_collections.safehold.backup.plugins.module_utils._shapes.ansible_module import run_module
from ansible_collections.safehold.backup.plugins.module_utils._simplivity import client


def main() -> None:
    run_module(token.manage_token, back_end=client, argument_spec=token.ARGUMENT_SPEC)


if __name__ == "__main__":
    main()
