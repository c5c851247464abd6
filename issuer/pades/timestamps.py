"""Time stamps (RFC 3161) for PAdES baseline B-T, asked of an authority over HTTP.

The authority sees the digest of a signature, nothing of the paper. pyHanko speaks the protocol;
here stands what becomes of its failures and that redirects are not followed.
"""

from asyncio import to_thread

import httpx
from asn1crypto import cms, tsp
from pyhanko.sign.timestamps import TimeStamper, TimestampRequestError

from credential.errors import UnavailableError

_PATIENCE = 15.0  # seconds for one answer
_LARGEST = 65_536  # bytes of an answer
_REPLY = "application/timestamp-reply"


class Authority(TimeStamper):
    """A time-stamping authority by its address. Raises UnavailableError ``timestamps``."""

    def __init__(self, address: str) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self._address = address

    async def async_request_tsa_response(self, req: tsp.TimeStampReq) -> tsp.TimeStampResp:
        """One question."""
        try:
            answer = await to_thread(self._ask, req.dump())
            kind = answer.headers.get("content-type", "").partition(";")[0]
            if answer.status_code != httpx.codes.OK or kind != _REPLY:
                raise UnavailableError("timestamps", f"HTTP {answer.status_code}")
            stamped: tsp.TimeStampResp = tsp.TimeStampResp.load(answer.content[:_LARGEST])
        except (httpx.HTTPError, ValueError) as error:
            raise UnavailableError("timestamps", type(error).__name__) from error
        return stamped

    async def async_timestamp(self, message_digest: bytes, md_algorithm: str) -> cms.ContentInfo:
        """The token for a digest."""
        try:
            return await super().async_timestamp(message_digest, md_algorithm)
        except TimestampRequestError as error:
            raise UnavailableError("timestamps", "refused") from error

    def _ask(self, question: bytes) -> httpx.Response:
        headers = {"Content-Type": "application/timestamp-query"}
        return httpx.post(self._address, content=question, headers=headers, timeout=_PATIENCE)
