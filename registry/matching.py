"""How the registry answers a claim: field by field, without telling its own values.

`meant` and `compare` decide and are pure. `Matcher` is `verifier.ports.AwardRegistry`: it finds a
line's versions by type, school and register number, always afresh, so that a withdrawal shows at
once. Names,
terms and rules of a school are remembered for some seconds. What an answer means for a
document, the verifier decides.
"""

import time
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import NamedTuple

from sqlalchemy import and_, bindparam, select

from credential.facts import AwardClaim, AwardMatch, Match, Withdrawal
from credential.model import CredentialType, Lane, Original
from credential.text import fold
from database.connections import Database
from registry import schools
from registry.old_tables import COPIES, OLD_LINES
from registry.schools import School
from registry.tables import AWARDS

_LARGEST = 1 << 32  # school numbers have 32 bits on chain
_MAX_AGE = 5.0  # seconds that a school's names, terms and rules are remembered
_MAX_SCHOOLS = 4096


class Award(NamedTuple):
    """A version of a line of the register as far as claims are compared with it."""

    version: int
    seq: int | None
    position: int | None
    serial: str | None
    name: str
    birth: int
    year: int
    issued: int
    classification: str | None
    signer: str
    content: bytes | None
    lane: int
    ground: str | None
    decision: str | None
    withdrawn_on: int | None
    origin_issued: int | None = None
    original: Original | None = None
    of_original: bool = False


_VERSIONS = (
    select(
        AWARDS.c.version,
        AWARDS.c.seq,
        AWARDS.c.position,
        AWARDS.c.serial,
        AWARDS.c.holder_name,
        AWARDS.c.birth,
        AWARDS.c.year,
        AWARDS.c.issued,
        AWARDS.c.classification,
        AWARDS.c.signer_name,
        AWARDS.c.content,
        AWARDS.c.lane,
        AWARDS.c.ground,
        AWARDS.c.withdrawal_decision,
        AWARDS.c.withdrawn_on,
    )
    .where(
        AWARDS.c.type == bindparam("type"),
        AWARDS.c.school == bindparam("school"),
        AWARDS.c.register_no == bindparam("register_no"),
    )
    .order_by(AWARDS.c.version.desc())
)

_DIGITISED = select(OLD_LINES.c.awarded_on, OLD_LINES.c.certifier).where(
    OLD_LINES.c.school == bindparam("school"), OLD_LINES.c.register_no == bindparam("register_no")
)
_COPIED = (
    select(
        COPIES.c.of_type, COPIES.c.of_school, COPIES.c.of_register_no, AWARDS.c.year,
        AWARDS.c.issued, AWARDS.c.serial, AWARDS.c.lane, AWARDS.c.ground,
        AWARDS.c.withdrawal_decision, AWARDS.c.withdrawn_on,
    )
    .join_from(
        COPIES, AWARDS,
        and_(AWARDS.c.type == COPIES.c.of_type, AWARDS.c.school == COPIES.c.of_school,
             AWARDS.c.register_no == COPIES.c.of_register_no,
             AWARDS.c.version == COPIES.c.of_version),
    )
    .where(COPIES.c.school == bindparam("school"),
           COPIES.c.register_no == bindparam("register_no"))
)  # fmt: skip


def meant(claim: AwardClaim, versions: Sequence[Award]) -> Award | None:
    """Of a line's versions, newest first, the one that a claim is about.

    The one that was bound to what the artefact says of itself: the digest of its content or, where
    it carries none, its place. The first may be older than such bindings; then what fits no other
    is taken for it. What says nothing of itself, or fits none, is compared with the newest.
    """
    if not versions:
        return None
    newest, first = versions[0], versions[-1]
    if claim.content is not None:
        bound = {one.content: one for one in reversed(versions)}
        unknown, found = first.content is None, bound.get(claim.content)
    elif claim.place is not None:
        places = {(one.seq, one.position): one for one in reversed(versions)}
        unknown = first.seq is None
        found = places.get((claim.place.seq, claim.place.index))
    else:
        return newest
    return found or (first if unknown else newest)


def compare(claim: AwardClaim, award: Award | None, school: School | None) -> AwardMatch:
    """The answer to a claim about that line of the register (None: there is no such line)."""
    day = _number(claim.issued)
    if award is None or school is None:
        return AwardMatch(found=False, school_name=_name(school, day))
    fields = {
        "year": _exact(claim.year, award.year),
        "issued": _exact(day, award.issued),
    }
    if claim.serial is not None:
        fields["serial"] = _exact(claim.serial, award.serial)
    if claim.name is not None:
        fields["name"] = _text(claim.name, award.name)
    if claim.birth is not None:
        fields["birth"] = _exact(claim.birth.number, award.birth)
    if claim.classification is not None:
        fields["classification"] = _text(claim.classification, award.classification)
    if claim.signer_name is not None:
        fields["signer"] = _text(claim.signer_name, award.signer)
    if claim.origin_issued is not None:
        fields["origin_issued"] = _exact(claim.origin_issued.number, award.origin_issued)
    if claim.original is not None:
        fields["original"] = _exact(claim.original, award.original)
    if claim.content is not None and (award.content is not None or award.version > 1):
        # lines older than this column have none: nothing to compare, so nothing is said; of a
        # later version nothing is signed before it has one
        fields["content"] = _exact(claim.content, award.content)
    return AwardMatch(
        found=True,
        fields=fields,
        lane=Lane(award.lane),
        withdrawal=_withdrawal(award),
        signer_in_office=_in_office(school, award),
        entitled=_entitled(school, claim.type, award),
        school_name=_name(school, award.issued),
        of_original=award.of_original,
    )


