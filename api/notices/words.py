"""What a notice says: that something is ready, at which school and where. No more."""

from issuer.ports.messenger import Message
from store.notices import Notice
from store.recipients import Channel
from web import messages


def about(notice: Notice, school: str, address: str) -> Message:
    """The message of a notice, in both languages; a short one in Vietnamese alone."""
    said = {"school": school, "address": address}
    if notice.channel is Channel.SMS:
        return Message(notice.id, notice.address, "", messages.text("vi", "notice.short", **said))
    parts = [
        messages.text(lang, f"notice.{part}", **said)
        for lang in messages.LANGUAGES
        for part in ("body", "alone")
    ]
    subject = messages.text("vi", "notice.subject", **said)
    return Message(notice.id, notice.address, subject, "\n\n".join(parts) + "\n")
