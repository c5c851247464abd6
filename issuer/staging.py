"""Steps 4 and 5 of issuing: what will be signed, and the signatures.

Pure but for the random bytes that are passed in. Everything that is random or decided (salts,
look-up codes, places) is made in `stage` and stored before `sign` sees it, so that a crash
between the two loses nothing and signs nothing twice that matters.
"""

import hashlib
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, date, datetime, time

from credential import lookup, manifest, merkle, qrtoken, sdjwt_issuing
from credential.keys import PublicKey, Signer
from credential.model import Credential, Deployment, Place
from credential.records import Batch, Binding, Signatures, StagedCredential


def stage(
    credentials: Sequence[Credential],
    pupils: Sequence[str],
    seq: int,
    deployment: Deployment,
    key: PublicKey,
    random: Callable[[int], bytes],
) -> Iterator[StagedCredential]:
    """The credentials, already in the order of their indices, as they will be signed.

    `random(n)` gives n bytes from the system's generator.
    """
    header = sdjwt_issuing.header(key.kid, key.alg)
    for index, (credential, pupil) in enumerate(zip(credentials, pupils, strict=True)):
        place = Place(seq, index)
        salts = random(sdjwt_issuing.salt_bytes(credential))
        iat = _seconds(credential.issued)
        payload, disclosures = sdjwt_issuing.prepare(credential, place, deployment, iat, salts)
        digest = None
        if credential.type.has_results:
            digest = hashlib.sha256(sdjwt_issuing.signing_input(header, payload)).digest()
        yield StagedCredential(
            index=index,
            pupil=pupil,
            register_no=credential.register_no,
            serial=credential.serial,
            code=lookup.encode(random(lookup.RANDOM_BYTES)),
            sd_payload=payload,
            disclosures=disclosures,
            qr_payload=qrtoken.payload(credential, place, deployment, digest),
            supersedes=credential.supersedes,
        )


def contents(batch: Batch, rows: Sequence[StagedCredential]) -> dict[str, Binding]:
    """What each register line will say, and where, by register number."""
    header = sdjwt_issuing.header(batch.kid, batch.alg)
    found = {}
    for row in rows:
        to_sign = sdjwt_issuing.signing_input(header, row.sd_payload)
        place = Place(batch.seq, row.index)
        found[row.register_no] = Binding(hashlib.sha256(to_sign).digest(), place)
    return found


def manifest_of(batch: Batch, rows: Sequence[StagedCredential], deployment: Deployment) -> bytes:
    """What the approver of a batch signs."""
    found = contents(batch, rows)
    digests = [found[row.register_no].content for row in rows]
    return manifest.manifest(deployment, batch.type, batch.school, batch.seq, digests)


def sign(
    rows: Sequence[StagedCredential], deployment: Deployment, signer: Signer
) -> tuple[list[Signatures], list[bytes]]:
    """Both signatures of each row, by index, and the levels of the batch tree."""
    key = signer.public
    header = sdjwt_issuing.header(key.kid, key.alg)
    signatures, leaves = [], []
    for row in rows:
        jwt_input = sdjwt_issuing.signing_input(header, row.sd_payload)
        token_input = qrtoken.to_sign(row.qr_payload, key.kid, key.alg, deployment)
        made = Signatures(signer.sign(jwt_input), signer.sign(token_input))
        jwt = sdjwt_issuing.assemble(jwt_input, made.sd)
        token = qrtoken.assemble(row.qr_payload, key.kid, key.alg, made.qr)
        signatures.append(made)
        leaves += [merkle.leaf_hash(jwt.encode()), merkle.leaf_hash(token)]
    return signatures, merkle.levels(leaves)


def _seconds(day: date) -> int:
    # `iat` is for readers of other systems; the standing of a credential comes from its anchor.
    return int(datetime.combine(day, time(), UTC).timestamp())
