"""Notices: kept, sent by a real mail server and a real gateway, told apart, forgotten."""

import json
import ssl
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from sqlalchemy import select

from api.notices.addresses import recipients
from api.notices.gateway import Gateway
from api.notices.mail import Mailer
from api.notices.sending import PAUSES, Sender
from credential.errors import InputError
from issuer.ports.messenger import Message, Outcome, Told
from store.notice_tables import NOTICES
from store.notices import LEASE, Notices, NoticeState
from store.recipients import Channel, Recipient
from store.schema import STORE
from tests.databases import NewDatabase
from tests.devices.authority import NOW, YEAR, Authority, named
from tests.issuer.conftest import Desk

MESSAGE = Message("f00d", "an@example.vn", "Đã sẵn sàng", ".một dòng\nhai\n")


# --- a mail server, with TLS under a test authority ---


class Box:
    """What the server does with mail, and what it took."""

    def __init__(self) -> None:
        self.taken: list[bytes] = []
        self.answers: dict[str, str] = {}
        self.cut = False

    async def handle_MAIL(  # noqa: N802
        self, server: Any, session: Any, envelope: Any, address: str, *_: Any
    ) -> str:
        envelope.mail_from = address
        return self.answers.get("MAIL", "250 OK")

    async def handle_RCPT(  # noqa: N802
        self, server: Any, session: Any, envelope: Any, address: str, *_: Any
    ) -> str:
        envelope.rcpt_tos.append(address)
        return self.answers.get("RCPT", "250 OK")

    async def handle_DATA(self, server: SMTP, session: Any, envelope: Any) -> str:  # noqa: N802
        self.taken.append(envelope.original_content)
        if self.cut:
            server.transport.abort()
        return self.answers.get("DATA", "250 OK")


@pytest.fixture(scope="module")
def certified(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the server's certificate for `localhost`, its key, and the authority."""
    folder = tmp_path_factory.mktemp("tls")
    root, key = Authority.root("Mail CA"), ec.generate_private_key(ec.SECP256R1())
    made = (
        x509.CertificateBuilder()
        .subject_name(named("localhost"))
        .issuer_name(named(root.name))
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(NOW - YEAR)
        .not_valid_after(NOW + YEAR)
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .sign(root.key, SHA256())
    )
    (folder / "server.pem").write_bytes(
        made.public_bytes(Encoding.PEM)
        + key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    )
    (folder / "root.pem").write_bytes(root.pem)
    (folder / "other.pem").write_bytes(Authority.root("Another").pem)
    return folder


@pytest.fixture
def server(certified: Path) -> Iterator[tuple[Box, Mailer]]:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certified / "server.pem")
    box = Box()
    controller = Controller(box, hostname="localhost", port=0, tls_context=context,
                            require_starttls=True)  # fmt: skip
    controller.port = _free()
    controller.start()
    yield box, Mailer("localhost", controller.port, "truong@sogoc.example",
                      roots=certified / "root.pem")  # fmt: skip
    controller.stop()


def _free() -> int:
    import socket  # noqa: PLC0415

    with socket.create_server(("127.0.0.1", 0)) as found:
        return int(found.getsockname()[1])


def test_a_mail_arrives_encrypted_and_whole(server: tuple[Box, Mailer]) -> None:
    box, mailer = server
    assert mailer.send(MESSAGE) == Told(Outcome.SENT, "250")
    import email  # noqa: PLC0415
    from email import policy  # noqa: PLC0415

    (taken,) = box.taken
    mail = email.message_from_bytes(taken, policy=policy.default)
    assert (mail["To"], mail["Subject"]) == ("an@example.vn", "Đã sẵn sàng")
    assert mail["Message-ID"] == "<f00d@sogoc.example>"
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail.get_content().replace("\r\n", "\n") == MESSAGE.text, (
        "also a line that begins with a dot"
    )


