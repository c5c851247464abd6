"""The HTTP application, put together: what stands at which address.

Each module beside this one adds the routes of one matter (`install`). Bodies and their limits are
in `bodies`, errors in `problems`, headers in `edge`; sentences and shapes of verdicts in
`api.presenting`. Who answers the questions behind it is decided in `api.wiring`.
"""

from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from itertools import chain
from typing import Any

from fastapi import FastAPI

from api.accounts.holders import Holders
from api.accounts.provider import Provider
from api.clock import today
from api.lists.desk import Desk
from api.sharing import Sharing
from api.site import (
    calculating,
    counting,
    directory,
    exporting,
    health,
    listing,
    mine,
    numbering,
    pages,
    problems,
    providing,
    publishing,
    receipts,
    reporting,
    sharing,
    signing_in,
    succeeding,
    taking,
    transferring,
    verifying,
    withdrawn,
)
from api.site.counting import Sums
from api.site.desk import matters
from api.site.desk.bench import Bench
from api.site.directory import SigningKeys
from api.site.edge import Edge
from api.site.limits import Limits
from api.site.numbering import LookUp, VerifyingNumbers
from api.site.pages import Site
from api.site.publishing import PublishedEvidence
from api.site.receipts import Receipts
from api.site.reporting import Receiving
from api.site.sessions import Cookies
from api.site.sessions import Sessions as SiteSessions
from api.site.sharing import Sessions
from api.site.signing_in import Entrance
from api.site.succeeding import Succeeding
from api.site.transferring import CheckingBundles, Following
from api.site.verifying import Note, Verifying
from api.site.withdrawn import PublicList
from api.wiring import System
from chain.indexed import Lag

_WAITING = 32  # threads that wait for sources


@dataclass(frozen=True, slots=True)
class Parts:
    """What stands behind the site.

    `readiness` asks each source once and says which answered, `index_lag` how far the index of the
    chain is behind, if one is kept; both may block. Without `numbers` nothing is looked up by
    number, without `receipts` none are given, without `reports` none are taken. `note` is told of
    every verdict, `sums` says how many there were, `signing_keys` lists all schools' keys.
    Without `lists` no list is taken, without `successions` no successor is told, without `holders`
    nobody can sign in.
    `withdrawn` is the public list of what was revoked, where there is a register to ask.
    Without `bundles` no transfer bundle is checked, without `transfers` none is followed.
    Without `sharing` and `sessions` nothing is shared; `holders` have sessions of their own, and
    take evidence bundles along where `gather` makes them. With `system` and `holders` there is a
    workbench for staff, who may sign in with `staff_provider`, too.
    """

    verifier: Verifying
    published: PublishedEvidence
    readiness: Callable[[], Mapping[str, bool]]
    index_lag: Callable[[], Lag | None] = lambda: None
    numbers: VerifyingNumbers | None = None
    lists: Desk | None = None
    limits: Limits = field(default_factory=Limits)
    note: Note = lambda _answer, _way: None
    reports: Receiving | None = None
    sums: Sums | None = None
    receipts: Receipts | None = None
    signing_keys: Callable[[], SigningKeys] | None = None
    successions: Succeeding | None = None
    bundles: CheckingBundles | None = None
    transfers: Following | None = None
    holders: Holders | None = None
    sharing: Sharing | None = None
    sessions: Sessions | None = None
    withdrawn: PublicList | None = None
    gather: taking.Gather = taking.nothing_gathered
    system: System | None = None
    staff_provider: Provider | None = None


