// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ILedger} from "../../contracts/ILedger.sol";
import {Ledger} from "../../contracts/Ledger.sol";
import {ledgerCode} from "./Artifact.sol";
import {vm} from "./Vm.sol";

/// @title The frozen EIP-712 vectors: the contract takes each one as signed by the vectors' key
/// @dev The ledger is put where the vectors say. Its signer's address comes out right only if the
/// contract hashes the very same message, so acceptance in the signer's name is agreement.
contract VectorsTest {
    address private constant OWNER = address(0x0a11ce);
    string private file;
    string private at_;
    address private signer;
    Ledger private ledger;

    function setUp() public {
        file = vm.readFile("tests/contracts/eip712.json");
        vm.warp(1_800_000_000);
        vm.chainId(vm.parseJsonUint(file, ".chainId"));
        address place = vm.parseJsonAddress(file, ".contract");
        vm.etch(place, abi.encodePacked(ledgerCode(), abi.encode(OWNER)));
        (, bytes memory code) = place.call("");
        vm.etch(place, code);
        ledger = Ledger(place);
        signer = vm.parseJsonAddress(file, ".signer");
        uint32 school = uint32(vm.parseJsonUint(file, ".school"));
        vm.prank(OWNER);
        ledger.setSchool(school, 0, 0, 1);
        vm.prank(OWNER);
        ledger.addKey(school, bytes32(uint256(uint160(signer))), 0, 0, 7, "");
    }

    function test_the_contract_takes_every_vector_in_the_signers_name() public {
        string[11] memory kinds = [
            "Anchor", "Anchor", "SetStatus", "SetStatus", "SetStatus", "SetStatus",
            "RevokeWord", "RevokeWord", "Supersede", "Supersede", ""
        ];
        for (uint256 i = 0; bytes(kinds[i]).length != 0; i++) {
            at_ = string.concat(".vectors[", digit(i), "]");
            vm.assertEq(
                keccak256(bytes(vm.parseJsonString(file, string.concat(at_, ".kind")))),
                keccak256(bytes(kinds[i])),
                "order of the vectors"
            );
            send(keccak256(bytes(kinds[i])));
        }
    }

    function send(bytes32 kind) private {
        if (kind == keccak256("Anchor")) return sendAnchor();
        vm.recordLogs();
        if (kind == keccak256("SetStatus")) sendStatus();
        if (kind == keccak256("RevokeWord")) sendWord();
        if (kind == keccak256("Supersede")) sendSupersession();
        (, , address by) = abi.decode(vm.getRecordedLogs()[0].data, (uint256, uint256, address));
        vm.assertEq(by, signer, at_);
    }

    function sendAnchor() private {
        (uint32 school, bytes32 root) = batch();
        ledger.anchor(
            school,
            uint32(number("seq")),
            root,
            uint24(number("size")),
            uint40(number("deadline")),
            signature()
        );
        vm.assertEq(ledger.anchors(ledger.batchId(school, root)).key, signer, at_);
    }

    function sendStatus() private {
        (uint32 school, bytes32 root) = batch();
        ILedger.Lane lane = ILedger.Lane(number("lane"));
        ledger.setStatusFor(
            school,
            root,
            uint32(number("index")),
            lane,
            uint40(number("deadline")),
            signature()
        );
    }

    function sendWord() private {
        (uint32 school, bytes32 root) = batch();
        ledger.revokeWordFor(
            school,
            root,
            uint32(number("word")),
            number("mask"),
            uint40(number("deadline")),
            signature()
        );
    }

    function sendSupersession() private {
        (uint32 school, bytes32 root) = batch();
        ledger.supersedeFor(
            school,
            root,
            uint32(number("index")),
            vm.parseJsonBytes32(file, path("successorRoot")),
            uint32(number("successorIndex")),
            uint40(number("deadline")),
            signature()
        );
    }

    function batch() private view returns (uint32 school, bytes32 root) {
        return (uint32(number("school")), vm.parseJsonBytes32(file, path("root")));
    }

    function path(string memory field) private view returns (string memory) {
        return string.concat(at_, ".message.", field);
    }

    function number(string memory field) private view returns (uint256) {
        return vm.parseJsonUint(file, path(field));
    }

    function signature() private view returns (bytes memory) {
        return vm.parseJsonBytes(file, string.concat(at_, ".signature"));
    }

    function digit(uint256 value) private pure returns (string memory) {
        return string(abi.encodePacked(uint8(48 + value)));
    }
}
