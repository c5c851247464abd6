"""What the service worker keeps: pages, files, sentences; nothing of anybody's."""

import json
import re
from pathlib import Path

import pytest
from PIL import Image

import api.site.pages
from api.site.app import Parts, create_app
from api.site.pages import PAGES, Site
from api.site.shell import SENTENCES, WORKER
from tests.web.conftest import Call, calling
from tests.web.simulator import HOST, World
from web import messages

STATIC = Path(api.site.pages.__file__).parents[2] / "web" / "static"
SMALL = 130_000  # bytes, compressed, that a browser fetches to keep the shell


def release(call: Call) -> dict[str, object]:
    (found,) = re.findall(r"^const RELEASE = (.*);$", call("GET", WORKER).text, re.MULTILINE)
    release: dict[str, object] = json.loads(found)
    return release


def test_the_worker_stands_at_the_root_and_is_asked_for_again(call: Call) -> None:
    answer = call("GET", WORKER)
    assert answer.headers["content-type"].startswith("text/javascript")
    assert answer.headers["cache-control"] == "no-cache"
    assert "connect-src 'self';" in answer.headers["content-security-policy"]


def test_everything_that_is_kept_is_there_and_the_same_for_everybody(call: Call) -> None:
    found = release(call)
    shell, later = found["shell"], found["later"]
    assert isinstance(shell, list)
    assert isinstance(later, list)
    size = 0
    for path in [*shell, *later]:
        answer = call("GET", path, headers={"Accept-Encoding": "gzip"})
        assert answer.status_code == 200, path
        assert "set-cookie" not in answer.headers
        if path in shell:
            size += int(answer.headers["content-length"])
    assert {"/", "/independent", SENTENCES, "/static/check.js", "/static/offline.js"} <= set(shell)
    assert [path for path in [*shell, *later] if path.startswith("/api")] == []
    assert all(path.startswith("/static/vendor/") for path in later)
    assert found["aliases"] == dict.fromkeys(PAGES["check"][1:], "/")
    print(f"kept at once: {len(shell)} documents, {size} bytes compressed")  # noqa: T201
    assert size < SMALL


def test_a_worker_is_new_exactly_when_something_that_it_keeps_is(
    call: Call, world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def version(site: Site) -> object:
        verifier = world.verifier()
        other = calling(create_app(Parts(verifier, world, world.readiness), site))
        found = release(other)["version"]
        verifier.close()
        return found

    same, other = Site(world.deployment, HOST, specimen=True), Site(world.deployment, HOST)
    assert version(same) == release(call)["version"]
    assert version(other) != version(same)


def test_the_sentences_of_the_offline_verdict_are_all_there(call: Call) -> None:
    found = call("GET", SENTENCES).json()
    for lang in messages.LANGUAGES:
        for code in ("headline.offline", "status.offline", "trust.listed", "step.decode"):
            assert found[lang][code] == messages.template(lang, code)


def test_the_page_can_be_installed(call: Call) -> None:
    assert '<link rel="manifest" href="/static/app.webmanifest">' in call("GET", "/").text
    answer = call("GET", "/static/app.webmanifest")
    assert answer.headers["content-type"] == "application/manifest+json"
    manifest = answer.json()
    assert (manifest["scope"], manifest["lang"], manifest["display"]) == ("/", "vi", "standalone")
    assert call("GET", manifest["start_url"]).status_code == 200
    kinds = set()
    for icon in manifest["icons"]:
        path = STATIC / icon["src"].removeprefix("/static/")
        assert path.exists()
        if path.suffix == ".png":
            with Image.open(path) as drawn:
                assert "x".join(map(str, drawn.size)) == icon["sizes"]
                ground = drawn.convert("RGBA").getpixel((0, 0))
            if icon["purpose"] == "maskable":
                (colour,) = re.findall(
                    r'rx="9" fill="#([0-9a-f]{6})"', (STATIC / "icon.svg").read_text()
                )
                assert ground == (*bytes.fromhex(colour), 255), "run scripts/make_icons.py"
        kinds.add((icon["sizes"], icon["purpose"]))
    assert {("192x192", "any"), ("512x512", "any"), ("512x512", "maskable")} <= kinds


@pytest.mark.parametrize("path", ["/", "/independent"])
def test_pages_let_workers_and_manifests_of_this_site_in(path: str, call: Call) -> None:
    policy = call("GET", path).headers["content-security-policy"]
    assert "manifest-src 'self'" in policy
    assert "worker-src 'self'" in policy
