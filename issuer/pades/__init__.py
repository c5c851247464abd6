"""PAdES: a paper signed by the school's key with its X.509 certificate (ETSI EN 319 142-1).

Start at `sealing` (a paper in, a signed one out). `placing` writes the signature's place into a
PDF, which takes time and needs no key, so that other processes may do it; `containers` makes what
goes there, `keys` are what signs, `timestamps` whom the time is asked of. A verifier of credentials
relies on none of it: what counts there is the attached SD-JWT and the chain.
"""
