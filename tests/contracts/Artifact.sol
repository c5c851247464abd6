// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {vm} from "./Vm.sol";

/// @dev The committed artifact's creation code, so that the very bytes to be deployed are tested.
/// The environment may name another artifact: that is how mutants are tried.
function ledgerCode() view returns (bytes memory) {
    string memory path = vm.envOr("LEDGER_ARTIFACT", string("contracts/artifacts/Ledger.json"));
    string memory code = vm.parseJsonString(vm.readFile(path), ".bytecode");
    return vm.parseBytes(string.concat("0x", code));
}
