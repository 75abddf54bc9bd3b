# Copyright: (c) 2026, safehold.backup contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: anything here may change without notice.

"""A list kept in a file of its own, for what is too large to travel in a result (users.md 5: AWX cuts at 700 kB)."""

from __future__ import annotations

import os
import stat
import tempfile
from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from .errors import Failure, bad_input
from .text import quoted

_MODE = 0o600


def checked(params: Mapping[str, Any]) -> str | None:
    """The option's path, None when it is not set. Raises a Failure of kind input when no file can be written there."""
    path: str | None = params.get("output_file")
    if path is None:
        return None
    folder = os.path.dirname(path)
    if "\0" in path or not os.path.isabs(path):
        problem = "is not an absolute path; give the whole path of a file on the machine where the module runs"
    elif not os.path.isdir(folder):
        problem = "is in a directory that does not exist; create it first"
    elif not os.access(folder, os.W_OK | os.X_OK):
        problem = "is in a directory that this user cannot write to; change its mode or its owner"
    elif os.path.lexists(path) and not os.path.islink(path) and not os.path.isfile(path):
        problem = "is not a file; give the path of a file"
    else:
        return path
    raise bad_input(f"output_file: {quoted(path)} {problem}")


def is_written(path: str, text: str) -> bool:
    """Whether the file holds just this text (ASCII) already, for its owner alone."""
    try:
        if stat.S_IMODE(os.lstat(path).st_mode) != _MODE:
            return False
        with open(path, encoding="ascii") as file:
            return file.read() == text
    except (OSError, ValueError):
        return False


def write(path: str, text: str) -> None:
    """Put the text (ASCII) in the place of the file, whole or not at all, readable by its owner alone.

    Raises a Failure of kind input when the machine does not allow it; what was there before is then still there.
    """
    try:
        _replace(path, text)
    except OSError as error:
        raise Failure(
            "input",
            f"output_file: {quoted(path)} could not be written: {error.strerror}; the list was read, nothing was "
            "changed at the server",
        ) from None


def _replace(path: str, text: str) -> None:
    descriptor, draft = tempfile.mkstemp(dir=os.path.dirname(path), prefix=".output_file-")  # of mode 0600
    try:
        with open(descriptor, "w", encoding="ascii") as file:
            file.write(text)
            file.flush()
            os.fsync(descriptor)
        os.replace(draft, path)
    except BaseException:
        with suppress(OSError):
            os.unlink(draft)
        raise
