"""Short messages through a gateway over HTTP: a JSON body, a bearer token, an idempotency key.

Gateways differ; what is sent is ``{"id", "to", "text"}``, and whoever runs another one puts a few
lines between. A message has an `Idempotency-Key`, so that a gateway sends it once if told twice.
"""

from dataclasses import dataclass

import httpx

from issuer.ports.messenger import Message, Outcome, Told

PATIENCE = 15.0
"""Seconds for an answer."""

_LATER = {408, 425, 429}


@dataclass(frozen=True, slots=True)
class Gateway:
    """A gateway by its address (https, or http on this machine) and its token."""

    address: str
    token: str

    def send(self, message: Message) -> Told:
        """Try once. A redirect is not followed and counts as refused."""
        try:
            answer = httpx.post(
                self.address,
                json={"id": message.id, "to": message.to, "text": message.text},
                headers={"Authorization": f"Bearer {self.token}", "Idempotency-Key": message.id},
                timeout=PATIENCE,
            )
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout) as error:
            return Told(Outcome.LATER, type(error).__name__)
        except httpx.HTTPError as error:  # it was on its way
            return Told(Outcome.UNSURE, type(error).__name__)
        code = answer.status_code
        if answer.is_success:
            return Told(Outcome.SENT, str(code))
        later = code in _LATER or answer.is_server_error
        return Told(Outcome.LATER if later else Outcome.REFUSED, str(code))
