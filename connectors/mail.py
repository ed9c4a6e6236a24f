"""Sends mail by SMTP. A failure says whether trying again can help."""
from __future__ import annotations

import smtplib
import ssl
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from urllib.parse import unquote, urlsplit


class MailError(Exception):
    """The mail was not accepted. `again` tells whether it may be tried again later, `away` that the server does not answer to anybody."""

    def __init__(self, message: str, again: bool, away: bool = False):
        self.again, self.away = again, away
        super().__init__(message)


@dataclass(frozen=True)
class Mailer:
    """A mail server: `smtp://[user:password@]host[:port]` (STARTTLS where offered) or `smtps://…`; `sender` is the From address. `timeout` in seconds."""

    url: str
    sender: str
    timeout: float = 20

    def check(self) -> str | None:
        """What is wrong with the settings, or None."""
        parts = urlsplit(self.url)
        if parts.scheme not in ("smtp", "smtps") or not parts.hostname:
            return "is not smtp://host:port or smtps://host:port"
        return None if "@" in self.sender else "needs a sender's address"

    def send(self, to: str, subject: str, body: str, message_id: str, at: datetime) -> None:
        """Send one mail, written `at`; the same `message_id` again lets the receiving side drop a double. MailError otherwise."""
        message = EmailMessage()
        try:
            message["From"], message["To"], message["Subject"] = self.sender, to, subject
            message["Date"] = at
            message["Message-ID"] = f"<{message_id}@{message['From'].addresses[0].domain}>"
        except (ValueError, IndexError) as error:
            raise MailError(f"not an address or subject that can be sent: {error}", again=False) from None
        message.set_content(body)
        try:
            server = self._connect()
        except (OSError, smtplib.SMTPException) as error:       # whatever it is, this letter is not the cause
            raise MailError(str(error), again=True, away=True) from None
        try:
            server.send_message(message)
        except smtplib.SMTPNotSupportedError as error:          # an address that this server cannot take
            raise MailError(str(error), again=False) from None
        except smtplib.SMTPRecipientsRefused as error:
            codes = [code for code, _ in error.recipients.values()]
            raise MailError(f"the recipient is refused: {codes}", again=all(code < 500 for code in codes), away=421 in codes) from None
        except smtplib.SMTPResponseException as error:
            raise MailError(f"{error.smtp_code} {error.smtp_error!r}", again=error.smtp_code < 500, away=error.smtp_code == 421) from None
        except (OSError, smtplib.SMTPException) as error:
            raise MailError(str(error), again=True, away=True) from None
        finally:
            _part(server)

    def _connect(self) -> smtplib.SMTP:
        parts = urlsplit(self.url)
        context = ssl.create_default_context()
        if parts.scheme == "smtps":
            server: smtplib.SMTP = smtplib.SMTP_SSL(parts.hostname, parts.port or 465, timeout=self.timeout, context=context)
        else:
            server = smtplib.SMTP(parts.hostname, parts.port or 25, timeout=self.timeout)
        try:
            server.ehlo()
            if parts.scheme == "smtp" and server.has_extn("starttls"):
                server.starttls(context=context)
                server.ehlo()
            if parts.username:
                server.login(unquote(parts.username), unquote(parts.password or ""))
        except BaseException:
            server.close()
            raise
        return server


def _part(server: smtplib.SMTP) -> None:
    """Say good-bye. The mail has been taken or refused before: whatever is answered to this changes nothing."""
    with suppress(OSError, smtplib.SMTPException):
        server.quit()
    server.close()
