"""How far a transfer has come, in plain words: for parents on the page, for schools in a terminal.

Parents are told states, days, schools' names and reasons; no marks, no birth date, no name of a
pupil, nor who at a school did what.
"""

from collections.abc import Iterator
from typing import Any

from pydantic import BaseModel, ConfigDict

from api.presenting import Bilingual
from api.terminal import printable
from store.transfer_records import Transfer, TransferState
from web import messages

WAY = (
    TransferState.REQUESTED, TransferState.SEALED, TransferState.RECEIVED, TransferState.ACCEPTED,
)  # fmt: skip
_ASKED = {TransferState.REQUESTED: "from", TransferState.SEALED: "to", TransferState.RECEIVED: "to"}


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid")


class StepModel(_Model):
    """A state that the transfer came to, and on which day (ISO 8601)."""

    state: str
    name: Bilingual
    on: str


class ProgressModel(_Model):
    """How far a transfer has come, what comes next, and which school to ask."""

    id: str
    state: str
    name: Bilingual
    next: Bilingual
    ask: str
    from_school: str
    to_school: str
    steps: list[StepModel]
    reason: str
    starts: str | None
    class_name: str | None


def progress(held: Transfer) -> dict[str, Any]:
    """What `ProgressModel` describes."""
    draft, state = held.draft, held.state
    sender = draft.from_name
    accepted = held.decided if state is TransferState.ACCEPTED else None
    ended = state in (TransferState.REJECTED, TransferState.WITHDRAWN)
    return {
        "id": draft.id,
        "state": state.value,
        "name": messages.both(f"transfer_state.{state.value}"),
        "next": messages.both(_next(held), sender=sender, receiver=draft.to_name),
        "ask": sender if _ASKED.get(state) == "from" or draft.to_school is None else draft.to_name,
        "from_school": sender,
        "to_school": draft.to_name,
        "steps": [
            {
                "state": each.state.value,
                "name": messages.both(f"transfer_state.{each.state.value}"),
                "on": messages.local_day(each.at).isoformat(),
            }
            for each in held.events
        ],
        "reason": held.events[-1].reason if ended else "",
        "starts": accepted[1].isoformat() if accepted else None,
        "class_name": accepted[0] if accepted else None,
    }


def status_lines(lang: str, held: Transfer) -> Iterator[str]:
    """A transfer with who did what when, for the schools."""
    draft = held.draft
    state = messages.text(lang, f"transfer_state.{held.state.value}")
    yield printable(f"{draft.id} · {draft.pupil} → {draft.to_name}: {state}")
    for event in held.events:
        name = messages.text(lang, f"transfer_state.{event.state.value}")
        reason = f" ({event.reason})" if event.reason else ""
        yield printable(f"  {messages.local_time(event.at)}  {name}  {event.actor}{reason}")
    if held.decided:
        class_name, on = held.decided
        yield messages.text(lang, "transfer.decided_on", class_name=class_name, on=on)


def _next(held: Transfer) -> str:
    outside = held.draft.to_school is None and held.state in WAY[1:3]
    return f"transfer.then_{'outside' if outside else held.state.value}"
