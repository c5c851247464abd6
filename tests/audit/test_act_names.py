"""Every act that code notes in the audit trail is in the one list, and has words for readers."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from store.audit_acts import ACTS, GROUPS, meant
from web import messages

ROOT = Path(__file__).parents[2]
CODE = re.compile(r"[a-z_]+\.[a-z_]+")
NOTING = {"append", "note", "_note", "_change", "_written", "note_key", "_log", "partial"}
NAMED = {"act", "_act", "_taken"}
"""Variables and tables that acts stand in before they are noted."""


def texts(node: ast.AST) -> Iterator[str]:
    """Codes in an expression as regular expressions; what an f-string puts in is anything."""
    if isinstance(node, ast.Constant):
        if isinstance(node.value, str) and CODE.fullmatch(node.value):
            yield re.escape(node.value)
    elif isinstance(node, ast.JoinedStr):
        if re.match(r"f'[a-z_]+\.", ast.unparse(node)):
            yield "".join(
                re.escape(str(part.value)) if isinstance(part, ast.Constant) else ".+"
                for part in node.values
            )
    elif isinstance(node, ast.IfExp | ast.Tuple | ast.List | ast.Dict):
        for inner in ast.iter_child_nodes(node):
            yield from texts(inner)


def noted() -> dict[str, str]:
    """Acts that code notes, as regular expressions, and where."""
    found: dict[str, str] = {}
    for package in ("store", "registry", "api"):
        for path in (ROOT / package).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                for code in acts_of(node):
                    found.setdefault(code, str(path.relative_to(ROOT)))
    return found


def acts_of(node: ast.AST) -> Iterator[str]:
    if isinstance(node, ast.Call):
        called = node.func.attr if isinstance(node.func, ast.Attribute) else ""
        called = node.func.id if isinstance(node.func, ast.Name) else called
        if called in NOTING:
            for argument in node.args:
                yield from texts(argument)
    elif isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
        if node.targets[0].id.lower() in NAMED:
            yield from texts(node.value)
    elif isinstance(node, ast.For) and "act" in ast.unparse(node.target):
        yield from texts(node.iter)


def test_every_act_that_is_noted_is_listed() -> None:
    unknown = {
        code: where
        for code, where in noted().items()
        if not any(re.fullmatch(code, act) for act in ACTS)
    }
    assert unknown == {}, "put it into store/audit_acts.py, with words in web/messages (audited)"


def test_nothing_is_listed_that_nobody_does() -> None:
    known = noted()
    assert [act for act in sorted(ACTS) if not any(re.fullmatch(one, act) for one in known)] == []


def test_every_act_and_every_group_has_words() -> None:
    worded = {code for code in messages.codes("vi") if code.startswith("audited.")}
    assert worded == {f"audited.{act.replace('.', '_')}" for act in ACTS} | {"audited.all"}
    worded = {code for code in messages.codes("vi") if code.startswith("audit_group.")}
    assert worded == {f"audit_group.{group}" for group in GROUPS}


def test_a_filter_means_a_group_or_a_beginning() -> None:
    assert meant("refused") == {"staff.refused"}
    assert meant("batch.") == {act for act in ACTS if act.startswith("batch.")}
    assert meant("nothing") == frozenset()
    assert sum(map(len, GROUPS.values())) == len(ACTS), "each act stands in one group"
