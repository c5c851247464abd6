"""A round that fails is followed by the next one, and its secrets are not in the log."""

import logging
import threading

import pytest

from api.rounds import go_round
from credential.errors import UnavailableError


def test_work_goes_on_whatever_becomes_of_a_round(caplog: pytest.LogCaptureFixture) -> None:
    stop, rounds = threading.Event(), iter(range(5))

    def once() -> bool:
        match next(rounds):
            case 0:
                raise UnavailableError("store", "away")
            case 1:
                raise ValueError("an@example.vn")
            case 4:
                stop.set()
        return True

    with caplog.at_level(logging.INFO):
        go_round(once, "notices", 0, stop)
    assert next(rounds, None) is None
    assert caplog.messages == [
        "notices: waiting: source.unavailable", "notices: a round failed: ValueError",
    ]  # fmt: skip
