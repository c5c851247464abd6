"""A small world that fulfils `verifier.ports`: real keys, real artefacts, a real tree.

One school issues one batch; switches make sources silent, awards revoked, fields different.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from cryptography.hazmat.primitives.asymmetric import ec

from api.receipts import ReceiptOffice
from credential import lookup, merkle, qrlink, qrtoken, sdjwt_issuing
from credential.dates import PartialDate
from credential.errors import UnavailableError
from credential.facts import (
    AwardClaim,
    AwardMatch,
    Block,
    Evidence,
    LedgerAnchor,
    LedgerFacts,
    LedgerKey,
    LedgerSchool,
    Match,
    Withdrawal,
)
from credential.keys import SoftwareKey
from credential.model import (
    CourseResult,
    Credential,
    CredentialType,
    Decision,
    Deployment,
    Holder,
    KeyRole,
    Lane,
    Place,
    Signer,
    TermOutcome,
    Transcript,
)
from credential.receipt import OPERATOR
from credential.text import fold
from verifier.auditing import Auditor
from verifier.numbers import fold as fold_number
from verifier.receipting import Site as ReceiptSite
from verifier.verify import Verifier

HOST = "https://xacminh.example"
SCHOOL, SEQ, TIME = 7, 0, 1_780_000_000
NAMES = ("Nguyễn Thị Minh Anh", "Trần Quốc Bảo", "Đỗ Thuý Hằng", "Lê Hoàng Phúc")
SUBJECTS = ("Ngữ văn", "Toán", "Tiếng Anh", "Lịch sử", "Vật lí", "Hoá học", "Tin học",
            "Giáo dục thể chất")  # fmt: skip


def key_from(seed: int) -> SoftwareKey:
    """A P-256 key that is the same on every run."""
    return SoftwareKey(ec.derive_private_key(seed, ec.SECP256R1()))


def diploma(number: int, name: str) -> Credential:
    return Credential(
        type=CredentialType.THPT_DIPLOMA,
        school=SCHOOL,
        school_name="Trường THPT Bình Minh",
        holder=Holder(
            name, PartialDate(2008, 2, 7 + number), "Thành phố Hồ Chí Minh", "Nữ", "Kinh"
        ),
        register_no=f"2026/{number + 1:04d}",
        year=2026,
        issued=date(2026, 6, 25),
        signer=Signer("Phạm Văn Hiệu", "Hiệu trưởng"),
        serial=f"SG{number + 1:06d}",
        decision=Decision("1234/QĐ-SGDĐT", date(2026, 6, 20)),
    )


def transcript(number: int, name: str) -> Credential:
    results = tuple(
        CourseResult(subject.lower(), subject, term, rating="Đ")
        if subject == "Giáo dục thể chất"
        else CourseResult(subject.lower(), subject, term, mark=70 + place + shift)
        for place, subject in enumerate(SUBJECTS)
        for shift, term in enumerate(("HK1", "HK2", "CN"))
    )
    return replace(
        diploma(number, name),
        type=CredentialType.TRANSCRIPT,
        serial=None,
        decision=None,
        register_no=f"HB-2026/{number + 1:04d}",
        transcript=Transcript(
            12, "12A3", "2025-2026", results, (TermOutcome("CN", "Tốt", "Tốt", 2),)
        ),
    )


@dataclass(frozen=True)
class Issued:
    """One credential with its two artefacts and its look-up code."""

    credential: Credential
    place: Place
    sd_jwt: str
    token: bytes
    code: str

    @property
    def digits(self) -> str:
        return qrlink.encode(self.token, HOST)[1]

    @property
    def link(self) -> str:
        return "".join(qrlink.encode(self.token, HOST))


@dataclass
class World:
    """Ledger, evidence store and registry in one, with switches for tests."""

    deployment: Deployment = field(default_factory=lambda: Deployment(3107, bytes(range(20))))
    key: SoftwareKey = field(default_factory=lambda: key_from(7))
    receipt_key: SoftwareKey | None = field(default_factory=lambda: key_from(8))
    listed: bool = True
    block: Block = field(default_factory=lambda: Block(1204, bytes.fromhex("ab" * 32), TIME + 3600))
    silent: set[str] = field(default_factory=set)
    lanes: dict[int, Lane] = field(default_factory=dict)
    withdrawn: dict[str, Withdrawal] = field(default_factory=dict)
    pending: bool = False
    anchored: bool = True
    successors: dict[int, int] = field(default_factory=dict)
    awards: dict[str, Credential] = field(default_factory=dict)
    issued: list[Issued] = field(default_factory=list)

    def __post_init__(self) -> None:
        people = [diploma(number, name) for number, name in enumerate(NAMES)]
        people += [transcript(number, name) for number, name in enumerate(NAMES)]
        self.issued = [self.issue(one, Place(SEQ, index)) for index, one in enumerate(people)]
        self.awards = {one.register_no: one for one in people}
        self._grow()

    def add(self, credential: Credential) -> Issued:
        """Issue one more, in the same batch; the register holds it unless its number is taken."""
        self.issued.append(self.issue(credential, Place(SEQ, len(self.issued))))
        self.awards.setdefault(credential.register_no, credential)
        self._grow()
        return self.issued[-1]

    def _grow(self) -> None:
        leaves = (
            merkle.leaf_hash(data)
            for one in self.issued
            for data in (one.sd_jwt.partition("~")[0].encode(), one.token)
        )
        self.tree = merkle.levels(leaves)

    def issue(self, credential: Credential, place: Place, key: SoftwareKey | None = None) -> Issued:
        """Sign one credential for a place, with the school's key unless told otherwise."""
        key = key or self.key
        kid, alg = key.public.kid, key.public.alg
        salts = hashlib.shake_256(credential.register_no.encode()).digest(
            sdjwt_issuing.salt_bytes(credential)
        )
        payload, disclosures = sdjwt_issuing.prepare(
            credential, place, self.deployment, TIME, salts
        )
        to_sign = sdjwt_issuing.signing_input(sdjwt_issuing.header(kid, alg), payload)
        jwt = sdjwt_issuing.assemble(to_sign, key.sign(to_sign))
        digest = hashlib.sha256(to_sign).digest() if credential.transcript else None
        claims = qrtoken.payload(credential, place, self.deployment, digest)
        signature = key.sign(qrtoken.to_sign(claims, kid, alg, self.deployment))
        token = qrtoken.assemble(claims, kid, alg, signature)
        code = lookup.encode(hashlib.sha256(credential.register_no.encode()).digest())
        return Issued(credential, place, f"{jwt}~{disclosures}", token, code)

    def verifier(self) -> Verifier:
        return Verifier(self.deployment, self, self, self, limit=2.0)

    def office(self, verifier: Verifier) -> ReceiptOffice:
        """What gives receipts, over that verifier and this world."""
        site = ReceiptSite(self.deployment, HOST, "sogoc 0", specimen=True)
        return ReceiptOffice(verifier, Auditor(self.deployment, self), site, self.receipt_key)

    def readiness(self) -> Mapping[str, bool]:
        return {source: source not in self.silent for source in ("chain", "registry", "store")}

    def _asked(self, source: str) -> None:
        if source in self.silent:
            raise UnavailableError(source, "switched off")

    # verifier.ports.Ledger
    def facts(self, school: int, key_prefix: bytes, root: bytes | None, index: int) -> LedgerFacts:
        self._asked("chain")
        if school == OPERATOR:
            return self._operators(key_prefix)
        public = self.key.public
        listed = LedgerKey(public.kid, SCHOOL, 0, 0, 0, KeyRole.SIGN, public.raw)
        anchoring = LedgerKey(bytes(32), SCHOOL, 0, 0, 0, KeyRole.ANCHOR)
        ours = root == self.tree[-1] and self.anchored
        return LedgerFacts(
            block=self.block,
            school=LedgerSchool(0, 0, 0, 0b110) if school == SCHOOL else None,
            keys=(listed,) if public.kid.startswith(key_prefix) else (),
            next_seq=1 if self.anchored else 0,
            anchor=LedgerAnchor(SEQ, len(self.issued), TIME, anchoring) if ours else None,
            pending=self.pending,
            lane=self.lanes.get(index, Lane.ACTIVE),
        )

    def _operators(self, prefix: bytes) -> LedgerFacts:
        assert self.receipt_key is not None
        public = self.receipt_key.public
        key = LedgerKey(public.kid, OPERATOR, 0, 0, 0, KeyRole.SIGN, public.raw)
        known = (key,) if self.listed and public.kid.startswith(prefix) else ()
        standing = LedgerSchool(0, 0, 0, 0)
        return LedgerFacts(self.block, standing, known, 0, None, pending=False, lane=Lane.ACTIVE)

    # verifier.ports.BlockLedger
    def past(self, number: int) -> Block | None:
        self._asked("chain")
        return self.block if number == self.block.number else None

    # verifier.ports.EvidenceStore
    def evidence(self, school: int, seq: int, leaf_index: int) -> Evidence | None:
        self._asked("store")
        if (school, seq) != (SCHOOL, SEQ) or leaf_index >= 2 * len(self.issued):
            return None
        leaf = self.tree[0][32 * leaf_index : 32 * leaf_index + 32]
        return Evidence(leaf, len(self.issued), merkle.path(self.tree, leaf_index))

    def token(self, code: str) -> bytes | None:
        self._asked("store")
        return next((one.token for one in self.issued if one.code == code), None)

    # verifier.ports.NumberedStore
    def numbered(self, number: str) -> Sequence[bytes]:
        self._asked("store")
        return [
            one.token
            for one in reversed(self.issued)
            if number
            in {fold_number(one.credential.serial or ""), fold_number(one.credential.register_no)}
        ]

    # api.succeeding
    def successor(self, school: int, seq: int, index: int) -> tuple[int, int] | None:
        found = self.successors.get(index) if (school, seq) == (SCHOOL, SEQ) else None
        return None if found is None else (SEQ, found)

    def token_at(self, school: int, seq: int, index: int) -> bytes | None:
        known = (school, seq) == (SCHOOL, SEQ) and index < len(self.issued)
        return self.issued[index].token if known else None

    def leaves(self, school: int, seq: int) -> bytes | None:
        """See `api.site.publishing.PublishedEvidence`."""
        self._asked("store")
        return self.tree[0] if (school, seq) == (SCHOOL, SEQ) else None

    def by_digest(self, digest: bytes) -> tuple[int, int, int, Evidence] | None:
        for leaf_index in range(2 * len(self.issued)):
            found = self.evidence(SCHOOL, SEQ, leaf_index)
            if found and found.leaf == digest:
                return SCHOOL, SEQ, leaf_index, found
        return None

    # verifier.ports.AwardRegistry
    def match(self, claim: AwardClaim) -> AwardMatch:
        self._asked("registry")
        award = self.awards.get(claim.register_no)
        if award is None:
            return AwardMatch(found=False)
        pairs = {
            "name": (claim.name, award.holder.name),
            "birth": (claim.birth, award.holder.birth),
            "serial": (claim.serial, award.serial),
            "issued": (claim.issued, award.issued),
        }
        cause = self.withdrawn.get(claim.register_no)
        return AwardMatch(
            found=True,
            fields={name: _compare(*pair) for name, pair in pairs.items() if pair[0] is not None},
            lane=Lane.REVOKED if cause else Lane.ACTIVE,
            withdrawal=cause,
            signer_in_office=True,
            entitled=True,
            school_name=award.school_name,
        )


def _compare(claimed: object, held: object) -> Match:
    if claimed == held:
        return Match.AGREES
    spelling = isinstance(claimed, str) and isinstance(held, str) and fold(claimed) == fold(held)
    return Match.SPELLING if spelling else Match.DIFFERS
