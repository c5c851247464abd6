// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @dev What these tests use of the cheat codes that forge and halmos offer at this address.
Vm constant vm = Vm(address(uint160(uint256(keccak256("hevm cheat code")))));

interface Vm {
    struct Log {
        bytes32[] topics;
        bytes data;
        address emitter;
    }

    function addr(uint256 privateKey) external pure returns (address);

    function sign(uint256 privateKey, bytes32 digest)
        external
        pure
        returns (uint8 v, bytes32 r, bytes32 s);

    function prank(address sender) external;

    function warp(uint256 time) external;

    function chainId(uint256 id) external;

    function etch(address target, bytes calldata code) external;

    function load(address target, bytes32 slot) external view returns (bytes32);

    function store(address target, bytes32 slot, bytes32 value) external;

    function assume(bool condition) external pure;

    function expectRevert(bytes calldata data) external;

    function expectRevert() external;

    function expectEmit(address emitter) external;

    function recordLogs() external;

    function getRecordedLogs() external returns (Log[] memory);

    function envOr(string calldata name, string calldata otherwise)
        external
        view
        returns (string memory);

    function parseBytes(string calldata text) external pure returns (bytes memory);

    function readFile(string calldata path) external view returns (string memory);

    function parseJsonUint(string calldata json, string calldata key)
        external
        pure
        returns (uint256);

    function parseJsonString(string calldata json, string calldata key)
        external
        pure
        returns (string memory);

    function parseJsonAddress(string calldata json, string calldata key)
        external
        pure
        returns (address);

    function parseJsonBytes(string calldata json, string calldata key)
        external
        pure
        returns (bytes memory);

    function parseJsonBytes32(string calldata json, string calldata key)
        external
        pure
        returns (bytes32);

    function assertTrue(bool condition, string calldata message) external pure;

    function assertEq(uint256 left, uint256 right, string calldata message) external pure;

    function assertEq(bytes32 left, bytes32 right, string calldata message) external pure;

    function assertEq(address left, address right, string calldata message) external pure;
}
