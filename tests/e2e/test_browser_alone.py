"""The browser by itself, over what `sogoc demo` issued: real processes, papers, and chain."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from chain.provider import close, connect
from tests.browsing import Visit
from tests.deployed import Deployment, Running
from tests.e2e.test_browser_real import GENUINE, REVOKED, headline
from tests.independent.running import Endpoint
from web import messages

pytestmark = pytest.mark.browser

Open = Callable[..., Visit]
SHOWN = ".verdict"
CONTROLLED = "() => navigator.serviceWorker.controller !== null"
NEVER_ASKED = ("/api/verify", "/api/decode")


@pytest.fixture
def endpoint(deployment: Deployment, chain: Running) -> Iterator[Endpoint]:
    """What an operator puts before the embedded chain, which itself lets no web page in."""
    web3 = connect((deployment.data / "chain.sqlite.address").read_text())
    server = Endpoint(web3)
    yield server
    server.shutdown()
    server.server_close()
    close(web3)


@pytest.fixture
def served(deployment: Deployment, chain: Running) -> Iterator[tuple[str, Running]]:
    address = (deployment.data / "chain.sqlite.address").read_text()
    with deployment.served(SOGOC_CHAIN=address) as running:
        yield running


def sd_jwt(deployment: Deployment, register_no: str, folder: Path) -> Path:
    """The signed file out of a paper, as a holder keeps it."""
    with deployment.system() as system:
        texts = system.verifier.texts(deployment.paper(register_no).read_bytes())
    path = folder / f"{register_no.replace('/', '-')}.sdjwt"
    path.write_text(next(text for text in texts if "~" in text), encoding="utf-8")
    return path


CASES = {GENUINE: ("UNDETERMINED", "chain_only"), REVOKED: ("INVALID", "revoked")}


def test_papers_are_checked_against_an_endpoint_and_then_without_a_network(
    deployment: Deployment, served: tuple[str, Running], endpoint: Endpoint, visit: Open,
    tmp_path: Path,
) -> None:  # fmt: skip
    address, server = served
    seen = visit()
    seen.page.goto(f"{address}/independent")
    seen.page.wait_for_function(CONTROLLED)
    for register_no, (verdict, reason) in CASES.items():
        seen.page.goto(f"{address}/independent")
        seen.page.fill("#endpoint", endpoint.url)
        seen.page.set_input_files("#file", sd_jwt(deployment, register_no, tmp_path))
        seen.page.wait_for_selector("#files li")
        seen.page.click("#check")
        seen.page.wait_for_selector(SHOWN, timeout=60_000)
        assert (seen.verdict, seen.headline) == (verdict, headline(reason))
        assert deployment.issued(register_no)[1].school_name in seen.result
    assert seen.complaints == []
    assert not [url for url in seen.requests if url.endswith(NEVER_ASKED)]

    seen.page.goto(f"{address}/independent")
    seen.page.click("#prepare")
    seen.page.wait_for_selector("#forget:not([hidden])")
    seen.page.wait_for_selector("#prepare:not([disabled])")
    kept = seen.page.inner_text("#kept-state")
    assert kept.startswith(messages.template("vi", "independent.prepared").partition("{")[0]), kept
    server.kill()
    seen.page.context.set_offline(True)
    seen.page.goto(address)
    _, diploma = deployment.issued(GENUINE)
    seen.page.fill("#code", sd_jwt(deployment, GENUINE, tmp_path).read_text(encoding="utf-8"))
    seen.page.keyboard.press("Enter")
    seen.page.wait_for_selector(SHOWN, timeout=60_000)
    assert (seen.verdict, seen.headline) == ("UNDETERMINED", headline("offline"))
    assert diploma.school_name in seen.result