ANSWERS = {
    "nobody has that name": ("RCPT", "550 no such user", Told(Outcome.REFUSED, "550")),
    "the box is full": ("RCPT", "452 later", Told(Outcome.LATER, "452")),
    "greylisted": ("MAIL", "451 greylisted", Told(Outcome.LATER, "451")),
    "the sender is not welcome": ("MAIL", "553 no", Told(Outcome.REFUSED, "553")),
    "refused at the end": ("DATA", "554 spam", Told(Outcome.REFUSED, "554")),
    "no room at the end": ("DATA", "452 later", Told(Outcome.LATER, "452")),
}


@pytest.mark.parametrize(("where", "answer", "told"), ANSWERS.values(), ids=ANSWERS)
def test_answers_are_told_apart(
    server: tuple[Box, Mailer], where: str, answer: str, told: Told
) -> None:
    box, mailer = server
    box.answers[where] = answer
    assert mailer.send(MESSAGE) == told


def test_cut_off_after_everything_was_said_it_may_have_arrived(server: tuple[Box, Mailer]) -> None:
    box, mailer = server
    box.cut = True
    assert mailer.send(MESSAGE).outcome is Outcome.UNSURE
    assert len(box.taken) == 1


def test_a_server_that_cannot_be_reached_is_tried_later() -> None:
    assert Mailer("127.0.0.1", 1, "a@b.vn").send(MESSAGE).outcome is Outcome.LATER


def test_nothing_is_said_to_a_server_of_another_name_or_authority(
    server: tuple[Box, Mailer], certified: Path
) -> None:
    box, mailer = server
    other = Mailer(mailer.host, mailer.port, mailer.sender, roots=certified / "other.pem")
    assert other.send(MESSAGE) == Told(Outcome.LATER, "SSLCertVerificationError")
    assert box.taken == []


def test_nothing_is_said_in_the_clear_but_to_this_machine() -> None:
    box = Box()
    controller = Controller(box, hostname="127.0.0.1", port=_free())
    controller.start()
    try:
        # the same server by a name that is not known to be this machine's
        far = Mailer("127.0.0.2", controller.port, "a@b.vn")
        near = Mailer("127.0.0.1", controller.port, "a@b.vn")
        assert near.send(MESSAGE).outcome is Outcome.SENT
        box.taken.clear()
        assert far.send(MESSAGE).outcome is Outcome.LATER
        assert box.taken == []
    finally:
        controller.stop()


# --- a gateway for short messages ---


class Answers(BaseHTTPRequestHandler):
    status, cut, asked = 200, False, []  # type: ignore[var-annotated]

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.asked.append((dict(self.headers), json.loads(body)))
        if self.cut:
            self.connection.close()
            return
        self.send_response(self.status)
        self.send_header("Location", "http://127.0.0.1:1/")
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_: Any) -> None:
        pass


@pytest.fixture
def gateway() -> Iterator[Gateway]:
    Answers.status, Answers.cut = 200, False
    Answers.asked.clear()
    with ThreadingHTTPServer(("127.0.0.1", 0), Answers) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield Gateway(f"http://127.0.0.1:{server.server_address[1]}/sms", "bí mật".encode().hex())
        server.shutdown()
        thread.join()


SENT, LATER, REFUSED = Outcome.SENT, Outcome.LATER, Outcome.REFUSED
STATUSES = {200: SENT, 202: SENT, 302: REFUSED, 400: REFUSED, 401: REFUSED, 429: LATER, 503: LATER}


@pytest.mark.parametrize(("status", "outcome"), STATUSES.items())
def test_a_gateways_answers_are_told_apart(gateway: Gateway, status: int, outcome: Outcome) -> None:
    Answers.status = status
    assert gateway.send(MESSAGE) == Told(outcome, str(status))
    ((headers, body),) = Answers.asked
    assert headers["Idempotency-Key"] == body["id"] == "f00d"
    assert body["to"] == MESSAGE.to


def test_a_gateway_that_hangs_up_may_have_sent_it(gateway: Gateway) -> None:
    Answers.cut = True
    assert gateway.send(MESSAGE).outcome is Outcome.UNSURE
    assert Gateway("http://127.0.0.1:1/", "x").send(MESSAGE).outcome is Outcome.LATER


