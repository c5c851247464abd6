"""Every school's signing keys in one answer: what a browser keeps for when it is offline.

Nobody signs this list. A key is bound to its id by its own thumbprint, so a wrong key makes no
forgery look signed by a listed one, and a missing one is missing; that it was listed on the chain
for that school at that time, only the chain proves.
"""

import asyncio
import gzip
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Annotated, Any

import orjson
from fastapi import FastAPI, Query, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from api.presenting import DeploymentModel
from api.site import problems
from api.site.answering import in_pool
from credential.facts import Block, LedgerKey
from credential.keys import b64url
from credential.model import Deployment
from credential.receipt import OPERATOR

_KEPT = 300.0  # seconds for which a list is good enough for the next one who asks
_LEVEL = 6  # of gzip: keys are random, so more effort saves nothing


@dataclass(frozen=True, slots=True)
class SigningKeys:
    """The signing keys of all schools as of a block; names by school, as the registry has them."""

    block: Block
    keys: Sequence[LedgerKey]
    names: Mapping[int, str]


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid")


class KeyModel(_Model):
    """A signing key. Times are seconds since 1970 by the chain, 0 for an end that is not known."""

    key: str = Field(description="P-256 point (65 bytes) or Ed25519 key (32), base64url")
    since: int
    until: int
    compromised: int


class SchoolKeysModel(_Model):
    """A school by its number on chain; `name` is the registry's and may be empty."""

    id: int
    name: str
    keys: list[KeyModel]


class BlockModel(_Model):
    """The finalised block at which the chain was read."""

    block: int
    hash: str = Field(description="64 hex digits")
    time: int = Field(description="seconds since 1970")


class KeysModel(_Model):
    """The list, with the deployment and the block that it is of. Signed by nobody."""

    deployment: DeploymentModel
    as_of: BlockModel
    schools: list[SchoolKeysModel]


def install(
    app: FastAPI,
    signing_keys: Callable[[], SigningKeys],
    deployment: Deployment,
    waiting: ThreadPoolExecutor,
) -> None:
    """Add the route; `signing_keys` may block and raises UnavailableError."""
    directory = _Directory(signing_keys, deployment, waiting)

    @app.get(
        "/api/keys",
        response_model=KeysModel,
        responses=problems.declared(422, 503),
        operation_id="keys",
    )
    async def keys(
        request: Request,
        school: Annotated[int | None, Query(ge=0, lt=1 << 32, description="this one only")] = None,
    ) -> Response:
        """The schools' public signing keys with their windows, to check signatures offline."""
        found = await directory.current()
        if school is not None:
            return _json(orjson.dumps(found.of(school)), {})
        if "gzip" in request.headers.get("accept-encoding", ""):
            return _json(found.compressed, {"Content-Encoding": "gzip", "Vary": "Accept-Encoding"})
        return _json(found.plain, {"Vary": "Accept-Encoding"})


def _json(body: bytes, headers: Mapping[str, str]) -> Response:
    return Response(body, headers=dict(headers), media_type="application/json")


class _Listed:
    """One list, ready to go out."""

    def __init__(self, found: SigningKeys, deployment: Deployment) -> None:
        self.made = time.monotonic()
        self._all = presented(found, deployment)
        self.plain = orjson.dumps(self._all)
        self.compressed = gzip.compress(self.plain, _LEVEL)

    def of(self, school: int) -> Mapping[str, object]:
        """The same with that school alone."""
        return {
            **self._all,
            "schools": [one for one in self._all["schools"] if one["id"] == school],
        }


class _Directory:
    """Makes the list anew when it is older than `_KEPT`, once for all who wait meanwhile.

    One thread at most waits for the chain, so that asking for the list while it is silent takes
    none from those who verify. Used by one event loop.
    """

    def __init__(
        self,
        ask: Callable[[], SigningKeys],
        deployment: Deployment,
        waiting: ThreadPoolExecutor,
    ) -> None:
        self._ask, self._deployment, self._waiting = ask, deployment, waiting
        self._kept: _Listed | None = None
        self._making: asyncio.Future[_Listed] | None = None

    async def current(self) -> _Listed:
        """Raises UnavailableError while there is none to be had."""
        if self._kept is not None and time.monotonic() - self._kept.made <= _KEPT:
            return self._kept
        if self._making is None or self._making.done():
            self._making = asyncio.ensure_future(in_pool(self._waiting, self._made))
        self._kept = await asyncio.shield(self._making)
        return self._kept

    def _made(self) -> _Listed:
        return _Listed(self._ask(), self._deployment)


def presented(found: SigningKeys, deployment: Deployment) -> dict[str, Any]:
    """The list as `KeysModel` describes it."""
    schools: dict[int, list[dict[str, object]]] = {}
    for key in found.keys:
        if key.school == OPERATOR:  # signs receipts, and no document of anybody's
            continue
        schools.setdefault(key.school, []).append(
            {
                "key": b64url(key.public_key),
                "since": key.valid_from,
                "until": key.valid_until,
                "compromised": key.compromised_since,
            }
        )
    return {
        "deployment": {
            "chain_id": deployment.chain_id,
            "contract": f"0x{deployment.contract.hex()}",
        },
        "as_of": {
            "block": found.block.number,
            "hash": found.block.hash.hex(),
            "time": found.block.time,
        },
        "schools": [
            {"id": school, "name": found.names.get(school, ""), "keys": keys}
            for school, keys in sorted(schools.items())
        ],
    }
