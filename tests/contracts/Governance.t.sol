// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Ownable} from "@openzeppelin/contracts/access/Ownable.sol";

import {ILedger} from "../../contracts/ILedger.sol";
import {World} from "./World.sol";
import {vm} from "./Vm.sol";

/// @title Schools, keys, guardian, pause, retirement and ownership
contract GovernanceTest is World {
    uint32 private constant NEW = 9;

    function setSchool(uint32 school, uint40 from, uint40 until, uint64 types) private {
        vm.prank(owner);
        ledger.setSchool(school, from, until, types);
    }

    function addKey(bytes32 keyId, uint40 from, uint40 until) private {
        vm.prank(owner);
        ledger.addKey(SCHOOL, keyId, from, until, SIGN, new bytes(65));
    }

    function mark(address by, address key, uint40 since) private {
        vm.prank(by);
        ledger.markCompromised(keyIdOf(key), since);
    }

    function assertSchool(uint32 school, uint40 from, uint40 until, uint64 types) private view {
        ILedger.School memory found = ledger.schools(school);
        vm.assertEq(found.validFrom, from, "from");
        vm.assertEq(found.validUntil, until, "until");
        vm.assertEq(found.types, types, "types");
    }

    // --- schools ---

    function test_a_new_school_starts_now_at_the_earliest() public {
        vm.expectEmit(address(ledger));
        emit ILedger.SchoolSet(NEW, START, START + 50, 3);
        setSchool(NEW, START - 1, START + 50, 3);
        assertSchool(NEW, START, START + 50, 3);
        setSchool(10, START + 20, 0, 3);
        assertSchool(10, START + 20, 0, 3);
    }

    function test_a_start_that_lies_ahead_may_still_be_moved() public {
        setSchool(NEW, START + 20, 0, 3);
        setSchool(NEW, 0, 0, 3);
        assertSchool(NEW, START + 20, 0, 3);
        setSchool(NEW, START + 10, 0, 3);
        assertSchool(NEW, START + 10, 0, 3);
        setSchool(NEW, START - 1, 0, 3);
        assertSchool(NEW, START, 0, 3);
    }

    function test_a_start_that_has_come_stays() public {
        vm.warp(START + 5);
        setSchool(SCHOOL, 0, START + 90, TYPES);
        assertSchool(SCHOOL, START, START + 90, TYPES);
        setSchool(SCHOOL, START, 0, TYPES);
        assertSchool(SCHOOL, START, 0, TYPES);
        refused(ILedger.WindowInvalid.selector, START + 7, 0);
        setSchool(SCHOOL, START + 7, 0, TYPES);
        refused(ILedger.WindowInvalid.selector, START - 7, 0);
        setSchool(SCHOOL, START - 7, 0, TYPES);
    }

    function test_a_start_of_this_second_has_come() public {
        refused(ILedger.WindowInvalid.selector, START + 1, 0);
        setSchool(SCHOOL, START + 1, 0, TYPES);
    }

    function test_an_end_is_after_the_start_and_never_in_the_past() public {
        vm.warp(START + 50);
        refused(ILedger.WindowInvalid.selector, START, START + 49);
        setSchool(SCHOOL, 0, START + 49, TYPES);
        setSchool(SCHOOL, 0, START + 50, TYPES);
        refused(ILedger.WindowInvalid.selector, START + 60, START + 60);
        setSchool(NEW, START + 60, START + 60, TYPES);
        setSchool(NEW, START + 60, START + 61, TYPES);
    }

    function test_an_ended_school_may_be_accredited_further() public {
        setSchool(SCHOOL, 0, START + 1, TYPES);
        vm.warp(START + 9);
        setSchool(SCHOOL, 0, 0, TYPES);
        anchorBatch(1, keccak256("afterwards"), 5);
    }

    function test_types_are_only_added() public {
        setSchool(SCHOOL, 0, 0, TYPES | 2);
        assertSchool(SCHOOL, START, 0, TYPES | 2);
        refused(ILedger.TypesMayOnlyGrow.selector, 6);
        setSchool(SCHOOL, 0, 0, 6);
    }

    function test_changing_a_school_leaves_its_counters_head_and_suspension() public {
        vm.prank(guardian);
        ledger.suspendSchool(SCHOOL);
        bytes32 head = ledger.heads(SCHOOL);
        setSchool(SCHOOL, 0, START + 9, TYPES);
        vm.assertEq(ledger.schools(SCHOOL).nextSeq, 1, "seq");
        vm.assertEq(ledger.schools(SCHOOL).suspendedSince, START, "suspended");
        vm.assertEq(ledger.heads(SCHOOL), head, "head");
    }

    function test_a_school_is_suspended_by_owner_or_guardian_and_reinstated_by_the_owner() public {
        vm.expectEmit(address(ledger));
        emit ILedger.SchoolSuspended(SCHOOL, START);
        vm.prank(guardian);
        ledger.suspendSchool(SCHOOL);
        vm.assertEq(ledger.schools(SCHOOL).suspendedSince, START, "since");
        vm.warp(START + 5);
        refused(ILedger.SchoolUnchanged.selector, SCHOOL);
        vm.prank(owner);
        ledger.suspendSchool(SCHOOL);
        refused(Ownable.OwnableUnauthorizedAccount.selector, uint160(guardian));
        vm.prank(guardian);
        ledger.reinstateSchool(SCHOOL);
        vm.expectEmit(address(ledger));
        emit ILedger.SchoolReinstated(SCHOOL);
        vm.prank(owner);
        ledger.reinstateSchool(SCHOOL);
        vm.assertEq(ledger.schools(SCHOOL).suspendedSince, 0, "lifted");
        refused(ILedger.SchoolUnchanged.selector, SCHOOL);
        vm.prank(owner);
        ledger.reinstateSchool(SCHOOL);
        vm.prank(owner);
        ledger.suspendSchool(SCHOOL);
    }

    function test_what_is_not_known_is_not_changed() public {
        refused(ILedger.UnknownSchool.selector, NEW);
        vm.prank(owner);
        ledger.suspendSchool(NEW);
        refused(ILedger.UnknownSchool.selector, NEW);
        vm.prank(owner);
        ledger.reinstateSchool(NEW);
        refused(ILedger.UnknownSchool.selector, NEW);
        give(NEW, stranger, ANCHOR);
        refused(ILedger.KeyUnknown.selector, uint256(keyIdOf(stranger)));
        vm.prank(owner);
        ledger.retireKey(keyIdOf(stranger));
        refused(ILedger.KeyUnknown.selector, uint256(keyIdOf(stranger)));
        mark(owner, stranger, START);
    }

    // --- keys ---

    function test_a_key_is_recorded_as_given_and_never_valid_in_the_past() public {
        bytes memory point = new bytes(65);
        point[0] = 0x04;
        vm.expectEmit(address(ledger));
        emit ILedger.KeyAdded(SCHOOL, SIGNING_KEY, START, START + 9, SIGN, point);
        vm.prank(owner);
        ledger.addKey(SCHOOL, SIGNING_KEY, START - 1, START + 9, SIGN, point);
        ILedger.Key memory found = ledger.keys(SIGNING_KEY);
        vm.assertEq(found.school, SCHOOL, "school");
        vm.assertEq(found.validFrom, START, "from");
        vm.assertEq(found.validUntil, START + 9, "until");
        vm.assertEq(found.compromisedSince, 0, "compromised");
        vm.assertEq(found.roles, SIGN, "roles");
        addKey(keccak256("later"), START + 5, 0);
        vm.assertEq(ledger.keys(keccak256("later")).validFrom, START + 5, "later");
    }

    function test_a_key_ends_after_it_starts() public {
        refused(ILedger.WindowInvalid.selector, START, START);
        addKey(SIGNING_KEY, 0, START);
        refused(ILedger.WindowInvalid.selector, START + 5, START + 4);
        addKey(SIGNING_KEY, START + 5, START + 4);
        addKey(SIGNING_KEY, START + 5, START + 6);
    }

    function test_a_key_id_is_never_used_twice() public {
        refused(ILedger.KeyUsed.selector, uint256(keyIdOf(anchorer)));
        give(OTHER, anchorer, ANCHOR);
        vm.prank(owner);
        ledger.retireKey(keyIdOf(anchorer));
        vm.warp(START + 9);
        refused(ILedger.KeyUsed.selector, uint256(keyIdOf(anchorer)));
        give(SCHOOL, anchorer, ANCHOR);
    }

    function test_a_key_that_is_not_well_formed_is_refused() public {
        bytes32 chain = keyIdOf(stranger);
        refusedKey(chain, 0, 0);
        refusedKey(chain, 16, 0);
        refusedKey(chain, ANCHOR | SIGN, 0);
        refusedKey(chain, REVOKE | SIGN, 65);
        refusedKey(chain, ANCHOR, 65);
        refusedKey(chain, ANCHOR, 32);
        refusedKey(bytes32(uint256(1) << 160), ANCHOR, 0);
        refusedKey(SIGNING_KEY, ANCHOR, 0);
        refusedKey(0, ANCHOR, 0);
        refusedKey(0, SIGN, 65);
        refusedKey(SIGNING_KEY, SIGN, 0);
        refusedKey(SIGNING_KEY, SIGN, 64);
        refusedKey(SIGNING_KEY, SIGN, 66);
        refusedKey(SIGNING_KEY, SIGN, 33);
    }

    function refusedKey(bytes32 keyId, uint8 roles, uint256 length) private {
        refused(ILedger.KeyInvalid.selector, uint256(keyId));
        vm.prank(owner);
        ledger.addKey(SCHOOL, keyId, 0, 0, roles, new bytes(length));
    }

    function test_every_well_formed_kind_of_key_is_taken() public {
        for (uint8 roles = 1; roles < SIGN; roles++) give(SCHOOL, vm.addr(100 + roles), roles);
        give(SCHOOL, address(type(uint160).max), ANCHOR);
        vm.prank(owner);
        ledger.addKey(SCHOOL, SIGNING_KEY, 0, 0, SIGN, new bytes(65));
        vm.prank(owner);
        ledger.addKey(SCHOOL, keccak256("Ed25519"), 0, 0, SIGN, new bytes(32));
    }

    function test_retiring_a_key_ends_it_now_and_once() public {
        vm.warp(START + 5);
        vm.expectEmit(address(ledger));
        emit ILedger.KeyRetired(SCHOOL, keyIdOf(anchorer), START + 5);
        vm.prank(owner);
        ledger.retireKey(keyIdOf(anchorer));
        vm.assertEq(ledger.keys(keyIdOf(anchorer)).validUntil, START + 5, "until");
        refused(ILedger.KeyInactive.selector, uint256(keyIdOf(anchorer)));
        vm.prank(owner);
        ledger.retireKey(keyIdOf(anchorer));
        addKey(SIGNING_KEY, 0, START + 9);
        vm.warp(START + 8);
        vm.prank(owner);
        ledger.retireKey(SIGNING_KEY);
        vm.assertEq(ledger.keys(SIGNING_KEY).validUntil, START + 8, "sooner");
    }

    function test_a_compromise_is_moved_earlier_only() public {
        vm.warp(START + 100);
        vm.expectEmit(address(ledger));
        emit ILedger.KeyCompromised(SCHOOL, keyIdOf(revoker), START + 50);
        mark(owner, revoker, START + 50);
        uint40[4] memory refusedTimes = [uint40(0), START + 50, START + 51, START + 100];
        for (uint256 i = 0; i < refusedTimes.length; i++) {
            refused(ILedger.NotEarlier.selector, refusedTimes[i]);
            mark(owner, revoker, refusedTimes[i]);
        }
        mark(guardian, revoker, START + 49);
        vm.assertEq(ledger.keys(keyIdOf(revoker)).compromisedSince, START + 49, "since");
        mark(owner, revoker, 1);
        vm.assertEq(ledger.keys(keyIdOf(revoker)).compromisedSince, 1, "since");
    }

    function test_a_compromise_is_not_in_the_future() public {
        refused(ILedger.NotEarlier.selector, START + 1);
        mark(owner, revoker, START + 1);
        refused(ILedger.NotEarlier.selector, 0);
        mark(owner, revoker, 0);
        mark(guardian, revoker, START);
    }

    function test_the_guardian_goes_back_seven_days_and_the_owner_further() public {
        uint40 now_ = START + 30 days;
        vm.warp(now_);
        refused(ILedger.TooLongAgo.selector, now_ - 7 days);
        mark(guardian, revoker, now_ - 7 days - 1);
        mark(guardian, revoker, now_ - 7 days);
        mark(owner, revoker, now_ - 7 days - 1);
        mark(owner, anchorer, START);
    }

    // --- guardian, pause, retirement ---

    function test_the_guardian_is_appointed_by_the_owner_and_may_be_nobody() public {
        vm.expectEmit(address(ledger));
        emit ILedger.GuardianSet(address(0));
        vm.prank(owner);
        ledger.setGuardian(address(0));
        vm.assertEq(ledger.guardian(), address(0), "guardian");
        refused(ILedger.NotGuardian.selector, uint160(guardian));
        vm.prank(guardian);
        ledger.pause();
    }

    function test_a_pause_is_set_by_the_guardian_or_owner_and_lifted_by_the_owner() public {
        vm.expectEmit(address(ledger));
        emit ILedger.Paused(guardian);
        vm.prank(guardian);
        ledger.pause();
        vm.assertTrue(ledger.paused(), "paused");
        refused(Ownable.OwnableUnauthorizedAccount.selector, uint160(guardian));
        vm.prank(guardian);
        ledger.unpause();
        vm.expectEmit(address(ledger));
        emit ILedger.Unpaused();
        vm.prank(owner);
        ledger.unpause();
        vm.assertTrue(!ledger.paused(), "open");
        vm.prank(owner);
        ledger.pause();
        vm.assertTrue(ledger.paused(), "paused by the owner");
    }

    function test_retirement_names_the_successor_once_and_for_good() public {
        refused(ILedger.SuccessorInvalid.selector);
        vm.prank(owner);
        ledger.retire(address(0));
        refused(ILedger.SuccessorInvalid.selector);
        vm.prank(owner);
        ledger.retire(address(ledger));
        vm.expectEmit(address(ledger));
        emit ILedger.Retired(relayer);
        vm.prank(owner);
        ledger.retire(relayer);
        vm.assertEq(ledger.successor(), relayer, "successor");
        refused(ILedger.LedgerRetired.selector, uint160(relayer));
        vm.prank(owner);
        ledger.retire(stranger);
        vm.prank(owner);
        ledger.unpause();
        vm.assertEq(ledger.successor(), relayer, "still");
    }

    // --- who may ---

    function test_what_is_the_owners_nobody_else_does() public {
        address[4] memory callers = [guardian, anchorer, stranger, relayer];
        bytes[8] memory calls = [
            abi.encodeCall(ILedger.setSchool, (NEW, 0, 0, 1)),
            abi.encodeCall(ILedger.reinstateSchool, (SCHOOL)),
            abi.encodeCall(ILedger.addKey, (SCHOOL, SIGNING_KEY, 0, 0, SIGN, new bytes(32))),
            abi.encodeCall(ILedger.retireKey, (keyIdOf(anchorer))),
            abi.encodeCall(ILedger.setGuardian, (stranger)),
            abi.encodeCall(ILedger.unpause, ()),
            abi.encodeCall(ILedger.retire, (stranger)),
            abi.encodeCall(ledger.transferOwnership, (stranger))
        ];
        for (uint256 who = 0; who < callers.length; who++) {
            for (uint256 what = 0; what < calls.length; what++) {
                assertRefused(
                    callers[who],
                    calls[what],
                    Ownable.OwnableUnauthorizedAccount.selector
                );
            }
        }
    }

    function test_what_is_the_guardians_no_third_party_does() public {
        address[3] memory callers = [anchorer, stranger, address(0xdead)];
        bytes[3] memory calls = [
            abi.encodeCall(ILedger.suspendSchool, (SCHOOL)),
            abi.encodeCall(ILedger.markCompromised, (keyIdOf(anchorer), START)),
            abi.encodeCall(ILedger.pause, ())
        ];
        for (uint256 who = 0; who < callers.length; who++) {
            for (uint256 what = 0; what < calls.length; what++) {
                assertRefused(callers[who], calls[what], ILedger.NotGuardian.selector);
            }
        }
    }

    function assertRefused(address caller, bytes memory call, bytes4 selector) private {
        vm.prank(caller);
        (bool done, bytes memory answer) = address(ledger).call(call);
        vm.assertTrue(!done, "was done");
        bytes memory expected = abi.encodeWithSelector(selector, caller);
        vm.assertEq(keccak256(answer), keccak256(expected), "another error");
    }

    function test_ownership_is_handed_over_in_two_steps() public {
        vm.prank(owner);
        ledger.transferOwnership(stranger);
        vm.assertEq(ledger.owner(), owner, "not yet");
        refused(Ownable.OwnableUnauthorizedAccount.selector, uint160(stranger));
        vm.prank(stranger);
        ledger.unpause();
        refused(ILedger.KeyUnknown.selector, uint256(keyIdOf(stranger)));
        vm.prank(stranger);
        ledger.revoke(SCHOOL, ROOT, 5);
        vm.prank(stranger);
        ledger.acceptOwnership();
        vm.assertEq(ledger.owner(), stranger, "now");
        refused(Ownable.OwnableUnauthorizedAccount.selector, uint160(owner));
        vm.prank(owner);
        ledger.unpause();
    }

    function test_ownership_is_never_given_up() public {
        refused(ILedger.NotRenounceable.selector);
        vm.prank(owner);
        ledger.renounceOwnership();
    }

    function test_the_contract_takes_no_ether() public {
        (bool done, ) = address(ledger).call{value: 1}("");
        vm.assertTrue(!done, "taken");
        (done, ) = address(ledger).call{value: 1}(abi.encodeCall(ILedger.pause, ()));
        vm.assertTrue(!done, "taken with a call");
    }
}
