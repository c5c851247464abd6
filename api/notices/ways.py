"""By which ways this deployment reaches people, as its settings say."""

from collections.abc import Mapping
from urllib.parse import urlsplit

from api.clock import today
from api.lists.webhooks import LOOPBACK
from api.notices.gateway import Gateway
from api.notices.mail import Mailer
from api.notices.sending import Sender
from api.settings import Settings
from api.wiring import System
from credential.errors import ConfigError
from issuer.ports.messenger import Messenger
from store.notices import Notices
from store.recipients import Channel


def ways(settings: Settings) -> Mapping[Channel, Messenger]:
    """The ways that there are. Raises ConfigError ``notice.gateway``."""
    found: dict[Channel, Messenger] = {}
    if settings.smtp_host and settings.smtp_sender:
        found[Channel.MAIL] = Mailer(
            settings.smtp_host, settings.smtp_port, settings.smtp_sender, settings.smtp_user,
            settings.smtp_password.get_secret_value(), settings.smtp_roots,
        )  # fmt: skip
    if settings.sms_url:
        parts = urlsplit(settings.sms_url)
        if parts.scheme != "https" and parts.hostname not in LOOPBACK:
            raise ConfigError("notice.gateway")
        found[Channel.SMS] = Gateway(settings.sms_url, settings.sms_token.get_secret_value())
    return found


def sender(system: System) -> Sender:
    """What sends this deployment's notices."""
    notices = Notices(system.store_database)

    def named(school: int) -> str:
        found = system.desk.numbered(school, today())
        return found.name if found else str(school)

    page = system.settings.public_url.rstrip("/") + "/me"
    return Sender(notices, ways(system.settings), named, page)