# --- kept and sent ---


class Clock:
    now = 1_790_000_000

    def __call__(self) -> int:
        return self.now


class Way:
    """A way to reach people that does what the test says."""

    def __init__(self) -> None:
        self.told = Told(Outcome.SENT, "250")
        self.said: list[Message] = []

    def send(self, message: Message) -> Told:
        self.said.append(message)
        return self.told


@pytest.fixture
def post(new_database: NewDatabase) -> Iterator[tuple[Notices, Clock, Way, Sender]]:
    database, clock, way = STORE.connect(new_database(STORE)), Clock(), Way()
    notices = Notices(database, clock)
    ways = {Channel.MAIL: way, Channel.SMS: way}
    yield notices, clock, way, Sender(notices, ways, lambda _: "Trường Mẫu", "https://x.vn/me")
    database.close()


AN = Recipient("7900000001", Channel.MAIL, "an@example.vn")
Post = tuple[Notices, Clock, Way, Sender]


def addresses(notices: Notices) -> list[str | None]:
    with notices._database.reading() as connection:
        return list(connection.scalars(select(NOTICES.c.address)))


def test_a_notice_is_sent_once_and_its_address_forgotten(post: Post) -> None:
    notices, _, way, sender = post
    sms = Recipient(AN.pupil, Channel.SMS, "+84912345678")
    assert notices.put(1001, 0, [AN, sms], "Văn thư") == 2
    assert notices.put(1001, 0, [AN], "Văn thư") == 0, "who is told already is not told again"
    while sender.once():
        pass
    assert [line.state for line in notices.about(1001, 0)] == [NoticeState.SENT] * 2
    assert addresses(notices) == [None, None]
    assert notices.put(1001, 0, [AN], "Văn thư") == 0
    said = " ".join(message.text for message in way.said)
    assert "Trường Mẫu" in said
    assert "https://x.vn/me" in said
    assert AN.pupil not in said
    assert sum(message.subject == "" for message in way.said) == 1


def test_it_is_tried_again_with_longer_pauses_and_one_id(post: Post) -> None:
    notices, clock, way, sender = post
    way.told = Told(Outcome.LATER, "451")
    notices.put(1001, 0, [AN], "Văn thư")
    for pause in PAUSES:
        assert sender.once()
        assert not sender.once(), "not before its time"
        clock.now += pause
    assert sender.once()
    assert not sender.once()
    (line,) = notices.about(1001, 0)
    assert (line.state, line.reason, line.tries) == (NoticeState.GIVEN_UP, "451", len(PAUSES) + 1)
    assert len({message.id for message in way.said}) == 1
    assert addresses(notices) == [None]
    assert notices.put(1001, 0, [AN], "Văn thư") == 1, "who was never reached may be told anew"


@pytest.mark.parametrize(
    ("outcome", "state"),
    [(Outcome.REFUSED, NoticeState.REFUSED), (Outcome.UNSURE, NoticeState.UNSURE)],
)
def test_what_is_refused_or_unsure_is_not_tried_again(
    post: Post, outcome: Outcome, state: NoticeState
) -> None:
    notices, clock, way, sender = post
    way.told = Told(outcome, "why")
    notices.put(1001, 0, [AN], "Văn thư")
    assert sender.once()
    clock.now += 1_000_000
    assert not sender.once()
    (line,) = notices.about(1001, 0)
    assert (line.state, line.reason, line.tries) == (state, "why", 1)
    assert addresses(notices) == [None]


def test_whoever_dies_while_sending_leaves_it_unsure(post: Post) -> None:
    """It may have been taken, so nobody sends it again by themselves."""
    notices, clock, way, sender = post
    notices.put(1001, 0, [AN], "Văn thư")
    dead = notices.claim()
    assert dead is not None
    assert not sender.once(), "it is on its way"
    clock.now += LEASE
    assert sender.once()
    (line,) = notices.about(1001, 0)
    assert line.state is NoticeState.UNSURE
    assert way.said == []
    notices.end(dead, NoticeState.SENT, "late")
    assert notices.about(1001, 0)[0].state is NoticeState.UNSURE, "the first end counts"


