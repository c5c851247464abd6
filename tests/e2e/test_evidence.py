"""Evidence bundles: made where the sources are, checked where there is nothing but a file."""

import random
import subprocess
import sys
import tracemalloc
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from eth_hash.auto import keccak

from api import evidence, trust
from chain import contract
from chain.hexvalues import to_word
from chain.offline import Trust
from chain.trieproof import rlp_decode, rlp_encode
from credential import bundle
from credential.bundle import Bundle
from credential.errors import FormatError, RefusedError, UnavailableError
from credential.keys import PublicKey, SoftwareKey
from credential.model import Deployment as Ledger
from tests.deployed import Deployment, environment
from verifier.verdict import Conclusion, Outcome, Verdict

DIPLOMA, TRANSCRIPT, REVOKED = "B26/1001/00001", "H26/1001/00001", "B26/1001/00002"
LARGEST_DIPLOMA = 16_000  # bytes
LARGEST_IN_MEMORY = 2_000_000  # bytes, while one of at most 64 KiB is read
FLIPS = 3000
HOLDS = Conclusion(Verdict.UNDETERMINED, "chain_only")
EMPTY = bundle.encode(
    Bundle(Ledger(3107, bytes(20)), texts=(), paths=(), keys=(), header=b"", nodes=())
)
# Python's own bell for whatever reaches out of the process; loaded before anything of ours.
ALONE = """
import sys
def bell(event, arguments):
    if event in ("socket.connect", "socket.bind", "socket.getaddrinfo", "sqlite3.connect"):
        raise SystemExit(f"reached out: {event} {arguments}")
sys.addaudithook(bell)
from api.cli import main
main()
"""


@dataclass
class Made:
    """A bundle, and what a checker has to know for it."""

    bundle: Bundle
    trust: Trust
    block_hash: bytes


def made(deployment: Deployment, register_no: str) -> Made:
    with deployment.system() as system:
        texts = system.verifier.texts(deployment.paper(register_no).read_bytes())
        found = evidence.gather(system, texts)
        known = trust.of_deployment(system)
        block = evidence.judge(found, known).block_hash
    return Made(found, known, block)


@pytest.fixture(scope="module")
def diploma(demo: Deployment) -> Made:
    return made(demo, DIPLOMA)


def judged(found: Bundle, known: Trust) -> Conclusion:
    return evidence.judge(found, known).answer.conclusion


def seen(case: Made) -> Trust:
    """The checker has looked the block up."""
    return replace(case.trust, block_hash=case.block_hash)


def test_a_bundle_of_a_diploma_is_small_and_says_all_but_the_registers_word(
    diploma: Made,
) -> None:
    size = len(bundle.encode(diploma.bundle))
    print(f"evidence bundle of a diploma: {size} bytes")  # noqa: T201
    assert size <= LARGEST_DIPLOMA
    answer = evidence.judge(diploma.bundle, seen(diploma)).answer
    assert answer.conclusion == HOLDS
    assert [report.artefact for report in answer.reports] == ["sd-jwt", "qr"]
    for report in answer.reports:
        assert [check.outcome for check in report.checks] == [
            *[Outcome.PASSED] * 6, Outcome.UNKNOWN, Outcome.PASSED,
        ]  # fmt: skip
        assert report.block is not None
        assert report.block.hash == diploma.block_hash


