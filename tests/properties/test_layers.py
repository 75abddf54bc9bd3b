# Copyright: (c) 2026, safehold.backup contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Who may import whom, and what a module file may hold: read from the source, nothing is run."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from properties.catalogue import MODULES, PLUGINS, every_module

UTILS = PLUGINS / "module_utils"
SOURCES = sorted(path for path in PLUGINS.rglob("*.py") if "__pycache__" not in path.parts)
BACK_ENDS = sorted(
    path.name for path in UTILS.iterdir() if path.is_dir() and path.name not in ("_core", "_shapes", "__pycache__")
)
LIBRARIES = {"requests", "urllib3"}
LARGEST_MODULE = 60
# What a layer may import of the collection, beside itself. Modules name their back end and their shape.
BELOW = {
    "_core": set(),
    **{back_end: {"_core"} for back_end in BACK_ENDS},
    "_shapes": {"_core"},
    "modules": {"_core", "_shapes", *BACK_ENDS},
    # what runs in Ansible's own process shares with the modules what stands between them
    "callback": {"_core", "plugin_utils"},
    "plugin_utils": {"_core", *BACK_ENDS},
    "doc_fragments": set(),
    "filter": {"_core", "plugin_utils"},
    "test": {"_core", "plugin_utils"},
    "action": {"plugin_utils"},
}
PUBLIC = ("modules", "callback", "filter", "test")
ACTION = '''\
# Copyright: (c) 2026, safehold.backup contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: anything here may change without notice.

from __future__ import annotations

from ansible_collections.safehold.backup.plugins.plugin_utils._in_controller import InController


class ActionModule(InController, module="{module}"):
    """Runs {module} in the controller where that is the same."""
'''

every_source = pytest.mark.parametrize(
    "source", [pytest.param(path, id=str(path.relative_to(PLUGINS))) for path in SOURCES]
)


KNOWS_ANSIBLE = {
    "module_utils/_shapes/ansible_module.py",
    "module_utils/_shapes/ansible_options.py",
    "module_utils/_shapes/ansible_result.py",
    "plugin_utils/_ansible.py",
    "plugin_utils/_ansible_core.py",
    "plugin_utils/_in_controller.py",
}


def layer_of(source: Path) -> str:
    parts = source.relative_to(PLUGINS).parts
    return parts[1] if parts[0] == "module_utils" and len(parts) > 2 else parts[0]


def imported(source: Path) -> set[tuple[str, ...]]:
    """The absolute names of all modules that a file imports, wherever in the file, as parts."""
    package = ("ansible_collections", "safehold", "backup", "plugins", *source.relative_to(PLUGINS).parts[:-1])
    found: set[tuple[str, ...]] = set()
    for node in ast.walk(ast.parse(source.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found.update(tuple(alias.name.split(".")) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = package[: len(package) - node.level + 1] if node.level else ()
            full = (*base, *(node.module.split(".") if node.module else ()))
            # `from . import client` names a module, `from .client import Client` does not
            found.update({full} | {(*full, alias.name) for alias in node.names})
    return found


@every_source
def test_imports_run_downward(source: Path) -> None:
    layer = layer_of(source)
    ours = ("ansible_collections", "safehold", "backup")
    for name in imported(source):
        if name[:3] == ours and name[3:] and name[3] == "plugins" and len(name) > 5:
            imports = name[5] if name[4] == "module_utils" else name[4]
            assert imports in BELOW[layer] | {layer}, f"{layer} imports {'.'.join(name)}"
        elif name[0] == "ansible_collections":
            assert name[:3] == ours, f"another collection: {'.'.join(name)}"


@every_source
def test_ansible_is_known_in_one_place(source: Path) -> None:
    """The engine is plain Python: only the adapters of modules and of other plugins import ansible."""
    if str(source.relative_to(PLUGINS)) not in KNOWS_ANSIBLE and layer_of(source) != "callback":
        assert not [name for name in imported(source) if name[0] == "ansible"]


@every_source
def test_requests_is_imported_in_one_place(source: Path) -> None:
    if source.name != "requests_import.py":
        assert not [name for name in imported(source) if name[0] in LIBRARIES]


@every_module
def test_a_module_is_documentation_and_wiring(module: str) -> None:
    """Few lines outside the documentation, no HTTP, no sleep, no URL."""
    source = PLUGINS / "modules" / f"{module}.py"
    text = source.read_text(encoding="utf-8")
    tree = ast.parse(text)
    documentation = set()
    for node in tree.body:
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) in ("DOCUMENTATION", "EXAMPLES", "RETURN"):
            documentation.update(range(node.lineno, (node.end_lineno or node.lineno) + 1))
            node.value = ast.Constant(None)
    code = [
        line
        for number, line in enumerate(text.splitlines(), 1)
        if number not in documentation and line.strip() and not line.lstrip().startswith("#")
    ]
    assert len(code) <= LARGEST_MODULE
    texts = [one.value for one in ast.walk(tree) if isinstance(one, ast.Constant) and isinstance(one.value, str)]
    assert not [text for text in texts if "://" in text or text.startswith("/")]
    names = {one.id for one in ast.walk(tree) if isinstance(one, ast.Name)}
    assert not names & {"sleep", "time", "open", "socket", "urllib", "http", "subprocess"}
    foreign = {name[0] for name in imported(source)} - {"__future__", "ansible_collections"}
    assert not foreign, f"imports {foreign}"


@every_module
def test_every_module_has_its_action(module: str) -> None:
    """A file of the module's name, as Ansible loads it before it forks; what is in it is the same for all."""
    source = PLUGINS / "action" / f"{module}.py"
    assert source.exists() and source.read_text(encoding="utf-8") == ACTION.format(module=module)


def test_every_action_has_its_module() -> None:
    assert {path.stem for path in (PLUGINS / "action").glob("*.py")} == set(MODULES)


def test_everything_of_the_engine_is_private() -> None:
    public = [
        str(path) for path in UTILS.iterdir() if path.name not in ("__init__.py", "__pycache__") and path.name[0] != "_"
    ]
    assert not public
    notice = "# Private to this collection: anything here may change without notice."
    engine = [path for path in SOURCES if layer_of(path) not in PUBLIC and path.read_text(encoding="utf-8").strip()]
    lacking = [str(path) for path in engine if notice not in path.read_text(encoding="utf-8").splitlines()[:6]]
    assert not lacking
