"""The site and the registry's service over a deployment: which parts stand behind each.

A verifier over a mirror has no store, so its site takes no lists and no reports.
"""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from fastapi import FastAPI

from api.accounts.holders import Holders
from api.accounts.provider import Provider
from api.clock import today
from api.desk.sealing import Sealing
from api.evidence import gather
from api.lists.desk import Desk
from api.settings import Settings
from api.sharing import Sharing
from api.site.app import Parts, create_app
from api.site.desk.bench import BACK as DESK_BACK
from api.site.directory import SigningKeys
from api.site.limits import Allowance, Limits
from api.site.pages import Site
from api.site.providing import BACK
from api.site.sessions import is_safe
from api.succeeding import Successions
from api.transfers.checking import Checking
from api.transfers.parts import office
from api.wiring import System
from credential import bundle
from credential.errors import ConfigError
from registry.access import Clients
from registry.published import Withdrawn
from registry.service import create_service
from store.tries import Tries


def limits(settings: Settings) -> Limits:
    """What one address may ask of this process."""
    return Limits(Allowance(lookups=settings.lookups_per_hour, lists=settings.lists_per_day))


def site(system: System, allowed: Limits | None = None) -> FastAPI:
    """The check page and the API over a deployment."""
    settings = system.settings
    about = Site(
        system.deployment,
        settings.public_url,
        settings.specimen,
        receipts=system.receipt_signer is not None,
        reports=settings.has_store,
        transfers=settings.has_store,
        withdrawn=_has_register(settings),
        lists=_list_limits(settings) if settings.has_store else None,
        first_block=system.first_block,
        stale_after=settings.chain_stale_after,
        accounts=_has_accounts(settings),
    )
    holders, limited = _holders(system), allowed or limits(settings)
    if holders is not None:
        store = system.store_database
        limited.count_together(lambda kind: Tries(store, kind), Sealing(settings.staff_key).mark)
    parts = Parts(
        system.verifier,
        system.published,
        system.readiness,
        lambda: system.index_lag,
        numbers=system.numbers,
        receipts=system.receipts,
        signing_keys=lambda: _signing_keys(system),
        lists=_desk(system),
        limits=limited,
        successions=_successions(system),
        bundles=Checking(system),
        withdrawn=(lambda: _withdrawn(system)) if _has_register(settings) else None,
        holders=holders,
        sharing=Sharing.over(system.shares, holders) if holders else None,
    )
    if settings.has_store:
        parts = replace(
            parts,
            note=system.observer.note,
            reports=system.intake,
            sums=system.counts.between,
            transfers=office(system),
            system=system,
            staff_provider=staff_provider(settings),
            gather=lambda text: bundle.encode(gather(system, [text])),
        )
    return create_app(parts, about)


def clients(system: System) -> Clients:
    """Who may ask the registry over HTTP."""
    return Clients(system.registry_database)


def registry(system: System) -> FastAPI:
    """The registry's service. It asks its own database, whatever settings say."""
    return create_service(system.own_matcher, clients(system))


def _successions(system: System) -> Successions | None:
    """What leads from a superseded credential to the next: where the index and the papers are."""
    if not system.settings.chain_index or not system.settings.has_store:
        return None
    return Successions(system.verifier, system.published, system.history)


def _has_accounts(settings: Settings) -> bool:
    """Whether people can sign in: where accounts are kept, and cookies cannot be read."""
    return settings.has_store and is_safe(settings.public_url)


def _holders(system: System) -> Holders | None:
    """What the holder's page stands on."""
    settings = system.settings
    if not _has_accounts(settings):
        return None
    registry = None if settings.registry_service else system.desk
    return Holders.over(system.store_database, registry, provider(settings))


def staff_provider(settings: Settings) -> Provider | None:
    """The OpenID provider for staff, if any. Raises ConfigError ``settings.provider``."""
    if not settings.staff_oidc_issuer:
        return None
    if not settings.staff_oidc_strong.split():
        raise ConfigError("settings.provider")
    return _provider(
        settings, settings.staff_oidc_issuer, settings.staff_oidc_client_id,
        settings.staff_oidc_client_secret_file, DESK_BACK,
    )  # fmt: skip


def provider(settings: Settings) -> Provider | None:
    """The OpenID provider that settings name, if any. Raises ConfigError ``settings.provider``."""
    if not settings.oidc_issuer:
        return None
    return _provider(
        settings, settings.oidc_issuer, settings.oidc_client_id, settings.oidc_client_secret_file,
        BACK, settings.oidc_pupil_claim,
    )  # fmt: skip


def _provider(
    settings: Settings,
    issuer: str,
    client: str,
    file: Path | None,
    back: str,
    pupil_claim: str = "",
) -> Provider:
    try:
        secret = file.read_text(encoding="utf-8").strip() if file else ""
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError("settings.provider") from error
    if not (client and secret and is_safe(issuer)):
        raise ConfigError("settings.provider")
    return Provider(
        issuer=issuer,
        client_id=client,
        client_secret=secret,
        redirect_uri=settings.public_url.rstrip("/") + back,
        pupil_claim=pupil_claim,
    )


def _signing_keys(system: System) -> SigningKeys:
    """All schools' signing keys by the chain, with today's names by the registry.

    A registry that is asked over HTTP answers claims and tells no names.
    """
    block, keys = system.reader.signing_keys()
    if system.matcher is None or system.settings.registry_service:
        return SigningKeys(block, keys, {})
    schools = system.desk.schools(today())
    return SigningKeys(block, keys, {school.id: school.name for school in schools})


def _has_register(settings: Settings) -> bool:
    """Whether the register itself is here, not only a service that answers claims."""
    return settings.has_store and not settings.registry_service


def _withdrawn(system: System) -> Sequence[Withdrawn]:
    return system.desk.withdrawn(today())


def _list_limits(settings: Settings) -> dict[str, int]:
    """What the page about lists says of their limits."""
    return {
        "rows": settings.list_rows,
        "per_day": settings.lists_per_day,
        "hours": settings.list_kept_hours,
    }


def _desk(system: System) -> Desk | None:
    """Where lists are handed in; nowhere beside a mirror, which has no store."""
    if not system.settings.has_store:
        return None
    return Desk(system.lists, system.api_clients, system.settings.list_rows)