def test_offline_the_command_asks_nobody_and_reads_no_database(
    demo: Deployment, tmp_path: Path
) -> None:
    file, known = tmp_path / "diploma.sogoc", tmp_path / "trust.json"
    for command in (
        ("evidence", "make", str(demo.paper(DIPLOMA)), "--out", str(file)),
        ("evidence", "trust", "--out", str(known)),
    ):
        done = demo.here(*command)
        assert done.returncode == 0, done.stderr

    def alone(*options: str) -> subprocess.CompletedProcess[str]:
        command = ("verify", "--offline", str(file), "--trust", str(known), *options)
        return subprocess.run(
            [sys.executable, "-c", ALONE, "--data", str(tmp_path / "none"), "--lang", "en",
             *command],
            env=environment(), capture_output=True, text=True, encoding="utf-8", check=False,
        )  # fmt: skip

    unvouched = alone()
    assert unvouched.returncode == 2, unvouched.stderr
    assert "Nobody whom you trust vouches" in unvouched.stderr
    assert "Not settled: nobody whom you trust vouches" in unvouched.stdout
    block = unvouched.stderr.split("--block ")[1].split()[0].rstrip(".")
    vouched = alone("--block", block)
    assert vouched.returncode == 2, vouched.stderr
    assert "Right by the blockchain; the master register could not be asked here" in vouched.stdout
    assert "As of block" in vouched.stdout
    assert "You named the block" in vouched.stdout
    assert list(tmp_path.iterdir()) == [file, known] or not (tmp_path / "none").exists()


def test_online_a_bundle_is_verified_like_what_it_holds(demo: Deployment, tmp_path: Path) -> None:
    file = tmp_path / "diploma.sogoc"
    demo.here("evidence", "make", str(demo.paper(DIPLOMA)), "--out", str(file))
    done = demo.here("verify", str(file))
    assert done.returncode == 0, done.stdout + done.stderr


def test_a_bundle_of_a_revoked_credential_shows_that_it_is(demo: Deployment) -> None:
    with demo.system() as system:
        rows = [number for number in _numbers(demo) if _is_revoked(system, demo, number)]
    assert rows, "the demo revokes one"
    case = made(demo, rows[0])
    assert judged(case.bundle, seen(case)) == Conclusion(Verdict.INVALID, "revoked")


def _numbers(demo: Deployment) -> list[str]:
    folder = demo.paper(DIPLOMA).parent
    return [path.stem.replace("-", "/") for path in sorted(folder.glob("*.pdf"))]


def _is_revoked(system: object, demo: Deployment, number: str) -> bool:
    answer = system.verifier.verify(demo.issued(number)[0])  # type: ignore[attr-defined]
    return bool(answer.conclusion.reason == "revoked")


def test_nobody_is_believed_who_vouches_for_another_block(diploma: Made) -> None:
    wrong = replace(diploma.trust, block_hash=bytes(32))
    answer = evidence.judge(diploma.bundle, wrong).answer
    assert answer.conclusion == Conclusion(Verdict.UNDETERMINED, "chain")
    assert {report.silence for report in answer.reports} == {"unvouched"}


@pytest.mark.parametrize(
    ("signing", "needed", "reason"),
    [
        ([0, 1], 2, "chain_only"),
        ([0, 1, 2], 2, "chain_only"),
        ([0], 2, "chain"),
        ([0, 3], 2, "chain"),  # the fourth is nobody whom we trust
        ([0, 0], 2, "chain"),
        ([], 0, "chain"),
        ([2], 1, "chain_only"),
    ],
    ids=["two of two", "three", "one", "a stranger", "one twice", "none needed", "one of one"],
)
def test_enough_trusted_witnesses_vouch_for_the_block(
    demo: Deployment, diploma: Made, signing: list[int], needed: int, reason: str
) -> None:
    keys = [SoftwareKey(ec.derive_private_key(number, ec.SECP256R1())) for number in (3, 5, 7, 9)]
    known = replace(
        diploma.trust, witnesses=tuple(key.public.raw for key in keys[:3]), needed=needed
    )
    signed = diploma.bundle
    with demo.system() as system:
        for number in signing:
            signed = evidence.cosign(system, signed, keys[number])
    answer = evidence.judge(signed, known).answer
    assert answer.conclusion.reason == reason
    if reason == "chain_only":
        assert {report.trust.code for report in answer.reports} == {"trust.cosigned"}


