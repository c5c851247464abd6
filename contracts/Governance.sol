// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Ownable, Ownable2Step} from "@openzeppelin/contracts/access/Ownable2Step.sol";

import {ILedger} from "./ILedger.sol";

/// @title Who may issue: schools, their keys, the guardian, pause and retirement
/// @dev Decides who is allowed; what they then do is `Ledger`'s.
abstract contract Governance is ILedger, Ownable2Step {
    uint8 internal constant ROLE_ANCHOR = 1;
    uint8 internal constant ROLE_SUSPEND = 2;
    uint8 internal constant ROLE_REVOKE = 4;
    uint8 private constant ROLE_SIGN = 8;
    // How far back the guardian may date a compromise: long enough to notice a theft, too short for
    // a guardian in the wrong hands to make a school's older batches worthless.
    uint256 private constant GUARDIAN_REACH = 7 days;

    // Why an account may not act for a school.
    enum Fault {
        None,
        Unknown,
        OtherSchool,
        Inactive,
        LacksRole
    }

    address private _guardian;
    // Successor and pause share a slot: anchoring is open while that slot is zero.
    address private _successor;
    bool private _paused;
    mapping(uint32 school => School) internal _schools;
    mapping(uint32 school => bytes32 head) internal _heads;
    mapping(bytes32 keyId => Key) private _keys;

    modifier onlyGuardian() {
        if (msg.sender != _guardian && msg.sender != owner()) revert NotGuardian(msg.sender);
        _;
    }

    /// @inheritdoc ILedger
    function setSchool(
        uint32 school,
        uint40 validFrom,
        uint40 validUntil,
        uint64 types
    ) external onlyOwner {
        School storage record = _schools[school];
        uint40 known = record.validFrom;
        uint40 current = uint40(block.timestamp);
        uint40 start = validFrom;
        if (known != 0 && (validFrom == 0 || known <= current)) {
            // What has begun keeps its start; naming another one is an error, not a wish to ignore.
            if (validFrom != 0 && validFrom != known) revert WindowInvalid(validFrom, validUntil);
            start = known;
        } else if (validFrom < current) {
            start = current;
        }
        if (validUntil != 0 && (validUntil <= start || validUntil < current)) {
            revert WindowInvalid(start, validUntil);
        }
        if (record.types & ~types != 0) revert TypesMayOnlyGrow(types);
        // The head starts at a value of its own, so that a first batch costs no more than others.
        if (known == 0) _heads[school] = keccak256(abi.encode(block.chainid, this, school));
        record.validFrom = start;
        record.validUntil = validUntil;
        record.types = types;
        emit SchoolSet(school, start, validUntil, types);
    }

    /// @inheritdoc ILedger
    function suspendSchool(uint32 school) external onlyGuardian {
        School storage record = _knownSchool(school);
        if (record.suspendedSince != 0) revert SchoolUnchanged(school);
        record.suspendedSince = uint40(block.timestamp);
        emit SchoolSuspended(school, uint40(block.timestamp));
    }

    /// @inheritdoc ILedger
    function reinstateSchool(uint32 school) external onlyOwner {
        School storage record = _knownSchool(school);
        if (record.suspendedSince == 0) revert SchoolUnchanged(school);
        record.suspendedSince = 0;
        emit SchoolReinstated(school);
    }

    /// @inheritdoc ILedger
    function addKey(
        uint32 school,
        bytes32 keyId,
        uint40 validFrom,
        uint40 validUntil,
        uint8 roles,
        bytes calldata publicKey
    ) external onlyOwner {
        _knownSchool(school);
        if (!_wellFormed(keyId, roles, publicKey.length)) revert KeyInvalid(keyId);
        if (_keys[keyId].validFrom != 0) revert KeyUsed(keyId);
        uint40 start = validFrom < block.timestamp ? uint40(block.timestamp) : validFrom;
        if (validUntil != 0 && validUntil <= start) revert WindowInvalid(start, validUntil);
        _keys[keyId] = Key(school, start, validUntil, 0, roles);
        emit KeyAdded(school, keyId, start, validUntil, roles, publicKey);
    }

    /// @inheritdoc ILedger
    function retireKey(bytes32 keyId) external onlyOwner {
        Key storage key = _knownKey(keyId);
        if (key.validUntil != 0 && key.validUntil <= block.timestamp) revert KeyInactive(keyId);
        key.validUntil = uint40(block.timestamp);
        emit KeyRetired(key.school, keyId, uint40(block.timestamp));
    }

    /// @inheritdoc ILedger
    function markCompromised(bytes32 keyId, uint40 since) external onlyGuardian {
        Key storage key = _knownKey(keyId);
        uint40 known = key.compromisedSince;
        bool earlier = known == 0 ? since <= block.timestamp : since < known;
        if (since == 0 || !earlier) revert NotEarlier(since);
        if (msg.sender != owner() && uint256(since) + GUARDIAN_REACH < block.timestamp) {
            revert TooLongAgo(uint40(block.timestamp - GUARDIAN_REACH));
        }
        key.compromisedSince = since;
        emit KeyCompromised(key.school, keyId, since);
    }

    /// @inheritdoc ILedger
    function setGuardian(address guardian_) external onlyOwner {
        _guardian = guardian_;
        emit GuardianSet(guardian_);
    }

    /// @inheritdoc ILedger
    function pause() external onlyGuardian {
        _paused = true;
        emit Paused(msg.sender);
    }

    /// @inheritdoc ILedger
    function unpause() external onlyOwner {
        _paused = false;
        emit Unpaused();
    }

    /// @inheritdoc ILedger
    function retire(address successor_) external onlyOwner {
        if (_successor != address(0)) revert LedgerRetired(_successor);
        if (successor_ == address(0) || successor_ == address(this)) revert SuccessorInvalid();
        _successor = successor_;
        emit Retired(successor_);
    }

    /// @notice Always refused: without an owner no key could ever be declared compromised.
    function renounceOwnership() public pure override(Ownable) {
        revert NotRenounceable();
    }

    /// @inheritdoc ILedger
    function schools(uint32 school) external view returns (School memory) {
        return _schools[school];
    }

    /// @inheritdoc ILedger
    function heads(uint32 school) external view returns (bytes32) {
        return _heads[school];
    }

    /// @inheritdoc ILedger
    function keys(bytes32 keyId) external view returns (Key memory) {
        return _keys[keyId];
    }

    /// @inheritdoc ILedger
    function guardian() external view returns (address) {
        return _guardian;
    }

    /// @inheritdoc ILedger
    function paused() external view returns (bool) {
        return _paused;
    }

    /// @inheritdoc ILedger
    function successor() external view returns (address) {
        return _successor;
    }

    /// @dev Reverts unless anchoring is open here.
    function _requireOpen() internal view {
        if (_paused) revert AnchoringPaused();
        if (_successor != address(0)) revert LedgerRetired(_successor);
    }

    /// @dev Reverts unless `who` is, right now, a key of that school with that role.
    function _requireKey(address who, uint32 school, uint8 role) internal view {
        Fault fault = _fault(who, school, role);
        if (fault != Fault.None) _refuse(fault, who, school, role);
    }

    /// @dev The same, or the owner. The key is looked at first: that is who calls.
    function _requireKeyOrOwner(address who, uint32 school, uint8 role) internal view {
        Fault fault = _fault(who, school, role);
        if (fault != Fault.None && who != owner()) _refuse(fault, who, school, role);
    }

    /// @dev Reverts unless the school may issue right now and `seq` is its next number; counts it.
    function _takeSeq(uint32 school, uint32 seq) internal {
        School memory known = _schools[school];
        bool started = known.validFrom != 0 && known.validFrom <= block.timestamp;
        bool ended = known.validUntil != 0 && known.validUntil <= block.timestamp;
        if (!started || ended || known.suspendedSince != 0) revert SchoolInactive(school);
        if (seq != known.nextSeq) revert SeqNotNext(known.nextSeq);
        _schools[school].nextSeq = seq + 1;
    }

    function _fault(address who, uint32 school, uint8 role) private view returns (Fault) {
        Key memory key = _keys[_keyIdOf(who)];
        if (key.validFrom == 0) return Fault.Unknown;
        if (key.school != school) return Fault.OtherSchool;
        bool started = key.validFrom <= block.timestamp;
        bool ended = key.validUntil != 0 && key.validUntil <= block.timestamp;
        if (!started || ended || key.compromisedSince != 0) return Fault.Inactive;
        return key.roles & role == 0 ? Fault.LacksRole : Fault.None;
    }

    function _refuse(Fault fault, address who, uint32 school, uint8 role) private pure {
        bytes32 keyId = _keyIdOf(who);
        if (fault == Fault.Unknown) revert KeyUnknown(keyId);
        if (fault == Fault.OtherSchool) revert KeyOfOtherSchool(keyId, school);
        if (fault == Fault.Inactive) revert KeyInactive(keyId);
        revert KeyLacksRole(keyId, role);
    }

    function _keyIdOf(address who) private pure returns (bytes32) {
        return bytes32(uint256(uint160(who)));
    }

    function _knownSchool(uint32 school) private view returns (School storage record) {
        record = _schools[school];
        if (record.validFrom == 0) revert UnknownSchool(school);
    }

    function _knownKey(bytes32 keyId) private view returns (Key storage key) {
        key = _keys[keyId];
        if (key.validFrom == 0) revert KeyUnknown(keyId);
    }

    /// @dev A key either signs credentials (a thumbprint with its public key) or sends and signs
    /// transactions (an address without one); no key does both.
    function _wellFormed(bytes32 keyId, uint8 roles, uint256 length) private pure returns (bool) {
        if (roles == ROLE_SIGN) return keyId != 0 && (length == 65 || length == 32);
        bool address_ = keyId != 0 && uint256(keyId) <= type(uint160).max;
        return roles != 0 && roles < ROLE_SIGN && address_ && length == 0;
    }
}
