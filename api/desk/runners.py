"""Which kinds of long work there are, and who does each."""

from collections.abc import Mapping
from typing import Final

from api.desk import delivering, issuing, withdrawing
from api.desk.jobs import Runner
from store.orders import ISSUE
from store.withdrawals import WITHDRAW

RUNNERS: Final[Mapping[str, Runner]] = {
    ISSUE: issuing.RUNNER,
    WITHDRAW: withdrawing.RUNNER,
    delivering.KIND: delivering.RUNNER,
}
