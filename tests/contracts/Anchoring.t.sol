// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ILedger} from "../../contracts/ILedger.sol";
import {Messages} from "./Messages.sol";
import {World} from "./World.sol";
import {vm} from "./Vm.sol";

/// @title Anchoring: exactly once, in order, by a key of the school, while all is open
contract AnchoringTest is World {
    bytes32 private constant NEXT = keccak256("the next batch");

    function test_a_batch_is_recorded_with_key_time_number_and_size() public view {
        ILedger.Anchor memory found = ledger.anchors(id);
        vm.assertEq(found.key, anchorer, "key");
        vm.assertEq(found.time, START, "time");
        vm.assertEq(found.seq, 0, "seq");
        vm.assertEq(found.size, SIZE, "size");
        vm.assertEq(ledger.schools(SCHOOL).nextSeq, 1, "next");
    }

    function test_the_event_tells_everything_and_the_new_head() public {
        vm.warp(START + 9);
        bytes32 head = keccak256(
            abi.encode(ledger.heads(SCHOOL), uint32(1), NEXT, uint24(5), START + 9)
        );
        vm.expectEmit(address(ledger));
        emit ILedger.Anchored(SCHOOL, 1, NEXT, 5, anchorer, head);
        anchorBatch(1, NEXT, 5);
        vm.assertEq(ledger.heads(SCHOOL), head, "head");
    }

    function test_the_first_head_names_chain_contract_and_school() public view {
        bytes32 start = keccak256(abi.encode(block.chainid, address(ledger), OTHER));
        vm.assertEq(ledger.heads(OTHER), start, "untouched");
        bytes32 before = keccak256(abi.encode(block.chainid, address(ledger), SCHOOL));
        bytes32 head = keccak256(abi.encode(before, uint32(0), ROOT, SIZE, START));
        vm.assertEq(ledger.heads(SCHOOL), head, "after one batch");
    }

    function test_a_signed_batch_is_anchored_by_anyone_in_the_name_of_the_key() public {
        bytes memory signature = signed(
            ANCHOR_SECRET,
            Messages.anchor(SCHOOL, 1, NEXT, 5, START)
        );
        vm.prank(relayer);
        ledger.anchor(SCHOOL, 1, NEXT, 5, START, signature);
        ILedger.Anchor memory found = ledger.anchors(ledger.batchId(SCHOOL, NEXT));
        vm.assertEq(found.key, anchorer, "key");
        vm.assertEq(found.size, 5, "size");
    }

    function test_a_signature_is_good_until_its_deadline_and_no_longer() public {
        bytes memory signature = signed(
            ANCHOR_SECRET,
            Messages.anchor(SCHOOL, 1, NEXT, 5, START + 10)
        );
        vm.warp(START + 11);
        refused(ILedger.DeadlinePassed.selector, START + 10);
        ledger.anchor(SCHOOL, 1, NEXT, 5, START + 10, signature);
        vm.warp(START + 10);
        ledger.anchor(SCHOOL, 1, NEXT, 5, START + 10, signature);
    }

    function test_the_same_signature_anchors_once() public {
        bytes memory signature = signed(
            ANCHOR_SECRET,
            Messages.anchor(SCHOOL, 1, NEXT, 5, START)
        );
        ledger.anchor(SCHOOL, 1, NEXT, 5, START, signature);
        refused(ILedger.AlreadyAnchored.selector, uint256(ledger.batchId(SCHOOL, NEXT)));
        ledger.anchor(SCHOOL, 1, NEXT, 5, START, signature);
    }

    function test_the_number_must_be_the_next() public {
        for (uint32 seq = 0; seq < 4; seq++) {
            if (seq == 1) continue;
            refused(ILedger.SeqNotNext.selector, 1);
            anchorBatch(seq, NEXT, 5);
        }
        anchorBatch(1, NEXT, 5);
        vm.assertEq(ledger.schools(SCHOOL).nextSeq, 2, "next");
    }

    function test_numbers_run_out_rather_than_begin_again() public {
        bytes32 place = keccak256(abi.encode(uint256(SCHOOL), uint256(4)));
        uint256 known = uint256(vm.load(address(ledger), place));
        uint256 last = known | (uint256(type(uint32).max) << 184);
        vm.store(address(ledger), place, bytes32(last));
        refused(0x4e487b71, 0x11); // Panic: arithmetic overflow
        anchorBatch(type(uint32).max, NEXT, 5);
        vm.assertEq(uint256(vm.load(address(ledger), place)), last, "changed");
    }

    function test_a_root_is_anchored_once_in_a_school_but_by_two_schools() public {
        refused(ILedger.AlreadyAnchored.selector, uint256(id));
        anchorBatch(1, ROOT, SIZE);
        vm.prank(other);
        ledger.anchorDirect(OTHER, 0, ROOT, 2);
        vm.assertEq(ledger.anchors(ledger.batchId(OTHER, ROOT)).size, 2, "other school's");
        vm.assertEq(ledger.anchors(id).size, SIZE, "ours");
    }

    function test_no_batch_without_a_root_or_without_credentials() public {
        refused(ILedger.RootInvalid.selector);
        anchorBatch(1, 0, 5);
        refused(ILedger.SizeInvalid.selector);
        anchorBatch(1, NEXT, 0);
        anchorBatch(1, NEXT, 1);
    }

    function test_the_largest_batch_fits() public {
        anchorBatch(1, NEXT, type(uint24).max);
        bytes32 largest = ledger.batchId(SCHOOL, NEXT);
        vm.assertEq(ledger.anchors(largest).size, type(uint24).max, "size");
    }

    function test_only_a_key_with_the_role_anchors() public {
        refused(ILedger.KeyLacksRole.selector, uint256(keyIdOf(suspender)), ANCHOR);
        vm.prank(suspender);
        ledger.anchorDirect(SCHOOL, 1, NEXT, 5);
        refused(ILedger.KeyLacksRole.selector, uint256(keyIdOf(revoker)), ANCHOR);
        vm.prank(revoker);
        ledger.anchorDirect(SCHOOL, 1, NEXT, 5);
    }

    function test_no_key_anchors_for_another_school() public {
        refused(ILedger.KeyOfOtherSchool.selector, uint256(keyIdOf(other)), SCHOOL);
        vm.prank(other);
        ledger.anchorDirect(SCHOOL, 1, NEXT, 5);
    }

    function test_neither_owner_nor_guardian_nor_a_stranger_anchors() public {
        address[3] memory callers = [owner, guardian, stranger];
        for (uint256 i = 0; i < callers.length; i++) {
            refused(ILedger.KeyUnknown.selector, uint256(keyIdOf(callers[i])));
            vm.prank(callers[i]);
            ledger.anchorDirect(SCHOOL, 1, NEXT, 5);
        }
    }

    function test_a_key_anchors_only_inside_its_window() public {
        address late = vm.addr(11);
        vm.prank(owner);
        ledger.addKey(SCHOOL, keyIdOf(late), START + 10, START + 20, ANCHOR, "");
        uint40[4] memory outside = [START, START + 9, START + 20, START + 21];
        for (uint256 i = 0; i < outside.length; i++) {
            vm.warp(outside[i]);
            refused(ILedger.KeyInactive.selector, uint256(keyIdOf(late)));
            vm.prank(late);
            ledger.anchorDirect(SCHOOL, 1, NEXT, 5);
        }
        vm.warp(START + 19);
        vm.prank(late);
        ledger.anchorDirect(SCHOOL, 1, NEXT, 5);
        vm.warp(START + 10);
        vm.prank(late);
        ledger.anchorDirect(SCHOOL, 2, keccak256("at its first second"), 5);
    }

    function test_a_school_anchors_only_inside_its_window() public {
        uint32 late = 9;
        vm.prank(owner);
        ledger.setSchool(late, START + 10, START + 20, TYPES);
        address key = vm.addr(12);
        give(late, key, ANCHOR);
        uint40[4] memory outside = [START, START + 9, START + 20, START + 21];
        for (uint256 i = 0; i < outside.length; i++) {
            vm.warp(outside[i]);
            refused(ILedger.SchoolInactive.selector, late);
            vm.prank(key);
            ledger.anchorDirect(late, 0, NEXT, 5);
        }
        vm.warp(START + 10);
        vm.prank(key);
        ledger.anchorDirect(late, 0, NEXT, 5);
        vm.warp(START + 19);
        vm.prank(key);
        ledger.anchorDirect(late, 1, keccak256("at its last second"), 5);
    }

    function test_a_suspended_school_anchors_nothing_until_reinstated() public {
        vm.prank(guardian);
        ledger.suspendSchool(SCHOOL);
        refused(ILedger.SchoolInactive.selector, SCHOOL);
        anchorBatch(1, NEXT, 5);
        vm.prank(owner);
        ledger.reinstateSchool(SCHOOL);
        anchorBatch(1, NEXT, 5);
    }

    function test_a_retired_or_compromised_key_anchors_nothing() public {
        address second = vm.addr(13);
        give(SCHOOL, second, ANCHOR);
        vm.prank(owner);
        ledger.retireKey(keyIdOf(anchorer));
        refused(ILedger.KeyInactive.selector, uint256(keyIdOf(anchorer)));
        anchorBatch(1, NEXT, 5);
        vm.prank(guardian);
        ledger.markCompromised(keyIdOf(second), START);
        refused(ILedger.KeyInactive.selector, uint256(keyIdOf(second)));
        vm.prank(second);
        ledger.anchorDirect(SCHOOL, 1, NEXT, 5);
    }

    function test_nothing_is_anchored_while_paused() public {
        bytes memory signature = signed(
            ANCHOR_SECRET,
            Messages.anchor(SCHOOL, 1, NEXT, 5, START)
        );
        vm.prank(guardian);
        ledger.pause();
        refused(ILedger.AnchoringPaused.selector);
        anchorBatch(1, NEXT, 5);
        refused(ILedger.AnchoringPaused.selector);
        ledger.anchor(SCHOOL, 1, NEXT, 5, START, signature);
        vm.prank(owner);
        ledger.unpause();
        anchorBatch(1, NEXT, 5);
    }

    function test_nothing_is_anchored_once_retired() public {
        vm.prank(owner);
        ledger.retire(relayer);
        refused(ILedger.LedgerRetired.selector, uint160(relayer));
        anchorBatch(1, NEXT, 5);
    }
}
