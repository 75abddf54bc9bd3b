# Copyright: (c) 2026, safehold.backup contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Where things are in a checkout, and the surroundings in which the tools run. Standard library only."""

from __future__ import annotations

import functools
import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
BUILD = ROOT / ".build"
VENV = ROOT / ".venv"
NAMESPACE, NAME = "safehold", "backup"
COLLECTION = f"{NAMESPACE}.{NAME}"
IN_TREE = Path("ansible_collections") / NAMESPACE / NAME

# What Python compiles is kept, beside the checkout's own files: most of what the tests do is to start programs.
BYTECODE = BUILD / "bytecode"

# Pythons that a tool may ask for, newest first: controllers need 3.10 or newer, modules run on older ones too.
_MINORS = range(15, 5, -1)
# What a user has set for his own Ansible and his own back ends must not reach a test.
_FOREIGN = ("ANSIBLE_", "MOLECULE_", "SVT_", "ACRONIS_", "PYTEST_", "PYTHON", "VIRTUAL_ENV", "PYENV_VERSION")


def link_tree() -> Path:
    """A collections path at which the checkout appears as the installed collection: imports and most tools."""
    tree = BUILD / "tree"
    link = tree / IN_TREE
    if not (link.is_symlink() and link.resolve() == ROOT):
        _link(link, ROOT)
    return tree


def copy_tree(tree: Path) -> Path:
    """The files of the checkout as git knows them, committed or not, at a new collections path.

    ansible-test looks at the real directory, for which a link is not enough.
    """
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        check=True,
    )
    shutil.rmtree(tree, ignore_errors=True)
    for name in sorted(set(os.fsdecode(listed.stdout).split("\0")) - {""}):
        if (ROOT / name).is_file():  # not so when deleted and not yet committed
            target = tree / IN_TREE / name
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, target)
    # A repository of its own, or ansible-test would ask the one around it, which ignores .build.
    subprocess.run(["git", "init", "-q", str(tree / IN_TREE)], check=True)
    return tree / IN_TREE


def environment(venv: Path = VENV, collections: Path | None = None, home: Path = BUILD / "home") -> dict[str, str]:
    """The environment of a tool: the programs of the virtual environment, a home of its own, nothing of the user's.

    collections: the collections path; the linked tree when not given.
    """
    kept = {name: value for name, value in os.environ.items() if not name.startswith(_FOREIGN)}
    home.mkdir(parents=True, exist_ok=True)
    settings = home / "ansible.cfg"
    if not settings.exists():  # one that is there is read instead of the machine's
        settings.write_text("[defaults]\n", encoding="ascii")
    user = Path.home()
    _keep_settings_of_pip(user, home)
    return {
        **kept,
        "HOME": str(home),
        "XDG_CACHE_HOME": os.environ.get("XDG_CACHE_HOME") or str(user / ".cache"),
        "PATH": os.pathsep.join([str(venv / "bin"), *_directories_without_shims()]),
        "LANG": "C.UTF-8",
        "LC_ALL": "C.UTF-8",
        "PYTHONPYCACHEPREFIX": str(BYTECODE),
        "ANSIBLE_CONFIG": str(settings),
        "ANSIBLE_COLLECTIONS_PATH": str(collections or link_tree()),
        "ANSIBLE_LOCALHOST_WARNING": "false",
        "ANSIBLE_INVENTORY_UNPARSED_WARNING": "false",
    }


@functools.cache
def interpreters() -> dict[str, Path]:
    """The Pythons of this machine that really run, by version ("3.11"), from PATH and pyenv's own directories."""
    found: dict[str, Path] = {}
    for directory in _directories_without_shims():
        for minor in _MINORS:
            candidate = Path(directory) / f"python3.{minor}"
            if f"3.{minor}" not in found and _runs(candidate, minor):
                found[f"3.{minor}"] = candidate
    return found


def build_artifact(directory: Path, env: dict[str, str]) -> Path:
    """The collection's tarball, freshly built."""
    shutil.rmtree(directory, ignore_errors=True)
    run(["ansible-galaxy", "collection", "build", str(ROOT), "--output-path", str(directory)], env)
    (artifact,) = directory.glob("*.tar.gz")
    return artifact


def install_artifact(artifact: Path, collections: Path, env: dict[str, str]) -> Path:
    """The directory of the collection, installed from its tarball with no server asked."""
    shutil.rmtree(collections, ignore_errors=True)
    command = ["ansible-galaxy", "collection", "install", str(artifact), "-p", str(collections), "--offline"]
    run(command, {**env, "ANSIBLE_COLLECTIONS_PATH": str(collections)})
    return collections / IN_TREE


def run(command: Sequence[str], env: dict[str, str], cwd: Path = ROOT) -> None:
    """Runs a command of which only the failure is of interest; ends the program when it fails."""
    done = subprocess.run(
        command, env=env, cwd=cwd, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False
    )
    if done.returncode:
        print(done.stdout, end="", flush=True)
        sys.exit(f"error: {' '.join(command[:3])} … ended with {done.returncode}")


def _keep_settings_of_pip(user: Path, home: Path) -> None:
    """A mirror that the user has told pip about is still asked."""
    for name in (".config/pip", ".pip", ".config/uv"):
        if (user / name).is_dir() and not (home / name).exists() and user != home:
            _link(home / name, user / name)


def _link(link: Path, target: Path) -> None:
    """A link that is there at once, whoever else makes it at the same time."""
    link.parent.mkdir(parents=True, exist_ok=True)
    fresh = link.with_name(f"{link.name}.{os.getpid()}.{threading.get_ident()}")
    fresh.symlink_to(target)
    fresh.replace(link)


@functools.cache
def _directories_without_shims() -> tuple[str, ...]:
    """PATH with pyenv's real interpreters in place of its shims, which do not run outside their selection."""
    pyenv = Path(os.environ.get("PYENV_ROOT") or Path.home() / ".pyenv")
    real = sorted((str(path) for path in pyenv.glob("versions/*/bin")), key=_by_version, reverse=True)
    usual = [entry for entry in os.environ.get("PATH", os.defpath).split(os.pathsep) if entry]
    others = [entry for entry in usual if Path(entry).name != "shims" and entry != str(VENV / "bin")]
    return tuple(dict.fromkeys([*others, *real]))


def _by_version(path: str) -> list[int]:
    return [int(part) for part in Path(path).parent.name.split(".") if part.isdigit()]


def _runs(candidate: Path, minor: int) -> bool:
    if not os.access(candidate, os.X_OK):
        return False
    code = f"import sys, ensurepip, ssl; sys.exit(sys.version_info[:2] != (3, {minor}))"
    return subprocess.run([str(candidate), "-c", code], capture_output=True, check=False).returncode == 0