# --- addresses ---

TABLES = {
    "mail and phone": (
        "Mã học sinh;Email;Điện thoại\n1;an@x.vn;0912345678\n2;;+84 912 345 679\n3;;\n",
        [("1", "mail", "an@x.vn"), ("1", "sms", "+84912345678"), ("2", "sms", "+84912345679")],
    ),
    "under titles, other columns": (
        "DANH SÁCH\n\nSTT,Họ tên,Mã HS,SĐT\n1,An,7,912345678\n", [("7", "sms", "+84912345678")],
    ),
}  # fmt: skip


@pytest.mark.parametrize(("table", "found"), TABLES.values(), ids=TABLES)
def test_a_table_of_addresses(table: str, found: list[tuple[str, str, str]]) -> None:
    read = recipients(table.encode())
    assert [(one.pupil, one.channel.value, one.address) for one in read] == found


FAULTS: dict[str, tuple[str, str, list[tuple[int | None, str | None, str | None]]]] = {
    "no such columns": ("Họ tên,Lớp\nAn,12A1\n", "notice.no_columns", [(None, None, None)]),
    "a header in an address": (
        "Mã HS,Email\n1,a@b.vn\\r\\nBcc: c@d.vn\n", "notice.address", [(2, "Email", "B")],
    ),
    "no mail address": (
        "Mã HS,Email\n1,a@b.vn\n2,không có\n", "notice.address", [(3, "Email", "B")],
    ),
    "a landline": ("Mã HS,SĐT\n1,02838291234\n", "notice.address", [(2, "SĐT", "B")]),
    "all at once": (
        "SĐT,Mã HS,Email\n1,1,a\n0912345678,2,b\n", "notice.address",
        [(2, "Email", "C"), (2, "SĐT", "A"), (3, "Email", "C")],
    ),
}  # fmt: skip


@pytest.mark.parametrize(("table", "code", "places"), FAULTS.values(), ids=FAULTS)
def test_faults_in_it(
    table: str, code: str, places: list[tuple[int | None, str | None, str | None]]
) -> None:
    with pytest.raises(InputError) as found:
        recipients(table.encode())
    told = found.value.faults
    assert {fault.code for fault in told} == {code}
    assert [(fault.row, fault.column, fault.letter) for fault in told] == places


def test_the_whole_way_by_command(
    desk: Desk, server: tuple[Box, Mailer], certified: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    box, mailer = server
    assert desk.issue() == 0
    table = desk.data / "addresses.csv"
    with desk.system() as system:
        pupils = [row.pupil for row in system.batches.staged(1)]
    rows = [f"{code},p{place}@example.vn" for place, code in enumerate(pupils)]
    table.write_text("Mã học sinh,Email\n" + "\n".join([*rows, "9999999999,other@example.vn"]))
    notify = ["deliver", "notify", "1001-0000", "--addresses", str(table), "--by", "Văn thư"]
    assert desk.sogoc(*notify) == 1, "no way is set up"
    with (desk.data / "sogoc.toml").open("a") as file:
        file.write(
            f'smtp_host = "localhost"\nsmtp_port = {mailer.port}\n'
            f'smtp_sender = "{mailer.sender}"\nsmtp_roots = "{certified / "root.pem"}"\n'
        )
    assert desk.sogoc(*notify) == 0
    assert desk.sogoc("deliver", "send") == 0
    assert len(box.taken) == len(pupils)
    assert not any(code.encode() in mail for code in pupils for mail in box.taken)
    assert desk.sogoc("deliver", "notices", "1001-0000") == 0
    assert capsys.readouterr().out.count("· sent 250") == len(pupils)
    assert desk.sogoc("audit", "verify") == 0