def create_app(parts: Parts, site: Site) -> FastAPI:
    """The application over its parts."""
    app = FastAPI(
        title="Sổ Gốc",
        version="1",
        summary="Checks diplomas and transcripts against a chain and the register of awards.",
        docs_url=None,  # they load scripts from elsewhere
        redoc_url=None,
        redirect_slashes=False,
    )
    problems.install(app)
    waiting = ThreadPoolExecutor(_WAITING, thread_name_prefix="http")
    pages.install(
        app,
        site,
        by_number=parts.numbers is not None,
        successors=parts.successions is not None,
    )
    verify = verifying.install(app, parts.verifier, waiting, parts.note)
    direct, cookies = {("POST", verifying.PATH): verify}, Cookies.of(site.public_url)
    app.add_middleware(Edge, direct=direct, secure=cookies.secure)
    look_up = LookUp(parts.numbers, parts.limits, waiting) if parts.numbers else None
    if look_up:
        numbering.install(app, look_up, parts.note)
    if parts.successions is not None:
        succeeding.install(app, parts.successions, waiting)
    calculating.install(app)
    exporting.install(app, parts.limits)
    if parts.receipts is not None:
        receipts.install(app, parts.receipts, waiting, look_up)
    if parts.lists:
        listing.install(app, parts.lists, parts.limits, waiting)
    if parts.bundles:
        transferring.install_check(app, parts.bundles, parts.limits, waiting)
    if parts.transfers:
        transferring.install_status(app, parts.transfers, parts.limits, waiting)
    _install_published(app, parts, site, waiting)
    if parts.signing_keys is not None:
        directory.install(app, parts.signing_keys, site.deployment, waiting)
    health.install(app, parts.readiness, parts.index_lag, waiting)
    if parts.reports:
        reporting.install(app, parts.reports, parts.limits, waiting)
    if parts.sums:
        counting.install(app, parts.sums, today, waiting)
    sessions = parts.sessions
    if parts.holders is not None:
        sessions = _install_accounts(app, parts.holders, site, parts.limits, waiting)
        taking.install(app, parts.holders, sessions, parts.gather, waiting)
    if parts.holders is not None and parts.system is not None:
        bench = Bench.over(
            parts.system, parts.holders.passwords, parts.limits, waiting, parts.staff_provider
        )
        matters.install(app, bench, site)
    if parts.sharing is not None and sessions is not None:
        sharing.install(app, parts.sharing, sessions, parts.limits, waiting)
    app.openapi = _openapi(app)  # type: ignore[method-assign]
    return app


def _install_published(app: FastAPI, parts: Parts, site: Site, waiting: ThreadPoolExecutor) -> None:
    """What anybody may have."""
    publishing.install(app, parts.published, site.deployment, waiting)
    if parts.withdrawn is not None:
        withdrawn.install(app, parts.withdrawn, waiting)


def _install_accounts(
    app: FastAPI, holders: Holders, site: Site, limits: Limits, waiting: ThreadPoolExecutor
) -> SiteSessions:
    """What needs somebody who is signed in, and how they sign in."""
    cookies = Cookies.of(site.public_url)
    sessions = SiteSessions(holders.sessions, holders.people, cookies, waiting)
    entrance = Entrance(holders, sessions, limits, waiting)
    signing_in.install(app, entrance)
    if holders.provider is not None:
        providing.install(app, entrance, holders.provider)
    mine.install(app, holders, sessions, waiting)
    return sessions


def _openapi(app: FastAPI) -> Callable[[], dict[str, Any]]:
    """OpenAPI as FastAPI makes it, with the schema of problems, also for what FastAPI refuses.

    What any connection may be told (`api.connections`) is added to every operation.
    """
    generate = app.openapi

    def openapi() -> dict[str, Any]:
        if app.openapi_schema is None:
            document = generate()
            schemas = document["components"]["schemas"]
            for never in ("HTTPValidationError", "ValidationError"):
                schemas.pop(never, None)
            schemas.update(problems.schemas())
            for operation in chain(*(path.values() for path in document["paths"].values())):
                answers = operation["responses"]
                if "application/json" in answers.get("422", {}).get("content", {}):
                    del answers["422"]  # FastAPI's own
                slow = (408,) if "requestBody" in operation else ()
                refused = (422,) if "parameters" in operation else ()
                for each, answer in problems.declared(*slow, *refused, 431, 503).items():
                    answers.setdefault(str(each), answer)
        return generate()

    return openapi
