"""From a list or from names of batches to the credentials meant, or to every fault at once."""

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from credential.errors import Fault, FormatError, InputError
from credential.records import Batch, Located
from issuer.ports import BatchStore
from issuer.revoking import as_stored

_EXPECTED = "B26/1001/00001, ABCD EFGH JKMN PQRS"  # what keys look like
_NUMBERED = re.compile("([0-9]{1,10})-([0-9]{1,10})")


class Key(NamedTuple):
    """A look-up code or register number, and the row of the list in which it stands."""

    text: str
    row: int | None = None


def by_keys(store: BatchStore, keys: Sequence[Key]) -> list[Located]:
    """The issued credentials with those look-up codes and register numbers, each once.

    Raises InputError with every key that is mistyped (``code.check``), that nothing or more than
    one thing has (``revocation.unknown``, ``revocation.ambiguous``), or whose batch is not final
    (``revocation.not_final``).
    """
    faults: list[Fault] = []
    spelled: list[tuple[Key, str]] = []
    for key in keys:
        try:
            spelled.append((key, as_stored(key.text)))
        except FormatError as error:
            faults.append(Fault(error.code, key.row, params={"found": key.text}))
    known = store.place({text for _, text in spelled})
    places: dict[Located, None] = {}
    for key, text in spelled:
        found = known.get(text, ())
        faults += _faults(key, found)
        places |= dict.fromkeys(found)
    if faults:
        raise InputError(sorted(faults, key=lambda fault: fault.row or 0))
    return list(places)


def by_batches(store: BatchStore, refs: Sequence[str]) -> list[Located]:
    """All credentials of issued batches.

    Each is named by its ref or, as its folder of papers, by school and number (1001-0003). Raises
    InputError with every ``revocation.batch_unknown`` and ``revocation.not_final``.
    """
    faults: list[Fault] = []
    places: dict[Located, None] = {}
    for ref in refs:
        batch = named(store, ref)
        if batch is None:
            faults.append(Fault("revocation.batch_unknown", params={"found": ref}))
        else:
            faults += _not_final(batch, None)
            places |= dict.fromkeys(store.places(batch.id))
    if faults:
        raise InputError(faults)
    return list(places)


def named(store: BatchStore, ref: str) -> Batch | None:
    """The batch of that ref or, as its folder of papers is called, of that school and number."""
    numbers = _NUMBERED.fullmatch(ref)
    return store.numbered(int(numbers[1]), int(numbers[2])) if numbers else store.batch(ref)


def _faults(key: Key, found: Sequence[Located]) -> Iterator[Fault]:
    """Why a key does not name one issued credential."""
    if not found:
        params = {"found": key.text, "expected": _EXPECTED}
        yield Fault("revocation.unknown", key.row, params=params)
    elif len(found) > 1:
        yield Fault("revocation.ambiguous", key.row, params={"found": key.text})
    else:
        yield from _not_final(found[0].batch, key.row)


def _not_final(batch: Batch, row: int | None) -> Iterator[Fault]:
    if batch.block is None:  # set from FINAL on
        about = {"school": batch.school, "seq": batch.seq, "state": batch.state.value}
        yield Fault("revocation.not_final", row, params=about)
