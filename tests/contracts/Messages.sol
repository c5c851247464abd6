// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ILedger} from "../../contracts/ILedger.sol";

/// @title EIP-712 written out a second time, from the interface's comments and not from the contract
library Messages {
    bytes32 private constant DOMAIN =
        keccak256("EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)");
    bytes32 private constant ANCHOR =
        keccak256("Anchor(uint32 school,uint32 seq,bytes32 root,uint24 size,uint40 deadline)");
    bytes32 private constant SET_STATUS =
        keccak256(
            "SetStatus(uint32 school,bytes32 root,uint32 index,uint8 lane,uint32 nonce,uint40 deadline)"
        );
    bytes32 private constant REVOKE_WORD =
        keccak256("RevokeWord(uint32 school,bytes32 root,uint32 word,uint256 mask,uint40 deadline)");
    bytes32 private constant SUPERSEDE =
        keccak256(
            "Supersede(uint32 school,bytes32 root,uint32 index,bytes32 successorRoot,uint32 successorIndex,uint40 deadline)"
        );

    function separator(uint256 chainId, address ledger) internal pure returns (bytes32) {
        return
            keccak256(
                abi.encode(DOMAIN, keccak256("So Goc Ledger"), keccak256("1"), chainId, ledger)
            );
    }

    function digest(uint256 chainId, address ledger, bytes32 message)
        internal
        pure
        returns (bytes32)
    {
        return keccak256(abi.encodePacked(hex"1901", separator(chainId, ledger), message));
    }

    function anchor(uint32 school, uint32 seq, bytes32 root, uint24 size, uint40 deadline)
        internal
        pure
        returns (bytes32)
    {
        return keccak256(abi.encode(ANCHOR, school, seq, root, size, deadline));
    }

    function setStatus(
        uint32 school,
        bytes32 root,
        uint32 index,
        ILedger.Lane lane,
        uint32 nonce,
        uint40 deadline
    ) internal pure returns (bytes32) {
        return
            keccak256(abi.encode(SET_STATUS, school, root, index, uint8(lane), nonce, deadline));
    }

    function revokeWord(uint32 school, bytes32 root, uint32 word, uint256 mask, uint40 deadline)
        internal
        pure
        returns (bytes32)
    {
        return keccak256(abi.encode(REVOKE_WORD, school, root, word, mask, deadline));
    }

    function supersede(
        uint32 school,
        bytes32 root,
        uint32 index,
        bytes32 successorRoot,
        uint32 successorIndex,
        uint40 deadline
    ) internal pure returns (bytes32) {
        return
            keccak256(
                abi.encode(
                    SUPERSEDE,
                    school,
                    root,
                    index,
                    successorRoot,
                    successorIndex,
                    deadline
                )
            );
    }
}
