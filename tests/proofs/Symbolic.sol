// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Ledger} from "../../contracts/Ledger.sol";
import {vm} from "../contracts/Vm.sol";

/// @dev What the proofs use of halmos's own cheat codes, found at this address.
Svm constant svm = Svm(address(uint160(uint256(keccak256("svm cheat code")))));

interface Svm {
    function createAddress(string calldata name) external view returns (address);

    function createUint(uint256 bits, string calldata name) external view returns (uint256);

    function createCalldata(string calldata contractName) external view returns (bytes memory);

    function enableSymbolicStorage(address account) external;
}

/// @title A ledger in any state whatever, at any time, and any call by anyone
/// @dev Storage is symbolic, so each proof is an induction step that starts from every state and not
/// only from those reachable in a few calls. A state that the contract could never reach is included
/// too, unless a proof says what it takes for granted.
abstract contract Symbolic {
    uint256 internal constant HIGH_BITS =
        0xaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa;
    uint256 internal constant HALF_ORDER =
        0x7fffffffffffffffffffffffffffffff5d576e7357a4501ddfe92f46681b20a0;

    Ledger internal ledger;
    address internal owner;

    function setUp() public {
        owner = svm.createAddress("owner");
        vm.assume(owner != address(0));
        ledger = new Ledger(owner);
        svm.enableSymbolicStorage(address(ledger));
        uint256 time = svm.createUint(40, "time");
        vm.assume(time != 0);
        vm.warp(time);
    }

    /// @dev Any function of the contract that changes something, with any arguments (signatures of
    /// 65 bytes, which is their only length), by any caller. A call that fails changes nothing.
    function anyCall() internal returns (address caller, bytes memory data) {
        caller = svm.createAddress("caller");
        data = svm.createCalldata("Ledger");
        vm.prank(caller);
        (bool done, ) = address(ledger).call(data);
        vm.assume(done);
    }

    /// @dev Facts are put together as numbers 0 and 1 with & and |: && and || would double the number
    /// of paths to prove at each step.
    function is_(bool fact) internal pure returns (uint256 bit) {
        assembly {
            bit := fact
        }
    }
}
