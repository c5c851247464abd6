"""Sending notices that were written down, until each has an end."""

from collections.abc import Callable, Mapping
from typing import Final

from api.notices.words import about
from issuer.ports.messenger import Messenger, Outcome
from store.notices import Notice, Notices, NoticeState
from store.recipients import Channel

PAUSES: Final = (60, 300, 1_800, 7_200, 21_600, 43_200)
"""Seconds after each try that came to nothing; then it is given up."""

IDLE: Final = 2.0  # seconds between looks for what is due

_ENDS = {
    Outcome.SENT: NoticeState.SENT,
    Outcome.REFUSED: NoticeState.REFUSED,
    Outcome.UNSURE: NoticeState.UNSURE,
}

SchoolName = Callable[[int], str]


class Sender:
    """Sends notices by the ways that there are. One thread uses it.

    `named` gives a school's name, `address` is where people find what is theirs.
    """

    def __init__(
        self,
        notices: Notices,
        ways: Mapping[Channel, Messenger],
        named: SchoolName,
        address: str,
    ) -> None:
        self._notices, self._ways, self._named, self._address = notices, ways, named, address

    def once(self) -> bool:
        """Send what is due, if anything."""
        notice = self._notices.claim()
        if notice is None:
            return False
        if notice.interrupted:
            self._notices.end(notice, NoticeState.UNSURE, "interrupted")
        else:
            self._try(notice)
        return True

    def _try(self, notice: Notice) -> None:
        way = self._ways.get(notice.channel)
        if way is None:
            self._notices.end(notice, NoticeState.GIVEN_UP, "no way")
            return
        message = about(notice, self._named(notice.school), self._address)
        told = way.send(message)
        if told.outcome in _ENDS:
            self._notices.end(notice, _ENDS[told.outcome], told.reason)
        elif notice.tries > len(PAUSES):
            self._notices.end(notice, NoticeState.GIVEN_UP, told.reason)
        else:
            self._notices.later(notice, PAUSES[notice.tries - 1], told.reason)
