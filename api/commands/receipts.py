"""Receipts on the command line: what `sogoc verify` writes, and what it says of one."""

import json
from pathlib import Path

from api import judging
from api.commands.things import given, writing
from api.session import Session
from credential import receipt
from credential.errors import RefusedError
from verifier import reading
from verifier.auditing import Standing
from verifier.verify import Answer
from web import messages

ENDINGS = (".json", ".pdf")
CODES = {Standing.GENUINE: 0, Standing.FORGED: 1, Standing.UNDETERMINED: 2}


def judge(session: Session, what: str | bytes, anew: str | None, *, as_json: bool) -> int:
    """Print the judgement of a receipt, and what is found of the thing itself now; exit code."""
    parsed = receipt.parse(reading.read(what).texts[0])
    found = session.system.auditor.judge(parsed)
    fresh = _verified(session, anew) if anew is not None else None
    if as_json:
        shown = judging.judgement(found, fresh)
        session.show(json.dumps(shown, ensure_ascii=False, indent=1))
    else:
        session.show("\n".join(judging.judgement_lines(session.lang, found, fresh)))
    return CODES[found.standing]


def write(session: Session, answer: Answer, path: Path) -> None:
    """Write the receipt of an answer as JSON or PDF.

    Raises RefusedError ``receipt.no_key`` where this installation has none.
    """
    office = getattr(session.system, "receipts", None)  # an installation that only verifies
    if office is None:
        raise RefusedError("receipt.no_key")
    text = office.sign(answer)
    content = office.print(text) if path.suffix == ".pdf" else text.encode()
    with writing(path):
        path.write_bytes(content)
    session.notice(messages.text(session.lang, "receipt.written", path=path))


def _verified(session: Session, thing: str) -> Answer:
    return session.system.verifier.verify(given(session, thing))
