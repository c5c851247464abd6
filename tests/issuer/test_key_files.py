"""What a key file costs whoever tries passphrases on it."""

import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from issuer import keystore

INTEGER = b"\x02\x03"  # DER, of three bytes


def test_a_passphrase_is_as_costly_to_guess_as_owasp_advises(
    quick_keys: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert quick_keys == 600_000
    monkeypatch.setattr(keystore, "_ROUNDS", quick_keys)
    sealed = keystore.sealed_file(ec.generate_private_key(keystore.SIGNING), (), b"x")
    assert INTEGER + quick_keys.to_bytes(3, "big") in sealed
