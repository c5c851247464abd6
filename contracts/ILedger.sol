// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @title Words, events and promises of the ledger
/// @notice Which schools may issue, with which keys, what they issued (one Merkle root per batch)
/// and how every credential of a batch stands (two bits each). No personal data, no digest of a
/// single credential, no ether, no proxy.
/// @dev Times are seconds since 1970 (block.timestamp). A window covers t with
/// `validFrom <= t < validUntil`; `validUntil` 0 means no end. Each record that a verifier needs is
/// one storage slot, so that one storage proof shows it.
interface ILedger {
    /// @notice How one credential stands. Superseded and Revoked are terminal.
    enum Lane {
        Active,
        Suspended,
        Superseded,
        Revoked
    }

    /// @notice A school's accreditation, with the two counters that belong to the school.
    /// @param validFrom Start of the accreditation; 0 means that the school is unknown.
    /// @param validUntil Its end.
    /// @param suspendedSince Since when it may not issue; 0 means not suspended.
    /// @param types Bit n says that it may issue credential type number n.
    /// @param nextSeq The number that its next batch must bear; the first is 0.
    /// @param statusNonce The nonce for its next relayed suspension or reinstatement.
    struct School {
        uint40 validFrom;
        uint40 validUntil;
        uint40 suspendedSince;
        uint64 types;
        uint32 nextSeq;
        uint32 statusNonce;
    }

    /// @notice A school's key.
    /// @param school Whose key it is.
    /// @param validFrom Never before the block that added it; 0 means that the key is unknown.
    /// @param validUntil Its end.
    /// @param compromisedSince Nothing it did from then on counts; 0 means never.
    /// @param roles Sum of 1 anchor, 2 suspend and reinstate, 4 revoke and supersede, 8 sign.
    struct Key {
        uint32 school;
        uint40 validFrom;
        uint40 validUntil;
        uint40 compromisedSince;
        uint8 roles;
    }

    /// @notice A batch: the key that anchored it, block time, number in the school, credentials.
    struct Anchor {
        address key;
        uint40 time;
        uint32 seq;
        uint24 size;
    }

    /// @notice A school was accredited, or its accreditation changed; these are the values that now
    /// stand.
    event SchoolSet(uint32 indexed school, uint40 validFrom, uint40 validUntil, uint64 types);
    /// @notice A school may not issue since then.
    event SchoolSuspended(uint32 indexed school, uint40 since);
    /// @notice A school may issue again.
    event SchoolReinstated(uint32 indexed school);
    /// @notice A school has a new key.
    /// @dev Carries the public key, so that the chain alone lists every key.
    event KeyAdded(
        uint32 indexed school,
        bytes32 indexed keyId,
        uint40 from,
        uint40 until,
        uint8 roles,
        bytes publicKey
    );
    /// @notice A key ends now.
    event KeyRetired(uint32 indexed school, bytes32 indexed keyId, uint40 until);
    /// @notice Nothing that the key did since then counts.
    event KeyCompromised(uint32 indexed school, bytes32 indexed keyId, uint40 since);
    /// @notice A batch was anchored.
    /// @param head The school's head hash after this batch.
    event Anchored(
        uint32 indexed school,
        uint32 indexed seq,
        bytes32 indexed root,
        uint24 size,
        address key,
        bytes32 head
    );
    /// @notice One word of 128 lanes changed.
    /// @dev Old and new word, so that whoever follows can undo it when a block is reorganised away.
    event StatusChanged(
        uint32 indexed school,
        bytes32 indexed root,
        uint32 indexed word,
        uint256 oldWord,
        uint256 newWord,
        address by
    );
    /// @notice Follows the StatusChanged of a credential that another one replaces.
    event Superseded(
        uint32 indexed school,
        bytes32 indexed root,
        uint32 index,
        bytes32 successorRoot,
        uint32 successorIndex
    );
    /// @notice Another guardian was appointed; zero means that there is none.
    event GuardianSet(address indexed guardian);
    /// @notice Anchoring stopped, or was stopped again.
    event Paused(address by);
    /// @notice Anchoring goes on.
    event Unpaused();
    /// @notice Anchoring ended here for good.
    event Retired(address indexed successor);

