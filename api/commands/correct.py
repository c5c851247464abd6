"""`sogoc correct` and `sogoc reissue`: one diploma changed by decision, with its annex."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any

import click

from api.commands.amend import change_line
from api.commands.issue import answer_for
from api.commands.parameters import DAY, REQUESTED
from api.session import Session
from credential.annex import AnnexKind
from credential.model import Decision
from issuer.correcting import Asked, named, plan
from issuer.grounds import grounds
from issuer.matching import match

_OPTIONS = (
    click.argument("key"),
    click.option("--set", "values", multiple=True, metavar="FIELD=VALUE",
                 help="Nội dung mới, vd. “name=Lê Thị Hòa”, lặp lại được "
                      "/ a new value; repeatable."),
    click.option("--evidence", required=True, metavar="TEXT",
                 help="Giấy tờ làm căn cứ / the paper that it rests on."),
    click.option("--decision", required=True, metavar="NUMBER",
                 help="Số quyết định / number of the decision."),
    click.option("--decided-on", type=DAY, required=True,
                 help="Ngày quyết định / date of the decision."),
    REQUESTED,
    click.option("--signed-by", required=True, metavar="NAME",
                 help="Người ký quyết định / who signed the decision."),
    click.option("--signer", metavar="NAME",
                 help="Người ký bản mới / who signs. [default: the head in office that day]"),
    click.option("--prepared-by", required=True, metavar="NAME",
                 help="Người lập / who prepared it."),
    click.option("--approved-by", required=True, metavar="NAME",
                 help="Người duyệt, phải là người khác / who approved it: somebody else."),
    click.option("--dry-run", is_flag=True,
                 help="Chỉ cho biết sẽ thay đổi những gì / only say what would change."),
    click.pass_obj,
)  # fmt: skip
_CORRECTING = [one.key for one in grounds().values() if one.kind is AnnexKind.CORRECTED]


def _asking(command: Callable[..., Any]) -> Callable[..., Any]:
    for option in reversed(_OPTIONS):
        command = option(command)
    return command


@click.command()
@click.option("--ground", type=click.Choice(_CORRECTING), required=True,
              help="Căn cứ theo thông tư / ground, one of the circular's.")  # fmt: skip
@_asking
def correct(session: Session, key: str, ground: str, **given: Any) -> None:
    """Chỉnh sửa nội dung một văn bằng theo quyết định / correct a diploma by decision.

    KEY is the look-up code or the register number. Serial and register number stay; the annex says
    what changed, on what ground, by which decision. The registry must name the pupil so already.
    The same command again completes what was interrupted.
    """
    _change(session, key, ground, None, given)


@click.command()
@click.option("--serial", required=True, metavar="SERIAL",
              help="Số hiệu của phôi mới / serial of the new blank.")  # fmt: skip
@_asking
def reissue(session: Session, key: str, serial: str, **given: Any) -> None:
    """Cấp lại văn bằng sai do lỗi của cơ quan cấp / reissue for the issuer's own mistake.

    KEY is the look-up code or the register number, which stays. The old paper is cancelled and
    stands on the public list; the new one has a serial of its own.
    """
    _change(session, key, "issuer_mistake", serial, given)


def _change(
    session: Session, key: str, ground: str, serial: str | None, given: Mapping[str, Any]
) -> None:
    system = session.system
    decided: date = given["decided_on"]
    asked = Asked(
        _values(given["values"]), ground, given["evidence"],
        Decision(given["decision"], decided), given["signed_by"], serial, given["signer"],
        given["requested"],
    )  # fmt: skip
    found = named(system.batches, key)
    order, changes = plan(
        found, asked, given["prepared_by"], given["approved_by"], system.desk, system.batches
    )
    for change in changes:
        session.show(f"    {change_line(session.lang, change)}")
    number = found.staged.register_no
    if given["dry_run"]:
        match(order, system.desk, system.blanks)
        session.say("correction.would", register_no=number)
        return
    batch, new = system.issuing(session.progress.stage).issue(order)
    said = "correction.done" if new else "correction.before"
    session.say(said, register_no=number, seq=batch.seq, block=batch.block)
    answer_for(session, batch)


def _values(texts: Sequence[str]) -> dict[str, str]:
    found = {}
    for text in texts:
        field, sign, value = text.partition("=")
        if not sign:
            raise click.UsageError(f"--set {text!r}: FIELD=VALUE")
        found[field.strip()] = value.strip()
    return found
