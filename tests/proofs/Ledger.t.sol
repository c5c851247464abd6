// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ILedger} from "../../contracts/ILedger.sol";
import {vm} from "../contracts/Vm.sol";
import {Symbolic} from "./Symbolic.sol";

/// @title What any call by anyone leaves as it is, whatever the state
contract LedgerProofs is Symbolic {
    function check_an_anchor_is_immutable(bytes32 id) public {
        ILedger.Anchor memory known = ledger.anchors(id);
        vm.assume(known.time != 0);
        anyCall();
        ILedger.Anchor memory found = ledger.anchors(id);
        assert(found.key == known.key);
        assert(found.time == known.time);
        assert(found.seq == known.seq);
        assert(found.size == known.size);
    }

    function check_a_terminal_lane_never_changes(bytes32 id, uint32 word) public {
        uint256 known = ledger.statusWord(id, word);
        anyCall();
        uint256 found = ledger.statusWord(id, word);
        uint256 terminal = (known & HIGH_BITS) | ((known & HIGH_BITS) >> 1);
        assert((found ^ known) & terminal == 0);
    }

    function check_seq_grows_by_at_most_one(uint32 school) public {
        uint256 known = ledger.schools(school).nextSeq;
        anyCall();
        uint256 found = ledger.schools(school).nextSeq;
        assert(found == known || found == known + 1);
    }

    /// @dev Takes for granted, and shows again, that only a known key is compromised.
    function check_a_compromise_is_never_cleared_or_moved_later(bytes32 keyId) public {
        ILedger.Key memory known = ledger.keys(keyId);
        vm.assume(is_(known.validFrom != 0) | is_(known.compromisedSince == 0) == 1);
        anyCall();
        ILedger.Key memory found = ledger.keys(keyId);
        assert(is_(found.validFrom != 0) | is_(found.compromisedSince == 0) == 1);
        uint256 kept = is_(found.compromisedSince != 0) &
            is_(found.compromisedSince <= known.compromisedSince);
        assert(is_(known.compromisedSince == 0) | kept == 1);
    }

    /// @dev Takes for granted, and shows again, that what is not anchored has no size.
    function check_no_lane_beyond_the_size_is_ever_set(bytes32 id, uint32 word) public {
        vm.assume(sized(id) & is_(ledger.statusWord(id, word) & ~owned(id, word) == 0) == 1);
        anyCall();
        assert(sized(id) == 1);
        assert(ledger.statusWord(id, word) & ~owned(id, word) == 0);
    }

    function sized(bytes32 id) private view returns (uint256) {
        ILedger.Anchor memory known = ledger.anchors(id);
        return is_(known.time != 0) | is_(known.size == 0);
    }

    /// @dev Both bits of each lane of that word that belongs to the batch.
    function owned(bytes32 id, uint32 word) private view returns (uint256) {
        uint256 size = ledger.anchors(id).size;
        uint256 first = uint256(word) * 128;
        // No lane if the size ends before this word. A shift by 256 or more gives 0, so that a word
        // which is wholly within the size gives all lanes.
        unchecked {
            uint256 count = (size - first) & (0 - is_(size > first));
            return (uint256(1) << (2 * count)) - 1;
        }
    }
}