def test_a_witness_signs_no_block_that_its_chain_has_not(demo: Deployment, diploma: Made) -> None:
    key = SoftwareKey(ec.derive_private_key(3, ec.SECP256R1()))
    fields = rlp_decode(diploma.bundle.header)
    fields[3] = keccak(b"another state")
    other = replace(diploma.bundle, header=rlp_encode(fields))
    with demo.system() as system, pytest.raises(RefusedError, match="other_block"):
        evidence.cosign(system, other, key)
    fields[8] = b"\x7f\xff\xff\xff"
    ahead = replace(diploma.bundle, header=rlp_encode(fields))
    with demo.system() as system, pytest.raises(UnavailableError, match="not final yet"):
        evidence.cosign(system, ahead, key)


def test_no_flipped_bit_makes_a_bundle_tell_another_story(diploma: Made) -> None:
    drawn, data, known = random.Random(3107), bundle.encode(diploma.bundle), seen(diploma)
    shown = [report.document for report in evidence.judge(diploma.bundle, known).answer.reports]
    counts = {"refused": 0, "silent": 0, "forged": 0, "same": 0}
    for _ in range(FLIPS):
        flipped = bytearray(data)
        flipped[drawn.randrange(len(data))] ^= 1 << drawn.randrange(8)
        try:
            found = bundle.decode(bytes(flipped))
            answer = evidence.judge(found, known).answer
        except (FormatError, RefusedError, UnavailableError):
            counts["refused"] += 1
            continue
        if answer.conclusion == HOLDS:
            assert [report.document for report in answer.reports] == shown
            counts["same"] += 1
        elif answer.conclusion.verdict is Verdict.INVALID:
            # Only another artefact may read as forged, never the proofs around a genuine one.
            assert found.texts != diploma.bundle.texts
            counts["forged"] += 1
        else:
            assert answer.conclusion.verdict is Verdict.UNDETERMINED
            counts["silent"] += 1
    print(f"{FLIPS} bundles with one bit flipped: {counts}; 0 of another content accepted")  # noqa: T201


LEFT_OUT = {
    "no paths": {"paths": ()},
    "no keys": {"keys": ()},
    "no nodes": {"nodes": ()},
    "no header": {"header": b""},
}


@pytest.mark.parametrize("change", LEFT_OUT.values(), ids=LEFT_OUT)
def test_what_a_bundle_leaves_out_is_silence(diploma: Made, change: dict[str, object]) -> None:
    poorer = replace(diploma.bundle, **change)  # type: ignore[arg-type]
    try:
        found = judged(poorer, seen(diploma))
    except UnavailableError:
        return
    assert found.verdict is Verdict.UNDETERMINED


@pytest.mark.parametrize("left_out", [True, False], ids=["no path", "an older batch's path"])
def test_an_older_block_does_not_show_that_something_was_never_anchored(
    demo: Deployment, *, left_out: bool
) -> None:
    """Whoever makes a bundle chooses its block: what is not there yet may have come since."""
    newer, known = made(demo, TRANSCRIPT).bundle, made(demo, DIPLOMA).trust
    school, address = newer.paths[0].school, newer.deployment.contract
    with demo.system() as system:
        head = system.strict_reader.head()
        topics = [contract.topic("Anchored"), to_word(school), to_word(0)]
        (first,) = system.witnesses.history(address, topics, 0, head)
        batch = contract.batch_id(school, first.topics[3])
        anchored_by = bytes.fromhex(contract.event_data("Anchored", first.data)[1][2:])
        slots = [
            contract.school_slot(school),
            contract.anchor_slot(batch),
            contract.word_slot(batch, 0),
            contract.key_slot(contract.key_id(anchored_by)),
            *(contract.key_slot(PublicKey(each.raw).kid) for each in newer.keys),
        ]
        block = system.witnesses.block(first.block)
        header, nodes = system.witnesses.evidence(address, slots, block)
        others = [system.evidence.evidence(school, 0, each.leaf_index) for each in newer.paths]
    paths = [
        replace(each, evidence=other) for each, other in zip(newer.paths, others, strict=True)
        if other and not left_out
    ]  # fmt: skip
    assert all(each.seq > 0 for each in newer.paths)
    assert left_out or paths
    shown = replace(newer, header=header.raw, nodes=nodes, paths=tuple(paths))
    answer = evidence.judge(shown, replace(known, block_hash=block.hash)).answer
    assert answer.conclusion.verdict is Verdict.UNDETERMINED
    assert {report.silence for report in answer.reports} == {""}, "the block itself is believed"


