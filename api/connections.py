"""What one connection may take: bytes before a body, time for each part of a request.

uvicorn reads a head of any length for any time, lets a body trickle, and takes any number of
requests before it has answered one; here each connection is looked at once a second. What is
refused below the routes is refused with a problem, as anywhere. Decides nothing about content
(`api.site.bodies`). Why so: `docs/decisions/0017`.
"""

from __future__ import annotations

import http
from typing import Any, Final

import uvicorn
from starlette.types import Receive, Scope, Send
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from api.site import problems
from api.site.edge import ALL
from credential.errors import FormatError, RefusedError, SogocError

CONNECTIONS: Final = 2000  # at once; more are told to come again (503)
HEAD: Final = 65_536  # bytes of a request that are not its body: line, headers, chunk sizes
HEAD_SECONDS: Final = 10.0  # for a head to arrive, from its first byte or from connecting
GRACE: Final = 10.0  # seconds before a body's pace counts
PACE: Final = 8_000  # bytes of a body a second that are the least, on average after that
IN_LINE: Final = 32  # requests sent before the answer to the first; uvicorn takes any number
REST_SECONDS: Final = 10.0  # for the rest of a body that was refused, so that the answer is read
REST: Final = 32_000_000  # bytes of such a rest
IDLE_SECONDS: Final = 10.0  # without another request; uvicorn itself mostly sees to it earlier
UNREAD_SECONDS: Final = 30.0  # for a client to go on reading an answer
_LOOK: Final = 10  # of uvicorn's ticks, which are tenths of seconds


class Connection(HttpToolsProtocol):
    """A connection with limits; `look` is called once a second."""

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self._since = self._looked = self.loop.time()  # when this part of a request began
        self._overhead = 0  # bytes since then that were not body
        self._taken = 0  # bytes of body
        self._reading: str | None = "head"  # body, rest, dropped, or None between requests
        self._silent = True  # so far; nothing is told to who said nothing
        self._unread_since: float | None = None

    def connection_made(self, transport: Any) -> None:
        """Take it, or have each of its requests told to come again."""
        super().connection_made(transport)
        if len(self.connections) > CONNECTIONS:
            self.app = _crowded

    def connection_lost(self, exc: Exception | None) -> None:
        """Nobody is there for answers to what still stands in line."""
        self.pipeline.clear()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Count and parse."""
        self._silent = False
        if self._reading == "dropped":
            self._drop(len(data))
            return
        if self._reading is None:
            self._begin("head")
        self._overhead += len(data)
        super().data_received(data)
        if len(self.pipeline) > IN_LINE:
            self.transport.close()
        elif self._overhead > HEAD:
            self._refuse(FormatError("request.head_too_large", limit=HEAD))

    def on_message_begin(self) -> None:
        """Another request on this connection, perhaps in the same packet."""
        if self._reading is None:
            self._begin("head")
        self._overhead = 0
        super().on_message_begin()

    def on_headers_complete(self) -> None:
        """From here on it is the body that takes time."""
        self._begin("body")
        super().on_headers_complete()

    def on_body(self, body: bytes) -> None:
        """Body does not count as overhead."""
        self._overhead -= len(body)
        if self._reading == "rest":
            self._drop(len(body))
        else:
            self._taken += len(body)
            super().on_body(body)

    def on_message_complete(self) -> None:
        """All is here; how long the answer takes is not the client's fault."""
        self._begin(None)
        super().on_message_complete()

    def on_response_complete(self) -> None:
        """What still comes of a body that was refused is let run out for a while."""
        self._begin("rest" if self._reading == "body" else self._reading)
        super().on_response_complete()

    def pause_writing(self) -> None:
        """The client does not read."""
        self._unread_since = self.loop.time()
        super().pause_writing()

    def resume_writing(self) -> None:
        """It does again."""
        self._unread_since = None
        super().resume_writing()

    def send_400_response(self, msg: str) -> None:
        """What is no HTTP gets a problem too."""
        del msg
        self._refuse(FormatError("request.malformed"))

    def look(self, now: float) -> None:
        """End it if it is too slow."""
        passed, self._looked = now - self._looked, now
        if self._unread_since is not None and now - self._unread_since > UNREAD_SECONDS:
            self.transport.abort()
        elif self._is_idle() and now - self._since > IDLE_SECONDS:
            self.transport.close()  # uvicorn forgets those whose body went on after the answer
        elif self._waits_for_us():
            self._since += passed
        elif self._is_late(now - self._since):
            self._refuse(FormatError("request.too_slow", seconds=int(now - self._since)))
            self.transport.close()

    def _refuse(self, error: SogocError) -> None:
        """Answer with a problem, if nothing was answered yet, and take nothing more.

        Closing while more comes would break the line before the answer is read.
        """
        if self.pipeline:
            self.transport.close()  # an answer now would stand among those to come
        if self.transport.is_closing():
            return
        if self._may_answer():
            self.transport.write(_written(error))
        if self.cycle is not None and not self.cycle.response_complete:
            self.cycle.disconnected = True
            self.cycle.message_event.set()
        self._begin("dropped")
        self.flow.resume_reading()
        self.transport.write_eof()

    def _drop(self, count: int) -> None:
        self._taken += count
        if self._taken > REST:
            self.transport.close()

    def _may_answer(self) -> bool:
        if self._silent or self._reading in ("rest", "dropped"):
            return False
        return self.cycle is None or self.cycle.response_complete or not self.cycle.response_started

    def _is_idle(self) -> bool:
        return self._reading is None and self.cycle.response_complete

    def _waits_for_us(self) -> bool:
        if self._reading == "head":  # of the next request, while this one is being answered
            return self.cycle is not None and not self.cycle.response_complete
        return self._reading == "body" and self.flow.read_paused

    def _begin(self, part: str | None) -> None:
        self._reading, self._since = part, self.loop.time()
        self._overhead = self._overhead if part == "body" else 0
        self._taken = 0

    def _is_late(self, seconds: float) -> bool:
        match self._reading:
            case "head":
                return seconds > HEAD_SECONDS
            case "body":
                return self._taken < (seconds - GRACE) * PACE
            case "rest" | "dropped":
                return seconds > REST_SECONDS
        return False


class Server(uvicorn.Server):
    """uvicorn's server that looks at its connections."""

    async def on_tick(self, counter: int) -> bool:
        """Once a second, as uvicorn does it for its own upkeep."""
        if counter % _LOOK == 0:
            for each in list(self.server_state.connections):
                if isinstance(each, Connection):
                    each.look(each.loop.time())
        return await super().on_tick(counter)


async def _crowded(scope: Scope, receive: Receive, send: Send) -> None:
    answer = problems.response(RefusedError("site.crowded"), {"Connection": "close"})
    answer.raw_headers += ALL
    await answer(scope, receive, send)


def _written(error: SogocError) -> bytes:
    """A problem as it goes over the wire."""
    answer = problems.response(error, {"Connection": "close"})
    start = f"HTTP/1.1 {answer.status_code} {http.HTTPStatus(answer.status_code).phrase}\r\n"
    lines = b"".join(b"%s: %s\r\n" % pair for pair in [*answer.raw_headers, *ALL])
    return start.encode() + lines + b"\r\n" + bytes(answer.body)