def _number(day: date) -> int:
    # a claim may name any day at all, `PartialDate` takes only those that a paper could bear
    return day.year * 10000 + day.month * 100 + day.day


def _name(school: School | None, day: int) -> str:
    named = school.known_as(day) if school else None
    return named.name if named else ""


def _exact(claimed: object, held: object) -> Match:
    return Match.AGREES if claimed == held else Match.DIFFERS


def _text(claimed: str, held: str | None) -> Match:
    if claimed == held:
        return Match.AGREES
    return Match.SPELLING if held is not None and fold(claimed) == fold(held) else Match.DIFFERS


def _in_office(school: School, award: Award) -> bool:
    signers = {signer.name for signer in school.signers_on(award.issued)}
    return award.signer in signers or fold(award.signer) in {fold(name) for name in signers}


def _entitled(school: School, kind: CredentialType, award: Award) -> bool:
    """By the rules of that day; who keeps a closed register may correct what stands in it."""
    corrects = award.version > 1 and school.keeper_on(award.issued) is not None
    return corrects or school.entitled(kind, award.issued)


def _withdrawal(award: Award) -> Withdrawal | None:
    if award.ground is None or award.decision is None or award.withdrawn_on is None:
        return None
    year, rest = divmod(award.withdrawn_on, 10000)
    return Withdrawal(award.ground, award.decision, date(year, *divmod(rest, 100)))


class Matcher:
    """Answers claims out of a registry's database. Raises UnavailableError ``registry``."""

    def __init__(self, database: Database, clock: Callable[[], float] = time.monotonic) -> None:
        self._database = database
        self._clock = clock
        self._schools: dict[int, tuple[float, School]] = {}  # with the time they were read

    def match(self, claim: AwardClaim) -> AwardMatch:
        """Compare a claim with the register of awards."""
        # what no register holds is not asked for: databases refuse some of it with an error
        if not 0 <= claim.school < _LARGEST or not claim.register_no.isprintable():
            return AwardMatch(found=False)
        line = {
            "type": claim.type.value,
            "school": claim.school,
            "register_no": claim.register_no,
        }
        versions = [Award(*row) for row in self._database.ask(_VERSIONS, line)]
        award = meant(claim, versions)
        if award is not None and claim.type is CredentialType.DIGITISED:
            award = self._as_digitised(award, line)
        elif award is not None and claim.type is CredentialType.COPY:
            award = self._as_copy(award, line)
        return compare(claim, award, self._school(claim.school))

    def _as_digitised(self, award: Award, line: Mapping[str, object]) -> Award | None:
        """A line of an old book by what was issued of it; None where nothing was.

        The register has the old day and whoever signed then; a digitised diploma is of the day and
        of the signer of today.
        """
        rows = self._database.ask(_DIGITISED, line)
        if not rows or rows[0][0] is None:
            return None
        on, certifier = rows[0]
        return award._replace(issued=on, signer=certifier, origin_issued=award.issued)

    def _as_copy(self, award: Award, line: Mapping[str, object]) -> Award | None:
        """A copy with year and serial of its original; it stands as that does, if it stands."""
        for of_type, of_school, of_no, year, issued, serial, *standing in self._database.ask(
            _COPIED, line
        ):
            made = award._replace(
                year=year, serial=serial, origin_issued=issued,
                original=Original(CredentialType(of_type), of_school, of_no),
            )  # fmt: skip
            if award.lane != Lane.ACTIVE:
                return made
            lane, ground, decision, withdrawn_on = standing
            return made._replace(
                lane=lane, ground=ground, decision=decision, withdrawn_on=withdrawn_on,
                of_original=lane != Lane.ACTIVE,
            )  # fmt: skip
        return None

    def _school(self, number: int) -> School | None:
        read_at, known = self._schools.get(number, (0.0, None))
        now = self._clock()
        if known and now - read_at < _MAX_AGE:
            return known
        with self._database.reading() as connection:
            school = schools.by_id(connection, number)
        if len(self._schools) >= _MAX_SCHOOLS:
            self._schools.clear()
        if school:
            self._schools[number] = (now, school)
        return school
