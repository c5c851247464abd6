"""What the holder's page is told, as values: made of the store, in words of both languages."""

from collections.abc import Mapping

from pydantic import BaseModel, ConfigDict, Field

from api.accounts.consenting import WORDING, Standing
from api.accounts.holders import Holders
from api.presenting import Bilingual
from credential import sdjwt
from credential.extracts import Extract
from credential.model import Holder
from credential.records import IssuedCredential
from issuer.delivery import credential_of, sd_jwt_of
from store.accounts import Account, Holding
from store.holder_keys import HolderKey
from store.sessions import Session
from web import messages


class _Told(BaseModel):
    model_config = ConfigDict(extra="forbid")


class SaidModel(_Told):
    """One giving or withdrawal of consent. `mine` if this account said it."""

    relation: str
    mine: bool
    given: bool
    wording: str
    at: str = Field(description="dd/mm/yyyy HH:mm in Viet Nam")


class StandingModel(_Told):
    """Whose consent is needed and given: ``self``, ``guardian``. `mine`: this account's last."""

    needed: list[str]
    given: list[str]
    complete: bool
    mine: bool
    said: list[SaidModel]


class HolderKeyModel(_Told):
    """The key to which new credentials are bound. `thumbprint` is that of RFC 7638, base64url."""

    id: int
    thumbprint: str
    since: str


class HoldingModel(_Told):
    """A pupil whose records are held; `consent` is missing where nobody knows the birth date."""

    pupil: str
    name: str
    relation: str
    consent: StandingModel | None
    key: HolderKeyModel | None


class SignedInModel(_Told):
    """A session. `way` is ``claim``, ``password`` or ``oidc``; `here` if it is this one."""

    id: int
    device: str
    way: str
    since: str
    seen: str
    here: bool


class MeModel(_Told):
    """Who is signed in. `name` is the login name, if there is one."""

    name: str | None
    identities: int = Field(description="how many providers' people may sign in to it")
    wording: str = Field(description="names the text of consent in force")
    holdings: list[HoldingModel]
    sessions: list[SignedInModel]


class CredentialModel(_Told):
    """A credential held. `id` is for /api/me/credentials/{id}; `state` is that asked for on chain.

    The verdict says how it stands: hand the SD-JWT to /api/verify.
    """

    id: str
    pupil: str
    name: str
    kind: str
    kind_name: Bilingual
    school_name: str
    year: int
    school_year: str | None
    issued: str
    register_no: str
    serial: str | None
    state: str
    state_name: Bilingual


class ExtractModel(_Told):
    """Something that was taken out of a record. `to` is missing where it was for the taker."""

    at: str
    name: str
    credential: str
    kind_name: Bilingual
    by: Bilingual
    to: Bilingual | None


def me(holders: Holders, mine: Account, here: Session | None) -> MeModel:
    """All of an account but what was issued. Blocks."""
    pupils = [each.pupil for each in mine.holdings]
    people, keys = holders.people.holders(pupils), holders.keys.of(pupils)
    name, identities = holders.accounts.ways(mine.id)
    return MeModel(
        name=name,
        identities=identities,
        wording=WORDING,
        holdings=[_holding(holders, mine, each, people, keys) for each in mine.holdings],
        sessions=[
            SignedInModel(
                id=one.id, device=one.device, way=one.way, since=messages.local_time(one.created),
                seen=messages.local_time(one.seen), here=here is not None and one.id == here.id,
            )
            for one in holders.sessions.of(mine.id)
        ],
    )  # fmt: skip


def credentials(holders: Holders, mine: Account) -> list[CredentialModel]:
    """What was issued to the pupils held. Blocks."""
    return [_credential(issued) for each in mine.holdings for issued in holders.held.of(each.pupil)]


def extracts(holders: Holders, mine: Account) -> list[ExtractModel]:
    """What was taken out of their records. Blocks."""
    pupils = [each.pupil for each in mine.holdings]
    people = holders.people.holders(pupils)
    found = [each for pupil in pupils for each in holders.extracts.of(pupil)]
    newest = sorted(found, key=lambda each: each.at, reverse=True)
    return [_extract(each, people, mine) for each in newest]


def place(school: int, seq: int, index: int) -> str:
    """The id of a credential."""
    return f"{school}-{seq}-{index}"


def _holding(
    holders: Holders,
    mine: Account,
    holding: Holding,
    people: Mapping[str, Holder],
    keys: Mapping[str, HolderKey],
) -> HoldingModel:
    holder, key = people.get(holding.pupil), keys.get(holding.pupil)
    standing = holders.consents.standing(holding.pupil, holders.people.today()) if holder else None
    return HoldingModel(
        pupil=holding.pupil,
        name=holder.name if holder else holding.pupil,
        relation=holding.relation.value,
        consent=_standing(standing, mine) if standing else None,
        key=HolderKeyModel(
            id=key.id, thumbprint=key.key.kid.hex(), since=messages.local_time(key.since)
        )
        if key
        else None,
    )


def _standing(standing: Standing, mine: Account) -> StandingModel:
    words = [each.given for each in standing.said if each.account == mine.id]
    return StandingModel(
        needed=sorted(each.value for each in standing.needed),
        given=sorted(each.value for each in standing.given),
        complete=standing.complete,
        mine=bool(words) and words[-1],
        said=[
            SaidModel(
                relation=each.relation.value, mine=each.account == mine.id, given=each.given,
                wording=each.wording, at=messages.local_time(each.at),
            )
            for each in reversed(standing.said)
        ],
    )  # fmt: skip


def _credential(issued: IssuedCredential) -> CredentialModel:
    found, batch = credential_of(sdjwt.parse(sd_jwt_of(issued))), issued.batch
    return CredentialModel(
        id=place(batch.school, batch.seq, issued.staged.index),
        pupil=issued.staged.pupil,
        name=found.holder.name,
        kind=found.type.key,
        kind_name=_both(f"kind.{found.type.key}"),
        school_name=found.school_name,
        year=found.year,
        school_year=found.transcript.school_year if found.transcript else None,
        issued=found.issued.strftime("%d/%m/%Y"),
        register_no=found.register_no,
        serial=found.serial,
        state=issued.lane.name.lower(),
        state_name=_both(f"lane.{issued.lane.name.lower()}"),
    )


def _extract(found: Extract, people: Mapping[str, Holder], mine: Account) -> ExtractModel:
    holder = people.get(found.pupil)
    return ExtractModel(
        at=messages.local_time(found.at),
        name=holder.name if holder else found.pupil,
        credential=place(found.school, found.seq, found.index),
        kind_name=_both(f"extract.{found.kind.value}"),
        by=_taker(found.by, mine),
        to=_recipient(found.to) if found.to else None,
    )


def _taker(by: str, mine: Account) -> Bilingual:
    """Who took it: an account of this page is told as such, anybody else by name."""
    kind, _, number = by.partition(":")
    if kind != "account":
        return Bilingual(vi=by, en=by)
    return _both("me.by_you" if number == str(mine.id) else "me.by_account")


def _recipient(to: str) -> Bilingual:
    """For whom: a link by the start of its name, anybody else by name."""
    kind, _, number = to.partition(":")
    return Bilingual(vi=to, en=to) if kind != "share" else _both("me.to_link", link=number)


def _both(code: str, **params: object) -> Bilingual:
    return Bilingual(**messages.both(code, **params))
