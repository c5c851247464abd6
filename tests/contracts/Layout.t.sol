// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ILedger} from "../../contracts/ILedger.sol";
import {World} from "./World.sol";
import {vm} from "./Vm.sol";

/// @title Where everything lies: verifiers prove these very slots, so they may never move
/// @dev Each test reads a raw slot and compares it with fields put together by hand.
contract LayoutTest is World {
    function slot(uint256 number) private view returns (uint256) {
        return uint256(vm.load(address(ledger), bytes32(number)));
    }

    function entry(bytes32 key, uint256 mapping_) private view returns (uint256) {
        return slot(uint256(keccak256(abi.encode(key, mapping_))));
    }

    function test_slots_0_to_3_hold_owner_nominee_guardian_and_successor_with_pause() public {
        vm.prank(owner);
        ledger.transferOwnership(stranger);
        vm.prank(owner);
        ledger.retire(relayer);
        vm.prank(guardian);
        ledger.pause();
        vm.assertEq(slot(0), uint160(owner), "owner");
        vm.assertEq(slot(1), uint160(stranger), "nominee");
        vm.assertEq(slot(2), uint160(guardian), "guardian");
        vm.assertEq(slot(3), uint160(relayer) | (1 << 160), "successor, paused");
    }

    function test_slot_4_maps_schools() public {
        vm.warp(START + 3);
        vm.prank(owner);
        ledger.setSchool(SCHOOL, 0, START + 90, TYPES);
        vm.prank(owner);
        ledger.suspendSchool(SCHOOL);
        ILedger.School memory known = ledger.schools(SCHOOL);
        uint256 packed = START | (uint256(START + 90) << 40) | (uint256(START + 3) << 80);
        packed |= (uint256(TYPES) << 120) | (uint256(known.nextSeq) << 184);
        vm.assertEq(entry(bytes32(uint256(SCHOOL)), 4), packed, "school");
        // The nonce, which no test above has moved, is what is left at the top.
        bytes32 place = keccak256(abi.encode(uint256(SCHOOL), uint256(4)));
        vm.store(address(ledger), place, bytes32(packed | (uint256(0xabcd) << 216)));
        vm.assertEq(ledger.schools(SCHOOL).statusNonce, 0xabcd, "nonce");
    }

    function test_slot_5_maps_heads() public view {
        uint256 head = entry(bytes32(uint256(SCHOOL)), 5);
        vm.assertEq(head, uint256(ledger.heads(SCHOOL)), "head");
        vm.assertTrue(head != 0, "no head");
    }

    function test_slot_6_maps_keys() public {
        vm.warp(START + 3);
        vm.prank(owner);
        ledger.addKey(SCHOOL, SIGNING_KEY, START + 9, START + 90, SIGN, new bytes(32));
        vm.prank(owner);
        ledger.markCompromised(SIGNING_KEY, START + 2);
        uint256 packed = uint256(SCHOOL) | (uint256(START + 9) << 32) | (uint256(START + 90) << 72);
        packed |= (uint256(START + 2) << 112) | (uint256(SIGN) << 152);
        vm.assertEq(entry(SIGNING_KEY, 6), packed, "key");
    }

    function test_slot_9_maps_anchors() public {
        vm.warp(START + 3);
        bytes32 root = keccak256("the next batch");
        anchorBatch(1, root, 0xabcdef);
        uint256 packed = uint256(uint160(anchorer)) | (uint256(START + 3) << 160);
        packed |= (uint256(1) << 200) | (uint256(0xabcdef) << 232);
        vm.assertEq(entry(ledger.batchId(SCHOOL, root), 9), packed, "anchor");
    }

    function test_slot_10_maps_status_words_by_batch_and_number() public {
        vm.prank(revoker);
        ledger.revoke(SCHOOL, ROOT, 129);
        bytes32 inner = keccak256(abi.encode(id, uint256(10)));
        uint256 place = uint256(keccak256(abi.encode(uint256(1), inner)));
        vm.assertEq(slot(place), 3 << 2, "word");
    }

    function test_a_batch_is_named_by_school_and_root() public view {
        vm.assertEq(id, keccak256(abi.encode(uint256(SCHOOL), ROOT)), "id");
    }
}
