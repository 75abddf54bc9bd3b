# Copyright: (c) 2026, safehold.backup contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Records the callback `progress` at work, on a terminal and against the simulator, as the picture in the README.

The picture is an SVG without scripts, fonts or anything else from elsewhere. Its texts appear and vanish by CSS. Where
no movement is wanted, or known, it shows one moment.
"""

from __future__ import annotations

import fcntl
import json
import os
import pty
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from html import escape
from itertools import groupby
from operator import itemgetter
from typing import Any, NamedTuple

import pyte

import demo
import workspace

sys.path.insert(0, str(workspace.ROOT / "tests"))

from simulator import timelines
from simulator.process import Control

HERE = workspace.BUILD / "cast"
PICTURE = workspace.ROOT / "docs" / "progress.svg"
COLUMNS, ROWS = 100, 16
PROMPT = "$ ansible-playbook before_the_upgrade.yml"
LAST_SECONDS = 4.0
LONGEST_PAUSE = 1.3  # a longer one, while this machine is busy, is of no interest
CHARACTER, LINE, MARGIN = 8.4, 19, 14
COLORS = {"default": "#d7dae0", "green": "#8cc265", "brown": "#d6a55b", "red": "#e05561", "cyan": "#42b3c2"}
RENAMES = 48
WAIT = "Wait for the Office 365 backups that are under way"


class Frame(NamedTuple):
    """What stands on the terminal from a moment on: for each row its pieces, (column, text, color)."""

    at: float
    rows: tuple[tuple[tuple[int, str, str], ...], ...]


def main() -> int:
    """Runs the program."""
    HERE.mkdir(parents=True, exist_ok=True)
    with demo.simulator("--task-seconds", "1.1") as announced:
        playbook = HERE / "before_the_upgrade.json"
        control = Control(announced["control_url"])
        playbook.write_text(json.dumps(_prepared(control)), encoding="utf-8")
        env = {**workspace.environment(), **demo.connection(announced)}
        env.update(ANSIBLE_CALLBACKS_ENABLED=f"{workspace.COLLECTION}.progress", TERM="xterm", ANSIBLE_FORCE_COLOR="1")
        env.pop("CI", None)
        frames: list[Frame] = []
        for frame in _recorded(["ansible-playbook", str(playbook)], env):
            # right before they are waited for, however long this machine takes for the rest
            if WAIT in str(frame.rows) and WAIT not in str(frames[-1].rows):
                _begin_backups(control)
            frames.append(frame)
    PICTURE.write_text(_svg(frames), encoding="utf-8")
    print(f"{PICTURE.relative_to(workspace.ROOT)}: {frames[-1].at:.0f} s, {PICTURE.stat().st_size // 1024} KiB")
    return 0


def _prepared(control: Control) -> list[dict[str, Any]]:
    """The playbook, for a simulator in which there is something to wait for."""
    control.fill(backups=200)
    names = [(one["id"], one["name"]) for one in control.objects("simplivity", "backups") if one["type"] == "POLICY"]
    renames = [{"id": id, "new_name": f"kept {name}"[:60]} for id, name in names[:RENAMES]]
    return [
        {
            "name": "Before the upgrade",
            "hosts": "localhost",
            "gather_facts": False,
            "tasks": [
                {
                    "name": f"Rename {len(renames)} backups",
                    "safehold.backup.svt_backup_rename": {"renames": renames, "parallel": 6},
                },
                {
                    "name": WAIT,
                    "safehold.backup.acronis_task_info": {"tag": ["cast"], "wait": True},
                },
            ],
        }
    ]


def _begin_backups(control: Control) -> None:
    for number, kind in enumerate(("UserMailboxBackup", "ODBackup", "SPBackup", "UserMailboxBackup", "ODBackup")):
        control.add("acronis", "tasks", type=kind, tags=["cast"], timeline=_life(5 + 2 * number))


def _life(seconds: float) -> list[timelines.Step]:
    """An Acronis task that says each second how far it is."""
    steps = [
        timelines.at(second, progress={"current": int(100 * second / seconds), "total": 100})
        for second in range(int(seconds))
    ]
    return sorted([*timelines.ends("ok", after=seconds), *steps], key=lambda step: float(step["at"]))


def _recorded(command: Sequence[str], env: Mapping[str, str]) -> Iterator[Frame]:
    """Runs the command on a terminal; what stands there whenever that changes."""
    screen = pyte.Screen(COLUMNS, ROWS)
    stream = pyte.ByteStream(screen)
    stream.feed(PROMPT.encode() + b"\r\n")
    yield Frame(0.0, _rows(screen))
    terminal, other_end = pty.openpty()
    fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", ROWS, COLUMNS, 0, 0))
    at, came, last = 0.0, time.monotonic(), _rows(screen)
    with subprocess.Popen(
        command, cwd=HERE, env=env, stdin=other_end, stdout=other_end, stderr=other_end, start_new_session=True
    ) as process:
        os.close(other_end)
        # Linux says with an error that the other end is closed
        with suppress(OSError):
            while data := os.read(terminal, 65536):
                stream.feed(data)
                shown = _rows(screen)
                if shown != last:
                    at += min(time.monotonic() - came, LONGEST_PAUSE)
                    came, last = time.monotonic(), shown
                    yield Frame(round(at, 1), shown)
        os.close(terminal)
    if process.returncode:
        sys.exit(f"error: the playbook ended with {process.returncode}: {' '.join(screen.display)}")


def _rows(screen: pyte.Screen) -> tuple[tuple[tuple[int, str, str], ...], ...]:
    rows = []
    for number in range(ROWS):
        cells = [screen.buffer[number][column] for column in range(COLUMNS)]
        pieces = []
        for color, run in groupby(enumerate(cells), key=lambda cell: cell[1].fg):
            part = list(run)
            text = "".join(cell.data for _column, cell in part)
            if text.strip():
                pieces.append((part[0][0], text.rstrip(), color))
        rows.append(tuple(pieces))
    return tuple(rows)


def _svg(frames: Sequence[Frame]) -> str:
    """The picture: each content of a row is there once, with the times at which it is to be seen."""
    whole = frames[-1].at + LAST_SECONDS
    times = [*(frame.at for frame in frames), whole]
    poster = len(frames) * 2 // 3
    texts, rules = [], []
    for row in range(ROWS):
        number = 0
        contents = [(frame.rows[row], number) for number, frame in enumerate(frames)]
        for pieces, group in groupby(contents, key=itemgetter(0)):
            shown = [place for _pieces, place in group]
            start, end = times[shown[0]], times[shown[-1] + 1]
            number += 1
            if not pieces or start == end:
                continue
            name = f"r{row}n{number}"
            hidden = "" if poster in shown else ' visibility="hidden"'
            spans = "".join(
                f'<tspan x="{MARGIN + column * CHARACTER:.1f}" fill="{COLORS.get(color, COLORS["default"])}">'
                f"{escape(text, quote=False)}</tspan>"
                for column, text, color in pieces
            )
            texts.append(f'<text class="{name}" y="{MARGIN + LINE * (row + 1) - 4}"{hidden}>{spans}</text>')
            rules.append(_rule(name, start / whole, end / whole, whole))
    width, height = round(2 * MARGIN + COLUMNS * CHARACTER), 2 * MARGIN + ROWS * LINE
    font = "ui-monospace, SFMono-Regular, Menlo, Consolas, 'DejaVu Sans Mono', monospace"
    return (
        "<!--\nCopyright: (c) 2026, safehold.backup contributors\n"
        "GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)\n"
        f"SPDX-License-{'Identifier'}: GPL-3.0-or-later\n\nMade by `make cast`.\n-->\n"
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}" '
        'role="img" aria-labelledby="title">\n'
        '<title id="title">A terminal: while a playbook waits, a bar shows percent, count, rate and time left</title>\n'
        f"<style>\ntext {{ font: 14px {font}; white-space: pre; }}\n"
        f"@media (prefers-reduced-motion: no-preference) {{\n{''.join(rules)}}}\n</style>\n"
        f'<rect width="{width}" height="{height}" rx="8" fill="#1e2127"/>\n' + "\n".join(texts) + "\n</svg>\n"
    )


def _rule(name: str, start: float, end: float, seconds: float) -> str:
    """The CSS by which a text is visible from one part of the whole time to another."""
    steps = [(0.0, "visible" if start == 0 else "hidden"), (start, "visible"), (end, "hidden")]
    frames = "".join(f"{100 * at:.2f}% {{ visibility: {how}; }} " for at, how in steps if at < 1 or how == "hidden")
    return f".{name} {{ animation: {name} {seconds:.1f}s step-end infinite; }}\n@keyframes {name} {{ {frames}}}\n"


if __name__ == "__main__":
    sys.exit(main())
