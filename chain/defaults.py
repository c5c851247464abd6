"""Limits and fixed choices of this package, each with its unit and reason."""

CHAIN_ID = 3107
"""Chain id of an embedded chain unless another is asked for; unused by any public network."""

TIMEOUT = 5.0
"""Seconds for one question to a node: longer than any honest answer, shorter than patience."""

CONNECTIONS = 64
"""Connections to one node at once: more than threads that verify."""

HEAD_MAX_AGE = 2.0
"""Seconds for which the finalised head is taken as still the newest. Blocks come every few
seconds at most, and a chain that has stopped is noticed within this time."""

MOMENT = 0.1
"""Seconds that an answer may take without finding its head too old: memory needs a thousandth."""

TAKE_OVER_POLL = 0.02
"""Seconds between two looks for a new owner of the embedded chain: it needs about 0.1 s to come
up."""

END_OF_TIME = 253_370_764_800
"""Seconds since 1970 at the start of the year 9999, the last one that dates can be written in: no
honest block is that late."""

RESCAN_PAUSE = 5.0
"""Seconds between two full readings of the listed keys because one was missing: made-up key ids
must not cost the node a scan each."""

ANSWER_LIMIT = 16 * 2**20
"""Bytes of one answer: room for ten thousand logs, far below what would hurt the process."""

REQUEST_LIMIT = 2**20
"""Bytes of one request to the embedded chain: a contract creation is 30 kB."""

LOG_SPAN = 10_000
"""Blocks per question for logs: public nodes refuse longer ranges."""

BLOCKS_AT_ONCE = 100
"""Blocks per question for several: each may list hundreds of transaction hashes of 66 bytes."""

SLOTS_AT_ONCE = 200
"""Storage slots per question, when the index or a list of acts is compared with the chain: about
40 kB either way."""

SCHOOLS_IN_TURN = 200
"""Schools whose accreditation and head hash are compared beside what has changed: all 2,387
of a large province within a dozen changes."""

INDEX_POLL = (2.0, 60.0)
"""Seconds between two rounds of the indexer: as often as blocks come; and at most, doubling, while
it fails."""

INDEX_LEASE = 15
"""Seconds for which one indexer keeps others away: several rounds, and soon over when it dies."""

INDEX_PATIENCE = 2
"""Rounds that may find events missing before all are read again: a node that lags tells them in the
next."""

INDEX_HEARD = 5
"""Seconds since which the chain answered the indexer, so that it will answer now: two rounds."""

INDEX_MAX_AGE = 15
"""Seconds since the index was last found complete after which it no longer answers: a revocation
that is final shows within that time."""

WITNESS_THREADS = 8
"""Endpoints asked at the same moment: more than any deployment names, with one left over for each
that is slow."""

WITNESSED_BLOCKS = 64
"""Agreed headers kept: answers in progress may still stand at an earlier one."""

PROVEN_AT_ONCE = 50
"""Slots asked for in one proof: nodes refuse many more, and their paths stay below the next limit.
"""

PROOF_NODES = 1024
"""Trie nodes taken at once: a path has about ten, at most 65 (a key has 64 half bytes), and about
ten slots are asked for together."""

PROOF_NODE = 1024
"""Bytes of a trie node: the largest, with sixteen children, has 532."""

CACHE_ENTRIES = 20_000
"""Answers kept per head: words of 128 credentials each, so far more than are asked for at once."""

QUEUE_LIMIT = 64
"""Transactions of one sender that the embedded chain keeps while an earlier one is missing."""

BLOCK_GAS_LIMIT = 30_000_000
"""Gas per block of the embedded chain; Ethereum's of 2021, and more than we ever send at once."""

GENESIS_BALANCE = 10**24
"""Wei (a million ether) for each funded account of an embedded chain: worth nothing."""

SIGNATURE_SECONDS = 24 * 3600
"""Seconds for which a school's signature on a relayed message may be used: outlasts an outage of
the chain overnight; a lost message dies the next day."""

TIP = 10**9
"""Wei per gas that the embedded chain suggests on top of the base fee: 1 gwei, as most nodes do."""

BASE_FEE_ROOM = 4
"""Times today's base fee that a transaction may cost at most: it can quadruple within 12 full
blocks, and a stored transaction has to stay good while it waits."""

BUMP_PERCENT = 10
"""Percent by which a replacement raises both fees: what geth, reth and anvil ask for at least."""

FEE_CAP = 500 * 10**9
"""Wei per gas that is never exceeded (500 gwei), whatever a node suggests: several times a bad day
on Ethereum; an anchor then costs at most 0.04 ether. Settings may name another."""

STUCK_BLOCKS = 5
"""Blocks that may pass a transaction over before it is replaced: one or two are chance."""

STUCK_SECONDS = 30
"""Seconds of block time that must have passed as well: some chains make five blocks a second."""

GAP_LIMIT = 16
"""Unrecorded nonces that are filled on our own: a reorganisation can take back so many of another
user of the key; more looks like a node that counts wrongly, or a store from an old copy."""

GAS_IDLE = 21_000
GAS_ANCHOR = 150_000
GAS_STATUS = 120_000
GAS_SUPERSEDE = 150_000
GAS_GOVERN = 200_000
GAS_DEPLOY = 5_000_000
"""Gas limits by kind of call, about twice what each was measured to use; what is left over is not
paid. Fixed, because an estimate would need a question more and would fail on a call whose
predecessor is still pending."""

GAS_KEY = 57_000
"""Gas that listing a key is expected to use, for plans that cannot ask the chain because the school
itself is still to be accredited (measured: 54,867 for a chain key, 56,877 for a signing key)."""

IN_FLIGHT = 64
"""Transactions of one account that wait to be mined at the same moment: nodes keep at least so many
of an account that are not yet due (geth's `txpool.accountqueue`)."""

SETTLE_LOOKS = 3
"""Looks at the chain until an act is settled: an older recorded one may come first, somebody else
second."""

RECEIPT_POLL = (0.005, 1.0)
"""Seconds between two looks for a receipt: at first, doubling, and at most. Some chains mine at
once, most take seconds."""

RECEIPT_WAIT = 120.0
"""Seconds to wait for a governance act to be mined before giving up (it stays recorded)."""
