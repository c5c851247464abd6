// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Ownable} from "@openzeppelin/contracts/access/Ownable.sol";
import {ECDSA} from "@openzeppelin/contracts/utils/cryptography/ECDSA.sol";
import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";

import {Governance} from "./Governance.sol";
import {ILedger} from "./ILedger.sol";

/// @title What was issued and how it stands: batches and status lanes
/// @dev Decides when a batch may be anchored and a lane may change; who is allowed to is
/// `Governance`'s. Immutable: a mistake is mended by a new contract and `retire`.
contract Ledger is Governance, EIP712 {
    bytes32 private constant ANCHOR_TYPEHASH =
        keccak256("Anchor(uint32 school,uint32 seq,bytes32 root,uint24 size,uint40 deadline)");
    bytes32 private constant SET_STATUS_TYPEHASH =
        keccak256(
            "SetStatus(uint32 school,bytes32 root,uint32 index,uint8 lane,uint32 nonce,uint40 deadline)"
        );
    bytes32 private constant REVOKE_WORD_TYPEHASH =
        keccak256("RevokeWord(uint32 school,bytes32 root,uint32 word,uint256 mask,uint40 deadline)");
    bytes32 private constant SUPERSEDE_TYPEHASH =
        keccak256(
            "Supersede(uint32 school,bytes32 root,uint32 index,bytes32 successorRoot,uint32 successorIndex,uint40 deadline)"
        );
    // The high bit of every lane: set in Superseded (2) and Revoked (3).
    uint256 private constant HIGH_BITS =
        0xaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa;

    mapping(bytes32 id => Anchor) private _anchors;
    mapping(bytes32 id => mapping(uint32 word => uint256 lanes)) private _words;

    /// @param owner_ The department; in production a timelock behind a multi-signature wallet.
    constructor(address owner_) Ownable(owner_) EIP712("So Goc Ledger", "1") {}

    /// @inheritdoc ILedger
    function anchor(
        uint32 school,
        uint32 seq,
        bytes32 root,
        uint24 size,
        uint40 deadline,
        bytes calldata signature
    ) external {
        bytes32 message = keccak256(abi.encode(ANCHOR_TYPEHASH, school, seq, root, size, deadline));
        _anchor(_signer(message, deadline, signature), school, seq, root, size);
    }

    /// @inheritdoc ILedger
    function anchorDirect(uint32 school, uint32 seq, bytes32 root, uint24 size) external {
        _anchor(msg.sender, school, seq, root, size);
    }

    /// @inheritdoc ILedger
    function suspend(uint32 school, bytes32 root, uint32 index) external {
        _setLane(msg.sender, school, root, index, Lane.Suspended);
    }

    /// @inheritdoc ILedger
    function reinstate(uint32 school, bytes32 root, uint32 index) external {
        _setLane(msg.sender, school, root, index, Lane.Active);
    }

    /// @inheritdoc ILedger
    function revoke(uint32 school, bytes32 root, uint32 index) external {
        _setLane(msg.sender, school, root, index, Lane.Revoked);
    }

    /// @inheritdoc ILedger
    function revokeWord(uint32 school, bytes32 root, uint32 word, uint256 mask) external {
        _revokeWord(msg.sender, school, root, word, mask);
    }

    /// @inheritdoc ILedger
    function supersede(
        uint32 school,
        bytes32 root,
        uint32 index,
        bytes32 successorRoot,
        uint32 successorIndex
    ) external {
        _supersede(msg.sender, school, root, index, successorRoot, successorIndex);
    }

    /// @inheritdoc ILedger
    function setStatusFor(
        uint32 school,
        bytes32 root,
        uint32 index,
        Lane lane,
        uint40 deadline,
        bytes calldata signature
    ) external {
        if (lane == Lane.Superseded) revert LaneInvalid(lane);
        uint32 nonce = lane == Lane.Revoked ? 0 : _schools[school].statusNonce++;
        bytes32 message = keccak256(
            abi.encode(SET_STATUS_TYPEHASH, school, root, index, lane, nonce, deadline)
        );
        _setLane(_signer(message, deadline, signature), school, root, index, lane);
    }

    /// @inheritdoc ILedger
    function revokeWordFor(
        uint32 school,
        bytes32 root,
        uint32 word,
        uint256 mask,
        uint40 deadline,
        bytes calldata signature
    ) external {
        bytes32 message = keccak256(
            abi.encode(REVOKE_WORD_TYPEHASH, school, root, word, mask, deadline)
        );
        _revokeWord(_signer(message, deadline, signature), school, root, word, mask);
    }

    /// @inheritdoc ILedger
    function supersedeFor(
        uint32 school,
        bytes32 root,
        uint32 index,
        bytes32 successorRoot,
        uint32 successorIndex,
        uint40 deadline,
        bytes calldata signature
    ) external {
        bytes32 message = keccak256(
            abi.encode(
                SUPERSEDE_TYPEHASH,
                school,
                root,
                index,
                successorRoot,
                successorIndex,
                deadline
            )
        );
        address signer = _signer(message, deadline, signature);
        _supersede(signer, school, root, index, successorRoot, successorIndex);
    }

    /// @inheritdoc ILedger
    function anchors(bytes32 id) external view returns (Anchor memory) {
        return _anchors[id];
    }

    /// @inheritdoc ILedger
    function statusWord(bytes32 id, uint32 word) external view returns (uint256) {
        return _words[id][word];
    }

    /// @inheritdoc ILedger
    function laneOf(uint32 school, bytes32 root, uint32 index) external view returns (Lane) {
        bytes32 id = batchId(school, root);
        _requireIndex(id, index);
        return _laneAt(_words[id][index >> 7], index);
    }

    /// @inheritdoc ILedger
    function batchId(uint32 school, bytes32 root) public pure returns (bytes32) {
        return keccak256(abi.encode(school, root));
    }

    function _anchor(address by, uint32 school, uint32 seq, bytes32 root, uint24 size) private {
        _requireOpen();
        _requireKey(by, school, ROLE_ANCHOR);
        bytes32 id = batchId(school, root);
        if (_anchors[id].time != 0) revert AlreadyAnchored(id);
        _takeSeq(school, seq);
        if (root == 0) revert RootInvalid();
        if (size == 0) revert SizeInvalid();
        uint40 time = uint40(block.timestamp);
        bytes32 head = keccak256(abi.encode(_heads[school], seq, root, size, time));
        _heads[school] = head;
        _anchors[id] = Anchor(by, time, seq, size);
        emit Anchored(school, seq, root, size, by, head);
    }

    function _setLane(address by, uint32 school, bytes32 root, uint32 index, Lane lane) private {
        _requireMayChange(by, school, lane);
        bytes32 id = batchId(school, root);
        _requireIndex(id, index);
        uint32 word = index >> 7;
        uint256 lanes = _words[id][word];
        Lane known = _laneAt(lanes, index);
        if (known >= Lane.Superseded) revert LaneTerminal(index, known);
        // The lane is 0 or 1 before: clear its low bit, then set the new lane.
        uint256 shift = (index & 127) << 1;
        uint256 changed = (lanes & ~(uint256(1) << shift)) | (uint256(lane) << shift);
        _write(by, school, root, word, changed);
    }

    function _revokeWord(address by, uint32 school, bytes32 root, uint32 word, uint256 mask) private {
        _requireMayChange(by, school, Lane.Revoked);
        bytes32 id = batchId(school, root);
        if ((mask & HIGH_BITS) >> 1 != mask & (HIGH_BITS >> 1)) revert MaskInvalid();
        if (mask == 0 || word > type(uint32).max >> 7) revert MaskInvalid();
        _requireIndex(id, (word << 7) + uint32(Math.log2(mask) >> 1));
        uint256 lanes = _words[id][word];
        uint256 terminal = (lanes & HIGH_BITS) | ((lanes & HIGH_BITS) >> 1);
        uint256 changed = lanes | (mask & ~terminal);
        _write(by, school, root, word, changed);
    }

    function _write(address by, uint32 school, bytes32 root, uint32 word, uint256 changed) private {
        mapping(uint32 word => uint256 lanes) storage words = _words[batchId(school, root)];
        uint256 lanes = words[word];
        if (changed == lanes) revert LaneUnchanged();
        words[word] = changed;
        emit StatusChanged(school, root, word, lanes, changed, by);
    }

    function _supersede(
        address by,
        uint32 school,
        bytes32 root,
        uint32 index,
        bytes32 successorRoot,
        uint32 successorIndex
    ) private {
        if (root == successorRoot && index == successorIndex) revert SuccessorInvalid();
        _requireIndex(batchId(school, successorRoot), successorIndex);
        _setLane(by, school, root, index, Lane.Superseded);
        emit Superseded(school, root, index, successorRoot, successorIndex);
    }

    /// @dev The owner may always; a key needs the role that the lane asks for.
    function _requireMayChange(address by, uint32 school, Lane lane) private view {
        _requireKeyOrOwner(by, school, lane >= Lane.Superseded ? ROLE_REVOKE : ROLE_SUSPEND);
    }

    /// @dev Reverts unless that batch is anchored and holds a credential of that index.
    function _requireIndex(bytes32 id, uint32 index) private view {
        Anchor memory known = _anchors[id];
        if (known.time == 0) revert NotAnchored(id);
        if (index >= known.size) revert IndexOutOfRange(index, known.size);
    }

    /// @dev Who signed this message. OpenZeppelin refuses a high s and the zero address.
    function _signer(
        bytes32 message,
        uint40 deadline,
        bytes calldata signature
    ) private view returns (address) {
        if (block.timestamp > deadline) revert DeadlinePassed(deadline);
        return ECDSA.recoverCalldata(_hashTypedDataV4(message), signature);
    }

    function _laneAt(uint256 lanes, uint32 index) private pure returns (Lane) {
        return Lane((lanes >> ((index & 127) << 1)) & 3);
    }
}
