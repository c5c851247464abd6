"""A small world that fulfils the verifier's ports: real keys, real artefacts, a real tree.

Nothing is mocked: `World` is a chain, a store and a registry in memory, each of which can be
silent, lie or disagree. Tests bend it and look at the verdict.
"""

import os
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from cryptography.hazmat.primitives.asymmetric import ec

from credential import merkle, qrlink, qrtoken, sdjwt_issuing
from credential.dates import PartialDate
from credential.errors import UnavailableError
from credential.facts import (
    ONE_BELIEVED,
    AwardClaim,
    AwardMatch,
    Block,
    ChainTrust,
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
    Signer,
    TermOutcome,
    Transcript,
)
from credential.records import Signatures, StagedCredential
from issuer.staging import sign, stage

SCHOOL, SEQ = 1001, 3
ANCHORED, NOW = 1_782_000_000, 1_790_000_000  # seconds
HOLDERS = ("Nguyễn Thị Ngọc Khánh", "Trần Gia Bảo", "Lê Hoàng Thuý Vy")


def diploma(number: int, name: str) -> Credential:
    return Credential(
        type=CredentialType.THPT_DIPLOMA,
        school=SCHOOL,
        school_name="Trường THPT Mẫu Số Một",
        holder=Holder(name, PartialDate(2008, 2, 7), "Thành phố Hồ Chí Minh", "Nữ", "Kinh"),
        register_no=f"B26/1001/{number:05d}",
        year=2026,
        issued=date(2026, 6, 20),
        signer=Signer("Phạm Văn Mẫu", "Hiệu trưởng"),
        serial=f"T0100{number:04d}",
        decision=Decision("128/QĐ-THPTM1", date(2026, 6, 20)),
    )


def transcript(number: int, name: str) -> Credential:
    results = tuple(
        CourseResult(code, subject, term, mark=65 + number)
        for code, subject in (("toan", "Toán"), ("nguvan", "Ngữ văn"), ("tienganh", "Tiếng Anh"))
        for term in ("HK1", "HK2", "CN")
    )
    return replace(
        diploma(number, name),
        type=CredentialType.TRANSCRIPT,
        register_no=f"H26/1001/{number:05d}",
        serial=None,
        transcript=Transcript(
            12, "12.10", "2025-2026", results, (TermOutcome("CN", "Khá", "Tốt", 1),)
        ),
    )


@dataclass
class World:
    """One batch of one school, anchored and registered."""

    credentials: Sequence[Credential] = field(
        default_factory=lambda: [diploma(n, name) for n, name in enumerate(HOLDERS)]
    )
    deployment: Deployment = field(default_factory=lambda: Deployment(3107, bytes(range(20))))
    silent: set[str] = field(default_factory=set)
    lanes: dict[int, Lane] = field(default_factory=dict)
    pending: bool = False
    next_seq: int = SEQ + 1
    trust: ChainTrust = ONE_BELIEVED
    all_keys: bool = True
    asked: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.key = SoftwareKey(ec.generate_private_key(ec.SECP256R1()))
        self.rows: list[StagedCredential] = list(
            stage(
                self.credentials, [f"p{n}" for n in range(len(self.credentials))], SEQ,
                self.deployment, self.key.public, os.urandom,
            )
        )  # fmt: skip
        signed = sign(self.rows, self.deployment, self.key)
        self.signatures: list[Signatures] = signed[0]
        self.levels: list[bytes] = signed[1]
        size = len(self.credentials)
        self.block = Block(500, bytes(32), NOW)
        self.school: LedgerSchool | None = LedgerSchool(1, 0, 0, 0b110)
        self.signing = LedgerKey(
            self.key.public.kid, SCHOOL, 1, 0, 0, KeyRole.SIGN, self.key.public.raw
        )
        anchoring = LedgerKey(bytes(31) + b"\x07", SCHOOL, 1, 0, 0, KeyRole.ANCHOR)
        self.keys: list[LedgerKey] = [self.signing]
        self.anchor: LedgerAnchor | None = LedgerAnchor(SEQ, size, ANCHORED, anchoring)
        self.registry: dict[str, Credential] = {c.register_no: c for c in self.credentials}
        self.answer = AwardMatch(True, signer_in_office=True, entitled=True)
        self.withdrawn: dict[str, tuple[Lane, Withdrawal | None]] = {}

    def token(self, code: str) -> bytes | None:
        self._ask("store")
        found = [row.index for row in self.rows if row.code == code]
        return self.qr_bytes(found[0]) if found else None

    def evidence(self, school: int, seq: int, leaf_index: int) -> Evidence | None:
        self._ask("store")
        if (school, seq) != (SCHOOL, SEQ) or leaf_index >= len(self.levels[0]) // 32:
            return None
        leaf = self.levels[0][leaf_index * 32 : leaf_index * 32 + 32]
        return Evidence(leaf, len(self.credentials), merkle.path(self.levels, leaf_index))

    def facts(self, school: int, key_prefix: bytes, root: bytes | None, index: int) -> LedgerFacts:
        self._ask("chain")
        known = root == self.levels[-1] and school == SCHOOL
        return LedgerFacts(
            block=self.block,
            school=self.school if school == SCHOOL else None,
            keys=tuple(key for key in self.keys if key.key_id.startswith(key_prefix)),
            next_seq=self.next_seq if school == SCHOOL else 0,
            anchor=self.anchor if known and not self.pending else None,
            pending=known and self.pending,
            lane=self.lanes.get(index, Lane.ACTIVE) if known else Lane.ACTIVE,
            trust=self.trust,
            all_keys=self.all_keys,
        )

    def match(self, claim: AwardClaim) -> AwardMatch:
        self._ask("registry")
        own = self.registry.get(claim.register_no)
        if own is None:
            return AwardMatch(False, school_name="Trường THPT Mẫu Số Một")
        pairs = {
            "name": (claim.name, own.holder.name),
            "birth": (claim.birth, own.holder.birth),
            "serial": (claim.serial, own.serial),
            "year": (claim.year, own.year),
        }
        fields = {
            name: Match.AGREES if said == known else Match.DIFFERS
            for name, (said, known) in pairs.items()
            if said is not None
        }
        lane, withdrawal = self.withdrawn.get(claim.register_no, (Lane.ACTIVE, None))
        return replace(
            self.answer,
            fields={**fields, **self.answer.fields},
            lane=lane,
            withdrawal=withdrawal,
            school_name="Trường THPT Mẫu Số Một",
        )

    def qr_bytes(self, index: int) -> bytes:
        public, claims = self.key.public, self.rows[index].qr_payload
        return qrtoken.assemble(claims, public.kid, public.alg, self.signatures[index].qr)

    def link(self, index: int, host: str = "https://sogoc.example") -> str:
        return "".join(qrlink.encode(self.qr_bytes(index), host))

    def sd_jwt(self, index: int) -> str:
        row, public = self.rows[index], self.key.public
        header = sdjwt_issuing.header(public.kid, public.alg)
        to_sign = sdjwt_issuing.signing_input(header, row.sd_payload)
        return f"{sdjwt_issuing.assemble(to_sign, self.signatures[index].sd)}~{row.disclosures}"

    def _ask(self, source: str) -> None:
        self.asked.append(source)
        if source in self.silent:
            raise UnavailableError(source, "silent")
