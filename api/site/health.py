"""Whether the service lives and its sources answer, and how far its index is behind the chain."""

import asyncio
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor

from fastapi import FastAPI
from pydantic import BaseModel

from api.site import problems
from chain.indexed import Lag
from credential.errors import UnavailableError


class HealthModel(BaseModel):
    """The process runs."""

    status: str


class IndexModel(BaseModel):
    """How far the index of the chain is behind: blocks, seconds since it was complete, in use.

    What went wrong is not told here: it may name an address.
    """

    blocks: int
    seconds: int | None
    kept: bool


class ReadyModel(BaseModel):
    """Every source answered; the index of the chain, if one is kept here."""

    sources: dict[str, bool]
    index: IndexModel | None


def install(
    app: FastAPI,
    readiness: Callable[[], Mapping[str, bool]],
    index_lag: Callable[[], Lag | None],
    waiting: ThreadPoolExecutor,
) -> None:
    """Add the routes; both callables may block and are called in threads of `waiting`."""

    @app.get("/healthz", response_model=HealthModel, operation_id="health")
    async def healthz() -> HealthModel:
        """Whether this process runs; asks nobody."""
        return HealthModel(status="ok")

    @app.get(
        "/readyz",
        response_model=ReadyModel,
        responses=problems.declared(503),
        operation_id="ready",
    )
    async def readyz() -> ReadyModel:
        """Whether every source answers; a 503 names the first that does not.

        An index that is behind is no reason for one: the chain is then asked itself.
        """
        loop = asyncio.get_running_loop()
        sources = await loop.run_in_executor(waiting, readiness)
        for source, answers in sources.items():
            if not answers:
                raise UnavailableError(source)
        lag = await loop.run_in_executor(waiting, index_lag)
        index = IndexModel(blocks=lag.blocks, seconds=lag.seconds, kept=lag.kept) if lag else None
        return ReadyModel(sources=dict(sources), index=index)
