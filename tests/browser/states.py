"""Every state of the check page, and how a person comes to it.

One table for all who look at every state: axe, the widths, the pictures in the documents.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any

from credential import qrlink
from credential.dates import PartialDate
from credential.facts import Withdrawal
from credential.model import Deployment, Holder, Lane, Place
from issuer.paper.document import Paper, make_pdf
from tests.browsing import Visit
from tests.web.simulator import HOST, Issued, World, diploma, key_from

Reach = Callable[[Visit, str, World], None]
VERDICT = ".verdict"


def pdf_of(attached: Issued, printed: Issued) -> bytes:
    """A paper as a PDF: the signed file of one credential attached, the code of one printed."""
    link = qrlink.encode(printed.token, HOST)
    code = printed.code
    return make_pdf(
        Paper(printed.credential, code, "xacminh.example/v", link, attached.sd_jwt, specimen=False)
    )


def upload(*files: tuple[str, str, bytes]) -> Any:
    """What Playwright gives to a file field: name, media type and bytes each."""
    return [{"name": name, "mimeType": kind, "buffer": data} for name, kind, data in files]


def start(seen: Visit, site: str, _: World) -> None:
    seen.page.goto(site)
    seen.page.wait_for_selector("#scan")


def absent(seen: Visit, site: str, _: World) -> None:
    seen.page.goto(f"{site}/van-bang/B26-1001-00001")
    seen.page.wait_for_selector("#title:has-text('Không có trang này')")


def faults(seen: Visit, site: str, world: World) -> None:
    start(seen, site, world)
    seen.page.fill("#code", world.issued[0].code[::-1])
    seen.page.click("#number-form button")
    seen.page.set_input_files("#file", upload(("a.doc", "application/msword", b"x")))
    seen.page.wait_for_selector("#trouble:visible")


def no_camera(seen: Visit, site: str, world: World) -> None:
    start(seen, site, world)
    seen.page.click("#scan")
    seen.page.wait_for_selector("#trouble:visible")


def waiting(seen: Visit, site: str, world: World) -> None:
    seen.page.route("**/api/verify", lambda _: None)  # never answered
    start(seen, site, world)
    seen.page.fill("#code", world.issued[0].code)
    seen.page.keyboard.press("Enter")
    seen.page.wait_for_selector(".busy:visible")


def lost(seen: Visit, site: str, world: World) -> None:
    seen.page.route("**/api/verify", lambda route: route.abort())
    start(seen, site, world)
    seen.page.fill("#code", world.issued[0].code)
    seen.page.keyboard.press("Enter")
    seen.page.wait_for_selector(VERDICT)


def scanned(change: Callable[[World], Issued | None] = lambda _: None) -> Reach:
    """A printed link is followed, in a world changed beforehand."""

    def reach(seen: Visit, site: str, world: World) -> None:
        issued = change(world) or world.issued[0]
        seen.page.goto(f"{site}/V#{issued.digits}")
        seen.page.wait_for_selector(VERDICT)

    return reach


def typed(text: Callable[[World], str]) -> Reach:
    def reach(seen: Visit, site: str, world: World) -> None:
        start(seen, site, world)
        seen.page.fill("#code", text(world))
        seen.page.click("#form button")
        seen.page.wait_for_selector(VERDICT)

    return reach


def chosen(files: Callable[[World], Any], shown: str = VERDICT) -> Reach:
    def reach(seen: Visit, site: str, world: World) -> None:
        start(seen, site, world)
        seen.page.set_input_files("#file", files(world))
        seen.page.wait_for_selector(shown)

    return reach


def several(world: World) -> Any:
    """Four files: genuine, forged, revoked, and one that holds nothing of ours."""
    revoked_award(world, 1)
    wrong = forged(world)
    return upload(
        ("van-bang-1.pdf", "application/pdf", pdf_of(world.issued[0], world.issued[0])),
        ("anh-chup-2.sdjwt", "text/plain", wrong.sd_jwt.encode()),
        ("hoc-ba-3.sdjwt", "text/plain", world.issued[1].sd_jwt.encode()),
        ("khac.sdjwt", "text/plain", b"khong phai cua chung toi"),
    )


def by_number(seen: Visit, site: str, world: World) -> None:
    start(seen, site, world)
    seen.page.fill("#number", world.issued[0].credential.serial or "")
    seen.page.fill("#born", "7/2/2008")
    seen.page.click("#number-form button")
    seen.page.wait_for_selector(VERDICT)


def by_number_several(seen: Visit, site: str, world: World) -> None:
    """The number of a credential that was corrected and issued anew: both are told."""
    world.lanes[0] = Lane.SUPERSEDED
    world.add(replace(world.issued[0].credential, register_no="2026/0099"))
    by_number(seen, site, world)


def number_unknown(seen: Visit, site: str, world: World) -> None:
    start(seen, site, world)
    seen.page.fill("#number", "SG000001")
    seen.page.fill("#born", "08/02/2008")
    seen.page.click("#number-form button")
    seen.page.wait_for_selector("#number-trouble:visible")


def forged(world: World, name: str = "Nguyễn Văn Giả") -> Issued:
    """A diploma with another name, signed by a key that is not the school's."""
    return world.issue(diploma(0, name), Place(0, 0), key_from(99))


