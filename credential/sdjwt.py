"""The SD-JWT: the artefact for files, wallets and sharing in part.

RFC 9901 with the SD-JWT VC media type ``dc+sd-jwt``. Plain in the payload stands only what every
verification needs, and what is the batch's rather than the person's: issuer, type, school with
name, decision, school year and grade of a transcript, place in the batch, date, numbers, the place
of the version that it replaces. Every personal field, every
result and every outcome is a salted disclosure of its own. Disclosures are *recursive*: those of a
term stand in the group of that term (`credential.sdjwt_shape`), and what keeps a group or a field
hidden is one digest in one list. All lists are sorted and padded with decoys to a multiple of 8,
so what is hidden can be neither counted nor ordered.

Our JSON has one spelling (RFC 8785: ASCII keys in order, integers and strings only), and only
that spelling is taken, which leaves no room for duplicate keys, NaN or odd white space.

A leaf of the batch tree commits to the *issuer-signed JWT* (all before the first ``~``), so one
path serves every selection that the holder shows.
"""

import hashlib
from base64 import urlsafe_b64encode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final

from credential import keybinding
from credential.errors import FormatError
from credential.jose import decode, load
from credential.keybinding import KeyBinding
from credential.keys import SIGNATURE, PublicKey
from credential.model import CredentialType, Place
from credential.sdjwt_shape import (
    COUNTS,
    GROUPS,
    OUTCOME,
    WANTED,
    WANTED_OF_RESULTS,
    check_digests,
    check_field,
    check_header,
    check_payload,
    check_row,
    check_value,
    refuse_unless,
)

MAX_BYTES: Final = 65_536  # 64 KiB; a transcript of 40 results takes 9 kB
_KID = 32  # bytes of a JWK thumbprint


def digest_of(disclosure: bytes) -> str:
    """Digest of a base64url disclosure (RFC 9901 §4.2.3)."""
    return urlsafe_b64encode(hashlib.sha256(disclosure).digest())[:43].decode()


@dataclass(frozen=True, slots=True)
class Disclosure:
    """One disclosure: its raw text, the `group` it stands in ("" at the top), name and value.

    A group's own has no value of use. `group` is None for one that nothing signed commits to.
    """

    text: str
    group: str | None
    name: str
    value: Any

    @property
    def is_group(self) -> bool:
        """Whether it holds the digests of a group and nothing to read."""
        return self.group == "" and self.name in GROUPS

    @property
    def path(self) -> str:
        """How selections name it: ``birth_date``, ``CN``, ``CN/mathematics``."""
        return f"{self.group}/{self.name}" if self.group else self.name


@dataclass(frozen=True)
class SdJwt:
    """A parsed SD-JWT: well formed, not yet verified.

    `jwt` is the issuer-signed part, `payload` its claims, `shown` the disclosures that came
    along, `holder_key` the key that it is bound to, `binding` the key binding JWT shown with it.
    """

    jwt: str
    alg: str
    kid: bytes
    payload: Mapping[str, Any]
    signature: bytes
    shown: Sequence[Disclosure]
    holder_key: PublicKey | None
    binding: KeyBinding | None

    @property
    def type(self) -> CredentialType:
        """The credential type that `vct` names."""
        return CredentialType.from_vct(self.payload["vct"])

    @property
    def body(self) -> Mapping[str, Any]:
        """The always visible members of ``credential``."""
        body: Mapping[str, Any] = self.payload["credential"]
        return body

    @property
    def place(self) -> Place:
        """Where the credential stands in its school's batches."""
        return Place(self.body["seq"], self.body["index"])

    @property
    def digest(self) -> bytes:
        """SHA-256 of the JWS signing input, as a transcript's QR token carries it."""
        return hashlib.sha256(self.jwt.rpartition(".")[0].encode()).digest()

    @property
    def text(self) -> str:
        """The SD-JWT without key binding: what `KeyBinding.selection` is the digest of."""
        return "~".join([self.jwt, *(each.text for each in self.shown), ""])

    @cached_property
    def disclosed(self) -> Mapping[str, Any]:
        """The personal fields shown, by name."""
        return {each.name: each.value for each in self._of("") if not each.is_group}

    @cached_property
    def results(self) -> tuple[Mapping[str, Any], ...]:
        """The course results shown, each with `subject`, `term`, `name` and its values."""
        return tuple(
            {**each.value, "subject": each.name, "term": term}
            for term in GROUPS
            if term != OUTCOME
            for each in self._of(term)
        )

    @cached_property
    def outcomes(self) -> Mapping[str, Any]:
        """The outcomes shown, by name: ``CN.study``, ``HK1.absences``, ``title`` and so on."""
        return {each.name: each.value for each in self._of(OUTCOME) if each.name != COUNTS}

    @property
    def committed(self) -> bool:
        """Whether the signed payload commits to every disclosure shown, each once."""
        return all(each.group is not None for each in self.shown)

    @property
    def partial(self) -> bool:
        """Whether something may have been left out: a field that belongs, or any row.

        What `COUNTS` says is signed, and shown only along with everything else.
        """
        if not self.type.has_results:
            return not self.disclosed.keys() >= WANTED
        if not self.disclosed.keys() >= WANTED_OF_RESULTS:
            return True
        counts = next((each.value for each in self._of(OUTCOME) if each.name == COUNTS), None)
        rows = {group: sum(each.name != COUNTS for each in self._of(group)) for group in GROUPS}
        return counts is None or any(counts.get(group, 0) != rows[group] for group in GROUPS)

    def verify(self, key: PublicKey) -> bool:
        """Whether `key` signed the JWT, with the key's own algorithm."""
        to_sign = self.jwt.rpartition(".")[0].encode()
        return key.alg == self.alg and key.kid == self.kid and key.verify(self.signature, to_sign)

    def _of(self, group: str) -> list[Disclosure]:
        return [each for each in self.shown if each.group == group]


