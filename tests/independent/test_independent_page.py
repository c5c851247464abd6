"""The independent page in a real browser: real chains, real proofs, and everybody may lie to it."""

import json
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from api import evidence
from api.site.directory import SigningKeys
from chain.contract import code_hash
from credential import bundle
from credential.keys import b64url
from tests.browsing import Visit, browser, playwright, visit  # noqa: F401 — fixtures
from tests.chain.test_witnesses import LIES
from tests.chain.world import SCHOOL
from tests.independent.conftest import GENUINE, REVOKED, Anchored
from tests.independent.running import Endpoint, RunningSite
from tests.web.simulator import key_from
from web import messages

pytestmark = pytest.mark.browser

Open = Callable[..., Visit]
SHOWN = ".verdict"


@pytest.fixture
def site(anchored: Anchored) -> Iterator[str]:
    """The site over the simulator: its evidence is real, its word on the chain is not asked."""
    running = RunningSite(anchored.world, lambda: signing_keys(anchored))
    yield running.address
    running.stop()


def signing_keys(anchored: Anchored) -> SigningKeys:
    """As `api.serving` puts them together."""
    reader = anchored.ledger.reader()
    return SigningKeys(*reader.signing_keys(), {SCHOOL: "Trường THPT Bình Minh"})


def checked(seen: Visit, thing: str, *urls: str, **fields: str) -> None:
    """Fill the form in as a person does, and wait for the answer."""
    page = seen.page
    for name, url in zip(("endpoint", "second"), urls, strict=False):
        page.fill(f"#{name}", url)
    if thing:
        page.fill("#thing", thing)
    if fields:
        page.click("#known summary")
        for name, value in fields.items():
            page.fill(f"#{name.replace('_', '-')}", value)
    page.click("#check")
    page.wait_for_selector(SHOWN, timeout=60_000)


def answering(body: object, route: Any) -> None:
    route.fulfill(json=body)


def headline(reason: str) -> str:
    return messages.text("vi", f"headline.{reason}")


def outcomes(seen: Visit) -> list[str]:
    return seen.page.eval_on_selector_all(
        ".checks li", "items => items.map(item => item.dataset.outcome)"
    )


def opened(visit: Open, site: str, **more: int) -> Visit:
    seen = visit(**more)
    seen.page.goto(f"{site}/independent")
    return seen


def test_a_genuine_code_is_right_by_the_chain_and_never_more(
    anchored: Anchored,
    endpoint: Endpoint,
    site: str,
    visit: Open,
) -> None:
    seen = opened(visit, site)
    checked(seen, anchored.world.issued[GENUINE].link, endpoint.url)
    assert (seen.verdict, seen.headline) == ("UNDETERMINED", headline("chain_only"))
    assert outcomes(seen) == [*["passed"] * 6, "unknown", "passed"]
    assert anchored.world.issued[GENUINE].credential.holder.name in seen.result
    assert endpoint.url in seen.result
    assert seen.complaints == []
    asked = {url.split("/")[2] for url in seen.requests if url.startswith("http")}
    assert asked == {site.split("/")[2], endpoint.url.split("/")[2]}
    assert not any(anchored.world.issued[GENUINE].digits in url for url in seen.requests)


