"""Formats of credentials: what an auditor or another implementer has to read.

Pure: no clock, disk, network or randomness. Time, salts and keys are passed in.
Start at `model` (what is issued), then `sdjwt` and `qrtoken` (the two artefacts),
`merkle` (how a batch commits to them) and `facts` (what other sources can say of them).
"""
