"""What holders share in part: kept as ciphertext, opened so many times, ended, erased.

Every method is one transaction. An opening is judged and counted under a lock on its share, so of
two that race for the last view one gets it, and no PIN is tried more often than allowed. Each share
and each opening that counts is noted in its transaction as an extract of the pupil's record. Who
does not know the capability (made of the link's key) has one answer whatever there is; who knows it
is told why a share cannot be opened. What the ciphertexts hold, only browsers know.
"""

import hashlib
import hmac
from collections.abc import Callable, Collection, Sequence
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, Row, delete, func, insert, or_, select, update
from sqlalchemy.exc import IntegrityError

from credential.errors import ConflictError, RefusedError
from credential.extracts import Extract, ExtractKind
from database.connections import Database, lock
from store import audit, extracts
from store.actors import HOLDER, PUBLIC
from store.outbox import now
from store.share_records import NewShare, Opened, Share, Standing
from store.share_tables import SHARE_VIEWS, SHARES

TRIES: Final = 5  # wrong PINs in a share's whole life; the last one locks it for good
AGAIN: Final = 300  # seconds in which an opening whose answer was lost may be repeated uncounted
KEPT: Final = 90 * 86_400  # seconds after its end for which a share's log is kept
MOST: Final = 50  # open shares of one pupil


class Shares:
    """The shares of one deployment.

    Codes: RefusedError ``share.unknown``, ``share.expired``, ``share.withdrawn``,
    ``share.used_up``, ``share.locked`` (all four: time), ``share.pin_needed``,
    ``share.pin_wrong`` (left), ``share.too_many`` (limit); ConflictError ``share.exists``;
    UnavailableError.
    """

    def __init__(self, database: Database, clock: Callable[[], int] = now) -> None:
        self._database, self._clock = database, clock

    def create(self, new: NewShare) -> Share:
        """Keep a share; the same again finds the one that is kept.

        Raises ``share.too_many`` and ``share.exists``.
        """
        at = self._clock()
        try:
            with self._database.writing() as connection:
                lock(connection, f"shares of {new.pupil}")
                held = _row(connection, new.id)
                if held is None:
                    _leave_room(connection, new.pupil, at)
                    connection.execute(insert(SHARES).values(_values(new, at)))
                    _note(connection, new.id, at, f"account:{new.account}", "share.made")
                    held = _here(connection, new.id)
                    _note_extract(connection, held, at)
        except IntegrityError:  # another pupil's with the same id, at the same moment
            held = None
        mine = (new.account, new.pupil, new.capability)
        if held is None or (held.account, held.pupil, held.capability) != mine:
            raise ConflictError("share.exists")
        return _share(held, at)

    def of(self, pupils: Collection[str]) -> list[Share]:
        """All that is kept of these pupils, the newest first, each with its openings."""
        at, mine = self._clock(), SHARES.c.pupil.in_(pupils)
        query = select(SHARES).where(mine).order_by(SHARES.c.created.desc(), SHARES.c.id)
        seen = select(SHARE_VIEWS.c.share, SHARE_VIEWS.c.at).join_from(SHARE_VIEWS, SHARES)
        with self._database.reading() as connection:
            rows = connection.execute(query).all()
            views: dict[bytes, list[int]] = {}
            for share, when in connection.execute(seen.where(mine).order_by(SHARE_VIEWS.c.at)):
                views.setdefault(share, []).append(when)
        return [_share(row, at, views.get(row.id, ())) for row in rows]

    def withdraw(self, number: bytes, pupils: Collection[str]) -> Share:
        """End a share of one of these pupils now, and erase its ciphertext.

        One that has ended stays ended as it is. Raises ``share.unknown``, also for anybody else's.
        """
        at = self._clock()
        with self._database.writing() as connection:
            held = _row(connection, number, locked=True)
            if held is None or held.pupil not in pupils:
                raise RefusedError("share.unknown")
            if _standing(held, at) is Standing.OPEN:
                _end(connection, number, at, Standing.WITHDRAWN)
            _erase(connection, SHARES.c.id == number)
            return _share(_here(connection, number), at)

    def ask(self, number: bytes, capability: bytes) -> Share:
        """The share, whatever has become of it, for who knows its capability.

        Raises ``share.unknown``.
        """
        with self._database.reading() as connection:
            held = _row(connection, number)
        return _share(_known(held, capability), self._clock())

    def open(self, number: bytes, capability: bytes, opening: bytes, proof: bytes | None) -> Opened:
        """Count an opening, and give the ciphertext.

        `opening` is a name drawn for it: the same once more within `AGAIN` seconds counts once.
        `proof` is what only who knows the PIN can make. Raises ``share.unknown``,
        ``share.expired``, ``share.withdrawn``, ``share.used_up``, ``share.locked``,
        ``share.pin_needed`` and ``share.pin_wrong``.
        """
        at, name = self._clock(), hashlib.sha256(opening).digest()
        with self._database.writing() as connection:
            held = _known(_row(connection, number, locked=True), capability)
            again = _was_opened(connection, held, at, name)
            refusal = _refusal(held, at, again=again) or _gate(connection, held, at, proof)
            if refusal is None and not again:
                _count(connection, held, at, name)
            after = _here(connection, number)
        if refusal is not None:  # raised only now, so that a wrong PIN stays counted
            raise refusal
        return Opened(_share(after, at), held.content)

    def erase(self) -> int:
        """Erase the ciphertexts of what has ended, and all of what ended long ago.

        How many shares were touched.
        """
        at = self._clock()
        over = or_(SHARES.c.expires <= at, SHARES.c.ended <= at - AGAIN)
        old = or_(SHARES.c.expires <= at - KEPT, SHARES.c.ended <= at - KEPT)
        with self._database.writing() as connection:
            forgotten = select(SHARES.c.id).where(old)
            connection.execute(delete(SHARE_VIEWS).where(SHARE_VIEWS.c.share.in_(forgotten)))
            gone = connection.execute(delete(SHARES).where(old)).rowcount
            return gone + _erase(connection, over)


