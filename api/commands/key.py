"""`sogoc key`: a school's keys on the chain, and accounts that govern."""

import json
from typing import Any

import click

from api.accrediting import receipt_standing
from api.affected import affected_by, affected_lines
from api.commands.keymaking import account, in_token, make, place_of, use
from api.commands.keysealing import seal
from api.commands.parameters import KEY_ID, MOMENT, PUBLIC, ROLE, Listing
from api.governing import Hand, governing
from api.schoolkeys import ROLES, KeyFile, key_json, key_line, listing_act, school_of
from api.session import Session
from chain import acts, contract
from credential.model import KeyRole
from credential.receipt import OPERATOR

_JSON = click.option("--json", "as_json", is_flag=True,
                     help="In kết quả dạng JSON / print the answer as JSON.")  # fmt: skip


@click.group(cls=Listing)
def key() -> None:
    """Khóa: liệt kê, thêm, thay, thôi dùng, bị lộ / keys: list, add, rotate, retire, mark lost."""


@key.command("list")
@click.argument("code")
@_JSON
@click.pass_obj
def list_keys(session: Session, code: str, as_json: bool) -> None:
    """Liệt kê khóa của trường trên chuỗi khối / list a school's keys on the chain.

    CODE is the school's code. All that it ever had, oldest first: id, roles, window, since when
    compromised.
    """
    found = session.system.roster.keys(school_of(session, code).id)
    if as_json:
        session.show(json.dumps([key_json(each) for each in found]))
        return
    for each in found:
        session.show(key_line(session.lang, each))


@key.command()
@click.argument("code")
@click.argument("role", type=ROLE)
@click.option("--public", type=PUBLIC, help="Khóa công khai hoặc địa chỉ, 0x… / the school's "
              "public key or address. [default: that of a key file made here]")  # fmt: skip
@click.option("--from", "start", type=MOMENT, default=0,
              help="Có hiệu lực từ / valid from. [default: now]")  # fmt: skip
@click.option("--until", "end", type=MOMENT, default=0,
              help="Hết hiệu lực từ / valid until. [default: no end]")  # fmt: skip
@governing
def add(hand: Hand, code: str, role: str, public: bytes | None, start: int, end: int) -> int:
    """Thêm khóa cho trường / list a key of a school.

    CODE is the school's code, ROLE what the key may do. A P-256 public key has 65 bytes, an
    Ed25519 one 32; for the other roles it is the address of 20 bytes.
    """
    school, kind = school_of(hand.session, code), ROLES[role]
    given = public or KeyFile(hand.session.system, school.id, kind).make()
    act = listing_act(school.id, kind, given, start, end)
    return hand.govern([act], said="govern.key_added", name=school.name)


@key.command()
@click.argument("code")
@click.argument("role", type=ROLE)
@governing
def rotate(hand: Hand, code: str, role: str) -> int:
    """Thay khóa của trường / list a new key of a school and end the one in use.

    The new key file is made first and waits as NAME.next; when the chain has listed it and ended
    the old one, it takes the old one's place, which is kept. Killed in between, the same command
    completes it. With a wallet as owner: --dry-run, let the wallet send both calls, run it again.
    """
    school = school_of(hand.session, code)
    file = KeyFile(hand.session.system, school.id, ROLES[role])
    done = hand.govern(file.replacing(), said="govern.key_rotated", name=school.name)
    if not hand.dry_run:
        file.replace()
    return done


@key.command()
@click.argument("key_id", metavar="KEY", type=KEY_ID)
@governing
def retire(hand: Hand, key_id: bytes) -> int:
    """Thôi dùng một khóa từ lúc này / end a key's validity now.

    KEY is its id or address (sogoc key list). What it did before stays valid.
    """
    return hand.govern([acts.retire_key(contract.key_id(key_id))], said="govern.key_retired")


