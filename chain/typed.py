"""The messages that a school signs for others to send (EIP-712), as `ILedger` documents them."""

from collections.abc import Mapping

from eth_account.messages import encode_typed_data
from eth_hash.auto import keccak

from credential.model import Deployment

_MESSAGES = {
    "Anchor": "uint32 school,uint32 seq,bytes32 root,uint24 size,uint40 deadline",
    "SetStatus": (
        "uint32 school,bytes32 root,uint32 index,uint8 lane,uint32 nonce,uint40 deadline"
    ),
    "RevokeWord": "uint32 school,bytes32 root,uint32 word,uint256 mask,uint40 deadline",
    "Supersede": (
        "uint32 school,bytes32 root,uint32 index,bytes32 successorRoot,uint32 successorIndex,"
        "uint40 deadline"
    ),
}


def digest(deployment: Deployment, kind: str, message: Mapping[str, object]) -> bytes:
    """The EIP-712 digest (32 bytes) of one of the contract's messages on one deployment."""
    fields = [field.split(" ") for field in _MESSAGES[kind].split(",")]
    signable = encode_typed_data(
        domain_data={
            "name": "So Goc Ledger",
            "version": "1",
            "chainId": deployment.chain_id,
            "verifyingContract": "0x" + deployment.contract.hex(),
        },
        message_types={kind: [{"type": type_, "name": name} for type_, name in fields]},
        message_data=dict(message),
    )
    return keccak(b"\x19" + signable.version + signable.header + signable.body)
