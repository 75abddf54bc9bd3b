# Copyright: (c) 2026, safehold.backup contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A copy of the collection with a bug on demand, for the guard against what nobody foresaw (reliability.md K3)."""

from __future__ import annotations

import shutil
from pathlib import Path

import workspace

# The user name that asks for the bug, and what then happens with the credentials at hand.
LOUD, ODD_RESULT, AT_THE_END, WARNING = "bug-loud", "bug-odd-result", "bug-at-the-end", "bug-warning"
_SVT_BUG = f'''

_login, _get, _close = SimplivityClient.login, SimplivityClient.get, SimplivityClient.close


def _buggy_login(self, deadline):
    if self._username == "{LOUD}":
        try:
            raise KeyError(self._password)
        except KeyError as error:
            raise ValueError(f"cannot use {{self._password}} and {{self._token}}") from error
    if self._username.startswith("bug-"):
        return {{"access_token": "made-up-{{}}".format(self._username)}}
    return _login(self, deadline)


class _Odd:
    def __init__(self, secret):
        self._secret = secret

    def __repr__(self):
        return f"Odd({{self._secret}})"


def _buggy_get(self, path, query=(), deadline=None):
    if self._username == "{ODD_RESULT}":
        return {{"backups": [{{"id": "b1", "name": _Odd(self._password)}}], "count": 1, "limit": 1, "offset": 0}}
    if self._username == "{AT_THE_END}":
        return {{"backups": [], "count": 0, "limit": 1, "offset": 0}}
    if self._username == "{WARNING}":
        self.runtime.warn(f"the password is {{self._password}}, or {{self._password.upper()}}")
        return {{"backups": [], "count": 0, "limit": 1, "offset": 0}}
    return _get(self, path, query, deadline)


def _buggy_close(self):
    if self._username == "{AT_THE_END}":
        raise RuntimeError(f"cannot close with {{self._password}}")
    if not self._username.startswith("bug-"):
        _close(self)


SimplivityClient.login, SimplivityClient.get = _buggy_login, _buggy_get
SimplivityClient.close = _buggy_close
'''


def copy_with_bugs(collections: Path) -> Path:
    """A collections path with the checkout's collection in which some user names of SimpliVity meet a bug."""
    target = collections / workspace.IN_TREE
    for name in ("plugins", "meta"):
        shutil.copytree(workspace.ROOT / name, target / name, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy2(workspace.ROOT / "galaxy.yml", target)
    client = target / "plugins" / "module_utils" / "_simplivity" / "client.py"
    client.write_text(client.read_text(encoding="utf-8") + _SVT_BUG, encoding="utf-8")
    return collections
