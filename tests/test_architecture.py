"""Rules about the code that linters do not know."""

import ast
import importlib
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PACKAGES = [
    "credential", "grading", "database", "contracts", "web", "registry", "store", "chain",
    "issuer", "verifier", "exchange", "api",
]  # fmt: skip
SOURCES = [path for name in PACKAGES for path in sorted((ROOT / name).rglob("*.py"))]
TEXTS = [
    path
    for path in sorted(ROOT.rglob("*"))
    if path.suffix
    in {".py", ".md", ".toml", ".sh", ".js", ".mjs", ".html", ".css", ".sol", ".json"}
    and not {".venv", "node_modules", "build", "demo", "data", ".git", "vendor"} & set(path.parts)
]


@pytest.mark.parametrize("name", PACKAGES)
def test_each_package_is_imported_from_this_checkout(name: str) -> None:
    """A package of the same name elsewhere would win silently when started outside."""
    module = importlib.import_module(name)
    assert module.__file__ is not None
    assert Path(module.__file__).parent == ROOT / name


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_module_says_what_it_is_for_and_stays_short(path: Path) -> None:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    if path.parent.name != "versions":
        assert ast.get_docstring(tree), "the first lines of a module say what it decides"
    assert len(path.read_text(encoding="utf-8").splitlines()) <= 300
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.end_lineno:
            lines = node.end_lineno - node.lineno + 1
            assert lines <= 60, f"{node.name} has {lines} lines"


@pytest.mark.parametrize(
    "path",
    [
        path
        for path in SOURCES
        if path.parts[len(ROOT.parts)] in ("credential", "grading", "exchange")
    ],
    ids=lambda path: str(path.relative_to(ROOT)),
)
def test_the_core_has_no_clock_and_no_floats(path: Path) -> None:
    """import-linter cannot see `datetime.now()`; floats make wrong grades."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Attribute):
            assert node.attr not in {"now", "utcnow", "today"}, f"line {node.lineno}"
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            assert node.func.id not in {"open", "round"}, f"line {node.lineno}"
        if isinstance(node, ast.Constant):
            assert not isinstance(node.value, float), f"line {node.lineno}"


@pytest.mark.parametrize(
    "path", sorted((ROOT / "grading").rglob("*.py")), ids=lambda path: str(path.relative_to(ROOT))
)
def test_grades_are_reckoned_in_whole_numbers(path: Path) -> None:
    """True division of two integers makes a float that no literal shows.

    What a spreadsheet stores may come in as one: a parameter may be said to be a float.
    """
    tree = ast.parse(path.read_text(encoding="utf-8"))
    annotations = {
        id(part)
        for node in ast.walk(tree)
        if isinstance(node, ast.arg) and node.annotation
        for part in ast.walk(node.annotation)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.BinOp | ast.AugAssign):
            assert not isinstance(node.op, ast.Div), f"line {node.lineno}"
        if isinstance(node, ast.Name) and id(node) not in annotations:
            assert node.id != "float", f"line {node.lineno}"


def test_each_default_of_the_chain_client_has_one_value_and_a_reason() -> None:
    """Of two that are called alike the later one would win silently."""
    body = ast.parse((ROOT / "chain" / "defaults.py").read_text(encoding="utf-8")).body[1:]
    named = [ast.unparse(node.targets[0]) if isinstance(node, ast.Assign) else "" for node in body]
    names = [name for name in named if name]
    assert sorted(set(names)) == sorted(names)
    assert len(names) > 30
    bare = [
        name
        for name, behind in zip(named, [*named[1:], "?"], strict=True)
        if name and behind and not (name.startswith("GAS_") and behind.startswith("GAS_"))
    ]
    assert bare == [], "unit and reason stand behind each"


def test_no_path_of_a_machine_is_named() -> None:
    named = [
        f"{path.relative_to(ROOT)}:{number}"
        for path in TEXTS
        if path != Path(__file__)
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if re.search(r"(?<![\w.])/(?:root|home)/\w", line)
    ]
    assert named == []


def test_the_locked_lists_hold_hashes_and_no_addresses() -> None:
    for path in sorted((ROOT / "requirements").glob("*.txt")):
        text = path.read_text(encoding="utf-8")
        assert "://" not in text
        pins = re.findall(r"^[a-z0-9][^\s#]*==", text, re.MULTILINE)
        assert len(pins) > 50
        assert text.count("--hash=sha256:") >= len(pins)
    for path in (ROOT / "package-lock.json", ROOT / "web" / "package-lock.json"):
        assert '"resolved"' not in path.read_text(encoding="utf-8")
