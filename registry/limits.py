"""How much one client may ask of the registry's service, so that nothing can be guessed there.

An answer says which fields differ, so whoever may ask often enough finds a birth date by trying
all of them. What counts against a client is therefore how many of its claims about one line
differed from it; honest claims agree and are only limited in their pace. Counted in the memory
of one process: several behind one address allow as many times more, a restart forgives.
"""

import threading
import time
from collections import defaultdict
from collections.abc import Callable

from credential.facts import AwardClaim, AwardMatch, Match
from registry.pace import Pace, too_many

MATCHES = 600  # a minute for one client: ten diplomas each second, for a whole check page
GUESSES = 20  # a day for one client and line: a pupil's birthday is one of about 400 days
_MINUTE, _DAY = 60.0, 86_400.0  # seconds
_LINES = 50_000  # with differing claims, remembered for each client: over an hour at full pace

_Line = tuple[int, int, str]


class Limits:
    """The limits of one running service and what was used of them. Thread safe."""

    def __init__(
        self,
        matches: int = MATCHES,
        guesses: int = GUESSES,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._guesses, self._clock = guesses, clock
        self._pace = Pace(matches, _MINUTE, clock)
        self._lock = threading.Lock()
        # per client and line: hashes of the claims that differed, with the time of each
        self._differed: dict[str, dict[_Line, dict[int, float]]] = defaultdict(dict)

    def match(
        self, client: str, claim: AwardClaim, answer: Callable[[AwardClaim], AwardMatch]
    ) -> AwardMatch:
        """The answer to a client's claim.

        Raises RefusedError ``request.too_many`` (`seconds` until it may be asked again).
        """
        self._pace.take(client)
        with self._lock:
            self._reserve(client, claim)
        differs = False
        try:
            found = answer(claim)
            differs = Match.DIFFERS in found.fields.values()
        finally:
            if not differs:
                with self._lock:
                    self._release(client, claim)
        return found

    def _reserve(self, client: str, claim: AwardClaim) -> None:
        """Count a claim as differing until its answer is known: others are asked meanwhile."""
        lines, line, now = self._differed[client], _line(claim), self._clock()
        past = {kept: at for kept, at in lines.pop(line, {}).items() if now - at < _DAY}
        lines[line] = past
        if hash(claim) in past:
            return  # it was told before that this differs
        if len(past) >= self._guesses:
            raise too_many(min(past.values()) + _DAY - now)
        past[hash(claim)] = now
        if len(lines) > _LINES:
            del lines[next(iter(lines))]  # the one not asked about for longest

    def _release(self, client: str, claim: AwardClaim) -> None:
        lines, line = self._differed[client], _line(claim)
        past = lines.get(line, {})
        past.pop(hash(claim), None)
        if not past:
            lines.pop(line, None)


def _line(claim: AwardClaim) -> _Line:
    return claim.type.value, claim.school, claim.register_no