def _row(connection: Connection, number: bytes, *, locked: bool = False) -> Row[Any] | None:
    query = select(SHARES).where(SHARES.c.id == number)
    return connection.execute(query.with_for_update() if locked else query).one_or_none()


def _here(connection: Connection, number: bytes) -> Row[Any]:
    return connection.execute(select(SHARES).where(SHARES.c.id == number)).one()


def _known(held: Row[Any] | None, capability: bytes) -> Row[Any]:
    """The row, if `capability` is its own; the work is the same where there is no row."""
    digest = hashlib.sha256(capability).digest()
    if not hmac.compare_digest(digest, held.capability if held else bytes(32)) or held is None:
        raise RefusedError("share.unknown")
    return held


def _standing(held: Row[Any], at: int) -> Standing:
    if held.ended is not None:
        return Standing(held.ending)
    return Standing.OPEN if at < held.expires else Standing.EXPIRED


def _refusal(held: Row[Any], at: int, *, again: bool) -> RefusedError | None:
    """Why it cannot be opened; one that is used up can be for who used it up a moment ago."""
    standing = _standing(held, at)
    if standing is Standing.OPEN or (standing is Standing.USED_UP and again and held.content):
        return None
    return RefusedError(f"share.{standing.value}", time=held.ended or held.expires)


def _gate(
    connection: Connection, held: Row[Any], at: int, proof: bytes | None
) -> RefusedError | None:
    """Why the PIN does not open it; a wrong one is counted, and the last one locks."""
    if held.gate is None:
        return None
    if proof is None:
        return RefusedError("share.pin_needed")
    if hmac.compare_digest(hashlib.sha256(proof).digest(), held.gate):
        return None
    mine = SHARES.c.id == held.id
    connection.execute(update(SHARES).where(mine).values(tries=held.tries + 1))
    if held.tries + 1 < TRIES:
        return RefusedError("share.pin_wrong", left=TRIES - held.tries - 1)
    _end(connection, held.id, at, Standing.LOCKED)
    _erase(connection, mine)
    return RefusedError("share.locked", time=at)


def _was_opened(connection: Connection, held: Row[Any], at: int, name: bytes) -> bool:
    query = select(func.max(SHARE_VIEWS.c.at)).where(SHARE_VIEWS.c.share == held.id)
    when = connection.scalar(query.where(SHARE_VIEWS.c.opening == name))
    return when is not None and at - when < AGAIN


def _count(connection: Connection, held: Row[Any], at: int, name: bytes) -> None:
    connection.execute(insert(SHARE_VIEWS).values(share=held.id, opening=name, at=at))
    _note_extract(connection, held, at)
    used = held.used + 1
    connection.execute(update(SHARES).where(SHARES.c.id == held.id).values(used=used))
    if used == held.allowed:
        _end(connection, held.id, at, Standing.USED_UP)


def _end(connection: Connection, number: bytes, at: int, how: Standing) -> None:
    ended = {"ended": at, "ending": how.value}
    connection.execute(update(SHARES).where(SHARES.c.id == number).values(ended))
    who = HOLDER if how is Standing.WITHDRAWN else PUBLIC
    _note(connection, number, at, who, f"share.{how.value}")


def _note(connection: Connection, number: bytes, at: int, who: str, act: str) -> None:
    """An audit entry; it names the share by a digest, since the number is a part of the link."""
    name = hashlib.sha256(number).hexdigest()[:16]
    audit.append(connection, at, who, act, {"share": name})


def _note_extract(connection: Connection, held: Row[Any], at: int) -> None:
    by, to = f"account:{held.account}", f"share:{held.id[:4].hex()}"
    place = (held.pupil, held.school, held.seq, held.position)
    extracts.write(connection, [Extract(*place, ExtractKind.SHARE, by, to)], at)


def _erase(connection: Connection, which: ColumnElement[bool]) -> int:
    """Of what has ended the ciphertext goes, and what opened it but for the capability's digest."""
    query = update(SHARES).where(which, SHARES.c.content.is_not(None))
    return connection.execute(query.values(content=None, gate=None)).rowcount


def _leave_room(connection: Connection, pupil: str, at: int) -> None:
    query = select(func.count()).select_from(SHARES).where(SHARES.c.pupil == pupil)
    query = query.where(SHARES.c.ended.is_(None), SHARES.c.expires > at)
    if (connection.scalar(query) or 0) >= MOST:
        raise RefusedError("share.too_many", limit=MOST)


def _values(new: NewShare, at: int) -> dict[str, object]:
    same = ("id", "account", "pupil", "school", "seq", "capability", "gate", "content", "note",
            "expires", "allowed")  # fmt: skip
    return {
        **{name: getattr(new, name) for name in same},
        "position": new.index, "gated": int(new.gate is not None), "created": at,
        "used": 0, "tries": 0, "ended": None, "ending": "",
    }  # fmt: skip


def _share(held: Row[Any], at: int, views: Sequence[int] = ()) -> Share:
    return Share(
        id=held.id,
        account=held.account,
        pupil=held.pupil,
        school=held.school,
        seq=held.seq,
        index=held.position,
        note=held.note,
        created=held.created,
        expires=held.expires,
        allowed=held.allowed,
        used=held.used,
        gated=bool(held.gated),
        tries=held.tries,
        standing=_standing(held, at),
        ended=held.ended or held.expires,
        views=tuple(views),
    )
