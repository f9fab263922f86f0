"""Data flows one way: a module imports from its own folder and from the rows above it only (DESIGN, “The house”)."""

import ast
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[1] / "src" / "ligraph"
ROWS = {
    "errors": 0,
    "namespaces": 0,
    "formats": 0,
    "kept": 0,
    "compression": 0,
    "config": 0,
    "progress": 0,
    "replacement": 0,
    "serialization": 0,
    "collection": 1,
    "releases": 2,
    "stores": 3,
    "views": 4,
    "web": 5,
    "api": 6,
    "cli": 6,
    "embedding": 6,
    "ingesting": 6,
    "querying": 6,
    "serving": 6,
    "starting": 6,
    "terminal": 6,
    "watching": 6,
}
MODULES = sorted(PACKAGE.rglob("*.py"))


def imports(path: Path) -> set[str]:
    """Return the modules of ligraph that a file imports, also inside functions."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module and node.module.split(".")[0] == "ligraph":
            found.update(f"{node.module}.{alias.name}" for alias in node.names)
        elif isinstance(node, ast.Import):
            found.update(alias.name for alias in node.names if alias.name.split(".")[0] == "ligraph")
    return found


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.relative_to(PACKAGE).as_posix())
def test_imports_go_up_only(path: Path) -> None:
    home = path.relative_to(PACKAGE).parts[0].removesuffix(".py")
    if home == "__init__":
        return
    for name in imports(path):
        other = name.split(".")[1]
        if other in ROWS:
            same_folder = ROWS[other] == ROWS[home] and ROWS[home] in (0, 6)
            assert other == home or ROWS[other] < ROWS[home] or same_folder, name


def test_every_module_has_a_row() -> None:
    homes = {path.relative_to(PACKAGE).parts[0].removesuffix(".py") for path in MODULES}
    assert homes - {"__init__"} == ROWS.keys()


def test_no_drawer_for_odds_and_ends() -> None:
    assert not {path.stem for path in MODULES} & {"utils", "helpers", "core", "services", "common", "misc"}


def test_nothing_is_imported_in_a_circle() -> None:
    """Imports at the top of modules must have an order."""
    names = {f"ligraph.{p.relative_to(PACKAGE).with_suffix('').as_posix().replace('/', '.')}": p for p in MODULES}
    names = {name.removesuffix(".__init__"): path for name, path in names.items()}
    graph: dict[str, set[str]] = {}
    for name, path in names.items():
        tree = ast.parse(path.read_text("utf-8"))
        found: set[str] = set()
        for node in tree.body:
            if isinstance(node, ast.ImportFrom) and node.module and node.module.startswith("ligraph"):
                for alias in node.names:
                    full = f"{node.module}.{alias.name}"
                    found.add(full if full in names else node.module)
        graph[name] = (found & names.keys()) - {"ligraph", name}
    while free := {name for name, needs in graph.items() if not needs}:
        graph = {name: needs - free for name, needs in graph.items() if name not in free}
    assert not graph, f"in a circle: {sorted(graph)}"
