"""Every code that the product can utter has a sentence in both languages."""

import ast
import json
import re
import string
from collections.abc import Iterator
from pathlib import Path

import pytest

from verifier.verdict import Step
from web import messages

ROOT = Path(__file__).parents[2]
PACKAGES = ("api", "chain", "contracts", "credential", "database", "exchange", "grading", "issuer",
            "registry", "store", "verifier", "web")  # fmt: skip
SPEAKING = re.compile(r"(Error|Fault|Notice|^Check|^Remark|^fault|^notice|^refuse|^say)$")
CODE = re.compile(r"[a-z][a-z0-9_]*(\.[a-z0-9_]+)+")
INVALID = ("forged", "revoked", "superseded", "suspended", "not_accredited", "not_anchored",
           "registry_disagrees", "expired", "foreign", "holder_unproven")  # fmt: skip
UNDETERMINED = ("chain", "registry", "store", "not_final", "incomplete", "browser", "offline",
                "offline_bundle", "offline_unsettled", "unprepared")  # fmt: skip


def codes_in(path: Path) -> Iterator[str]:
    """Regular expressions of the codes that calls in a module utter (f-strings make `.+`)."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    for call in (node for node in ast.walk(tree) if isinstance(node, ast.Call)):
        name = call.func.attr if isinstance(call.func, ast.Attribute) else ""
        name = call.func.id if isinstance(call.func, ast.Name) else name
        if SPEAKING.search(name) and call.args:
            for argument in call.args[2:3] if name == "Check" else call.args[:1]:
                yield from literals(argument)
    for node in ast.walk(tree):
        if path.parent.name == "verifier" and isinstance(node, ast.Constant | ast.JoinedStr):
            yield from literals(node)  # there a check's code is put together beforehand
    for node in tree.body:  # tables from another's error to a code of ours
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Dict):
            yield from (code for value in node.value.values for code in literals(value))


def contract_errors() -> Iterator[str]:
    """Codes that `chain.contract` makes of the contract's own errors."""
    abi = json.loads((ROOT / "contracts/artifacts/Ledger.json").read_text())["abi"]
    own = [item["name"] for item in abi if item["type"] == "error"]
    foreign = ("ECDSA", "Ownable", "EIP712", "InvalidShortString", "StringTooLong")
    for name in own:
        if not name.startswith(foreign):
            yield "ledger." + re.sub(r"(?<!^)(?=[A-Z])", "_", name).lower()


def literals(node: ast.AST) -> Iterator[str]:
    if isinstance(node, ast.IfExp):
        yield from literals(node.body)
        yield from literals(node.orelse)
    elif isinstance(node, ast.Constant) and isinstance(node.value, str):
        if CODE.fullmatch(node.value):
            yield re.escape(node.value)
    elif isinstance(node, ast.JoinedStr) and re.match(r"f'[a-z_]+\.", ast.unparse(node)):
        yield "".join(
            re.escape(str(part.value)) if isinstance(part, ast.Constant) else ".+"
            for part in node.values
        )


def uttered() -> dict[str, str]:
    found: dict[str, str] = {}
    for package in PACKAGES:
        for path in sorted((ROOT / package).rglob("*.py")):
            for code in codes_in(path):
                found.setdefault(code, str(path.relative_to(ROOT)))
    return found


def placeholders(template: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(template) if name is not None}


def test_every_code_in_the_source_has_a_sentence() -> None:
    known = messages.codes("vi")
    missing = {
        code: where
        for code, where in uttered().items()
        if not any(re.fullmatch(code, one) for one in known)
    }
    assert missing == {}


def test_every_error_of_the_contract_has_a_sentence() -> None:
    assert set(contract_errors()) - messages.codes("vi") == set()


def test_the_scan_finds_what_it_should() -> None:
    found = uttered()
    assert {r"qr\.malformed", r"signature\.wrong", r"step\.not_run", r"status\..+"} <= set(found)


def test_both_languages_hold_the_same_codes_with_the_same_placeholders() -> None:
    assert messages.codes("vi") == messages.codes("en")
    for code in messages.codes("vi"):
        vi, en = messages.template("vi", code), messages.template("en", code)
        assert placeholders(vi) == placeholders(en), code


@pytest.mark.parametrize("lang", messages.LANGUAGES)
def test_no_sentence_is_empty_or_untidy(lang: str) -> None:
    for code in messages.codes(lang):
        sentence = messages.template(lang, code)
        assert sentence == sentence.strip(), code
        assert "  " not in sentence, code
        assert sentence, code


@pytest.mark.parametrize("reason", ["valid", *INVALID, *UNDETERMINED])
def test_every_reason_has_a_headline_and_a_next_step(reason: str) -> None:
    for lang in messages.LANGUAGES:
        assert messages.template(lang, f"headline.{reason}")
        assert messages.template(lang, f"next.{reason}")


@pytest.mark.parametrize("reason", UNDETERMINED)
def test_what_could_not_be_checked_never_reads_as_forged_or_valid(reason: str) -> None:
    vi, en = (messages.template(lang, f"headline.{reason}") for lang in ("vi", "en"))
    assert vi.startswith("Chưa")
    assert not re.search(r"giả|không hợp lệ|không khớp|^hợp lệ", vi, re.IGNORECASE)
    assert not re.search(r"forged|fake|invalid|mismatch|valid", en, re.IGNORECASE)


def test_every_step_has_a_name() -> None:
    for step in Step:
        assert messages.template("vi", f"step.{step.name.lower()}")


def test_an_unknown_code_is_shown_as_it_is_and_is_an_error_in_tests() -> None:
    assert messages.text("vi", "no.such_code", found="x") == "no.such_code"
    with pytest.raises(KeyError):
        messages.template("vi", "no.such_code")


CASES = {
    "field names are translated": ("vi", "registry.differs", {"fields": ["name", "birth"]},
                                   "họ và tên, ngày sinh"),
    "a ground is translated": ("en", "registry.revoked",
                               {"ground": "fraud", "decision": "12/QĐ", "on": "01/02/2026"},
                               "fraud"),
    "an unknown ground is shown as it is": ("vi", "registry.revoked",
                                            {"ground": "other", "decision": "1", "on": "2"},
                                            "other"),
    "a chain's time is shown in Vietnamese time": ("vi", "anchor.ok", {"time": 1780000000},
                                                   "29/05/2026 03:26"),
    "a missing parameter leaves a dash": ("vi", "qr.too_long", {}, "–"),
    "braces in a parameter are only text": ("vi", "text.spaces", {"found": "{a.b}"}, "{a.b}"),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES)
def test_parameters(case: str) -> None:
    lang, code, params, expected = CASES[case]
    assert expected in messages.text(lang, code, **params)


ENDS = {
    "the last second here": 253_402_275_599,
    "the last second in UTC": 253_402_300_799,
    "64 bits": 2**64 - 1,
}


@pytest.mark.parametrize("case", ENDS)
def test_what_lies_beyond_the_calendar_is_its_end(case: str) -> None:
    assert messages.local_day(ENDS[case]).isoformat() == "9999-12-31"
    assert messages.local_time(ENDS[case]) == "31/12/9999 23:59"