    /// @notice The caller is neither the guardian nor the owner.
    error NotGuardian(address caller);
    /// @notice The owner cannot leave without a successor.
    error NotRenounceable();
    /// @notice No such school was ever accredited.
    error UnknownSchool(uint32 school);
    /// @notice The school is unknown, not within its window, or suspended.
    error SchoolInactive(uint32 school);
    /// @notice The school is suspended already, or not suspended.
    error SchoolUnchanged(uint32 school);
    /// @notice The end is not after the start or lies in the past, or a start that has come would
    /// move.
    error WindowInvalid(uint40 validFrom, uint40 validUntil);
    /// @notice A type that the school may issue would be taken away.
    error TypesMayOnlyGrow(uint64 types);
    /// @notice Id, roles and public key do not make a chain key or a signing key.
    error KeyInvalid(bytes32 keyId);
    /// @notice This key id was given before, to whatever school.
    error KeyUsed(bytes32 keyId);
    /// @notice No such key was ever given.
    error KeyUnknown(bytes32 keyId);
    /// @notice The key is another school's.
    error KeyOfOtherSchool(bytes32 keyId, uint32 school);
    /// @notice The key is outside its window or compromised.
    error KeyInactive(bytes32 keyId);
    /// @notice The key may do other things.
    error KeyLacksRole(bytes32 keyId, uint8 role);
    /// @notice A compromise is in the past, and never zero; once known it is only moved earlier.
    error NotEarlier(uint40 since);
    /// @notice The guardian does not reach that far back.
    /// @param earliest How far back the guardian may go now.
    error TooLongAgo(uint40 earliest);
    /// @notice Anchoring is paused.
    error AnchoringPaused();
    /// @notice This contract is retired.
    error LedgerRetired(address successor);
    /// @notice Nothing is its own successor, and no contract's is zero.
    error SuccessorInvalid();
    /// @notice The root is zero.
    error RootInvalid();
    /// @notice The batch has no credential.
    error SizeInvalid();
    /// @notice The school's next batch bears another number.
    error SeqNotNext(uint32 expected);
    /// @notice The school has anchored this root before.
    error AlreadyAnchored(bytes32 id);
    /// @notice The school has not anchored this root.
    error NotAnchored(bytes32 id);
    /// @notice The batch has fewer credentials.
    error IndexOutOfRange(uint32 index, uint24 size);
    /// @notice The credential is superseded or revoked, for good.
    error LaneTerminal(uint32 index, Lane lane);
    /// @notice Nothing would change.
    error LaneUnchanged();
    /// @notice Superseded asks for a successor: `supersedeFor`.
    error LaneInvalid(Lane lane);
    /// @notice The mask is zero or holds half a lane, or there is no such word.
    error MaskInvalid();
    /// @notice The signature was to be used before.
    error DeadlinePassed(uint40 deadline);

    // --- governance: the owner (the department), and the guardian for what must be quick ---

    /// @notice Accredit a school, or change its accreditation. Owner only.
    /// @dev A new accreditation starts now at the earliest. What has begun keeps its start, an end
    /// is never put into the past, and types are only ever added: what was valid stays valid.
    /// @param validFrom 0 means now, or, for a known school, leave it.
    function setSchool(uint32 school, uint40 validFrom, uint40 validUntil, uint64 types) external;

    /// @notice Stop a school from issuing, from now on. Owner or guardian.
    function suspendSchool(uint32 school) external;

    /// @notice End a suspension. Owner only.
    function reinstateSchool(uint32 school) external;

    /// @notice Give a school a key. Owner only. A key id is never used twice.
    /// @param keyId The left-padded address of a chain key (roles 1, 2, 4), or the RFC 7638 thumbprint
    /// of a signing key (role 8 alone).
    /// @param validFrom Raised to now if it lies in the past.
    /// @param publicKey Empty for a chain key; 65 bytes (uncompressed P-256) or 32 (Ed25519) to sign.
    function addKey(
        uint32 school,
        bytes32 keyId,
        uint40 validFrom,
        uint40 validUntil,
        uint8 roles,
        bytes calldata publicKey
    ) external;

    /// @notice End a key's validity now. Owner only.
    /// @dev The end is not part of the window, so a batch that the key anchored earlier in this very
    /// block is not covered any more: it must be anchored again by another key.
    function retireKey(bytes32 keyId) external;

    /// @notice Say since when a key is in the wrong hands. Owner or guardian.
    /// @dev Not in the future; may be moved to an earlier time, never to a later one, never cleared.
    /// What the key did since then loses its standing for good, so the guardian, who is quick and
    /// alone, goes back 7 days from the block's time at most; only the owner goes further.
    function markCompromised(bytes32 keyId, uint40 since) external;

    /// @notice Appoint the guardian (the zero address: none). Owner only.
    function setGuardian(address guardian_) external;

    /// @notice Stop anchoring. Owner or guardian. Status changes are never stopped.
    function pause() external;

    /// @notice Let anchoring go on. Owner only.
    function unpause() external;

    /// @notice End anchoring here for good and name the contract that follows. Owner only, once.
    function retire(address successor_) external;