def parse(text: str) -> SdJwt:
    """Parse strictly an SD-JWT, with or without key binding.

    Raises FormatError ``sdjwt.too_long`` and ``sdjwt.malformed``.
    """
    if len(text) > MAX_BYTES:
        raise FormatError("sdjwt.too_long", limit=MAX_BYTES)
    try:
        return _parsed(text)
    except (ValueError, KeyError, TypeError, AttributeError, IndexError, FormatError) as error:
        raise FormatError("sdjwt.malformed") from error


def _parsed(text: str) -> SdJwt:
    jwt, *disclosures, end = text.split("~")
    head, body, signature = jwt.split(".")
    members, payload, raw_signature = load(head), load(body), decode(signature)
    check_header(members)
    check_payload(payload)
    kid = decode(members["kid"])
    refuse_unless(len(kid) == _KID and len(raw_signature) == SIGNATURE)
    holder_key = _holder_key(payload["cnf"]) if "cnf" in payload else None
    refuse_unless(not end or holder_key is not None)
    return SdJwt(
        jwt=jwt,
        alg=members["alg"],
        kid=kid,
        payload=payload,
        signature=raw_signature,
        shown=_resolved(payload, disclosures),
        holder_key=holder_key,
        binding=keybinding.parse(end, text[: len(text) - len(end)]) if end else None,
    )


def _holder_key(cnf: Mapping[str, Any]) -> PublicKey:
    refuse_unless(cnf.keys() == {"jwk"})
    key = PublicKey.from_jwk(cnf["jwk"])
    key.check()
    return key


def _resolved(payload: Mapping[str, Any], texts: list[str]) -> list[Disclosure]:
    """Each disclosure in the group whose list commits to it (RFC 9901 §7.1 step 3).

    One whose digest is nowhere, or was used before, is left without a group: whoever holds the
    file may have put it there, which is no fault of form. What the issuer signed must be sound.
    """
    loaded = [_loaded(text) for text in texts]
    digests = [digest_of(text.encode()) for text in texts]
    homes = dict.fromkeys(payload["credential"]["_sd"], "")
    results = CredentialType.from_vct(payload["vct"]).has_results
    for digest, (name, value) in dict(zip(digests, loaded, strict=True)).items():
        if name in GROUPS and homes.get(digest) == "":
            refuse_unless(results and type(value) is dict and value.keys() == {"_sd"})
            check_digests(value["_sd"])
            refuse_unless(homes.keys().isdisjoint(value["_sd"]))
            homes |= dict.fromkeys(value["_sd"], name)
    found = []
    for text, digest, (name, value) in zip(texts, digests, loaded, strict=True):
        group = homes.pop(digest, None)
        found.append(Disclosure(text, group, name, value))
        if group:
            check_row(group, name, value)
        elif group is None:
            check_value(value)
        elif name not in GROUPS:
            check_field(name, value)
    paths = [each.path for each in found if each.group is not None]
    refuse_unless(len(set(paths)) == len(paths))
    return found


def _loaded(text: str) -> tuple[str, Any]:
    salt, name, value = load(text)
    refuse_unless(type(salt) is str and type(name) is str and name not in ("_sd", "..."))
    return name, value
