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

    event SchoolSet(uint32 indexed school, uint40 validFrom, uint40 validUntil, uint64 types);
    event SchoolSuspended(uint32 indexed school, uint40 since);
    event SchoolReinstated(uint32 indexed school);
    /// @dev Carries the public key, so that the chain alone lists every key.
    event KeyAdded(
        uint32 indexed school,
        bytes32 indexed keyId,
        uint40 from,
        uint40 until,
        uint8 roles,
        bytes publicKey
    );
    event KeyRetired(uint32 indexed school, bytes32 indexed keyId, uint40 until);
    event KeyCompromised(uint32 indexed school, bytes32 indexed keyId, uint40 since);
    /// @param head The school's head hash after this batch.
    event Anchored(
        uint32 indexed school,
        uint32 indexed seq,
        bytes32 indexed root,
        uint24 size,
        address key,
        bytes32 head
    );
    /// @dev Old and new word, so that whoever follows can undo it when a block is reorganised away.
    event StatusChanged(
        uint32 indexed school,
        bytes32 indexed root,
        uint32 indexed word,
        uint256 oldWord,
        uint256 newWord,
        address by
    );
    event Superseded(
        uint32 indexed school,
        bytes32 indexed root,
        uint32 index,
        bytes32 successorRoot,
        uint32 successorIndex
    );
    event GuardianSet(address indexed guardian);
    event Paused(address by);
    event Unpaused();
    event Retired(address indexed successor);

    error NotGuardian(address caller);
    error NotRenounceable();
    error UnknownSchool(uint32 school);
    error SchoolInactive(uint32 school);
    error SchoolUnchanged(uint32 school);
    error WindowInvalid(uint40 validFrom, uint40 validUntil);
    error TypesMayOnlyGrow(uint64 types);
    error KeyInvalid(bytes32 keyId);
    error KeyUsed(bytes32 keyId);
    error KeyUnknown(bytes32 keyId);
    error KeyOfOtherSchool(bytes32 keyId, uint32 school);
    error KeyInactive(bytes32 keyId);
    error KeyLacksRole(bytes32 keyId, uint8 role);
    error NotEarlier(uint40 since);
    /// @param earliest How far back the guardian may go now.
    error TooLongAgo(uint40 earliest);
    error AnchoringPaused();
    error LedgerRetired(address successor);
    error SuccessorInvalid();
    error RootInvalid();
    error SizeInvalid();
    error SeqNotNext(uint32 expected);
    error AlreadyAnchored(bytes32 id);
    error NotAnchored(bytes32 id);
    error IndexOutOfRange(uint32 index, uint24 size);
    error LaneTerminal(uint32 index, Lane lane);
    error LaneUnchanged();
    error LaneInvalid(Lane lane);
    error MaskInvalid();
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
    function retireKey(bytes32 keyId) external;

    /// @notice Say since when a key is in the wrong hands. Owner or guardian.
    /// @dev Not in the future; may be moved to an earlier time, never to a later one, never cleared.
    /// What the key did since then loses its standing for good, so the guardian, who is quick and
    /// alone, goes back 7 days from the block's time at most; only the owner goes further.
    function markCompromised(bytes32 keyId, uint40 since) external;

    /// @notice Appoint the guardian (the zero address: none). Owner only.
    function setGuardian(address guardian) external;

    /// @notice Stop anchoring. Owner or guardian. Status changes are never stopped.
    function pause() external;

    /// @notice Let anchoring go on. Owner only.
    function unpause() external;

    /// @notice End anchoring here for good and name the contract that follows. Owner only, once.
    function retire(address successor) external;

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

    function suspend(uint32 school, bytes32 root, uint32 index) external;

    function reinstate(uint32 school, bytes32 root, uint32 index) external;

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

    function schools(uint32 school) external view returns (School memory);

    function keys(bytes32 keyId) external view returns (Key memory);

    /// @param id See `batchId`.
    function anchors(bytes32 id) external view returns (Anchor memory);

    /// @notice Commits to all of a school's batches in order: keccak256(abi.encode(head before, seq,
    /// root, size, time)); before the first, keccak256(abi.encode(chain id, this contract, school)).
    function heads(uint32 school) external view returns (bytes32);

    /// @notice 128 lanes: the lane of index i is bits 2(i mod 128) and up of word i / 128.
    function statusWord(bytes32 id, uint32 word) external view returns (uint256);

    function laneOf(uint32 school, bytes32 root, uint32 index) external view returns (Lane);

    /// @notice keccak256(abi.encode(school, root)): two schools may anchor the same root.
    function batchId(uint32 school, bytes32 root) external pure returns (bytes32);

    function guardian() external view returns (address);

    function paused() external view returns (bool);

    /// @notice The contract that follows this one; zero while it is in use.
    function successor() external view returns (address);
}