    // --- batches ---

    /// @notice Anchor a batch with a signature by the school's key; anyone may relay it.
    /// @dev EIP-712 `Anchor(uint32 school,uint32 seq,bytes32 root,uint24 size,uint40 deadline)`.
    /// `seq` must be the school's next number, which makes this happen exactly once.
    /// @param size Number of credentials, at least 1.
    /// @param deadline Last block time at which the signature may be used.
    function anchor(
        uint32 school,
        uint32 seq,
        bytes32 root,
        uint24 size,
        uint40 deadline,
        bytes calldata signature
    ) external;

    /// @notice Anchor a batch; the caller is the school's key.
    function anchorDirect(uint32 school, uint32 seq, bytes32 root, uint24 size) external;

    // --- lanes: callable by an active key of the school with the role, or by the owner ---

    /// @notice Suspend a credential. Needs role 2.
    function suspend(uint32 school, bytes32 root, uint32 index) external;

    /// @notice End a credential's suspension. Needs role 2.
    function reinstate(uint32 school, bytes32 root, uint32 index) external;

    /// @notice Revoke a credential, for good. Needs role 4.
    function revoke(uint32 school, bytes32 root, uint32 index) external;

    /// @notice Revoke many credentials of one word (128 lanes) at once.
    /// @dev Lanes already terminal stay as they are.
    /// @param mask Both bits set for each lane to revoke.
    function revokeWord(uint32 school, bytes32 root, uint32 word, uint256 mask) external;

    /// @notice Replace a credential by another one of the same school, anchored before.
    function supersede(
        uint32 school,
        bytes32 root,
        uint32 index,
        bytes32 successorRoot,
        uint32 successorIndex
    ) external;

    /// @notice Suspend, reinstate or revoke with a signature; anyone may relay it.
    /// @dev EIP-712 `SetStatus(uint32 school,bytes32 root,uint32 index,uint8 lane,uint32 nonce,uint40
    /// deadline)`. For Active and Suspended the nonce is the school's `statusNonce`, so that an old
    /// message cannot be sent again; for Revoked it is 0, because that never reopens and a school may
    /// sign many at once. Superseded needs `supersedeFor`.
    function setStatusFor(
        uint32 school,
        bytes32 root,
        uint32 index,
        Lane lane,
        uint40 deadline,
        bytes calldata signature
    ) external;

    /// @notice `revokeWord` with a signature; anyone may relay it.
    /// @dev EIP-712 `RevokeWord(uint32 school,bytes32 root,uint32 word,uint256 mask,uint40 deadline)`.
    function revokeWordFor(
        uint32 school,
        bytes32 root,
        uint32 word,
        uint256 mask,
        uint40 deadline,
        bytes calldata signature
    ) external;

    /// @notice `supersede` with a signature; anyone may relay it.
    /// @dev EIP-712 `Supersede(uint32 school,bytes32 root,uint32 index,bytes32 successorRoot,uint32
    /// successorIndex,uint40 deadline)`.
    function supersedeFor(
        uint32 school,
        bytes32 root,
        uint32 index,
        bytes32 successorRoot,
        uint32 successorIndex,
        uint40 deadline,
        bytes calldata signature
    ) external;

    // --- reads ---

    /// @notice A school's record; all zero if it is unknown.
    function schools(uint32 school) external view returns (School memory);

    /// @notice A key's record; all zero if it is unknown.
    function keys(bytes32 keyId) external view returns (Key memory);

    /// @notice A batch's record; all zero if it is not anchored.
    /// @param id See `batchId`.
    function anchors(bytes32 id) external view returns (Anchor memory);

    /// @notice Commits to all of a school's batches in order: keccak256(abi.encode(head before, seq,
    /// root, size, time)); before the first, keccak256(abi.encode(chain id, this contract, school)).
    function heads(uint32 school) external view returns (bytes32);

    /// @notice 128 lanes: the lane of index i is bits 2(i mod 128) and up of word i / 128.
    function statusWord(bytes32 id, uint32 word) external view returns (uint256);

    /// @notice How one credential stands. Refused for one that the batch does not have.
    function laneOf(uint32 school, bytes32 root, uint32 index) external view returns (Lane);

    /// @notice keccak256(abi.encode(school, root)): two schools may anchor the same root.
    function batchId(uint32 school, bytes32 root) external pure returns (bytes32);

    /// @notice Who may suspend a school, pause, and mark a compromise besides the owner.
    function guardian() external view returns (address);

    /// @notice Whether anchoring is paused.
    function paused() external view returns (bool);

    /// @notice The contract that follows this one; zero while it is in use.
    function successor() external view returns (address);
}
