"""What a person signs who approves a batch: its manifest, one signature for all of it.

A manifest names the deployment, the batch and, by index, the digest of each credential's signing
input, as canonical JSON (RFC 8785). It is signed as a JWS with a detached payload (RFC 7515
appendix F), by a key of the person's own. The school's key is not involved: its signatures cover
the same signing inputs, one by one, and the batch that holds them is anchored.
"""

from collections.abc import Sequence

from credential.jose import canonical, decode
from credential.keys import PublicKey, Signer, b64url
from credential.model import CredentialType, Deployment

TYP = "sogoc-manifest"


def manifest(
    deployment: Deployment, kind: CredentialType, school: int, seq: int, digests: Sequence[bytes]
) -> bytes:
    """The manifest of a batch; `digests` are of 32 bytes each, by index."""
    return canonical(
        {
            "chain_id": deployment.chain_id,
            "contract": deployment.contract.hex(),
            "credentials": [digest.hex() for digest in digests],
            "school": school,
            "seq": seq,
            "type": kind.key,
        }
    )


def sign(text: bytes, signer: Signer) -> str:
    """The detached JWS of a manifest."""
    key = signer.public
    header = b64url(canonical({"alg": key.alg, "kid": b64url(key.kid), "typ": TYP}))
    return f"{header}..{b64url(signer.sign(_input(header, text)))}"


def is_signed(signature: str, text: bytes, key: PublicKey) -> bool:
    """Whether this is that key's detached JWS of the manifest, in its one spelling."""
    header, _, rest = signature.partition("..")
    expected = {"alg": key.alg, "kid": b64url(key.kid), "typ": TYP}
    try:
        if header != b64url(canonical(expected)):
            return False
        return key.verify(decode(rest), _input(header, text))
    except ValueError:
        return False


def _input(header: str, text: bytes) -> bytes:
    return f"{header}.{b64url(text)}".encode()
