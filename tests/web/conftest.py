"""The application over the simulator, called in process."""

import asyncio
import io
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest
import zxingcpp
from fastapi import FastAPI
from PIL import Image

from api.presenting import AnswerModel
from api.site.app import Parts, create_app
from api.site.pages import Site
from api.site.problems import Problem
from tests.web.simulator import HOST, World

VERIFY = "/api/verify"
Call = Callable[..., httpx.Response]


@pytest.fixture
def world() -> World:
    return World()


@pytest.fixture
def app(world: World) -> Iterator[FastAPI]:
    verifier = world.verifier()
    yield create_app(
        Parts(verifier, world, world.readiness, receipts=world.office(verifier)),
        Site(world.deployment, HOST, specimen=True),
    )
    verifier.close()


@pytest.fixture
def call(app: FastAPI) -> Call:
    """Send one request, as in ``call("GET", "/healthz")``."""
    return calling(app)


def calling(app: FastAPI) -> Call:
    """What sends one request to an app, in process."""

    async def send(method: str, path: str, **more: object) -> httpx.Response:
        transport = httpx.ASGITransport(app)
        async with httpx.AsyncClient(transport=transport, base_url=HOST) as client:
            return await client.request(method, path, **more)  # type: ignore[arg-type]

    def ask(method: str, path: str, **more: object) -> httpx.Response:
        # In a thread of its own: the browser driver may run an event loop in this one.
        with ThreadPoolExecutor(1) as thread:
            return thread.submit(asyncio.run, send(method, path, **more)).result()

    return ask


def problem(response: httpx.Response) -> Problem:
    assert response.headers["content-type"] == "application/problem+json"
    return Problem.model_validate_json(response.content)


def verdict(response: httpx.Response) -> tuple[str, str]:
    assert response.status_code == 200, response.text
    answer = AnswerModel.model_validate_json(response.content)
    assert [check.step for check in answer.reports[0].checks] == list(range(1, 9))
    return answer.verdict, answer.reason


def drawn(text: str) -> bytes:
    barcode = zxingcpp.create_barcode(text, zxingcpp.BarcodeFormat.QRCode)
    image = Image.fromarray(zxingcpp.write_barcode_to_image(barcode, scale=4, add_quiet_zones=True))
    out = io.BytesIO()
    image.save(out, "PNG")
    return out.getvalue()


def jpeg(image: Image.Image) -> bytes:
    out = io.BytesIO()
    image.save(out, "JPEG")
    return out.getvalue()
