"""The trust file: what one must know to check evidence bundles without asking anybody.

Which contract on which chain, the hash of its code, and the witnesses. It holds no secret; whoever
checks offline needs it from somebody whom they believe, once.
"""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Self

from eth_hash.auto import keccak
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from chain.offline import Trust
from credential.errors import ConfigError, FormatError
from credential.keys import PublicKey
from credential.model import Deployment

if TYPE_CHECKING:
    from api.sources import Sources

FILE = "trust.json"
_MAX_BYTES = 64 * 1024


class TrustFile(BaseModel):
    """Its members; bytes are hexadecimal."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    chain_id: int = Field(ge=0, lt=1 << 64)
    contract: str = Field(pattern=r"^0x[0-9a-f]{40}$")
    code_hash: str = Field(pattern=r"^0x[0-9a-f]{64}$")
    witnesses: tuple[str, ...] = ()
    needed: int = Field(0, ge=0)

    @classmethod
    def of(cls, trust: Trust) -> Self:
        """The file that says this."""
        return cls(
            chain_id=trust.deployment.chain_id,
            contract="0x" + trust.deployment.contract.hex(),
            code_hash="0x" + trust.code_hash.hex(),
            witnesses=tuple(key.hex() for key in trust.witnesses),
            needed=trust.needed,
        )

    def trust(self, block_hash: bytes | None) -> Trust:
        """What it says, and the block that the checker named."""
        return Trust(
            Deployment(self.chain_id, bytes.fromhex(self.contract[2:])),
            bytes.fromhex(self.code_hash[2:]),
            _keys(self.witnesses),
            self.needed,
            block_hash,
        )


def of_deployment(system: "Sources") -> Trust:
    """What there is to know about a deployment, its code read off the chain."""
    deployment, witnesses = system.deployment, system.witnesses
    code = witnesses.code(deployment.contract, system.strict_reader.head())
    keys = _keys(tuple(system.settings.witness_keys.split()))
    needed = system.settings.witness_quorum or (len(keys) // 2 + 1 if keys else 0)
    if needed > len(keys):
        raise ConfigError("settings.invalid", names="witness_quorum")
    return Trust(deployment, keccak(code), keys, needed)


def write(path: Path, trust: Trust) -> None:
    """Write the file."""
    members = TrustFile.of(trust).model_dump()
    path.write_text(json.dumps(members, indent=1) + "\n", encoding="utf-8")


def read(path: Path, block_hash: bytes | None = None) -> Trust:
    """Read the file. Raises ConfigError ``trust_file.absent`` and ``trust_file.malformed``."""
    try:
        with path.open("rb") as file:
            found = TrustFile.model_validate_json(file.read(_MAX_BYTES))
        return found.trust(block_hash)
    except OSError as error:
        raise ConfigError("trust_file.absent", path=str(path)) from error
    except (ValidationError, ConfigError) as error:
        raise ConfigError("trust_file.malformed", path=str(path)) from error


def _keys(texts: tuple[str, ...]) -> tuple[bytes, ...]:
    try:
        return tuple(dict.fromkeys(PublicKey(bytes.fromhex(text)).raw for text in texts))
    except (ValueError, FormatError) as error:
        raise ConfigError("settings.invalid", names="witness_keys") from error
