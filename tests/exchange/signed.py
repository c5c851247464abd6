"""SD-JWTs as issuing makes them, with a signature of a key of ours."""

from cryptography.hazmat.primitives.asymmetric import ec

from credential import sdjwt_issuing
from credential.keys import SoftwareKey
from credential.model import Credential, Place
from tests.exchange.records import DEPLOYMENT

PLACE = Place(4, 17)
_KEY = SoftwareKey(ec.derive_private_key(7, ec.SECP256R1()))


def signed(credential: Credential) -> str:
    """The SD-JWT with all its disclosures."""
    salts = bytes(number % 251 for number in range(sdjwt_issuing.salt_bytes(credential)))
    payload, disclosures = sdjwt_issuing.prepare(
        credential, PLACE, DEPLOYMENT, 1_780_000_000, salts
    )
    header = sdjwt_issuing.header(_KEY.public.kid, _KEY.public.alg)
    to_sign = sdjwt_issuing.signing_input(header, payload)
    return f"{sdjwt_issuing.assemble(to_sign, _KEY.sign(to_sign))}~{disclosures}"