CASES: dict[str, tuple[Callable[[Anchored], str], str, str]] = {
    "a revoked one": (lambda it: it.world.issued[REVOKED].sd_jwt, "INVALID", "revoked"),
    "another content at that place": (
        lambda it: it.world.issue(it.world.issued[3].credential, it.world.issued[2].place).link,
        "INVALID", "forged",
    ),
    "another deployment's": (
        lambda it: type(it.world)().issued[0].link, "INVALID", "foreign",
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES)
def test_what_the_chain_disproves_is_said(
    case: str,
    anchored: Anchored,
    endpoint: Endpoint,
    site: str,
    visit: Open,
) -> None:
    """Also when this site's store knows no such leaf: its leaf file shows what stands there."""
    make, verdict, reason = CASES[case]
    seen = opened(visit, site)
    checked(seen, make(anchored), endpoint.url)
    assert (seen.verdict, seen.headline) == (verdict, headline(reason))


BROWSED = (
    "another root", "a forged header", "a forged header that hashes to its name",
    "a path cut short", "another account", "other code", "an old block", "the wrong chain",
    "broken answers",
)  # fmt: skip


def test_no_lie_of_an_endpoint_looks_good(
    anchored: Anchored,
    endpoint: Endpoint,
    site: str,
    visit: Open,
) -> None:
    seen = opened(visit, site)
    for name in BROWSED:
        LIES[name](endpoint, anchored.ledger)
        checked(seen, anchored.world.issued[GENUINE].sd_jwt, endpoint.url)
        assert (seen.verdict, seen.headline) == ("UNDETERMINED", headline("chain")), name
        assert outcomes(seen).count("passed") <= 2, name  # that it can be read, and no terms
        endpoint.reply = endpoint.honest
        seen.page.get_by_role("button", name="Kiểm tra văn bằng khác").click()
    checked(seen, anchored.world.issued[GENUINE].sd_jwt, endpoint.url)
    assert seen.headline == headline("chain_only")


def test_a_second_endpoint_has_to_agree(
    anchored: Anchored,
    endpoint: Endpoint,
    site: str,
    visit: Open,
) -> None:
    other = Endpoint(anchored.ledger.net.web3)
    seen = opened(visit, site)
    checked(seen, anchored.world.issued[GENUINE].link, endpoint.url, other.url)
    assert seen.headline == headline("chain_only")
    agreed = messages.text("vi", "trust.agreed", agreed=2, endpoints=2)
    assert agreed in seen.result
    LIES["a forged header that hashes to its name"](other, anchored.ledger)
    seen.page.get_by_role("button", name="Kiểm tra văn bằng khác").click()
    checked(seen, anchored.world.issued[GENUINE].link, endpoint.url, other.url)
    assert seen.headline == headline("chain")
    assert messages.text("vi", "silence.disagreeing") in seen.result
    other.shutdown()
    other.server_close()


def test_our_own_server_cannot_lie_either(
    anchored: Anchored,
    endpoint: Endpoint,
    site: str,
    visit: Open,
) -> None:
    """Another leaf's path, a made-up path, a key that nobody listed: no good word from any."""
    seen = opened(visit, site)
    world, text = anchored.world, anchored.world.issued[GENUINE].link
    other = world.evidence(7, 0, 5)
    assert other is not None
    lies: list[dict[str, Any]] = [
        {"leaf": other.leaf.hex(), "size": 8, "path": [each.hex() for each in other.path]},
        {"leaf": "00" * 32, "size": 8, "path": ["11" * 32] * 4},
        {"leaf": "00" * 31, "size": 8, "path": []},
        {"size": "x"},
    ]
    for lie in lies:
        seen.page.route("**/api/evidence/*", partial(answering, lie))
        checked(seen, text, endpoint.url)
        assert (seen.verdict, seen.headline) == ("UNDETERMINED", headline("store")), lie
        seen.page.unroute("**/api/evidence/*")
        seen.page.get_by_role("button", name="Kiểm tra văn bằng khác").click()
    foreign = b64url(key_from(99).public.raw)
    school = {"id": SCHOOL, "name": "", "keys": [{"key": foreign}]}
    for answer in ({"schools": [school]}, {"schools": []}, {"schools": 7}):
        seen.page.route("**/api/keys?*", partial(answering, answer))
        checked(seen, text, endpoint.url)  # the endpoint's own logs name the key
        assert seen.headline == headline("chain_only"), answer
        seen.page.unroute("**/api/keys?*")
        seen.page.get_by_role("button", name="Kiểm tra văn bằng khác").click()
    seen.page.route("**/api/**", lambda route: route.abort())
    checked(seen, text, endpoint.url)
    assert (seen.verdict, seen.headline) == ("UNDETERMINED", headline("store"))


def test_without_our_server_a_leaf_file_is_enough(
    anchored: Anchored,
    endpoint: Endpoint,
    site: str,
    visit: Open,
    tmp_path: Path,
) -> None:
    leaves = tmp_path / "7-0.leaves"
    leaves.write_bytes(anchored.world.tree[0])
    seen = opened(visit, site)
    seen.page.set_input_files("#file", leaves)
    seen.page.uncheck("#site")
    seen.requests.clear()
    checked(seen, anchored.world.issued[GENUINE].link, endpoint.url)
    assert seen.headline == headline("chain_only")
    assert not [url for url in seen.requests if "/api/" in url]


@pytest.mark.parametrize("net", ["embedded"], indirect=True)
def test_what_was_proven_is_saved_and_needs_no_endpoint_afterwards(
    anchored: Anchored,
    endpoint: Endpoint,
    site: str,
    visit: Open,
    tmp_path: Path,
) -> None:
    seen = opened(visit, site)
    checked(seen, anchored.world.issued[GENUINE].sd_jwt, endpoint.url)
    with seen.page.expect_download() as download:
        seen.page.get_by_role("button", name=messages.text("vi", "independent.save")).click()
    file = tmp_path / "saved.sogoc"
    download.value.save_as(file)
    found = bundle.decode(file.read_bytes())
    trust = evidence.Trust(anchored.ledger.deployment, code_hash(anchored.ledger.deployment))
    judged = evidence.judge(found, trust)
    vouched = evidence.judge(
        found,
        evidence.Trust(
            trust.deployment, trust.code_hash, block_hash=judged.block_hash
        ),
    )  # fmt: skip
    assert vouched.answer.conclusion.reason == "chain_only"

    seen.page.goto(f"{site}/independent")
    seen.page.set_input_files("#file", file)
    seen.page.route("**/api/**", lambda route: route.abort())
    checked(seen, "")
    assert seen.headline == headline("unvouched")
    seen.page.get_by_role("button", name="Kiểm tra văn bằng khác").click()
    seen.page.set_input_files("#file", file)
    checked(seen, "", block="0x" + judged.block_hash.hex())
    assert seen.headline == headline("chain_only")
    assert messages.text("vi", "trust.named") in seen.result


def test_a_trust_file_fills_in_what_the_user_knows(
    anchored: Anchored,
    endpoint: Endpoint,
    site: str,
    visit: Open,
    tmp_path: Path,
) -> None:
    known = tmp_path / "trust.json"
    known.write_text(json.dumps({
        "chain_id": anchored.ledger.deployment.chain_id, "contract": "0x" + "11" * 20,
        "code_hash": "0x" + "22" * 32, "witnesses": [], "needed": 0,
    }))  # fmt: skip
    seen = opened(visit, site)
    seen.page.set_input_files("#file", known)
    seen.page.wait_for_selector("#files li")
    assert seen.page.input_value("#contract") == "0x" + "11" * 20
    checked(seen, anchored.world.issued[GENUINE].sd_jwt, endpoint.url)
    assert seen.headline == headline("foreign")


WRONG = {
    "nothing to check": ("", ["https://example.org"], "independent.nothing"),
    "no endpoint": ("1" * 30, [], "independent.no_endpoint"),
    "an endpoint over plain http": ("1" * 30, ["http://example.org"], "independent.endpoint_wrong"),
    "no address": ("1" * 30, ["abc"], "independent.endpoint_wrong"),
    "nothing of ours": ("https://example.org/", ["http://127.0.0.1:1"], "qr.not_ours"),
    "a damaged code": ("1" * 30, ["http://127.0.0.1:1"], "qr.malformed"),
}


@pytest.mark.parametrize("net", ["embedded"], indirect=True)
def test_what_cannot_be_asked_is_said_at_once(site: str, visit: Open) -> None:
    seen = opened(visit, site)
    for case, (thing, urls, code) in WRONG.items():
        seen.page.fill("#thing", thing)
        seen.page.fill("#endpoint", urls[0] if urls else "")
        seen.page.click("#check")
        seen.page.wait_for_selector("#trouble:not([hidden])")
        assert seen.page.inner_text("#trouble") == messages.text("vi", code), case
