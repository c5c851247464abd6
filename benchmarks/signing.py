"""Signatures per second with a key in a token (SoftHSM), beside a key file in the same run.

Ours counts what issuing does: hash, sign in the token, and check the signature before it goes out.
A batch counts all that an approval leads to: the principal's signature under the manifest, then two
signatures of the school for each diploma, and the tree.
"""

import os
import subprocess
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.measure import Target, rate, show
from benchmarks.samples import DEPLOYMENT, parse, record
from chain.wallet import signed
from credential import manifest
from credential.chainkeys import ChainKey
from credential.keys import Signer
from credential.model import CredentialType
from credential.records import Batch, BatchState
from issuer.devicekeys import DeviceKey
from issuer.devices import Devices
from issuer.keystore import CHAIN, SIGNING, Keystore
from issuer.staging import manifest_of, sign, stage

AIM = 500
_MODULE = "/usr/lib/softhsm/libsofthsm2.so"
_PIN, _SIGNATURES, _DIPLOMAS = "246810", 1000, 500


def main() -> list[Target]:
    """Print the table; what was aimed for and reached."""
    if not Path(_MODULE).exists():
        print("SoftHSM is missing (apt-get install softhsm2): not measured")
        return [Target("signatures in a token", AIM, 0)]
    with TemporaryDirectory() as folder:
        keystore, devices = _keys(Path(folder))
        rows = [
            ("key file: signing", rate(partial(_sign, keystore.signer("file")))),
            (
                "token (SoftHSM): signing, each one checked",
                rate(partial(_sign, keystore.signer("token"))),
            ),
            ("token (SoftHSM): whole batches", rate(partial(_batch, keystore.signer("token")))),
            ("key file: chain", rate(partial(_act, keystore.chain_key("chain-file")))),
            ("token (SoftHSM): chain", rate(partial(_act, keystore.chain_key("chain-token")))),
        ]
        show(f"Signatures, {_SIGNATURES} a round", rows)
        devices.close()
    return [
        Target("signatures in a token (SoftHSM)", AIM, min(rows[1][1].median, rows[1][1].wall)),
        Target("signatures of batches in a token", AIM, min(rows[2][1].median, rows[2][1].wall)),
        Target("chain signatures in a token", AIM, min(rows[4][1].median, rows[4][1].wall)),
    ]


def _keys(folder: Path) -> tuple[Keystore, Devices]:
    (folder / "tokens").mkdir()
    settings = folder / "softhsm2.conf"
    settings.write_text(f"directories.tokendir = {folder / 'tokens'}\n")
    os.environ["SOFTHSM2_CONF"] = str(settings)
    make = ["softhsm2-util", "--init-token", "--free", "--label", "bench", "--pin", _PIN,
            "--so-pin", "1357"]  # fmt: skip
    subprocess.run(make, check=True, capture_output=True)
    devices = Devices(lambda _key, _last: _PIN)
    keystore = Keystore(folder / "keys", lambda: "x", lambda: devices)
    keystore.make_signer("file")
    keystore.make_chain_key("chain-file")
    for name, curve in (("token", SIGNING), ("chain-token", CHAIN)):
        keystore.make_in_device(name, DeviceKey(_MODULE, "bench", name), curve)
    return keystore, devices


def _sign(signer: Signer) -> int:
    for number in range(_SIGNATURES):
        signer.sign(number.to_bytes(4, "big"))
    return _SIGNATURES


def _batch(signer: Signer) -> int:
    key = signer.public
    made = [parse(record(number)) for number in range(_DIPLOMAS)]
    rows = list(stage(made, ["7900000000"] * _DIPLOMAS, 0, DEPLOYMENT, key, os.urandom))
    batch = Batch(
        1, "", 1001, CredentialType.THPT_DIPLOMA, 0, _DIPLOMAS, BatchState.STAGED, key.kid, key.alg
    )
    manifest.sign(manifest_of(batch, rows, DEPLOYMENT), signer)
    sign(rows, DEPLOYMENT, signer)
    return 2 * _DIPLOMAS + 1


def _act(key: ChainKey) -> int:
    for number in range(_SIGNATURES):
        signed(key, number.to_bytes(32, "big"))
    return _SIGNATURES


if __name__ == "__main__":
    main()
