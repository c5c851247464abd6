// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ILedger} from "../../contracts/ILedger.sol";
import {Messages} from "../contracts/Messages.sol";
import {vm} from "../contracts/Vm.sol";
import {Symbolic, svm} from "./Symbolic.sol";

/// @title A change of status: by whom, of which lane, and that pause does not stop it
/// @dev Each function of the contract that changes a lane is called with any arguments. `SEEN` is any
/// word of any batch, the changed one or another.
contract LaneProofs is Symbolic {
    uint8 private constant REVOKE = 4;

    struct Seen {
        uint32 school;
        bytes32 root;
        uint32 word;
    }

    struct Signature {
        uint8 v;
        bytes32 r;
        bytes32 s;
    }

    // --- by whom, and which lane ---

    function check_what_is_no_status_call_changes_no_lane(Seen memory seen) public {
        uint256 known = lanes(seen);
        (, bytes memory data) = anyCall();
        vm.assume(!isStatusCall(bytes4(data)));
        assert(lanes(seen) == known);
    }

    function check_suspend(Seen memory seen, Seen memory told, uint32 index) public {
        bytes memory call = abi.encodeCall(ILedger.suspend, (told.school, told.root, index));
        told.word = index / 128;
        address caller = svm.createAddress("caller");
        (uint256 known, uint256 found, ) = done(caller, call, seen, told);
        assert((known ^ found) & ~lane(seen, told, index) == 0);
        assert(found & HIGH_BITS == known & HIGH_BITS);
    }

    function check_reinstate(Seen memory seen, Seen memory told, uint32 index) public {
        bytes memory call = abi.encodeCall(ILedger.reinstate, (told.school, told.root, index));
        told.word = index / 128;
        address caller = svm.createAddress("caller");
        (uint256 known, uint256 found, ) = done(caller, call, seen, told);
        assert((known ^ found) & ~lane(seen, told, index) == 0);
        assert(found & HIGH_BITS == known & HIGH_BITS);
    }

    function check_revoke(Seen memory seen, Seen memory told, uint32 index) public {
        bytes memory call = abi.encodeCall(ILedger.revoke, (told.school, told.root, index));
        told.word = index / 128;
        address caller = svm.createAddress("caller");
        (uint256 known, uint256 found, uint256 may) = done(caller, call, seen, told);
        assert((known ^ found) & ~lane(seen, told, index) == 0);
        assert(may == 1);
    }

    function check_supersede(
        Seen memory seen,
        Seen memory told,
        uint32 index,
        bytes32 successorRoot,
        uint32 successorIndex
    ) public {
        bytes memory call = abi.encodeCall(
            ILedger.supersede,
            (told.school, told.root, index, successorRoot, successorIndex)
        );
        told.word = index / 128;
        address caller = svm.createAddress("caller");
        (uint256 known, uint256 found, uint256 may) = done(caller, call, seen, told);
        assert((known ^ found) & ~lane(seen, told, index) == 0);
        assert(may == 1);
    }

    function check_revokeWord(Seen memory seen, Seen memory told, uint256 mask) public {
        bytes memory call = abi.encodeCall(
            ILedger.revokeWord,
            (told.school, told.root, told.word, mask)
        );
        address caller = svm.createAddress("caller");
        (uint256 known, uint256 found, uint256 may) = done(caller, call, seen, told);
        assert((known ^ found) & ~word(seen, told, mask) == 0);
        assert(may == 1);
    }

    function check_setStatusFor(
        Seen memory seen,
        Seen memory told,
        uint32 index,
        uint8 lane_,
        uint40 deadline,
        Signature memory signature
    ) public {
        vm.assume(lane_ < 4);
        ILedger.Lane wanted = ILedger.Lane(lane_);
        uint32 nonce = lane_ == 3 ? 0 : ledger.schools(told.school).statusNonce;
        bytes32 message = Messages.setStatus(
            told.school,
            told.root,
            index,
            wanted,
            nonce,
            deadline
        );
        bytes memory call = abi.encodeCall(
            ILedger.setStatusFor,
            (told.school, told.root, index, wanted, deadline, packed(signature))
        );
        told.word = index / 128;
        (uint256 known, uint256 found, uint256 may) = done(
            signer(message, signature),
            call,
            seen,
            told
        );
        assert((known ^ found) & ~lane(seen, told, index) == 0);
        assert(may | is_(found & ~known & HIGH_BITS == 0) == 1);
    }

    function check_revokeWordFor(
        Seen memory seen,
        Seen memory told,
        uint256 mask,
        uint40 deadline,
        Signature memory signature
    ) public {
        bytes32 message = Messages.revokeWord(
            told.school,
            told.root,
            told.word,
            mask,
            deadline
        );
        bytes memory call = abi.encodeCall(
            ILedger.revokeWordFor,
            (told.school, told.root, told.word, mask, deadline, packed(signature))
        );
        (uint256 known, uint256 found, uint256 may) = done(
            signer(message, signature),
            call,
            seen,
            told
        );
        assert((known ^ found) & ~word(seen, told, mask) == 0);
        assert(may == 1);
    }

    function check_supersedeFor(
        Seen memory seen,
        Seen memory told,
        uint32 index,
        bytes32 successorRoot,
        uint32 successorIndex,
        uint40 deadline,
        Signature memory signature
    ) public {
        bytes32 message = Messages.supersede(
            told.school,
            told.root,
            index,
            successorRoot,
            successorIndex,
            deadline
        );
        bytes memory call = abi.encodeCall(
            ILedger.supersedeFor,
            (
                told.school,
                told.root,
                index,
                successorRoot,
                successorIndex,
                deadline,
                packed(signature)
            )
        );
        told.word = index / 128;
        (uint256 known, uint256 found, uint256 may) = done(
            signer(message, signature),
            call,
            seen,
            told
        );
        assert((known ^ found) & ~lane(seen, told, index) == 0);
        assert(may == 1);
    }

    // --- never blocked: in any state, paused, retired or whatever the school's standing ---

    function check_nothing_blocks_revoke(address caller, Seen memory told, uint32 index) public {
        told.word = index / 128;
        vm.assume(entitled(caller, told.school) & revocable(told, index) == 1);
        vm.prank(caller);
        (bool succeeded, ) = address(ledger).call(
            abi.encodeCall(ILedger.revoke, (told.school, told.root, index))
        );
        assert(succeeded);
    }

    function check_nothing_blocks_revokeWord(
        address caller,
        Seen memory told,
        uint32 index
    ) public {
        told.word = index / 128;
        vm.assume(entitled(caller, told.school) & revocable(told, index) == 1);
        uint256 mask = uint256(3) << (2 * (index % 128));
        vm.prank(caller);
        (bool succeeded, ) = address(ledger).call(
            abi.encodeCall(ILedger.revokeWord, (told.school, told.root, told.word, mask))
        );
        assert(succeeded);
    }

    function check_nothing_blocks_a_signed_revocation(
        Seen memory told,
        uint32 index,
        uint40 deadline,
        Signature memory signature
    ) public {
        told.word = index / 128;
        bytes32 message = Messages.setStatus(
            told.school,
            told.root,
            index,
            ILedger.Lane.Revoked,
            0,
            deadline
        );
        address by = signer(message, signature);
        // Only the lower of the two forms of a signature is taken.
        vm.assume(is_(by != address(0)) & is_(uint256(signature.s) <= HALF_ORDER) == 1);
        vm.assume(deadline >= block.timestamp);
        vm.assume(entitled(by, told.school) & revocable(told, index) == 1);
        (bool succeeded, ) = address(ledger).call(
            abi.encodeCall(
                ILedger.setStatusFor,
                (
                    told.school,
                    told.root,
                    index,
                    ILedger.Lane.Revoked,
                    deadline,
                    packed(signature)
                )
            )
        );
        assert(succeeded);
    }

    // --- what the proofs say it with ---

    /// @dev The call went through: the seen word before and after, and whether `by` may end a
    /// credential of the school that the call named.
    function done(address by, bytes memory call, Seen memory seen, Seen memory told)
        private
        returns (uint256 known, uint256 found, uint256 may)
    {
        known = lanes(seen);
        may = entitled(by, told.school);
        vm.prank(by);
        (bool succeeded, ) = address(ledger).call(call);
        vm.assume(succeeded);
        found = lanes(seen);
    }

    function lanes(Seen memory seen) private view returns (uint256) {
        return ledger.statusWord(ledger.batchId(seen.school, seen.root), seen.word);
    }

    function same(Seen memory seen, Seen memory told) private pure returns (uint256) {
        return
            is_(seen.school == told.school) &
            is_(seen.root == told.root) &
            is_(seen.word == told.word);
    }

    /// @dev Both bits of the lane of that index if the seen word is the one that it is in, or none.
    function lane(Seen memory seen, Seen memory told, uint32 index) private pure returns (uint256) {
        return word(seen, told, uint256(3) << (2 * (index % 128)));
    }

    /// @dev The mask if the seen word is the one that it is for, or none.
    function word(Seen memory seen, Seen memory told, uint256 mask) private pure returns (uint256) {
        unchecked {
            return (0 - same(seen, told)) & mask;
        }
    }

    /// @dev The owner, or a key of that school, active now, with the role that ends a credential.
    function entitled(address who, uint32 school) private view returns (uint256) {
        ILedger.Key memory key = ledger.keys(bytes32(uint256(uint160(who))));
        uint256 active = is_(key.validFrom != 0) &
            is_(key.validFrom <= block.timestamp) &
            (is_(key.validUntil == 0) | is_(block.timestamp < key.validUntil)) &
            is_(key.compromisedSince == 0);
        uint256 hasRole = is_(key.school == school) & is_(key.roles & REVOKE != 0);
        return is_(who == owner) | (active & hasRole);
    }

    function revocable(Seen memory told, uint32 index) private view returns (uint256) {
        ILedger.Anchor memory known = ledger.anchors(ledger.batchId(told.school, told.root));
        uint256 state = lanes(told) >> (2 * (index % 128));
        return is_(known.time != 0) & is_(index < known.size) & is_(state & 2 == 0);
    }

    function signer(bytes32 message, Signature memory signature) private view returns (address) {
        bytes32 digest = Messages.digest(block.chainid, address(ledger), message);
        return ecrecover(digest, signature.v, signature.r, signature.s);
    }

    function packed(Signature memory signature) private pure returns (bytes memory) {
        return abi.encodePacked(signature.r, signature.s, signature.v);
    }

    function isStatusCall(bytes4 selector) private pure returns (bool) {
        return
            is_(selector == ILedger.suspend.selector) |
                is_(selector == ILedger.reinstate.selector) |
                is_(selector == ILedger.revoke.selector) |
                is_(selector == ILedger.revokeWord.selector) |
                is_(selector == ILedger.supersede.selector) |
                is_(selector == ILedger.setStatusFor.selector) |
                is_(selector == ILedger.revokeWordFor.selector) |
                is_(selector == ILedger.supersedeFor.selector) ==
            1;
    }
}
