// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ILedger} from "../../contracts/ILedger.sol";
import {World} from "./World.sol";
import {vm} from "./Vm.sol";

/// @title Status lanes: who may move which, what never reopens, and that nothing else moves
contract LanesTest is World {
    uint256 private constant ALL = type(uint256).max;

    function suspend(uint32 index) private {
        vm.prank(suspender);
        ledger.suspend(SCHOOL, ROOT, index);
    }

    function reinstate(uint32 index) private {
        vm.prank(suspender);
        ledger.reinstate(SCHOOL, ROOT, index);
    }

    function revoke(uint32 index) private {
        vm.prank(revoker);
        ledger.revoke(SCHOOL, ROOT, index);
    }

    function revokeWord(uint32 word, uint256 mask) private {
        vm.prank(revoker);
        ledger.revokeWord(SCHOOL, ROOT, word, mask);
    }

    function supersede(uint32 index, uint32 by) private {
        vm.prank(revoker);
        ledger.supersede(SCHOOL, ROOT, index, ROOT, by);
    }

    function test_every_credential_begins_active() public view {
        assertLane(0, ILedger.Lane.Active);
        assertLane(SIZE - 1, ILedger.Lane.Active);
    }

    function test_a_lane_has_its_own_two_bits() public {
        uint32[4] memory indices = [uint32(0), 127, 128, 299];
        for (uint256 i = 0; i < indices.length; i++) {
            uint32 index = indices[i];
            uint256 before = ledger.statusWord(id, index / 128);
            revoke(index);
            uint256 changed = before | (uint256(3) << (2 * (index % 128)));
            vm.assertEq(ledger.statusWord(id, index / 128), changed, "word");
            assertLane(index, ILedger.Lane.Revoked);
        }
    }

    function test_the_event_shows_the_word_before_and_after() public {
        suspend(5);
        vm.expectEmit(address(ledger));
        emit ILedger.StatusChanged(SCHOOL, ROOT, 0, 1 << 10, (1 << 10) | (3 << 12), revoker);
        revoke(6);
    }

    function test_a_suspension_is_lifted_and_set_again() public {
        suspend(5);
        assertLane(5, ILedger.Lane.Suspended);
        reinstate(5);
        assertLane(5, ILedger.Lane.Active);
        suspend(5);
        assertLane(5, ILedger.Lane.Suspended);
    }

    function test_what_is_suspended_can_be_revoked_or_superseded() public {
        suspend(5);
        revoke(5);
        assertLane(5, ILedger.Lane.Revoked);
        suspend(6);
        supersede(6, 7);
        assertLane(6, ILedger.Lane.Superseded);
    }

    function test_what_is_terminal_never_reopens() public {
        revoke(5);
        supersede(6, 7);
        for (uint32 index = 5; index < 7; index++) {
            ILedger.Lane lane = laneAt(index);
            bytes memory expected = abi.encodeWithSelector(
                ILedger.LaneTerminal.selector,
                index,
                lane
            );
            vm.expectRevert(expected);
            suspend(index);
            vm.expectRevert(expected);
            reinstate(index);
            vm.expectRevert(expected);
            revoke(index);
            vm.expectRevert(expected);
            supersede(index, 7);
            vm.expectRevert(expected);
            vm.prank(owner);
            ledger.reinstate(SCHOOL, ROOT, index);
        }
    }

    function test_a_change_that_changes_nothing_is_refused() public {
        refused(ILedger.LaneUnchanged.selector);
        reinstate(5);
        suspend(5);
        refused(ILedger.LaneUnchanged.selector);
        suspend(5);
        revokeWord(0, 3);
        refused(ILedger.LaneUnchanged.selector);
        revokeWord(0, 3);
    }

    function test_no_lane_beyond_the_batch() public {
        refused(ILedger.IndexOutOfRange.selector, SIZE, SIZE);
        revoke(SIZE);
        refused(ILedger.IndexOutOfRange.selector, SIZE, SIZE);
        ledger.laneOf(SCHOOL, ROOT, SIZE);
        refused(ILedger.IndexOutOfRange.selector, SIZE, SIZE);
        supersede(5, SIZE);
        refused(ILedger.IndexOutOfRange.selector, SIZE, SIZE);
        revokeWord(2, uint256(3) << (2 * (SIZE - 256)));
        refused(ILedger.IndexOutOfRange.selector, 2 * 128 + 127, SIZE);
        revokeWord(2, ALL);
        revokeWord(2, (uint256(1) << (2 * (SIZE - 256))) - 1);
        assertLane(SIZE - 1, ILedger.Lane.Revoked);
    }

    function test_no_lane_without_an_anchor() public {
        bytes32 unknown = keccak256("never anchored");
        bytes32 missing = ledger.batchId(SCHOOL, unknown);
        refused(ILedger.NotAnchored.selector, uint256(missing));
        vm.prank(revoker);
        ledger.revoke(SCHOOL, unknown, 0);
        refused(ILedger.NotAnchored.selector, uint256(missing));
        vm.prank(revoker);
        ledger.revokeWord(SCHOOL, unknown, 0, 3);
        refused(ILedger.NotAnchored.selector, uint256(missing));
        ledger.laneOf(SCHOOL, unknown, 0);
        refused(ILedger.NotAnchored.selector, uint256(missing));
        vm.prank(revoker);
        ledger.supersede(SCHOOL, ROOT, 5, unknown, 0);
    }

    function test_a_whole_word_is_revoked_at_once() public {
        revokeWord(1, ALL);
        vm.assertEq(ledger.statusWord(id, 1), ALL, "word 1");
        vm.assertEq(ledger.statusWord(id, 0), 0, "word 0");
        assertLane(128, ILedger.Lane.Revoked);
        assertLane(255, ILedger.Lane.Revoked);
        assertLane(127, ILedger.Lane.Active);
        assertLane(256, ILedger.Lane.Active);
    }

    function test_revoking_a_word_leaves_what_is_terminal_as_it_is() public {
        supersede(0, 9);
        suspend(1);
        revoke(2);
        revokeWord(0, 0xff);
        assertLane(0, ILedger.Lane.Superseded);
        for (uint32 index = 1; index < 4; index++) assertLane(index, ILedger.Lane.Revoked);
        assertLane(4, ILedger.Lane.Active);
    }

    function test_a_mask_names_whole_lanes_of_a_word_that_can_be() public {
        uint256[5] memory masks = [uint256(0), 1, 2, 0x6, uint256(1) << 255];
        for (uint256 i = 0; i < masks.length; i++) {
            refused(ILedger.MaskInvalid.selector);
            revokeWord(0, masks[i]);
        }
        // The first index of this word would be 2^32, which is no index.
        refused(ILedger.MaskInvalid.selector);
        revokeWord(uint32(1) << 25, 3);
        refused(ILedger.IndexOutOfRange.selector, type(uint32).max - 127, SIZE);
        revokeWord((uint32(1) << 25) - 1, 3);
    }

    function test_a_successor_is_named_by_batch_and_index() public {
        bytes32 next = keccak256("the next batch");
        anchorBatch(1, next, 5);
        vm.expectEmit(address(ledger));
        emit ILedger.StatusChanged(SCHOOL, ROOT, 0, 0, 2 << 10, revoker);
        vm.expectEmit(address(ledger));
        emit ILedger.Superseded(SCHOOL, ROOT, 5, next, 4);
        vm.prank(revoker);
        ledger.supersede(SCHOOL, ROOT, 5, next, 4);
        assertLane(5, ILedger.Lane.Superseded);
        vm.prank(revoker);
        ledger.supersede(SCHOOL, ROOT, 4, next, 4);
        refused(ILedger.IndexOutOfRange.selector, 5, 5);
        vm.prank(revoker);
        ledger.supersede(SCHOOL, ROOT, 6, next, 5);
    }

    function test_nothing_succeeds_itself() public {
        refused(ILedger.SuccessorInvalid.selector);
        supersede(5, 5);
    }

    function test_a_successor_is_of_the_same_school() public {
        bytes32 theirs = keccak256("theirs");
        vm.prank(other);
        ledger.anchorDirect(OTHER, 0, theirs, 5);
        refused(ILedger.NotAnchored.selector, uint256(ledger.batchId(SCHOOL, theirs)));
        vm.prank(revoker);
        ledger.supersede(SCHOOL, ROOT, 5, theirs, 0);
    }

    function test_suspending_and_ending_ask_for_their_own_roles() public {
        address[2] memory wrong = [anchorer, revoker];
        for (uint256 i = 0; i < wrong.length; i++) {
            bytes32 keyId = keyIdOf(wrong[i]);
            refused(ILedger.KeyLacksRole.selector, uint256(keyId), SUSPEND);
            vm.prank(wrong[i]);
            ledger.suspend(SCHOOL, ROOT, 5);
            refused(ILedger.KeyLacksRole.selector, uint256(keyId), SUSPEND);
            vm.prank(wrong[i]);
            ledger.reinstate(SCHOOL, ROOT, 5);
        }
        wrong = [anchorer, suspender];
        for (uint256 i = 0; i < wrong.length; i++) {
            bytes32 keyId = keyIdOf(wrong[i]);
            refused(ILedger.KeyLacksRole.selector, uint256(keyId), REVOKE);
            vm.prank(wrong[i]);
            ledger.revoke(SCHOOL, ROOT, 5);
            refused(ILedger.KeyLacksRole.selector, uint256(keyId), REVOKE);
            vm.prank(wrong[i]);
            ledger.revokeWord(SCHOOL, ROOT, 0, 3);
            refused(ILedger.KeyLacksRole.selector, uint256(keyId), REVOKE);
            vm.prank(wrong[i]);
            ledger.supersede(SCHOOL, ROOT, 5, ROOT, 6);
        }
    }

    function test_no_one_else_moves_a_lane() public {
        bytes32 keyId = keyIdOf(other);
        refused(ILedger.KeyOfOtherSchool.selector, uint256(keyId), SCHOOL);
        vm.prank(other);
        ledger.revoke(SCHOOL, ROOT, 5);
        address[2] memory callers = [guardian, stranger];
        for (uint256 i = 0; i < callers.length; i++) {
            keyId = keyIdOf(callers[i]);
            refused(ILedger.KeyUnknown.selector, uint256(keyId));
            vm.prank(callers[i]);
            ledger.revoke(SCHOOL, ROOT, 5);
            refused(ILedger.KeyUnknown.selector, uint256(keyId));
            vm.prank(callers[i]);
            ledger.suspend(SCHOOL, ROOT, 5);
        }
    }

    function test_a_signing_key_moves_no_lane() public {
        bytes32 keyId = keyIdOf(stranger);
        vm.prank(owner);
        ledger.addKey(SCHOOL, keyId, 0, 0, SIGN, new bytes(32));
        refused(ILedger.KeyLacksRole.selector, uint256(keyId), REVOKE);
        vm.prank(stranger);
        ledger.revoke(SCHOOL, ROOT, 5);
    }

    function test_the_owner_may_move_any_lane() public {
        vm.prank(owner);
        ledger.suspend(SCHOOL, ROOT, 5);
        vm.prank(owner);
        ledger.reinstate(SCHOOL, ROOT, 5);
        vm.prank(owner);
        ledger.revoke(SCHOOL, ROOT, 5);
        vm.prank(owner);
        ledger.revokeWord(SCHOOL, ROOT, 0, 0xf);
        vm.prank(owner);
        ledger.supersede(SCHOOL, ROOT, 7, ROOT, 8);
        assertLane(5, ILedger.Lane.Revoked);
        assertLane(1, ILedger.Lane.Revoked);
        assertLane(7, ILedger.Lane.Superseded);
    }

    function test_a_key_moves_lanes_only_while_it_is_active() public {
        vm.prank(guardian);
        ledger.markCompromised(keyIdOf(suspender), START);
        refused(ILedger.KeyInactive.selector, uint256(keyIdOf(suspender)));
        suspend(5);
        vm.prank(owner);
        ledger.retireKey(keyIdOf(revoker));
        refused(ILedger.KeyInactive.selector, uint256(keyIdOf(revoker)));
        revoke(5);
    }

    function test_neither_pause_nor_retirement_nor_the_end_of_a_school_stops_a_revocation() public {
        vm.prank(guardian);
        ledger.pause();
        vm.prank(guardian);
        ledger.suspendSchool(SCHOOL);
        vm.prank(owner);
        ledger.setSchool(SCHOOL, 0, START + 1, TYPES);
        vm.prank(owner);
        ledger.retire(relayer);
        vm.warp(START + 2);
        suspend(1);
        reinstate(1);
        revoke(2);
        revokeWord(1, ALL);
        supersede(3, 4);
        assertLane(2, ILedger.Lane.Revoked);
        assertLane(3, ILedger.Lane.Superseded);
    }

    function test_batches_of_one_root_in_two_schools_have_their_own_lanes() public {
        vm.prank(other);
        ledger.anchorDirect(OTHER, 0, ROOT, SIZE);
        vm.prank(other);
        ledger.revoke(OTHER, ROOT, 5);
        assertLane(5, ILedger.Lane.Active);
        vm.assertEq(ledger.statusWord(ledger.batchId(OTHER, ROOT), 0), 3 << 10, "theirs");
    }
}
