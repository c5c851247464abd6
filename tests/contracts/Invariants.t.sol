// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ILedger} from "../../contracts/ILedger.sol";
import {Handler} from "./Handler.sol";
import {World} from "./World.sol";
import {vm} from "./Vm.sol";

/// @title What holds after any sequence of acts by anybody, compared with what was done
contract InvariantsTest is World {
    Handler private handler;

    function setUp() public override {
        super.setUp();
        handler = new Handler(ledger);
    }

    function targetContracts() public view returns (address[] memory found) {
        found = new address[](1);
        found[0] = address(handler);
    }

    /// @dev After every act.
    function invariant_the_ledger_is_what_its_history_says() public view {
        numbersAndHeadsTellTheWholeHistory();
        keysAreAsGivenAndEnded();
        schoolsAndSwitchesAreAsLastSaid();
    }

    /// @dev After the last act of a run. (Words are also compared as they are written.)
    function afterInvariant() public view {
        for (uint256 i = 0; i < handler.batches(); i++) {
            (bytes32 batch, bytes32 made) = handler.batch(i);
            vm.assertEq(keccak256(abi.encode(ledger.anchors(batch))), made, "anchor");
            uint24 size = ledger.anchors(batch).size;
            for (uint32 word = 0; word <= size / 128; word++) {
                vm.assertEq(ledger.statusWord(batch, word), handler.expected(batch, word), "word");
            }
            uint256 last = ledger.statusWord(batch, size / 128);
            vm.assertEq(last >> (2 * (size % 128)), 0, "beyond the size");
            vm.assertEq(ledger.statusWord(batch, size / 128 + 1), 0, "the word after");
        }
        // A handler whose acts are all refused would prove nothing.
        vm.assertTrue(handler.acts() < 50 || handler.done() * 10 >= handler.acts(), "idle");
    }

    function numbersAndHeadsTellTheWholeHistory() private view {
        for (uint32 school = SCHOOL; school <= OTHER; school++) {
            vm.assertEq(ledger.schools(school).nextSeq, handler.count(school), "number");
            vm.assertEq(ledger.heads(school), handler.head(school), "head");
            vm.assertEq(ledger.schools(school).statusNonce, handler.nonce(school), "nonce");
        }
    }

    function keysAreAsGivenAndEnded() private view {
        for (uint256 i = 0; i < handler.keyCount(); i++) {
            (bytes32 keyId, ILedger.Key memory known) = handler.key(i);
            bytes32 found = keccak256(abi.encode(ledger.keys(keyId)));
            vm.assertEq(found, keccak256(abi.encode(known)), "key");
        }
    }

    function schoolsAndSwitchesAreAsLastSaid() private view {
        vm.assertTrue(ledger.paused() == handler.paused(), "paused");
        vm.assertEq(ledger.successor(), handler.successor(), "successor");
        vm.assertEq(ledger.owner(), owner, "owner");
        vm.assertEq(ledger.guardian(), guardian, "guardian");
        for (uint32 school = SCHOOL; school <= OTHER; school++) {
            ILedger.School memory found = ledger.schools(school);
            vm.assertEq(found.validFrom, START, "start");
            vm.assertEq(found.validUntil, handler.validUntil(school), "end");
            vm.assertEq(found.suspendedSince, handler.suspendedSince(school), "suspended");
            vm.assertEq(found.types, handler.types(school), "types");
        }
    }
}