HOSTILE = {
    "markup": "<img src=x onerror=alert(1)><b>Nguyễn</b><script>alert(1)</script>",
    "bidi controls": "Nguyễn \u202eảig \u2066Văn\u2069 \u200bA",
    "stacked marks": "Nguye" + "\u0302\u0303\u0323\u0301" * 300 + "n",
    "ten thousand letters": "Ễ" * 10_000,
    "line breaks": "Nguyễn\n\r\u2028\u2029\x00Văn",
    "placeholders": "{host} {{page.title}} $& $1 %s",
}


def hostile(name: str) -> Reach:
    """An answer whose document says that; our own verifier refuses to read most of them."""

    def reach(seen: Visit, site: str, world: World) -> None:
        def answer(route: Any) -> None:
            given = route.fetch().json()
            for report in given["reports"]:
                report["document"] |= {"name": name, "serial": name, name: name}
            route.fulfill(json=given)

        seen.page.route("**/api/verify", answer)
        scanned(forged)(seen, site, world)

    return reach


def revoked_award(world: World, number: int = 0) -> Issued:
    issued = world.issued[number]
    cause = Withdrawal("fraud", "55/QĐ-SGDĐT", date(2026, 9, 1))
    world.withdrawn[issued.credential.register_no] = cause
    return issued


def lane(found: Lane) -> Callable[[World], None]:
    return lambda world: world.lanes.update({0: found})


def superseded(world: World) -> None:
    """The first diploma was corrected and issued anew."""
    world.lanes[0] = Lane.SUPERSEDED
    after = world.add(replace(world.issued[0].credential, register_no="2026/0099"))
    world.successors[0] = after.place.index


def silent(source: str) -> Callable[[World], None]:
    return lambda world: world.silent.add(source)


def disagreeing(world: World) -> None:
    world.awards["2026/0001"] = diploma(0, "Nguyễn Thị Khác")


def not_final(world: World) -> None:
    world.anchored, world.pending = False, True


def not_anchored(world: World) -> None:
    world.anchored = False


def foreign(world: World) -> Issued:
    ours, world.deployment = world.deployment, Deployment(1, bytes(20))
    issued = world.issue(diploma(0, "Người Nơi Khác"), Place(0, 0))
    world.deployment = ours
    return issued


def elsewhere(world: World) -> str:
    return "".join(qrlink.encode(world.issued[0].token, "https://xac-minh.example"))


def by_another_name(world: World) -> Any:
    """The genuine code under a signed file that says another name: both signed, one forged."""
    other = replace(
        world.issued[0].credential,
        holder=Holder("Nguyễn Thị Minh Ánh", PartialDate(2008, 7, 2)),
    )
    attached = world.issue(other, Place(0, 0), key_from(99))
    return upload(("sua.pdf", "application/pdf", pdf_of(attached, world.issued[0])))


def genuine_pdf(world: World) -> Any:
    one = world.issued[0]
    return upload(("van-bang.pdf", "application/pdf", pdf_of(one, one)))


def receipt_given(seen: Visit, site: str, world: World) -> None:
    """A receipt handed in where credentials are, as it says itself that it may be."""
    verifier = world.verifier()
    made = world.office(verifier).give(world.issued[0].link)
    verifier.close()
    start(seen, site, world)
    seen.page.set_input_files("#file", upload(("r.json", "application/json", made.encode())))
    seen.page.wait_for_selector(VERDICT)


STATES: dict[str, Reach] = {
    "start": start,
    "absent": absent,
    "start-faults": faults,
    "no-camera": no_camera,
    "waiting": waiting,
    "lost": lost,
    "valid": scanned(),
    "valid-transcript": typed(lambda world: world.issued[4].sd_jwt),
    "valid-elsewhere": typed(elsewhere),
    "valid-pdf": chosen(genuine_pdf),
    "by-number": by_number,
    "by-number-several": by_number_several,
    "number-unknown": number_unknown,
    "forged": scanned(forged),
    "forged-hostile": hostile("".join(HOSTILE.values())),
    "pdf-differs": chosen(by_another_name),
    "revoked": scanned(revoked_award),
    "superseded": scanned(superseded),
    "superseded-unknown": scanned(lane(Lane.SUPERSEDED)),
    "suspended": scanned(lane(Lane.SUSPENDED)),
    "not-anchored": scanned(not_anchored),
    "registry-disagrees": scanned(disagreeing),
    "foreign": scanned(foreign),
    "chain-silent": scanned(silent("chain")),
    "registry-silent": scanned(silent("registry")),
    "store-silent": scanned(silent("store")),
    "not-final": scanned(not_final),
    "receipt": receipt_given,
    "several": chosen(several, "#several:not(:has(progress)) li:nth-child(4)"),
}
