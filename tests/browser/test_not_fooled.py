"""What a forger can try on the page itself: links, hostile text, other hosts, the scanner.

`THREATS` names the verifier's cases of the threat model and the test that holds each.
"""

import json
import random
import string
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from credential import lookup, qrlink
from tests.browser.states import HOSTILE, STATES, hostile
from tests.browsing import Visit
from tests.web.simulator import World

pytestmark = pytest.mark.browser

Open = Callable[..., Visit]
ROOT = Path(__file__).parents[2]
STRINGS = 10_000

V, A, R = "tests/verifier/test_verdicts.py", "tests/credential/test_artefacts.py", "tests/reading"
API, HERE = "tests/web/test_api.py", "tests/browser/test_not_fooled.py"
THREATS = {
    "a field is added, removed or changed after signing": f"{A}::every_single_bit_change",
    "a document has two spellings": f"{A}::one_spelling",
    "a harmful field is hidden": f"{V}::one_hidden_mark",
    "a name differs in one letter": f"{V}::a_changed_name",
    "turning and invisible characters in a name": f"{HERE}::hostile_text",
    "a place of the tree that is another's": f"{V}::neighbours_place",
    "signed but never in the batch": f"{V}::never_in_the_batch",
    "the school's name taken from the document": f"{HERE}::school_shown",
    "a step left out": f"{V}::a_step_missing",
    "a silent source read as good": f"{V}::a_step_unknown",
    "a silent source read as forged": "tests/browser/test_verdict.py::looks_like_nothing_else",
    "a status as of an unknown time": "tests/browser/test_verdict.py::as_of_when",
    "another deployment's document": f"{V}::another_deployments",
    "guesses put to the registry": f"{V}::guesses",
    "a document that has something fetched": "tests/e2e/test_evidence.py::asks_nobody",
    "markup, scripts and images in a document": f"{HERE}::hostile_text",
    "a code that opens a look-alike site": f"{HERE}::points_elsewhere",
    "a code that makes the scanner go somewhere": f"{HERE}::never_lead_anywhere",
    "a genuine code on a doctored paper": "tests/browser/test_verdict.py::shown_large",
    "a PDF whose parts do not belong together": "tests/browser/test_verdict.py::says_two_things",
    "look-up codes tried out": "tests/credential/test_text.py::code",
    "birth dates tried out": "tests/web/test_verify_number.py::tries_out_a_birth_date",
    "bombs": f"{R}/test_reading_hostile.py::computes_for_ever",
    "broken files": f"{R}/test_reading_hostile.py::damaged_pdf",
    "random codes": f"{A}::no_text_breaks",
    "tokens in addresses": "tests/browser/test_check_page.py::stays_out_of_addresses",
    "scripts, styles or frames from elsewhere": f"{API}::nothing_from_elsewhere",
    "what happened inside, told to a stranger": f"{API}::unforeseen",
}
"""What somebody may try on a verifier, and the test that he fails."""


@pytest.mark.parametrize("threat", THREATS)
def test_each_threat_to_the_page_has_its_test(threat: str) -> None:
    path, _, word = THREATS[threat].partition("::")
    text = (ROOT / path).read_text(encoding="utf-8")
    names = [line for line in text.splitlines() if line.startswith("def test_")]
    assert any(word in name for name in names), f"{path} has no test about {word}"


@pytest.mark.parametrize("case", HOSTILE)
def test_hostile_text_in_a_document_is_only_text(
    case: str, site: str, visit: Open, world: World
) -> None:
    seen = visit(width=360)
    hostile(HOSTILE[case])(seen, site, world)
    assert seen.verdict == "INVALID"
    assert seen.page.locator("#result :is(img, b, script, a[href^=http])").count() == 0
    name = seen.page.locator('[data-field="name"] dd').first
    shown = name.inner_text()
    assert not set("\u202e\u2066\u2069\u200b\u2028\u2029\x00") & set(shown)
    assert len(shown) < 900
    assert name.bounding_box()["height"] < 800
    assert seen.page.evaluate("document.documentElement.scrollWidth") <= 360
    assert seen.complaints == []
    assert {urlsplit(url).netloc for url in seen.requests} == {urlsplit(site).netloc}


def test_the_school_shown_is_the_registrys(site: str, visit: Open, world: World) -> None:
    """A document's own name for its school is never shown, not even where nobody confirms it."""
    for state, shown in (("valid-transcript", "Trường THPT Bình Minh"), ("forged", "Chưa được")):
        seen = visit()

        def claim(route: object) -> None:
            given = route.fetch().json()  # type: ignore[attr-defined]
            for report in given["reports"]:
                report["document"]["school_name"] = "Trường THPT Chuyên Danh Giá"
            route.fulfill(json=given)  # type: ignore[attr-defined]

        seen.page.route("**/api/verify", claim)
        STATES[state](seen, site, world)
        assert shown in seen.page.locator('[data-field="school"]').inner_text()
        assert "Danh Giá" not in seen.page.content()


SPOOFED = {
    "another host": "https://evil.example",
    "ours as a user name": "https://{ours}@evil.example",
    "ours as a part": "https://{ours}.evil.example",
    "upper case": "HTTPS://EVIL.EXAMPLE",
    "turned letters": "https://\u202emoc.live",
}


