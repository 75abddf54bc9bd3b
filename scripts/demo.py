# Copyright: (c) 2026, safehold.backup contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Builds and installs the collection, starts the simulator and runs the demo playbook against it."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import workspace

HERE = workspace.BUILD / "demo"
# More backups and tasks than the few of the documents, and the morning after the last of them.
CONTENT = ("--backups", "300", "--tasks", "200")
VARIABLES = ("-e", "as_of=2026-07-01T06:00:00Z")
SECONDS_TO_END = 10


def main() -> int:
    """Runs the program; the exit code is the playbook's."""
    signal.signal(signal.SIGTERM, lambda *_received: sys.exit(1))
    artifact = workspace.build_artifact(HERE / "dist", workspace.environment())
    workspace.install_artifact(artifact, HERE / "collections", workspace.environment())
    print(f"{artifact.name} is built and installed; the simulator starts", flush=True)
    # tasks take long enough that the callback has something to show
    with simulator("--task-seconds", "3", *CONTENT) as announced:
        env = {**workspace.environment(collections=HERE / "collections"), **connection(announced)}
        env["ANSIBLE_CALLBACK_RESULT_FORMAT"] = "yaml"  # lists as lines
        env["ANSIBLE_CALLBACKS_ENABLED"] = f"{workspace.COLLECTION}.progress"
        if sys.stdout.isatty():
            env["ANSIBLE_FORCE_COLOR"] = "true"
        command = ["ansible-playbook", f"{workspace.COLLECTION}.demo", *VARIABLES, *sys.argv[1:]]
        return subprocess.run(command, cwd=HERE, env=env, check=False).returncode


@contextmanager
def simulator(*options: str) -> Iterator[dict[str, Any]]:
    """What a simulator says of itself; it ends with the block, or with this program, whatever happens."""
    command = [sys.executable, str(workspace.ROOT / "tests" / "simulator"), "--exit-with-stdin", *options]
    process = subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=workspace.environment()
    )
    try:
        line = process.stdout.readline() if process.stdout else ""
        if not line:
            sys.exit(f"error: the simulator ended with {process.wait()} before it was ready")
        yield json.loads(line)
    finally:
        process.terminate()
        try:
            process.wait(SECONDS_TO_END)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def connection(announced: dict[str, Any]) -> dict[str, str]:
    """The connection as the modules read it from the environment."""
    simplivity, acronis, ca_path = announced["simplivity"], announced["acronis"], announced["ca_path"]
    return {
        "SVT_HOST": simplivity["host"],
        "SVT_PORT": str(simplivity["port"]),
        "SVT_USERNAME": simplivity["username"],
        "SVT_PASSWORD": simplivity["password"],
        "SVT_CA_PATH": ca_path,
        "ACRONIS_DATACENTER_URL": acronis["datacenter_url"],
        "ACRONIS_CLIENT_ID": acronis["client_id"],
        "ACRONIS_CLIENT_SECRET": acronis["client_secret"],
        "ACRONIS_CA_PATH": ca_path,
    }


if __name__ == "__main__":
    sys.exit(main())
