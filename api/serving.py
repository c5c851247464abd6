"""Running the two HTTP services: the site with its API, and the registry."""

import uvicorn
from fastapi import FastAPI

from api.app import Site, create_app
from api.wiring import System
from registry.access import Clients
from registry.service import create_service


def site(system: System) -> FastAPI:
    """The check page and the API over a deployment."""
    settings = system.settings
    about = Site(system.deployment, settings.public_url, settings.specimen)
    return create_app(system.verifier, system.evidence, system.readiness, about)


def serve_site(system: System) -> None:
    """Serve the site until interrupted."""
    _run(site(system), system.settings.host, system.settings.port)


def clients(system: System) -> Clients:
    """Who may ask the registry over HTTP."""
    return Clients(system.registry_database)


def serve_registry(system: System) -> None:
    """Serve the registry until interrupted. It asks its own database, whatever settings say."""
    app = create_service(system.own_matcher, clients(system))
    _run(app, system.settings.host, system.settings.registry_port)


def _run(app: FastAPI, host: str, port: int) -> None:
    # No access log: queries and bodies are nobody's business.
    uvicorn.run(app, host=host, port=port, access_log=False, log_level="warning")
