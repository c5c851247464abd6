"""The only package that knows Ethereum: an embedded chain, JSON-RPC, the ledger contract.

Start at `provider` (a connection to an embedded chain or a node). Over a connection stand `reader`
(facts for a verification), `writer` (what an issuer sends) and `deploy` (the department's acts);
they share `node` (one node's answers, read strictly), `contract` (the contract's interface) and
`sender` (one paying account). `witnesses` are several nodes of which none is believed, by `header`
(hashed anew) and `proof` (slots out of a state root). The embedded chain itself is
`embedded` (who owns the file) over `engine` (py-evm), `rpc` and `rpcblocks` (its JSON-RPC),
`server` and `blockstore`.
"""

import os

# Read once, when the first hash is made: the default backend is ten times slower.
os.environ.setdefault("ETH_HASH_BACKEND", "pysha3")
