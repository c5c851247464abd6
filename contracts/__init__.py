"""The ledger contract in Solidity, and the committed artifact made of it.

`ILedger.sol` holds the words, `Governance.sol` who may act, `Ledger.sol` what is recorded;
`artifact` loads what `scripts/compile_contracts.py` made of them.
"""
