"""Who works at a school, and which programs may: people and keys, by who manages them."""

from collections.abc import Iterable, Mapping
from functools import partial

from fastapi import FastAPI, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from api.clock import today
from api.desk.people import People, initial_password, newcomer
from api.desk.policy import Act, Member, Role, manages
from api.site import bodies
from api.site.answering import json_response
from api.site.desk.bench import Bench, Number
from credential.errors import RefusedError
from store.staff import Person
from web.messages import local_time

_LIMIT = 4096  # bytes of a body
_PATH = "/api/desk/staff"


class NewPersonModel(BaseModel):
    """Somebody to be added; `school` is its code in the register of schools, empty for the city."""

    model_config = ConfigDict(extra="forbid", strict=True)

    login: str = Field(min_length=1, max_length=64)
    name: str = Field(min_length=1, max_length=200)
    role: str = Field(min_length=1, max_length=16)
    school: str = Field("", max_length=32)


class InitialModel(BaseModel):
    """A password that is told once, to be changed by its person within seven days."""

    model_config = ConfigDict(extra="forbid")

    account: int
    login: str
    password: str


class PersonModel(BaseModel):
    """Somebody of the staff; `mine` says whether whoever asks may reset and end them."""

    model_config = ConfigDict(extra="forbid")

    account: int
    login: str
    name: str
    role: Role
    school: int | None
    school_name: str | None
    since: str
    ended: str | None
    has_factor: bool
    is_new: bool
    mine: bool


def install(app: FastAPI, bench: Bench) -> None:
    """Add the routes."""
    people = People(bench.staff, bench.system.desk)

    @bench.route(app, "GET", _PATH, Act.STAFF, gives=list[PersonModel])
    async def list_staff(member: Member) -> Response:
        """Everybody of the school, or of all schools; who left stands last."""
        found = await bench.ask(lambda: people.all(member))
        numbers = {each.school for each in found if each.school is not None}
        names = await bench.ask(lambda: school_names(bench, numbers))
        told = [_told(member, each, names) for each in found]
        return json_response([each.model_dump(mode="json") for each in told])

    @bench.route(
        app, "POST", _PATH, Act.STAFF, takes=NewPersonModel, gives=InitialModel, fresh=True
    )
    async def add_staff(request: Request, member: Member) -> Response:
        """Add a person; their initial password is told once."""
        given = await bodies.members(request, _LIMIT, NewPersonModel)
        school = await bench.ask(lambda: school_of(bench, member, given.school))
        found = newcomer(given.login, given.name, given.role, school)
        password, phc = await _initial(bench, member)
        account = await bench.ask(partial(people.add, member, found, phc))
        told = InitialModel(account=account, login=found.login, password=password)
        return json_response(told.model_dump())

    @bench.route(
        app, "POST", f"{_PATH}/{{number}}/reset", Act.STAFF, gives=InitialModel, fresh=True
    )
    async def reset_staff(member: Member, number: Number) -> Response:
        """Give a new initial password; second factor and sessions end."""
        password, phc = await _initial(bench, member)
        await bench.ask(partial(people.reset, member, number, phc))
        person = await bench.ask(lambda: bench.staff.find(number))
        login = person.login if person else ""
        told = InitialModel(account=number, login=login, password=password)
        return json_response(told.model_dump())

    @bench.route(app, "POST", f"{_PATH}/{{number}}/sign-out", Act.STAFF, status=204, fresh=True)
    async def sign_out_staff(member: Member, number: Number) -> Response:
        """End all sessions of somebody, who may sign in again."""
        await bench.ask(partial(people.sign_out, member, number))
        return Response(status_code=204)

    @bench.route(app, "POST", f"{_PATH}/{{number}}/end", Act.STAFF, status=204, fresh=True)
    async def end_staff(member: Member, number: Number) -> Response:
        """Somebody works here no more: signed out everywhere at once, for good."""
        await bench.ask(partial(people.end, member, number))
        return Response(status_code=204)


async def _initial(bench: Bench, member: Member) -> tuple[str, str]:
    bench.limits.password(f"staff:{member.account}")
    password = initial_password()
    return password, await bench.passwords.hash(password)


def school_of(bench: Bench, member: Member, code: str) -> int | None:
    """The school of that code; without one the member's own, or for the city's none.

    Raises RefusedError ``school.unknown`` also for one that is not theirs to see.
    """
    if not code:
        return member.school
    found = bench.system.desk.school(code, today())
    if found is None or not member.sees(found.id):
        raise RefusedError("school.unknown", found=code)
    return found.id


def school_names(bench: Bench, numbers: Iterable[int]) -> dict[int | None, str]:
    """The names of schools by number; of one that is not known, its number."""
    found = {number: bench.system.desk.numbered(number, today()) for number in numbers}
    return {number: one.name if one else str(number) for number, one in found.items()}


def _told(member: Member, person: Person, names: Mapping[int | None, str]) -> PersonModel:
    ended = person.ended is not None
    return PersonModel(
        account=person.account, login=person.login, name=person.name, role=Role(person.role),
        school=person.school, school_name=names.get(person.school), since=local_time(person.since),
        ended=local_time(person.ended) if person.ended is not None else None,
        has_factor=person.has_factor, is_new=person.initial is not None,
        mine=not ended and person.account != member.account
        and manages(member, Role(person.role), person.school),
    )  # fmt: skip
