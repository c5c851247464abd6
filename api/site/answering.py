"""How a route waits for what blocks, and how it answers."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

import orjson
from fastapi import Response

_T = TypeVar("_T")


async def in_pool(pool: ThreadPoolExecutor, ask: Callable[[], _T]) -> _T:
    """What `ask` returns, called in a thread of `pool` while the event loop goes on."""
    return await asyncio.get_running_loop().run_in_executor(pool, ask)


def json_response(value: Any, status: int = 200) -> Response:
    """A value as JSON, without asking whether it is what OpenAPI declares (tests do)."""
    return Response(orjson.dumps(value), status, media_type="application/json")