def test_another_deployments_bundle_is_not_judged(diploma: Made) -> None:
    known = replace(diploma.trust, deployment=replace(diploma.trust.deployment, chain_id=1))
    with pytest.raises(RefusedError, match="foreign"):
        judged(diploma.bundle, known)


def test_other_code_at_the_address_proves_nothing(diploma: Made) -> None:
    known = replace(seen(diploma), code_hash=bytes(32))
    assert judged(diploma.bundle, known) == Conclusion(Verdict.UNDETERMINED, "chain")


@pytest.mark.parametrize(
    "data",
    [
        b"", bundle.MAGIC, bundle.MAGIC + b"\x80", bundle.MAGIC + b"\x9f" * 60_000,
        bundle.MAGIC + b"\xff", bundle.MAGIC + b"\x89" + b"\x00" * 9, b"\x00" * 70_000,
        EMPTY,
    ],
    ids=["nothing", "no list", "no fields", "nested", "broken", "zeros", "too large", "empty"],
)  # fmt: skip
def test_what_is_no_bundle_is_refused(data: bytes) -> None:
    with pytest.raises(FormatError, match=r"bundle\."):
        bundle.decode(data)


def test_a_bundle_cannot_repeat_itself_into_gigabytes(diploma: Made) -> None:
    """CBOR can refer to what it has said (tags 28 and 29): 60 kB here are 81 million hashes."""
    many = 9000
    again = b"\x99" + many.to_bytes(2, "big") + b"\xd8\x1c%b" + b"\xd8\x1d%b" * (many - 1)
    hashes = again.replace(b"%b", b"\x58\x20" + bytes(32), 1).replace(b"%b", b"\x01")
    path = b"\x86\x00\x00\x00\x58\x20" + bytes(32) + b"\x01" + hashes
    paths = again.replace(b"%b", path, 1).replace(b"%b", b"\x00")
    plain = bundle.encode(replace(diploma.bundle, texts=("-",), paths=(), nodes=(), keys=()))
    before, after = plain.split(b"\x81\x61-\x80")
    bomb = before + b"\x81\x61-" + paths + after
    assert len(bomb) < bundle.MAX_BYTES
    tracemalloc.start()
    with pytest.raises(FormatError, match="malformed"):
        bundle.decode(bomb)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < LARGEST_IN_MEMORY


def test_a_bundle_has_one_spelling(diploma: Made) -> None:
    data = bundle.encode(diploma.bundle)
    assert bundle.decode(data) == diploma.bundle
    for other in (data.removeprefix(bundle.MAGIC), data + b"\x00", bundle.MAGIC + data):
        with pytest.raises(FormatError, match="malformed"):
            bundle.decode(other)


def test_the_command_cosigns_a_file_in_place(deployment: Deployment, tmp_path: Path) -> None:
    folder = tmp_path / "made"
    folder.mkdir()
    file = folder / "one.sogoc"
    made = deployment.here("evidence", "make", str(deployment.paper(DIPLOMA)), "--out", str(file))
    assert made.returncode == 0, made.stderr
    done = deployment.here("evidence", "cosign", str(file))
    assert done.returncode == 0, done.stderr
    (signature,) = bundle.decode(file.read_bytes()).cosignatures
    assert signature.key.hex() in done.stdout
    assert list(folder.iterdir()) == [file]