@pytest.mark.parametrize("case", SPOOFED)
def test_a_code_that_points_elsewhere_is_judged_and_named(
    case: str, site: str, visit: Open, world: World
) -> None:
    seen = visit()
    seen.page.goto(site)
    host = SPOOFED[case].replace("{ours}", urlsplit(site).netloc)
    _, digits = qrlink.encode(world.issued[0].token, "")
    seen.page.fill("#code", f"{host}/V#{digits}")
    seen.page.click("#form button")
    seen.page.wait_for_selector(".verdict")
    assert seen.verdict == "VALID"
    assert "trỏ tới trang khác" in seen.page.locator("#result .notice").inner_text()
    assert "\u202e" not in seen.page.locator("#result").inner_text()
    assert {urlsplit(url).netloc for url in seen.requests} == {urlsplit(site).netloc}


SCHEMES = ("http:", "https:", "HTTPS:", "javascript:", "data:text/html,", "vbscript:", "file:",
           "intent:", "tel:", "sms:", "mailto:", "WIFI:S:", "blob:", "view-source:", "ftp:",
           "market:", "BEGIN:VCARD\n", "//", "\\\\", "")  # fmt: skip
LETTERS = string.printable + "ễộăđƠ\u202e\u2066\u200b\u0000\ufeff日本語🙂"


def strings(world: World, ours: str) -> Iterator[str]:
    """What QR codes could hold, the same on every run."""
    draw = random.Random(20260701)
    digits = [one.digits for one in world.issued]

    def noise(longest: int) -> str:
        return "".join(draw.choices(LETTERS, k=draw.randrange(longest)))

    def flipped(text: str) -> str:
        place = draw.randrange(len(text))
        return text[:place] + draw.choice(LETTERS) + text[place + 1 :]

    makers: list[Callable[[], str]] = [
        lambda: noise(60),
        lambda: draw.choice(SCHEMES) + "//" + noise(40),
        lambda: draw.choice(SCHEMES) + "alert(1)//" + noise(20),
        lambda: f"{draw.choice(SCHEMES)}//{ours}/V#{noise(30)}",
        lambda: f"https://{noise(20)}/V#{draw.choice(digits)}",
        lambda: flipped(f"https://{ours}/V#{draw.choice(digits)}"),
        lambda: f"https://{ours}@evil.example/v/#{draw.choice(digits)}",
        lambda: f"https://evil.example/?next=https://{ours}/V#{draw.choice(digits)}",
        lambda: flipped(draw.choice(world.issued).code),
        lambda: flipped(draw.choice(world.issued).sd_jwt),
        lambda: "".join(draw.choices(string.digits, k=draw.randrange(1, 2_000))),
        lambda: noise(2_953),
    ]
    return (draw.choice(makers)() for _ in range(STRINGS))


HANDLE = """async texts => {
    const sent = [];
    globalThis.fetch = async (address, { body }) => {
        sent.push([String(address), String(body)]);
        const problem = { status: 422, code: "qr.malformed", detail: "x", detail_en: "x" };
        return new Response(JSON.stringify(problem), { status: 422 });
    };
    globalThis.open = () => sent.push(["opened", ""]);
    const [code, form] = ["code", "form"].map((id) => document.getElementById(id));
    for (const text of texts) {
        code.value = text;
        code.dispatchEvent(new Event("input"));
        form.requestSubmit();
        for (let turn = 0; turn < 12; turn += 1) await null;
    }
    await new Promise((resolve) => setTimeout(resolve, 100));
    return sent;
}"""


def test_random_strings_never_lead_anywhere(site: str, visit: Open, world: World) -> None:
    """10,000 strings through the page's own handling: no navigation, no link ever sent."""
    seen = visit()
    seen.page.goto(site)
    moved: list[str] = []
    seen.page.on("framenavigated", lambda frame: moved.append(frame.url))
    seen.page.on("popup", lambda page: moved.append(page.url))
    seen.page.on("dialog", lambda dialog: moved.append(dialog.message) or dialog.dismiss())
    seen.page.wait_for_load_state("networkidle")
    asked = len(seen.requests)
    sent = seen.page.evaluate(HANDLE, list(strings(world, urlsplit(site).netloc)))
    assert moved == []
    assert seen.requests[asked:] == [], "the page asked for nothing by itself"
    assert seen.page.url == f"{site}/"
    assert len(sent) > 500, "some look like ours and are judged by the server"
    assert {address for address, _ in sent} == {"/api/verify"}
    for _, body in sent:
        (text,) = json.loads(body).values()
        assert "/" not in text
        assert ":" not in text
    assert seen.complaints == []


def test_the_look_up_code_is_judged_as_the_server_judges_it(site: str, visit: Open) -> None:
    draw = random.Random(7)
    codes = [lookup.encode(draw.randbytes(10)) for _ in range(300)]
    typed = [*codes, *(lookup.grouped(code).lower() for code in codes)]
    typed += [code.replace("0", "O").replace("1", draw.choice("lI")) for code in codes]
    for code in codes:
        place = draw.randrange(15)
        typed.append(code[:place] + draw.choice(string.ascii_uppercase) + code[place + 1 :])
        typed.append(code[:place] + code[place + 1] + code[place] + code[place + 2 :])
    seen = visit()
    seen.page.goto(site)
    judged = seen.page.evaluate(
        """async typed => {
            const { parse } = await import("/static/lookup.js");
            return typed.map((one) => parse(one)).map(({ code, fault }) => code ?? fault);
        }""",
        typed,
    )
    for one, found in zip(typed, judged, strict=True):
        try:
            expected = lookup.parse(one)
        except lookup.FormatError as error:
            expected = error.code
        assert found == expected, one
