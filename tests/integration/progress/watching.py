# Copyright: (c) 2026, safehold.backup contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Runs of Ansible with the callback, and when each line of them came."""

from __future__ import annotations

import fcntl
import os
import pty
import signal
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

from integration.modules.harness.runs import Ansible

MARK = "progress: "
_SECONDS = 120
ROWS, COLUMNS = 24, 100


class Line(NamedTuple):
    """A line of the output, and when it came (monotonic seconds)."""

    at: float
    text: str


class Watched(NamedTuple):
    """exit_code, and the lines in their order. directory: what Ansible had for its temporary files."""

    exit_code: int
    lines: Sequence[Line]
    directory: Path

    @property
    def text(self) -> str:
        return "\n".join(line.text for line in self.lines)

    def progress(self) -> list[Line]:
        """The lines of the callback."""
        return [line for line in self.lines if MARK in line.text]

    def task(self, name: str) -> list[Line]:
        """The lines of a task, from its heading to the next."""
        start = next(n for n, line in enumerate(self.lines) if line.text.startswith(f"TASK [{name}]"))
        rest = self.lines[start + 1 :]
        end = next((n for n, line in enumerate(rest) if line.text.startswith(("TASK [", "PLAY RECAP"))), len(rest))
        return list(rest[:end])

    def left_behind(self) -> list[str]:
        """What is still there of the callback's."""
        return [str(path) for path in self.directory.rglob("safehold-progress-*")]


def surroundings(ansible: Ansible, directory: Path, environment: Mapping[str, str] | None = None) -> dict[str, str]:
    """The environment with the callback enabled. directory: for temporary files."""
    settings = {
        "ANSIBLE_ASYNC_DIR": str(directory / "async"),
        "ANSIBLE_CALLBACKS_ENABLED": "safehold.backup.progress",
        "ANSIBLE_LOAD_CALLBACK_PLUGINS": "true",
        "ANSIBLE_LOCAL_TEMP": str(directory),
        "PATH": os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]]),
        "SAFEHOLD_PROGRESS_INTERVAL": "1",
    }
    return ansible.environment({**settings, **(environment or {})})


def all_ended(directory: Path) -> None:
    """Waits for the end of whatever was started with this directory for its temporary files."""
    end = time.monotonic() + _SECONDS
    while any(str(directory).encode() in environment for environment in _environments()):
        assert time.monotonic() < end, "something that was started has not ended"
        time.sleep(0.1)


def _environments() -> Iterator[bytes]:
    for process in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            yield (process / "environ").read_bytes()


def run(
    ansible: Ansible,
    directory: Path,
    command: Sequence[str],
    environment: Mapping[str, str] | None = None,
    at_line: Callable[[subprocess.Popen[bytes], str], None] = lambda _process, _line: None,
) -> Watched:
    """Runs a command whose output goes to a pipe. at_line: is called with each line as it comes."""
    lines = []
    with subprocess.Popen(
        command,
        env=surroundings(ansible, directory, environment),
        cwd=directory,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    ) as process:
        assert process.stdout is not None
        for raw in process.stdout:
            lines.append(Line(time.monotonic(), raw.decode().rstrip("\n")))
            at_line(process, lines[-1].text)
        exit_code = process.wait(_SECONDS)
    return Watched(exit_code, lines, directory)


def run_on_terminal(
    ansible: Ansible, directory: Path, command: Sequence[str], interrupt_at: str | None = None
) -> tuple[int, list[tuple[float, str]]]:
    """Runs a command on a terminal of its own: exit code, and what came when. As soon as the text interrupt_at has come
    it gets the signal that Ctrl-C sends."""
    terminal, other_end = pty.openpty()
    fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", ROWS, COLUMNS, 0, 0))
    came: list[tuple[float, str]] = []
    interrupted = False
    with subprocess.Popen(
        command,
        env=surroundings(ansible, directory, {"TERM": "xterm"}),
        cwd=directory,
        stdin=other_end,
        stdout=other_end,
        stderr=other_end,
        start_new_session=True,
    ) as process:
        os.close(other_end)
        # Linux says with an error that the other end is closed
        with suppress(OSError):
            while data := os.read(terminal, 65536):
                came.append((time.monotonic(), data.decode(errors="replace")))
                if interrupt_at and not interrupted and interrupt_at in "".join(text for _at, text in came):
                    interrupted = True
                    os.killpg(process.pid, signal.SIGINT)
        os.close(terminal)
        return process.wait(_SECONDS), came
