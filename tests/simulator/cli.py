# Copyright: (c) 2026, safehold.backup contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The command line: starts a world, says in one line of JSON where it is, serves until told to stop."""

from __future__ import annotations

import argparse
import asyncio
import json
import logging
import os
import secrets
import sys
import tempfile
import uuid
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from .clock import Clock, parse_iso
from .server import LOOPBACK, Ports, Servers
from .settings import AcronisSettings, SimplivitySettings
from .world import World

EPILOG = """\
When it is ready it prints one line of JSON: where both APIs are, the credentials for them, ca_path (the CA file that
their certificates come from) and control_url. It serves until SIGTERM, SIGINT or POST /shutdown at control_url.

The control API (plain HTTP, JSON) makes it behave:
  GET /ledger, GET /changes, GET /state        what it was asked, what it changed, what there is
  POST /settings, POST /faults, POST /clock    how it answers, what goes wrong, what time it is
  GET, POST, PATCH, DELETE /objects/...        backups, tasks and so on
  POST /expire_tokens, /fill, /reset           sessions that end, more objects, back to the start
All of it, with examples: README.md beside this program.
"""
NAMES = ["localhost", "127.0.0.1", "::1"]


def parser() -> argparse.ArgumentParser:
    """All options."""
    made = argparse.ArgumentParser(
        prog="python tests/simulator",
        description="A stateful double of the SimpliVity and the Acronis APIs, over TLS.",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    ports = made.add_argument_group("where")
    ports.add_argument("--simplivity-port", type=int, default=0, help="0 = any free one")
    ports.add_argument("--acronis-port", type=int, default=0, help="the same")
    ports.add_argument("--control-port", type=int, default=0, help="the same; plain HTTP on the loopback interface")
    ports.add_argument("--ca-path", type=Path, help="where to write the CA file (default: a temporary one)")
    ports.add_argument("--certificate-name", action="append", help=f"name in the certificate (default: {NAMES})")
    ports.add_argument("--pid-file", type=Path, help="written when ready, removed at the end")
    ports.add_argument("--keep-alive", type=int, default=5, help="seconds an idle connection is kept")
    ports.add_argument("--exit-with-stdin", action="store_true", help="stop when standard input closes")
    content = made.add_argument_group("content")
    content.add_argument("--backups", type=int, default=0, help="fill up to so many")
    content.add_argument(
        "--backups-per-machine", type=int, default=50, help="of the machines that are filled in (default: %(default)s)"
    )
    content.add_argument("--tasks", type=int, default=0, help="the same, of Acronis")
    content.add_argument("--activities", type=int, default=0, help="the same, of Acronis")
    behaviour = made.add_argument_group("behaviour")
    behaviour.add_argument(
        "--mode", choices=["sva", "mva"], default="sva", help="a Virtual Controller or a Management Virtual Appliance"
    )
    behaviour.add_argument(
        "--api-version", default="1.25", help="of SimpliVity: below 1.12 failed tasks say `message` (default: 1.25)"
    )
    behaviour.add_argument("--task-seconds", type=float, default=1.0, help="how long a SimpliVity task takes")
    behaviour.add_argument("--latency", type=float, default=0.0, help="seconds added to every request")
    behaviour.add_argument("--max-parallel", type=int, default=0, help="SimpliVity answers 502 above this; 0 = off")
    behaviour.add_argument(
        "--speed", type=float, default=1.0, help="how fast the simulator's clock runs; 0: when told to"
    )
    behaviour.add_argument("--start-time", help="wall time at the start, ISO 8601 (default: now)")
    access = made.add_argument_group("credentials (random unless given)")
    access.add_argument(
        "--username", default="administrator@vsphere.local", help="of SimpliVity (default: %(default)s)"
    )
    access.add_argument("--password", help="of SimpliVity")
    access.add_argument("--client-id", help="of Acronis, a UUID")
    access.add_argument("--client-secret", help="of Acronis")
    return made


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs the program."""
    options = parser().parse_args(arguments)
    logging.disable(logging.CRITICAL)
    world = _world(options)
    with tempfile.TemporaryDirectory(prefix="simulator-") as directory:
        ports = Ports(options.simplivity_port, options.acronis_port, options.control_port)
        names = options.certificate_name or NAMES
        servers = Servers(world, ports, names, options.keep_alive, Path(directory))
        ca_path = (options.ca_path or Path(directory) / "ca.pem").resolve()
        ca_path.write_bytes(servers.ca_pem)

        def ready() -> None:
            if options.pid_file:
                options.pid_file.write_text(f"{os.getpid()}\n", encoding="ascii")
            print(json.dumps(_announcement(world, servers.ports, ca_path)), flush=True)

        try:
            asyncio.run(servers.run(ready, options.exit_with_stdin))
        finally:
            if options.pid_file:
                with suppress(FileNotFoundError):
                    options.pid_file.unlink()
    sys.stdout.flush()
    return 0


def _world(options: argparse.Namespace) -> World:
    simplivity = SimplivitySettings(
        username=options.username,
        password=options.password or secrets.token_urlsafe(18),
        mode=options.mode,
        api_version=options.api_version,
        task_seconds=options.task_seconds,
        latency=options.latency,
        max_parallel=options.max_parallel,
    )
    acronis = AcronisSettings(
        client_id=options.client_id or str(uuid.uuid4()),
        client_secret=options.client_secret or secrets.token_urlsafe(30),
        latency=options.latency,
    )
    start = parse_iso(options.start_time).timestamp() if options.start_time else None
    totals = {"backups": options.backups, "tasks": options.tasks, "activities": options.activities}
    return World(Clock(options.speed, start), simplivity, acronis, totals, options.backups_per_machine)


def _announcement(world: World, ports: Ports, ca_path: Path) -> dict[str, object]:
    simplivity, acronis = world.simplivity.settings, world.acronis.settings
    return {
        "simplivity": {
            "host": LOOPBACK,
            "port": ports.simplivity,
            "username": simplivity.username,
            "password": simplivity.password,
        },
        "acronis": {
            "datacenter_url": f"https://{LOOPBACK}:{ports.acronis}",
            "client_id": acronis.client_id,
            "client_secret": acronis.client_secret,
        },
        "ca_path": str(ca_path),
        "control_url": f"http://{LOOPBACK}:{ports.control}",
    }
