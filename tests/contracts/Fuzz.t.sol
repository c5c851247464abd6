// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ILedger} from "../../contracts/ILedger.sol";
import {Messages} from "./Messages.sol";
import {World} from "./World.sol";
import {vm} from "./Vm.sol";

/// @title The same rules for any numbers: each act against a rule written out plainly
contract FuzzTest is World {
    /// @dev Any word in which no lane is set that the batch does not have.
    function prepared(uint32 word, uint256 lanes) private returns (uint256) {
        lanes &= owned(word);
        bytes32 inner = keccak256(abi.encode(id, uint256(10)));
        vm.store(address(ledger), keccak256(abi.encode(uint256(word), inner)), bytes32(lanes));
        return lanes;
    }

    /// @dev Both bits of every lane of that word that belongs to the batch.
    function owned(uint32 word) private pure returns (uint256) {
        uint256 first = uint256(word) * 128;
        if (first >= SIZE) return 0;
        uint256 count = SIZE - first < 128 ? SIZE - first : 128;
        return count == 128 ? type(uint256).max : (uint256(1) << (2 * count)) - 1;
    }

    function tried(address caller, bytes memory call) private returns (bool done) {
        vm.prank(caller);
        (done, ) = address(ledger).call(call);
    }

    function covers(uint256 from, uint256 until, uint256 time) private pure returns (bool) {
        return from <= time && (until == 0 || time < until);
    }

    // --- anchoring ---

    function testFuzz_any_batch_is_recorded_as_sent(bytes32 root, uint24 size, uint40 time) public {
        vm.assume(root != 0 && root != ROOT && size != 0 && time >= START);
        vm.warp(time);
        bytes32 head = keccak256(abi.encode(ledger.heads(SCHOOL), uint32(1), root, size, time));
        anchorBatch(1, root, size);
        ILedger.Anchor memory found = ledger.anchors(ledger.batchId(SCHOOL, root));
        vm.assertEq(found.key, anchorer, "key");
        vm.assertEq(found.time, time, "time");
        vm.assertEq(found.seq, 1, "seq");
        vm.assertEq(found.size, size, "size");
        vm.assertEq(ledger.heads(SCHOOL), head, "head");
    }

    function testFuzz_no_other_number_than_the_next(uint32 next, uint32 seq) public {
        vm.assume(next != type(uint32).max);
        bytes32 place = keccak256(abi.encode(uint256(SCHOOL), uint256(4)));
        uint256 known = uint256(vm.load(address(ledger), place)) & ~(uint256(0xffffffff) << 184);
        vm.store(address(ledger), place, bytes32(known | (uint256(next) << 184)));
        if (seq != next) {
            refused(ILedger.SeqNotNext.selector, next);
            anchorBatch(seq, keccak256("new"), 1);
        }
        anchorBatch(next, keccak256("new"), 1);
        vm.assertEq(ledger.schools(SCHOOL).nextSeq, uint256(next) + 1, "next");
    }

    function testFuzz_anchoring_asks_that_key_and_school_cover_the_time(
        uint40[2] memory school,
        uint40[2] memory key,
        uint40 time
    ) public {
        uint40 now_ = START + (time % 64);
        for (uint256 i = 0; i < 2; i++) {
            school[i] = i == 1 && school[i] % 8 == 0 ? 0 : START + (school[i] % 64);
            key[i] = i == 1 && key[i] % 8 == 0 ? 0 : START + (key[i] % 64);
        }
        vm.assume(school[1] == 0 || school[0] < school[1]);
        vm.assume(key[1] == 0 || key[0] < key[1]);
        vm.prank(owner);
        ledger.setSchool(9, school[0], school[1], TYPES);
        vm.prank(owner);
        ledger.addKey(9, keyIdOf(stranger), key[0], key[1], ANCHOR, "");
        vm.warp(now_);
        bool expected = covers(school[0], school[1], now_) && covers(key[0], key[1], now_);
        bytes memory call = abi.encodeCall(ILedger.anchorDirect, (9, 0, ROOT, 5));
        vm.assertTrue(tried(stranger, call) == expected, "window");
    }

    // --- lanes ---

    function testFuzz_one_lane_moves_by_the_rules_and_alone(
        uint256 lanes,
        uint16 place,
        uint8 wanted,
        uint8 who
    ) public {
        uint32 index = place % SIZE;
        uint32 word = index / 128;
        ILedger.Lane lane = ILedger.Lane(wanted % 4);
        address caller = [owner, anchorer, suspender, revoker, other][who % 5];
        lanes = prepared(word, lanes);
        uint256 known = (lanes >> (2 * (index % 128))) & 3;
        bool entitled = caller == owner || caller == (uint8(lane) < 2 ? suspender : revoker);
        bool expected = entitled && known < 2 && known != uint8(lane);
        vm.assertTrue(tried(caller, change(index, lane)) == expected, "done");
        uint256 moved = (known ^ uint256(lane)) << (2 * (index % 128));
        vm.assertEq(ledger.statusWord(id, word), expected ? lanes ^ moved : lanes, "word");
    }

    function change(uint32 index, ILedger.Lane lane) private pure returns (bytes memory) {
        if (lane == ILedger.Lane.Active) {
            return abi.encodeCall(ILedger.reinstate, (SCHOOL, ROOT, index));
        }
        if (lane == ILedger.Lane.Suspended) {
            return abi.encodeCall(ILedger.suspend, (SCHOOL, ROOT, index));
        }
        if (lane == ILedger.Lane.Revoked) {
            return abi.encodeCall(ILedger.revoke, (SCHOOL, ROOT, index));
        }
        uint32 successor = (index + 1) % SIZE;
        return abi.encodeCall(ILedger.supersede, (SCHOOL, ROOT, index, ROOT, successor));
    }

    function testFuzz_a_word_is_revoked_lane_by_lane(
        uint256 lanes,
        uint256 low,
        uint256 extra,
        uint8 place
    ) public {
        uint32 word = place % 4;
        lanes = prepared(word, lanes);
        // Mostly a mask of whole lanes of this batch; sometimes not whole, or beyond the batch.
        low &= 0x5555555555555555555555555555555555555555555555555555555555555555;
        uint256 mask = low | (low << 1);
        if (extra % 4 != 0) mask &= owned(word);
        if (extra % 8 == 1) mask ^= uint256(1) << (extra >> 248);
        bool expected = mask != 0 && mask & ~owned(word) == 0;
        uint256 changed = lanes;
        for (uint256 shift = 0; shift < 256; shift += 2) {
            uint256 wanted = (mask >> shift) & 3;
            if (wanted == 1 || wanted == 2) expected = false;
            if (wanted == 3 && (lanes >> shift) & 2 == 0) changed |= uint256(3) << shift;
        }
        expected = expected && changed != lanes;
        bytes memory call = abi.encodeCall(ILedger.revokeWord, (SCHOOL, ROOT, word, mask));
        vm.assertTrue(tried(revoker, call) == expected, "done");
        vm.assertEq(ledger.statusWord(id, word), expected ? changed : lanes, "word");
    }

    function testFuzz_no_index_beyond_the_size(uint24 size, uint32 index) public {
        vm.assume(size != 0);
        bytes32 root = keccak256("new");
        anchorBatch(1, root, size);
        bytes memory call = abi.encodeCall(ILedger.revoke, (SCHOOL, root, index));
        vm.assertTrue(tried(revoker, call) == (index < size), "revoke");
        bytes32 batch = ledger.batchId(SCHOOL, root);
        uint256 expected = index < size ? uint256(3) << (2 * (index % 128)) : 0;
        vm.assertEq(ledger.statusWord(batch, index / 128), expected, "word");
        index = index % size;
        call = abi.encodeCall(ILedger.laneOf, (SCHOOL, root, index));
        vm.assertTrue(tried(stranger, call), "within");
    }

    // --- signatures ---

    function testFuzz_a_changed_message_is_never_the_signers(
        uint32 index,
        uint40 deadline,
        uint8 field,
        uint32 flip
    ) public {
        vm.assume(flip != 0);
        index = index % SIZE;
        deadline = START + (deadline % 1000);
        ILedger.Lane lane = ILedger.Lane.Revoked;
        bytes memory signature = signed(
            REVOKE_SECRET,
            Messages.setStatus(SCHOOL, ROOT, index, lane, 0, deadline)
        );
        uint32 school = SCHOOL;
        bytes32 root = ROOT;
        uint32 said = index;
        if (field % 6 == 0) school ^= flip;
        if (field % 6 == 1) root = bytes32(uint256(root) ^ flip);
        if (field % 6 == 2) said ^= flip;
        if (field % 6 == 3) deadline ^= flip;
        if (field % 6 == 4) lane = ILedger.Lane(flip % 2);
        if (field % 6 == 5) signature[flip % 65] ^= bytes1(uint8(1 + ((flip >> 8) % 255)));
        bytes memory call = abi.encodeCall(
            ILedger.setStatusFor,
            (school, root, said, lane, deadline, signature)
        );
        bytes32 batch = ledger.batchId(school, root);
        uint256 before = ledger.statusWord(batch, said / 128);
        // 27 and 28 are the only values of the last byte, so no other spelling signs the same.
        vm.assertTrue(!tried(relayer, call), "taken");
        vm.assertEq(ledger.statusWord(batch, said / 128), before, "word");
    }

    function testFuzz_only_the_holder_of_a_key_signs_for_it(uint256 secret, uint40 late) public {
        secret = 1 + (secret % (type(uint256).max / 2));
        vm.assume(secret != REVOKE_SECRET && vm.addr(secret) != owner && vm.addr(secret) != other);
        bytes32 word = Messages.revokeWord(SCHOOL, ROOT, 0, 3, START + late % 9);
        bytes memory call = abi.encodeCall(
            ILedger.revokeWordFor,
            (SCHOOL, ROOT, 0, 3, START + late % 9, signed(secret, word))
        );
        vm.assertTrue(!tried(relayer, call), "taken");
        call = abi.encodeCall(
            ILedger.revokeWordFor,
            (SCHOOL, ROOT, 0, 3, START + late % 9, signed(REVOKE_SECRET, word))
        );
        vm.assertTrue(tried(relayer, call), "refused");
    }

    function testFuzz_a_deadline_is_the_last_second(uint40 deadline, uint40 time) public {
        vm.assume(time >= START);
        bytes32 root = keccak256("new");
        bytes memory signature = signed(
            ANCHOR_SECRET,
            Messages.anchor(SCHOOL, 1, root, 9, deadline)
        );
        vm.warp(time);
        bytes memory call = abi.encodeCall(
            ILedger.anchor,
            (SCHOOL, 1, root, 9, deadline, signature)
        );
        vm.assertTrue(tried(relayer, call) == (time <= deadline), "done");
    }

    // --- governance ---

    function testFuzz_a_compromise_only_moves_earlier(uint40[6] memory times, uint8 roles) public {
        uint40 now_ = START + 20 days;
        vm.warp(now_);
        uint40 known = 0;
        for (uint256 i = 0; i < times.length; i++) {
            bool byOwner = (roles >> i) & 1 == 1;
            uint40 since = times[i] % 7 == 0 ? 0 : now_ + 1 days - (times[i] % 21 days);
            bool expected = since != 0 && since <= now_ && (known == 0 || since < known);
            if (!byOwner && since < now_ - 7 days) expected = false;
            bytes memory call = abi.encodeCall(
                ILedger.markCompromised,
                (keyIdOf(revoker), since)
            );
            vm.assertTrue(tried(byOwner ? owner : guardian, call) == expected, "done");
            if (expected) known = since;
            vm.assertEq(ledger.keys(keyIdOf(revoker)).compromisedSince, known, "since");
        }
    }

    function testFuzz_what_a_school_had_it_keeps(
        uint40[3] memory from,
        uint40[3] memory until,
        uint64[3] memory types,
        uint40[3] memory passing
    ) public {
        uint32 school = 9;
        uint40 now_ = START;
        for (uint256 i = 0; i < 3; i++) {
            now_ += passing[i] % 50;
            vm.warp(now_);
            uint40 start = from[i] % 4 == 0 ? 0 : START + (from[i] % 100);
            uint40 end = until[i] % 4 == 0 ? 0 : START + (until[i] % 200);
            uint64 kinds = i == 0 ? types[i] : types[i] | (types[i - 1] & 0xff);
            ILedger.School memory known = ledger.schools(school);
            bool began = known.validFrom != 0 && known.validFrom <= now_;
            bytes memory call = abi.encodeCall(ILedger.setSchool, (school, start, end, kinds));
            bool done = tried(owner, call);
            ILedger.School memory found = ledger.schools(school);
            if (!done) {
                vm.assertEq(keccak256(abi.encode(found)), keccak256(abi.encode(known)), "kept");
                continue;
            }
            vm.assertTrue(found.types == kinds && known.types & ~kinds == 0, "types");
            if (began) vm.assertEq(found.validFrom, known.validFrom, "start moved");
            else vm.assertTrue(found.validFrom >= now_, "start in the past");
            vm.assertEq(found.validUntil, end, "end");
            vm.assertTrue(end == 0 || (end >= now_ && end > found.validFrom), "end in the past");
        }
    }

    function testFuzz_a_key_is_taken_if_and_only_if_it_is_well_formed(
        uint256 keyId,
        uint8 roles,
        uint8 length,
        bool short
    ) public {
        if (short) keyId &= type(uint160).max;
        roles %= 20;
        length = length % 4 == 0 ? 65 : length % 4 == 1 ? 32 : length % 4 == 2 ? 0 : length;
        bool expected = roles == SIGN && keyId != 0 && (length == 65 || length == 32);
        if (roles > 0 && roles < SIGN) {
            expected = keyId != 0 && keyId <= type(uint160).max && length == 0;
        }
        bytes memory call = abi.encodeCall(
            ILedger.addKey,
            (SCHOOL, bytes32(keyId), 0, 0, roles, new bytes(length))
        );
        vm.assertTrue(tried(owner, call) == expected, "taken");
        vm.assertTrue(!tried(owner, call), "twice");
    }

    function testFuzz_a_stranger_changes_nothing(address caller, uint8 which, bytes32 word) public {
        // Nobody can be the zero address, which is the nominee while there is none.
        vm.assume(caller != address(0));
        vm.assume(caller != owner && caller != guardian && caller != anchorer);
        vm.assume(caller != suspender && caller != revoker && caller != other);
        bytes[16] memory calls = [
            abi.encodeCall(ILedger.setSchool, (uint32(uint256(word)), 0, 0, TYPES)),
            abi.encodeCall(ILedger.suspendSchool, (SCHOOL)),
            abi.encodeCall(ILedger.reinstateSchool, (SCHOOL)),
            abi.encodeCall(ILedger.addKey, (SCHOOL, keyIdOf(caller), 0, 0, REVOKE, "")),
            abi.encodeCall(ILedger.retireKey, (keyIdOf(revoker))),
            abi.encodeCall(ILedger.markCompromised, (keyIdOf(revoker), START)),
            abi.encodeCall(ILedger.setGuardian, (caller)),
            abi.encodeCall(ILedger.pause, ()),
            abi.encodeCall(ILedger.unpause, ()),
            abi.encodeCall(ILedger.retire, (caller)),
            abi.encodeCall(ILedger.anchorDirect, (SCHOOL, 1, word, 5)),
            abi.encodeCall(ILedger.suspend, (SCHOOL, ROOT, 5)),
            abi.encodeCall(ILedger.revoke, (SCHOOL, ROOT, 5)),
            abi.encodeCall(ILedger.revokeWord, (SCHOOL, ROOT, 0, 3)),
            abi.encodeCall(ILedger.supersede, (SCHOOL, ROOT, 5, ROOT, 6)),
            abi.encodeCall(ledger.acceptOwnership, ())
        ];
        vm.assertTrue(!tried(caller, calls[which % 16]), "done");
    }
}
