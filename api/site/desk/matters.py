"""All of the workbench: its pages, and the routes of each matter."""

from fastapi import FastAPI

from api.site.desk import (
    auditing,
    blanks,
    copying,
    credentials,
    digitising,
    entering,
    imports,
    jobs,
    orders,
    own,
    pages,
    papers,
    providing,
    register,
    schools,
    services,
    staffing,
    withdrawals,
)
from api.site.desk.bench import Bench
from api.site.pages import Site

MATTERS = (
    entering,
    providing,
    own,
    staffing,
    services,
    auditing,
    jobs,
    orders,
    credentials,
    withdrawals,
    schools,
    copying,
    digitising,
    papers,
    register,
    blanks,
    imports,
)
"""Modules that add routes, each by ``install(app, bench)``."""


def install(app: FastAPI, bench: Bench, site: Site) -> None:
    """Add all of it."""
    pages.install(app, bench, site)
    for matter in MATTERS:
        matter.install(app, bench)
