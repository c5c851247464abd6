"""Runs `sogoc` and kills it (-9) at a point of a port's method; see `tests.faults.worker`.

python -m tests.issuer.crashing before|inside|after NAME.METHOD N sogoc-arguments…
"""

import sys

from api.cli import run
from tests.faults.worker import arm

if __name__ == "__main__":
    arm(sys.argv[1], sys.argv[2], int(sys.argv[3]))
    sys.exit(run(sys.argv[4:]))
