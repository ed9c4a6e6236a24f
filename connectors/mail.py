"""Sends mail by SMTP. A failure says whether trying again can help."""
from __future__ import annotations

import smtplib
import ssl
from dataclasses import dataclass
from email.message import EmailMessage
from urllib.parse import unquote, urlsplit


class MailError(Exception):
    """The mail was not accepted. `again` tells whether it may be tried again later."""

    def __init__(self, message: str, again: bool):
        self.again = again
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

    def send(self, to: str, subject: str, body: str, message_id: str) -> None:
        """Send one mail; the same `message_id` again lets the receiving side drop a double. MailError otherwise."""
        message = EmailMessage()
        try:
            message["From"], message["To"], message["Subject"] = self.sender, to, subject
            message["Message-ID"] = f"<{message_id}@{self.sender.rpartition('@')[2]}>"
        except ValueError as error:
            raise MailError(f"not an address or subject that can be sent: {error}", again=False) from None
        message.set_content(body)
        try:
            with self._connect() as server:
                server.send_message(message)
        except smtplib.SMTPRecipientsRefused as error:
            codes = [code for code, _ in error.recipients.values()]
            raise MailError(f"refused for {to}: {codes}", again=all(code < 500 for code in codes)) from None
        except smtplib.SMTPResponseException as error:
            raise MailError(f"{error.smtp_code} {error.smtp_error!r}", again=error.smtp_code < 500) from None
        except (OSError, smtplib.SMTPException) as error:
            raise MailError(str(error), again=True) from None

    def _connect(self) -> smtplib.SMTP:
        parts = urlsplit(self.url)
        context = ssl.create_default_context()
        if parts.scheme == "smtps":
            server: smtplib.SMTP = smtplib.SMTP_SSL(parts.hostname, parts.port or 465, timeout=self.timeout, context=context)
        else:
            server = smtplib.SMTP(parts.hostname, parts.port or 25, timeout=self.timeout)
            server.ehlo()
            if server.has_extn("starttls"):
                server.starttls(context=context)
                server.ehlo()
        if parts.username:
            server.login(unquote(parts.username), unquote(parts.password or ""))
        return server
