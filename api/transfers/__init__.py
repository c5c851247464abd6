"""Transfers of pupils between schools: request, sealed bundle, check, acceptance, no paper.

Start at `office`: the acts of both schools, each of which may be cut off anywhere and repeated.
`judgements` presents what checking a bundle found, `paper` prints one, `offers` reads what a
receiving school teaches, `codes` are what the parents have.
"""
