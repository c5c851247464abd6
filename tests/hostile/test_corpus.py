"""The corpus against a running server: an answer for each, none of them VALID, none a 500.

Every input has a name, which says the fault. What is genuine stands between the families and must
be VALID each time. Slow inputs are sent first and go on beside all others, as they would.
"""

import json
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from itertools import chain, islice

import httpx
import pytest

from api.site.problems import Problem
from tests.hostile import documents, pictures, requests, texts
from tests.hostile.conftest import Site
from tests.hostile.genuine import Genuine, drawn
from tests.hostile.requests import Talk
from tests.hostile.wire import Reply, talk
from tests.reading.test_reading_hostile import packed

LEAST = 300  # inputs
GROWTH = 50_000_000  # bytes of memory, over the whole corpus
_AT_ONCE = 4  # files; the server takes two apart at a time
Answer = Callable[[], list[Reply]]


class Asking:
    """How each kind of input is sent."""

    def __init__(self, site: Site, client: httpx.Client) -> None:
        self._site, self._client = site, client

    def text(self, text: str) -> list[Reply]:
        return self._post(json.dumps({"text": text}).encode(), "application/json")

    def file(self, data: bytes) -> list[Reply]:
        return self._post(data, "application/octet-stream")

    def raw(self, said: Talk) -> list[Reply]:
        return talk(self._site.address, said)

    def _post(self, body: bytes, kind: str) -> list[Reply]:
        found = self._client.post("/api/verify", content=body, headers={"Content-Type": kind})
        return [Reply(found.status_code, dict(found.headers), found.content)]


@pytest.fixture(scope="module")
def asking(site: Site) -> Iterator[Asking]:
    with httpx.Client(base_url=site.address, trust_env=False, timeout=120) as client:
        yield Asking(site, client)


def test_nothing_hostile_is_valid_or_breaks_the_server(
    site: Site, genuine: Genuine, asking: Asking, capsys: pytest.CaptureFixture[str]
) -> None:
    counted: dict[str, int] = {}
    warm(genuine, asking)
    before, most = site.resident(), site.most()
    with ThreadPoolExecutor(20) as slowly, ThreadPoolExecutor(_AT_ONCE) as pool:
        slow = list(started(slowly, asking.raw, requests.slow(genuine)))
        counted["slow"] = len(slow)
        for family, inputs, ask in families(genuine, asking):
            answers = list(started(pool, ask, inputs))
            counted[family] = len(answers)
            for name, answer in answers:
                assert_answered(site, f"{family}: {name}", answer.result())
            assert_genuine(asking, genuine)
        for name, answer in slow:
            assert_answered(site, f"slow: {name}", answer.result())
    assert_genuine(asking, genuine)
    grown, peak = site.resident() - before, site.most() - most
    total = sum(counted.values())
    memory = f"memory grew by {grown >> 20} MiB, at most by {peak >> 20} MiB"
    with capsys.disabled():
        print(f"\n{total} hostile inputs, {memory}: {counted}")  # noqa: T201
    assert total >= LEAST
    assert grown <= GROWTH
    assert "Traceback" not in site.running.said


def warm(genuine: Genuine, asking: Asking) -> None:
    """Parsers loaded, pools filled, caches of what is genuine: not memory that an attack takes."""
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        for _, inputs, ask in families(genuine, asking):
            for _, answer in started(pool, ask, islice(inputs, _AT_ONCE)):
                answer.result()
            assert_genuine(asking, genuine)


def families(genuine: Genuine, asking: Asking) -> Iterator[tuple[str, Iterator[object], Answer]]:
    for name, make in texts.FAMILIES.items():
        yield name, make(genuine), asking.text
    for name, make in chain(pictures.FAMILIES.items(), documents.FAMILIES.items()):
        yield name, make(genuine), asking.file
    for name, make in requests.FAMILIES.items():
        if name != "slow":
            yield name, make(genuine), asking.raw


def started(
    pool: ThreadPoolExecutor, ask: Answer, inputs: Iterator[tuple[str, object]]
) -> Iterator[tuple[str, Future[list[Reply]]]]:
    for name, content in inputs:
        yield name, pool.submit(ask, content)


def assert_answered(site: Site, name: str, replies: list[Reply]) -> None:
    """Whatever it was: an answer or a closed connection, and no VALID."""
    assert site.lives, f"{name}: the server ended\n{site.running.said[-2000:]}"
    for reply in replies:
        assert reply.status < 500 or reply.status == 503, f"{name}: {reply}"
        assert not reply.body.startswith(b'{"verdict":"VALID"'), f"{name}: VALID"
        if reply.status >= 400 and reply.body:
            assert reply.headers["content-type"] == "application/problem+json", f"{name}: {reply}"
            assert Problem.model_validate_json(reply.body).status == reply.status, name


def assert_genuine(asking: Asking, genuine: Genuine) -> None:
    first = genuine.first
    for thing in (first.link, first.sd_jwt, first.code):
        assert_valid(asking.text(thing))
    for data in (first.pdf, packed(drawn(genuine.second.link), "PNG")):
        assert_valid(asking.file(data))


def assert_valid(replies: list[Reply]) -> None:
    [reply] = replies
    assert reply.status == 200, reply
    assert json.loads(reply.body)["verdict"] == "VALID", reply


@pytest.mark.parametrize("family", documents.MAYBE)
def test_a_genuine_file_that_was_spoilt_shows_nothing_but_what_was_signed(
    family: str, genuine: Genuine, asking: Asking, site: Site
) -> None:
    """What is left may still be the whole signed credential; then it says what it always said."""
    for name, data in documents.MAYBE[family](genuine):
        [reply] = asking.file(data)
        found = json.loads(reply.body)
        if found.get("verdict") == "VALID":
            [whole] = asking.file(genuine.first.pdf)
            shown = json.loads(whole.body)["reports"][0]["document"]
            for report in found["reports"]:
                assert report["document"]["name"] == shown["name"], name
        else:
            assert_answered(site, name, [reply])
