"""Mail over SMTP (RFC 5321): encrypted, each message tried once at a time, each outcome told apart.

The line is drawn where everything was said: a connection that is lost before the last dot leaves
nothing behind, one that is lost after it may have (RFC 5321 §4.5.3.2.6), so that such a message is
not sent again by itself. The message's own id stays the same for whoever does.
"""

import smtplib
import ssl
from dataclasses import dataclass
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import formatdate
from pathlib import Path

from api.lists.webhooks import LOOPBACK
from issuer.ports.messenger import Message, Outcome, Told

PATIENCE = 20.0
"""Seconds for each answer of the server."""

_TAKEN, _GO_AHEAD = 250, 354
_FOR_GOOD = 500  # reply codes from which it never will


@dataclass(frozen=True, slots=True)
class Mailer:
    """A mail server. `roots` is a file (PEM) of the authorities that it may be certified by.

    The connection is encrypted (STARTTLS, or from the start on port 465) and the server's name is
    checked; only a server on this machine may be spoken to without.
    """

    host: str
    port: int
    sender: str
    user: str = ""
    password: str = ""
    roots: Path | None = None

    def send(self, message: Message) -> Told:
        """Try once."""
        try:
            with self._connected() as server:
                return self._handed(server, message)
        except smtplib.SMTPResponseException as error:
            return _refused(error.smtp_code)
        except smtplib.SMTPNotSupportedError:
            return Told(Outcome.LATER, "no STARTTLS")
        except (OSError, smtplib.SMTPException, ValueError) as error:
            return Told(Outcome.LATER, type(error).__name__)

    def _connected(self) -> smtplib.SMTP:
        context = ssl.create_default_context(cafile=self.roots)
        if self.port == smtplib.SMTP_SSL_PORT:
            server: smtplib.SMTP = smtplib.SMTP_SSL(
                self.host, self.port, timeout=PATIENCE, context=context
            )
        else:
            server = smtplib.SMTP(self.host, self.port, timeout=PATIENCE)
        try:
            server.ehlo_or_helo_if_needed()
            plain = self.port != smtplib.SMTP_SSL_PORT
            if plain and (server.has_extn("starttls") or self.host not in LOOPBACK):
                server.starttls(context=context)
                server.ehlo()
            if self.user:
                server.login(self.user, self.password)
        except BaseException:
            server.close()
            raise
        return server

    def _handed(self, server: smtplib.SMTP, message: Message) -> Told:
        for code, _ in (server.mail(self.sender), server.rcpt(message.to)):
            if code != _TAKEN:
                return _refused(code)
        code, _ = server.docmd("DATA")
        if code != _GO_AHEAD:
            return _refused(code)
        server.send(self._written(message))
        try:
            code, _ = server.getreply()
        except (OSError, smtplib.SMTPException) as error:
            server.close()
            return Told(Outcome.UNSURE, type(error).__name__)
        return Told(Outcome.SENT, str(code)) if code == _TAKEN else _refused(code)

    def _written(self, message: Message) -> bytes:
        mail = EmailMessage(policy=SMTP)
        mail["From"], mail["To"] = self.sender, message.to
        mail["Subject"] = message.subject
        mail["Message-ID"] = f"<{message.id}@{self.sender.rpartition('@')[2]}>"
        mail["Date"] = formatdate(localtime=False)
        mail["Auto-Submitted"] = "auto-generated"  # RFC 3834: no answers by machines
        mail.set_content(message.text, cte="quoted-printable")
        lines = mail.as_bytes().splitlines()
        dotted = [b"." + line if line.startswith(b".") else line for line in lines]
        return b"\r\n".join([*dotted, b".", b""])


def _refused(code: int) -> Told:
    return Told(Outcome.REFUSED if code >= _FOR_GOOD else Outcome.LATER, str(code))
