"""Pages and files go out compressed and are named by their content."""

import gzip
from pathlib import Path

import pytest

from api.site import packed
from tests.web.conftest import Call
from web import page

DOCUMENTS = {
    "the check page": "/",
    "a printed link's page": "/V",
    "the style": "/static/design.css",
    "a script": "/static/check.js",
}


@pytest.mark.parametrize("case", DOCUMENTS)
def test_a_document_is_compressed_and_asked_for_again_by_its_name(case: str, call: Call) -> None:
    first = call("GET", DOCUMENTS[case], headers={"Accept-Encoding": "br, gzip"})
    assert first.headers["content-encoding"] == "gzip"
    assert first.headers["vary"] == "Accept-Encoding"
    assert first.headers["cache-control"] == "no-cache"
    assert "default-src 'none'" in first.headers["content-security-policy"]
    again = call("GET", DOCUMENTS[case], headers={"If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert "default-src 'none'" in again.headers["content-security-policy"]
    changed = call("GET", DOCUMENTS[case], headers={"If-None-Match": 'W/"other"'})
    assert changed.status_code == 200


TAKEN = {"": False, "identity": False, "gzip": True, "br;q=1.0, GZIP;q=0.8": True,
         "gzip;q=0": False, "gzip; q=0.0": False, "x-gzip": False}  # fmt: skip


@pytest.mark.parametrize("accepted", TAKEN)
def test_who_does_not_take_gzip_gets_the_same_document_plain(accepted: str, call: Call) -> None:
    answer = call("GET", "/static/nodes.js", headers={"Accept-Encoding": accepted})
    assert ("content-encoding" in answer.headers) == TAKEN[accepted]
    assert answer.text.startswith("// Building")


UNKNOWN = ("/static/none.js", "/static/", "/static/../page.py", "/static/%2e%2e/page.py",
           "/static/vendor", "/static//check.js")  # fmt: skip


@pytest.mark.parametrize("path", UNKNOWN)
def test_nothing_else_is_a_static_file(path: str, call: Call) -> None:
    assert call("GET", path).status_code == 404


def test_what_cannot_be_made_smaller_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "face.woff2").write_bytes(bytes(1000))
    (tmp_path / "a").mkdir()
    (tmp_path / "a/b.js").write_bytes(b"x" * 1000)
    found = packed.folder(tmp_path)
    assert found["face.woff2"].compressed is None
    assert gzip.decompress(found["a/b.js"].compressed or b"") == b"x" * 1000
    assert packed.pack(b"ab", "text/plain").compressed is None


def test_a_changed_file_has_another_name(tmp_path: Path) -> None:
    one = tmp_path / "one.js"
    one.write_text("1")
    before = packed.folder(tmp_path)["one.js"].etag
    one.write_text("22")
    assert packed.folder(tmp_path)["one.js"].etag != before


def test_the_frame_links_to_the_pages_that_exist() -> None:
    alone = page.render("check", {"pages": {"check": "/"}})
    assert "<nav" not in alone
    with_list = page.render("check", {"pages": {"list": "/list", "check": "/", "ticket": "/t"}})
    here = '<a href="/" data-text="page.nav_check" aria-current="page">'
    assert here in with_list
    assert '<a href="/list" data-text="page.nav_list">' in with_list
    assert "/t" not in with_list.partition("<nav")[2].partition("</nav>")[0]


def test_the_frame_names_every_module_that_the_page_imports() -> None:
    document = page.render("check", {})
    for name in ("flow.js", "verdict.js", "plainly.js", "texts.js", "decoding.js"):
        assert f'<link rel="modulepreload" href="/static/{name}">' in document