@key.command()
@click.argument("key_id", metavar="KEY", type=KEY_ID)
@click.option("--since", type=MOMENT, required=True,
              help="Bị lộ từ lúc nào / since when it is in the wrong hands.")  # fmt: skip
@governing
def compromised(hand: Hand, key_id: bytes, since: int) -> int:
    """Ghi khóa bị lộ, không thể rút lại / declare a key compromised for good.

    KEY is its id or address. Nothing it did from then on counts. It may be dated earlier later,
    never the other way. The guardian's key goes back seven days at most.
    """
    act = acts.mark_compromised(contract.key_id(key_id), since)
    return hand.govern([act], said="govern.key_compromised", time=since)


@key.command()
@click.argument("key_id", metavar="KEY", type=KEY_ID)
@click.option(
    "--since",
    type=MOMENT,
    help="Từ lúc nào / since when. [default: since it was marked]",
)
@_JSON
@click.pass_obj
def affected(session: Session, key_id: bytes, since: int | None, as_json: bool) -> None:
    """Những gì khóa đã làm từ lúc bị lộ / what a key did since it was compromised.

    Batches that it anchored or signed and marks that it set, each with what the store knows of it.
    A batch that the store does not know was not issued here.
    """
    found = affected_by(session.system, contract.key_id(key_id), since)
    if as_json:
        session.show(json.dumps(found, ensure_ascii=False, indent=1))
    else:
        session.show("\n".join(affected_lines(session.lang, found)))


@key.command()
@click.option("--replace", is_flag=True,
              help="Thay khóa đang dùng / list a new key and end the one in use.")  # fmt: skip
@governing
def receipt(hand: Hand, replace: bool) -> int:
    """Khóa ký biên nhận của nơi kiểm tra này / list the key that signs this verifier's receipts.

    The key file is made if there is none. It stands on the chain under number 0, which is no
    school's and may issue nothing. Replaced like a school's key (sogoc key rotate).
    """
    system = hand.session.system
    if not replace:
        first, then = receipt_standing(system)
        return hand.govern([first], [then], said="receipt.key_listed")
    file = KeyFile(system, OPERATOR, KeyRole.SIGN)
    done = hand.govern(file.replacing(), said="receipt.key_listed")
    if not hand.dry_run:
        file.replace()
    return done


@key.command()
@click.argument("code")
@click.argument("name")
@in_token(needed=False)
@click.option("--by", "actor", required=True, metavar="NAME",
              help="Người thực hiện / who carries it out.")  # fmt: skip
@click.option("--own-passphrase", is_flag=True,
              help="Tệp khóa có mật khẩu riêng của người đó / the person's own passphrase, asked "
              "for now, opens the key's file.")  # fmt: skip
@click.pass_obj
def personal(
    session: Session, /, code: str, name: str, actor: str, own_passphrase: bool,
    token: str | None, label: str | None, **where: Any,
) -> None:  # fmt: skip
    """Khóa riêng của người duyệt / make and list the key of a person who approves.

    CODE is the school's code, NAME the person as "--approved-by" will name them. From then on they
    sign the manifest of each batch that they approve (sogoc status, sogoc record check). It is no
    key of the school and stands on no chain. With --token it is the key of that --label in their
    own token, made there if there is none. On the workbench a key in a file needs a passphrase of
    its own (--own-passphrase), which its person types with each approval.
    """
    persons, school = session.system.persons, school_of(session, code).id
    if token:
        place = place_of(session, label or "sogoc", token=token, **where)
        persons.take(school, name, place)
    secret = _new_passphrase(session) if own_passphrase and not token else ""
    made = persons.make(school, name, secret).public
    persons.listed.list(made, school, name, actor)
    session.say("record.key_listed", name=name, kid=made.kid.hex())


def _new_passphrase(session: Session) -> str:
    asked = session.word("orders.passphrase")
    return str(click.prompt(asked, hide_input=True, confirmation_prompt=True, err=True))


for _command in (make, use, account, seal):
    key.add_command(_command)
