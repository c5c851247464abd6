"""How much is done: a little in `make test`, all of it in `make faults` (FAULTS=all)."""

import os

from tests.faults.deployments import ANVIL, EMBEDDED

FULL = os.environ.get("FAULTS") == "all"

BATCH = {EMBEDDED: 10_000, ANVIL: 1_000} if FULL else {EMBEDDED: 6, ANVIL: 6}
"""Credentials of a batch that is killed while it is issued, by deployment."""

REVOKED_BATCH = BATCH if FULL else {EMBEDDED: 260, ANVIL: 260}
"""Credentials of a batch that is killed while all of it is revoked: of three words at least."""

RUNS = 20 if FULL else 2
"""Races of two workers, of each kind and on each pair of databases."""

OUTAGE = 30.0 if FULL else 3.0
"""Seconds for which the database is gone."""

REORGANISATIONS = 50 if FULL else 4
"""Seeds of issuing while the chain reorganises itself."""

UNRELIABLE = 180.0 if FULL else 8.0
"""Seconds for which a node fails three calls of ten."""

BLOCK_TIME = "1" if FULL else "0.2"
"""Seconds from one block of anvil to the next."""
