// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ILedger} from "../../contracts/ILedger.sol";
import {Ledger} from "../../contracts/Ledger.sol";
import {Messages} from "./Messages.sol";
import {vm} from "./Vm.sol";

/// @title Acts at random, and a plain model of what each must have done
/// @dev The model judges each act first; the contract must agree about whether it may happen.
/// The model keeps one number per lane and a list per school, as simply as can be.
contract Handler {
    uint32 private constant SCHOOL = 7;
    uint40 private constant REACH = 7 days;

    uint256[8] private _secrets;
    address[8] private _accounts;
    Ledger private immutable ledger;
    address private immutable owner;
    address private immutable guardian;

    struct Batch {
        bytes32 root;
        uint32 school;
        uint24 size;
    }

    Batch[] private _batches;
    ILedger.Anchor[] private _made;
    bytes32[] private _keyIds;
    mapping(bytes32 keyId => ILedger.Key) private _keys;
    mapping(bytes32 batch => mapping(uint256 index => uint8 lane)) private _lanes;
    mapping(uint32 school => uint32) public count;
    mapping(uint32 school => bytes32) public head;
    mapping(uint32 school => uint32) public nonce;
    mapping(uint32 school => uint40) public suspendedSince;
    mapping(uint32 school => uint64) public types;
    mapping(uint32 school => uint40) public validUntil;
    bool public paused;
    address public successor;
    uint256 public acts;
    uint256 public done;

    constructor(Ledger ledger_) {
        ledger = ledger_;
        owner = ledger_.owner();
        guardian = ledger_.guardian();
        for (uint32 school = SCHOOL; school <= SCHOOL + 1; school++) {
            types[school] = ledger_.schools(school).types;
            head[school] = ledger_.heads(school);
            count[school] = ledger_.schools(school).nextSeq;
        }
        string[8] memory names = [
            "anchor", "suspend", "revoke", "other school", "stranger", "owner", "new 1", "new 2"
        ];
        for (uint256 i = 0; i < 8; i++) {
            _secrets[i] = uint256(keccak256(bytes(names[i])));
            _accounts[i] = vm.addr(_secrets[i]);
        }
        for (uint256 i = 0; i < 4; i++) {
            bytes32 keyId = bytes32(uint256(uint160(_accounts[i])));
            _keyIds.push(keyId);
            _keys[keyId] = ledger_.keys(keyId);
        }
        bytes32 root = keccak256("a batch");
        _made.push(ledger_.anchors(ledger_.batchId(SCHOOL, root)));
        _batches.push(Batch(root, SCHOOL, _made[0].size));
    }

    // --- acts ---

    function wait(uint16 time) external {
        vm.warp(block.timestamp + (time % 4 == 0 ? uint256(time) * 60 : 1));
    }

    function anchor(uint8 who, bool elsewhere, uint8 fault, uint24 size, bool relayed) external {
        uint32 school = elsewhere ? SCHOOL + 1 : SCHOOL;
        who = apt(who, school, 1);
        uint32 seq = count[school] + (fault % 16 == 1 ? 1 : 0);
        size = fault % 16 == 2 ? 0 : 1 + (size % 400);
        bytes32 root = keccak256(abi.encode(_batches.length));
        if (fault % 16 == 4) root = 0;
        if (fault % 16 == 5) root = _batches[size % _batches.length].root;
        bool may = !paused && successor == address(0) && entitled(who, school, 1);
        may = may && open(school) && seq == count[school] && root != 0 && size != 0;
        may = may && ledger.anchors(ledger.batchId(school, root)).time == 0;
        bytes memory call = abi.encodeCall(ILedger.anchorDirect, (school, seq, root, size));
        if (relayed) {
            uint40 end = uint40(block.timestamp);
            bytes memory signature = sign(who, Messages.anchor(school, seq, root, size, end));
            call = abi.encodeCall(ILedger.anchor, (school, seq, root, size, end, signature));
        }
        if (!act(relayed ? address(this) : account(who), call, may)) return;
        uint40 time = uint40(block.timestamp);
        head[school] = keccak256(abi.encode(head[school], seq, root, size, time));
        count[school]++;
        _batches.push(Batch(root, school, size));
        _made.push(ILedger.Anchor(account(who), time, seq, size));
    }

    function setLane(uint8 who, uint16 which, uint16 place, uint8 wanted, bool relayed) external {
        Batch memory batch_ = _batches[which % _batches.length];
        uint32 index = place % (uint32(batch_.size) + 1);
        uint8 lane = wanted % 4;
        who = apt(who, batch_.school, lane < 2 ? 2 : 4);
        uint8 known = _lanes[key(batch_)][index];
        bool may = entitled(who, batch_.school, lane < 2 ? 2 : 4) || account(who) == owner;
        may = may && index < batch_.size && known < 2 && known != lane;
        // To supersede, the successor is the first of the same batch.
        if (lane == 2) may = may && index != 0;
        bytes memory call = relayed
            ? signedLane(who, batch_, index, lane)
            : directLane(batch_, index, lane);
        if (!act(relayed ? address(this) : account(who), call, may)) return;
        if (relayed && lane < 2) nonce[batch_.school]++;
        _lanes[key(batch_)][index] = lane;
        compareWord(batch_, index / 128);
    }

    function revokeWord(uint8 who, uint16 which, uint8 word, uint256 low, bool relayed) external {
        Batch memory batch_ = _batches[which % _batches.length];
        who = apt(who, batch_.school, 4);
        word = word % uint8(batch_.size / 128 + 1);
        // Every fourth mask may reach beyond the batch; the others name few lanes near the start.
        low = low % 4 == 0 ? low >> (low % 256) : (low >> 2) % (1 << (low % 64));
        uint256 mask = 0;
        bool may = entitled(who, batch_.school, 4) || account(who) == owner;
        bool changes = false;
        for (uint256 lane = 0; lane < 128; lane++) {
            if ((low >> lane) & 1 == 0) continue;
            mask |= uint256(3) << (2 * lane);
            uint256 index = uint256(word) * 128 + lane;
            if (index >= batch_.size) may = false;
            if (_lanes[key(batch_)][index] < 2) changes = true;
        }
        bytes memory call = wordCall(who, batch_, word, mask, relayed);
        if (!act(relayed ? address(this) : account(who), call, may && changes)) return;
        for (uint256 lane = 0; lane < 128; lane++) {
            uint256 index = uint256(word) * 128 + lane;
            bool named = (low >> lane) & 1 == 1;
            if (named && _lanes[key(batch_)][index] < 2) _lanes[key(batch_)][index] = 3;
        }
        compareWord(batch_, word);
    }

    function setSchool(bool elsewhere, uint16 until, uint64 more, bool drops) external {
        uint32 school = elsewhere ? SCHOOL + 1 : SCHOOL;
        uint40 end = until % 4 != 0 ? 0 : uint40(block.timestamp) + until - 1;
        uint64 kinds = drops ? more : types[school] | more;
        bool may = end == 0 || end >= block.timestamp;
        may = may && (end == 0 || end > ledger.schools(school).validFrom);
        may = may && types[school] & ~kinds == 0;
        bytes memory call = abi.encodeCall(ILedger.setSchool, (school, 0, end, kinds));
        if (!act(owner, call, may)) return;
        types[school] = kinds;
        validUntil[school] = end;
    }

    function suspendSchool(bool elsewhere, uint8 seldom, bool quick) external {
        bool lifts = seldom % 4 != 0;
        uint32 school = elsewhere ? SCHOOL + 1 : SCHOOL;
        bool suspended = suspendedSince[school] != 0;
        bytes memory call = lifts
            ? abi.encodeCall(ILedger.reinstateSchool, (school))
            : abi.encodeCall(ILedger.suspendSchool, (school));
        bool may = lifts == suspended && (!lifts || !quick);
        if (!act(quick ? guardian : owner, call, may)) return;
        suspendedSince[school] = lifts ? 0 : uint40(block.timestamp);
    }

    function addKey(uint8 which, bool elsewhere, uint8 roles, uint16 from, uint16 until) external {
        uint32 school = elsewhere ? SCHOOL + 1 : SCHOOL;
        bytes32 keyId = bytes32(uint256(uint160(account(which))));
        roles = 1 + (roles % 8);
        uint40 time = uint40(block.timestamp);
        uint40 start = from % 2 == 0 ? 0 : time + from;
        uint40 end = until % 2 == 0 ? 0 : time + until;
        bool may = roles < 8 && _keys[keyId].validFrom == 0;
        may = may && (end == 0 || end > (start == 0 ? time : start));
        bytes memory call = abi.encodeCall(
            ILedger.addKey,
            (school, keyId, start, end, roles, "")
        );
        if (!act(owner, call, may)) return;
        _keyIds.push(keyId);
        _keys[keyId] = ILedger.Key(school, start == 0 ? time : start, end, 0, roles);
    }

    function retireKey(uint8 which) external {
        if (which % 4 != 0) return;
        bytes32 keyId = _keyIds[(which / 4) % _keyIds.length];
        uint40 until = _keys[keyId].validUntil;
        bool may = until == 0 || until > block.timestamp;
        if (!act(owner, abi.encodeCall(ILedger.retireKey, (keyId)), may)) return;
        _keys[keyId].validUntil = uint40(block.timestamp);
    }

    function markCompromised(uint8 which, uint24 ago, bool quick) external {
        if (which % 4 != 0) return;
        bytes32 keyId = _keyIds[(which / 4) % _keyIds.length];
        uint40 time = uint40(block.timestamp);
        uint40 since = time + 100 - (ago % (9 days));
        uint40 known = _keys[keyId].compromisedSince;
        bool may = since <= time && (known == 0 || since < known);
        may = may && (!quick || since + REACH >= time);
        bytes memory call = abi.encodeCall(ILedger.markCompromised, (keyId, since));
        if (!act(quick ? guardian : owner, call, may)) return;
        _keys[keyId].compromisedSince = since;
    }

    function pause(uint8 seldom, bool quick) external {
        bool lifts = seldom % 4 != 0;
        bytes memory call = lifts
            ? abi.encodeCall(ILedger.unpause, ())
            : abi.encodeCall(ILedger.pause, ());
        if (!act(quick ? guardian : owner, call, !lifts || !quick)) return;
        paused = !lifts;
    }

    function retire(uint8 seldom, address next) external {
        if (seldom != 0) return;
        bool may = successor == address(0) && next != address(0) && next != address(ledger);
        if (!act(owner, abi.encodeCall(ILedger.retire, (next)), may)) return;
        successor = next;
    }

    /// @dev Whoever is neither owner nor guardian does none of what is theirs.
    function intrude(uint8 who, uint8 what) external {
        address caller = account(who);
        if (caller == owner) return;
        bytes32 keyId = _keyIds[what % _keyIds.length];
        bytes[9] memory calls = [
            abi.encodeCall(ILedger.setSchool, (SCHOOL, 0, 0, types[SCHOOL])),
            abi.encodeCall(ILedger.suspendSchool, (SCHOOL)),
            abi.encodeCall(ILedger.retireKey, (keyId)),
            abi.encodeCall(ILedger.markCompromised, (keyId, uint40(block.timestamp))),
            abi.encodeCall(ILedger.setGuardian, (caller)),
            abi.encodeCall(ILedger.pause, ()),
            abi.encodeCall(ILedger.unpause, ()),
            abi.encodeCall(ILedger.retire, (caller)),
            abi.encodeCall(ledger.transferOwnership, (caller))
        ];
        act(caller, calls[what % 9], false);
    }

    // --- what the invariants ask ---

    function batches() external view returns (uint256) {
        return _batches.length;
    }

    function batch(uint256 i) external view returns (bytes32 id, bytes32 made) {
        return (key(_batches[i]), keccak256(abi.encode(_made[i])));
    }

    function keyCount() external view returns (uint256) {
        return _keyIds.length;
    }

    function key(uint256 i) external view returns (bytes32, ILedger.Key memory) {
        return (_keyIds[i], _keys[_keyIds[i]]);
    }

    function expected(bytes32 batch_, uint32 word) public view returns (uint256 lanes) {
        for (uint256 lane = 0; lane < 128; lane++) {
            lanes |= uint256(_lanes[batch_][uint256(word) * 128 + lane]) << (2 * lane);
        }
    }

    // --- the model ---

    function compareWord(Batch memory batch_, uint32 word) private view {
        bytes32 id = key(batch_);
        vm.assertEq(ledger.statusWord(id, word), expected(id, word), "word");
    }

    function act(address caller, bytes memory call, bool may) private returns (bool happened) {
        acts++;
        vm.prank(caller);
        (happened, ) = address(ledger).call(call);
        vm.assertTrue(happened == may, may ? "refused what may be" : "did what may not be");
        if (happened) done++;
    }

    function entitled(uint8 who, uint32 school, uint8 role) private view returns (bool) {
        ILedger.Key memory known = _keys[bytes32(uint256(uint160(account(who))))];
        if (known.validFrom == 0 || known.school != school || known.roles & role == 0) return false;
        if (known.validFrom > block.timestamp || known.compromisedSince != 0) return false;
        return known.validUntil == 0 || known.validUntil > block.timestamp;
    }

    function open(uint32 school) private view returns (bool) {
        if (suspendedSince[school] != 0) return false;
        return validUntil[school] == 0 || validUntil[school] > block.timestamp;
    }

    function account(uint8 who) private view returns (address) {
        return _accounts[who % 8];
    }

    /// @dev Most often somebody who may, if there is one, so that something happens.
    function apt(uint8 who, uint32 school, uint8 role) private view returns (uint8) {
        for (uint8 i = 0; who >= 64 && i < 8; i++) {
            if (entitled((who % 8) + i, school, role)) return ((who % 8) + i) % 8;
        }
        return who % 8;
    }

    function key(Batch memory batch_) private pure returns (bytes32) {
        return keccak256(abi.encode(batch_.school, batch_.root));
    }

    // --- calls ---

    function directLane(Batch memory batch_, uint32 index, uint8 lane)
        private
        pure
        returns (bytes memory)
    {
        (uint32 school, bytes32 root) = (batch_.school, batch_.root);
        if (lane == 0) return abi.encodeCall(ILedger.reinstate, (school, root, index));
        if (lane == 1) return abi.encodeCall(ILedger.suspend, (school, root, index));
        if (lane == 3) return abi.encodeCall(ILedger.revoke, (school, root, index));
        return abi.encodeCall(ILedger.supersede, (school, root, index, root, 0));
    }

    function signedLane(uint8 who, Batch memory batch_, uint32 index, uint8 lane)
        private
        view
        returns (bytes memory)
    {
        uint40 end = uint40(block.timestamp);
        (uint32 school, bytes32 root) = (batch_.school, batch_.root);
        if (lane == 2) {
            bytes32 message = Messages.supersede(school, root, index, root, 0, end);
            return
                abi.encodeCall(
                    ILedger.supersedeFor,
                    (school, root, index, root, 0, end, sign(who, message))
                );
        }
        uint32 number = lane == 3 ? 0 : nonce[school];
        ILedger.Lane wanted = ILedger.Lane(lane);
        bytes memory signature = sign(
            who,
            Messages.setStatus(school, root, index, wanted, number, end)
        );
        return
            abi.encodeCall(ILedger.setStatusFor, (school, root, index, wanted, end, signature));
    }

    function wordCall(uint8 who, Batch memory batch_, uint32 word, uint256 mask, bool relayed)
        private
        view
        returns (bytes memory)
    {
        (uint32 school, bytes32 root) = (batch_.school, batch_.root);
        if (!relayed) return abi.encodeCall(ILedger.revokeWord, (school, root, word, mask));
        uint40 end = uint40(block.timestamp);
        bytes memory signature = sign(who, Messages.revokeWord(school, root, word, mask, end));
        return
            abi.encodeCall(ILedger.revokeWordFor, (school, root, word, mask, end, signature));
    }

    function sign(uint8 who, bytes32 message) private view returns (bytes memory) {
        bytes32 digest = Messages.digest(block.chainid, address(ledger), message);
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(_secrets[who % 8], digest);
        return abi.encodePacked(r, s, v);
    }
}
