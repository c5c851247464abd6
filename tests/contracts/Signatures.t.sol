// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ECDSA} from "@openzeppelin/contracts/utils/cryptography/ECDSA.sol";

import {ILedger} from "../../contracts/ILedger.sol";
import {Messages} from "./Messages.sol";
import {World} from "./World.sol";
import {vm} from "./Vm.sol";

/// @title Relayed messages: what was signed is what is done, once, in the signer's name
contract SignaturesTest is World {
    ILedger.Lane private constant ACTIVE = ILedger.Lane.Active;
    ILedger.Lane private constant SUSPENDED = ILedger.Lane.Suspended;
    ILedger.Lane private constant REVOKED = ILedger.Lane.Revoked;

    function setStatus(uint256 secret, uint32 index, ILedger.Lane lane, uint32 nonce)
        private
        view
        returns (bytes memory)
    {
        return signed(secret, Messages.setStatus(SCHOOL, ROOT, index, lane, nonce, START));
    }

    function test_a_relayed_status_is_the_signers_act() public {
        bytes memory signature = setStatus(SUSPEND_SECRET, 5, SUSPENDED, 0);
        vm.expectEmit(address(ledger));
        emit ILedger.StatusChanged(SCHOOL, ROOT, 0, 0, 1 << 10, suspender);
        vm.prank(relayer);
        ledger.setStatusFor(SCHOOL, ROOT, 5, SUSPENDED, START, signature);
        assertLane(5, SUSPENDED);
    }

    function test_an_old_suspension_cannot_be_sent_again() public {
        bytes memory first = setStatus(SUSPEND_SECRET, 5, SUSPENDED, 0);
        bytes memory second = setStatus(SUSPEND_SECRET, 5, ACTIVE, 1);
        ledger.setStatusFor(SCHOOL, ROOT, 5, SUSPENDED, START, first);
        vm.assertEq(ledger.schools(SCHOOL).statusNonce, 1, "nonce");
        ledger.setStatusFor(SCHOOL, ROOT, 5, ACTIVE, START, second);
        vm.assertEq(ledger.schools(SCHOOL).statusNonce, 2, "nonce");
        vm.expectRevert();
        ledger.setStatusFor(SCHOOL, ROOT, 5, SUSPENDED, START, first);
        assertLane(5, ACTIVE);
    }

    function test_revocations_have_no_order_and_use_no_nonce() public {
        ledger.setStatusFor(
            SCHOOL,
            ROOT,
            6,
            REVOKED,
            START,
            setStatus(REVOKE_SECRET, 6, REVOKED, 0)
        );
        ledger.setStatusFor(
            SCHOOL,
            ROOT,
            5,
            REVOKED,
            START,
            setStatus(REVOKE_SECRET, 5, REVOKED, 0)
        );
        vm.assertEq(ledger.schools(SCHOOL).statusNonce, 0, "nonce");
        assertLane(5, REVOKED);
        assertLane(6, REVOKED);
    }

    function test_superseding_is_not_signed_as_a_status() public {
        bytes memory signature = setStatus(REVOKE_SECRET, 5, ILedger.Lane.Superseded, 0);
        refused(ILedger.LaneInvalid.selector, uint8(ILedger.Lane.Superseded));
        ledger.setStatusFor(SCHOOL, ROOT, 5, ILedger.Lane.Superseded, START, signature);
    }

    function test_a_lane_that_is_none_is_refused() public {
        (bool done, ) = address(ledger).call(
            abi.encodeWithSelector(
                ILedger.setStatusFor.selector,
                SCHOOL,
                ROOT,
                5,
                4,
                START,
                setStatus(REVOKE_SECRET, 5, REVOKED, 0)
            )
        );
        vm.assertTrue(!done, "done");
    }

    function test_a_word_is_revoked_by_signature() public {
        bytes memory signature = signed(
            REVOKE_SECRET,
            Messages.revokeWord(SCHOOL, ROOT, 1, 0xf, START)
        );
        vm.expectEmit(address(ledger));
        emit ILedger.StatusChanged(SCHOOL, ROOT, 1, 0, 0xf, revoker);
        vm.prank(relayer);
        ledger.revokeWordFor(SCHOOL, ROOT, 1, 0xf, START, signature);
        refused(ILedger.LaneUnchanged.selector);
        ledger.revokeWordFor(SCHOOL, ROOT, 1, 0xf, START, signature);
    }

    function test_a_credential_is_superseded_by_signature() public {
        bytes memory signature = signed(
            REVOKE_SECRET,
            Messages.supersede(SCHOOL, ROOT, 5, ROOT, 6, START)
        );
        vm.expectEmit(address(ledger));
        emit ILedger.StatusChanged(SCHOOL, ROOT, 0, 0, 2 << 10, revoker);
        vm.expectEmit(address(ledger));
        emit ILedger.Superseded(SCHOOL, ROOT, 5, ROOT, 6);
        vm.prank(relayer);
        ledger.supersedeFor(SCHOOL, ROOT, 5, ROOT, 6, START, signature);
        assertLane(5, ILedger.Lane.Superseded);
    }

    function test_a_signature_gives_no_role_that_the_key_lacks() public {
        bytes memory signature = setStatus(SUSPEND_SECRET, 5, REVOKED, 0);
        refused(ILedger.KeyLacksRole.selector, uint256(keyIdOf(suspender)), REVOKE);
        ledger.setStatusFor(SCHOOL, ROOT, 5, REVOKED, START, signature);
        signature = setStatus(REVOKE_SECRET, 5, SUSPENDED, 0);
        refused(ILedger.KeyLacksRole.selector, uint256(keyIdOf(revoker)), SUSPEND);
        ledger.setStatusFor(SCHOOL, ROOT, 5, SUSPENDED, START, signature);
        signature = signed(
            SUSPEND_SECRET,
            Messages.revokeWord(SCHOOL, ROOT, 0, 3, START)
        );
        refused(ILedger.KeyLacksRole.selector, uint256(keyIdOf(suspender)), REVOKE);
        ledger.revokeWordFor(SCHOOL, ROOT, 0, 3, START, signature);
        signature = signed(
            SUSPEND_SECRET,
            Messages.supersede(SCHOOL, ROOT, 5, ROOT, 6, START)
        );
        refused(ILedger.KeyLacksRole.selector, uint256(keyIdOf(suspender)), REVOKE);
        ledger.supersedeFor(SCHOOL, ROOT, 5, ROOT, 6, START, signature);
    }

    function test_the_relayers_own_standing_counts_for_nothing() public {
        bytes memory signature = setStatus(STRANGER_SECRET, 5, REVOKED, 0);
        refused(ILedger.KeyUnknown.selector, uint256(keyIdOf(stranger)));
        vm.prank(owner);
        ledger.setStatusFor(SCHOOL, ROOT, 5, REVOKED, START, signature);
        refused(ILedger.KeyUnknown.selector, uint256(keyIdOf(stranger)));
        vm.prank(revoker);
        ledger.setStatusFor(SCHOOL, ROOT, 5, REVOKED, START, signature);
    }

    function test_the_owner_may_sign_too() public {
        ledger.setStatusFor(
            SCHOOL,
            ROOT,
            5,
            REVOKED,
            START,
            setStatus(OWNER_SECRET, 5, REVOKED, 0)
        );
        assertLane(5, REVOKED);
    }

    function test_every_kind_of_message_has_its_deadline() public {
        bytes memory revocation = setStatus(REVOKE_SECRET, 5, REVOKED, 0);
        bytes memory word = signed(
            REVOKE_SECRET,
            Messages.revokeWord(SCHOOL, ROOT, 0, 3, START)
        );
        bytes memory supersession = signed(
            REVOKE_SECRET,
            Messages.supersede(SCHOOL, ROOT, 5, ROOT, 6, START)
        );
        vm.warp(START + 1);
        refused(ILedger.DeadlinePassed.selector, START);
        ledger.setStatusFor(SCHOOL, ROOT, 5, REVOKED, START, revocation);
        refused(ILedger.DeadlinePassed.selector, START);
        ledger.revokeWordFor(SCHOOL, ROOT, 0, 3, START, word);
        refused(ILedger.DeadlinePassed.selector, START);
        ledger.supersedeFor(SCHOOL, ROOT, 5, ROOT, 6, START, supersession);
    }

    function test_a_signature_for_another_chain_is_somebody_elses() public {
        bytes memory signature = setStatus(REVOKE_SECRET, 5, REVOKED, 0);
        vm.chainId(1);
        vm.expectRevert();
        ledger.setStatusFor(SCHOOL, ROOT, 5, REVOKED, START, signature);
    }

    function test_a_second_form_of_a_signature_is_refused() public {
        bytes32 message = Messages.setStatus(SCHOOL, ROOT, 5, REVOKED, 0, START);
        bytes32 digest = Messages.digest(block.chainid, address(ledger), message);
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(REVOKE_SECRET, digest);
        // The curve's order less s signs the same; only the lower of the two is taken.
        uint256 order = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141;
        bytes32 high = bytes32(order - uint256(s));
        refused(ECDSA.ECDSAInvalidSignatureS.selector, uint256(high));
        ledger.setStatusFor(
            SCHOOL,
            ROOT,
            5,
            REVOKED,
            START,
            abi.encodePacked(r, high, v ^ 7)
        );
    }

    function test_what_is_no_signature_is_refused() public {
        refused(ECDSA.ECDSAInvalidSignatureLength.selector, 0);
        ledger.setStatusFor(SCHOOL, ROOT, 5, REVOKED, START, "");
        refused(ECDSA.ECDSAInvalidSignatureLength.selector, 66);
        ledger.setStatusFor(SCHOOL, ROOT, 5, REVOKED, START, new bytes(66));
        refused(ECDSA.ECDSAInvalidSignature.selector);
        ledger.setStatusFor(SCHOOL, ROOT, 5, REVOKED, START, new bytes(65));
    }
}
