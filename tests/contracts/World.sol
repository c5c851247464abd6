// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ILedger} from "../../contracts/ILedger.sol";
import {Ledger} from "../../contracts/Ledger.sol";
import {ledgerCode} from "./Artifact.sol";
import {Messages} from "./Messages.sol";
import {vm} from "./Vm.sol";

/// @title The world that the contract's tests share: a ledger with two schools and their keys
/// @dev `SCHOOL` has one key for each role; `OTHER` has one key with all three. There is a batch
/// `ROOT` of `SIZE` credentials of `SCHOOL`, so its next number is 1.
abstract contract World {
    uint40 internal constant START = 1_800_000_000;
    uint32 internal constant SCHOOL = 7;
    uint32 internal constant OTHER = 8;
    uint64 internal constant TYPES = 5;
    uint24 internal constant SIZE = 300;
    bytes32 internal constant ROOT = keccak256("a batch");
    bytes32 internal constant SIGNING_KEY = keccak256("a thumbprint");

    uint8 internal constant ANCHOR = 1;
    uint8 internal constant SUSPEND = 2;
    uint8 internal constant REVOKE = 4;
    uint8 internal constant SIGN = 8;

    uint256 internal constant ANCHOR_SECRET = uint256(keccak256("anchor"));
    uint256 internal constant SUSPEND_SECRET = uint256(keccak256("suspend"));
    uint256 internal constant REVOKE_SECRET = uint256(keccak256("revoke"));
    uint256 internal constant OTHER_SECRET = uint256(keccak256("other school"));
    uint256 internal constant STRANGER_SECRET = uint256(keccak256("stranger"));
    uint256 internal constant OWNER_SECRET = uint256(keccak256("owner"));

    address internal anchorer = vm.addr(ANCHOR_SECRET);
    address internal suspender = vm.addr(SUSPEND_SECRET);
    address internal revoker = vm.addr(REVOKE_SECRET);
    address internal other = vm.addr(OTHER_SECRET);
    address internal stranger = vm.addr(STRANGER_SECRET);
    address internal owner = vm.addr(OWNER_SECRET);
    address internal guardian = address(uint160(uint256(keccak256("guardian"))));
    address internal relayer = address(uint160(uint256(keccak256("relayer"))));

    Ledger internal ledger;
    bytes32 internal id;

    function setUp() public virtual {
        vm.warp(START);
        ledger = Ledger(deployed(owner));
        id = ledger.batchId(SCHOOL, ROOT);
        vm.prank(owner);
        ledger.setGuardian(guardian);
        accredit(SCHOOL);
        accredit(OTHER);
        give(SCHOOL, anchorer, ANCHOR);
        give(SCHOOL, suspender, SUSPEND);
        give(SCHOOL, revoker, REVOKE);
        give(OTHER, other, ANCHOR | SUSPEND | REVOKE);
        anchorBatch(0, ROOT, SIZE);
    }

    function deployed(address owner_) private returns (address place) {
        bytes memory code = abi.encodePacked(ledgerCode(), abi.encode(owner_));
        assembly {
            place := create(0, add(code, 32), mload(code))
        }
    }

    function accredit(uint32 school) internal {
        vm.prank(owner);
        ledger.setSchool(school, 0, 0, TYPES);
    }

    function give(uint32 school, address key, uint8 roles) internal {
        vm.prank(owner);
        ledger.addKey(school, keyIdOf(key), 0, 0, roles, "");
    }

    function anchorBatch(uint32 seq, bytes32 root, uint24 size) internal {
        vm.prank(anchorer);
        ledger.anchorDirect(SCHOOL, seq, root, size);
    }

    function keyIdOf(address key) internal pure returns (bytes32) {
        return bytes32(uint256(uint160(key)));
    }

    function signed(uint256 secret, bytes32 message) internal view returns (bytes memory) {
        bytes32 digest = Messages.digest(block.chainid, address(ledger), message);
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(secret, digest);
        return abi.encodePacked(r, s, v);
    }

    function laneAt(uint32 index) internal view returns (ILedger.Lane) {
        return ledger.laneOf(SCHOOL, ROOT, index);
    }

    function assertLane(uint32 index, ILedger.Lane lane) internal view {
        vm.assertEq(uint8(laneAt(index)), uint8(lane), "lane");
    }

    /// @dev The next call must fail with exactly this error.
    function refused(bytes4 selector) internal {
        vm.expectRevert(abi.encodeWithSelector(selector));
    }

    function refused(bytes4 selector, uint256 word) internal {
        vm.expectRevert(abi.encodeWithSelector(selector, word));
    }

    function refused(bytes4 selector, uint256 first, uint256 second) internal {
        vm.expectRevert(abi.encodeWithSelector(selector, first, second));
    }
}
