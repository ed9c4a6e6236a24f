"""Mail over SMTP: what a server says, or does not say, and what becomes of the letter."""
from __future__ import annotations

import socketserver
import threading
from datetime import UTC, datetime
from email import message_from_bytes
from email.policy import default

import pytest

from connectors.mail import Mailer, MailError

AT = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
USUAL = {"": "220 ready", "EHLO": "250 here", "MAIL": "250 ok", "RCPT": "250 ok", "DATA": "354 go on", ".": "250 queued", "QUIT": "221 bye"}


class Talk(socketserver.StreamRequestHandler):
    def handle(self):
        self.answer("")
        while line := self.rfile.readline():
            if not self.answer(line.split()[0].decode().upper()):
                return

    def answer(self, verb: str) -> bool:
        said = self.server.says.get(verb, "500 what")
        if said == "hang":
            self.server.over.wait(10)
        if said in ("hang", "drop"):
            return False
        self.wfile.write(said.encode() + b"\r\n")
        if not said.startswith("354"):
            return True
        lines = []
        while (line := self.rfile.readline()) != b".\r\n":
            lines.append(line)
        self.server.received.append(message_from_bytes(b"".join(lines), policy=default))
        return self.answer(".")


@pytest.fixture
def server():
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Talk) as found:
        found.daemon_threads, found.says, found.received, found.over = True, dict(USUAL), [], threading.Event()
        threading.Thread(target=found.serve_forever, daemon=True).start()
        yield found
        found.over.set()
        found.shutdown()


def send(server, to: str = "z@example.org", sender: str = "duban@example.cn", login: str = "") -> None:
    Mailer(f"smtp://{login}127.0.0.1:{server.server_address[1]}", sender, timeout=0.5).send(to, "督办 news", "text", "outbox-7", AT)


def test_what_is_sent(server):
    send(server)
    mail, = server.received
    assert (mail["From"], mail["To"], mail["Subject"], mail["Message-ID"]) == ("duban@example.cn", "z@example.org", "督办 news", "<outbox-7@example.cn>")
    assert mail["Date"].datetime == AT


def test_the_id_has_the_domain_of_a_sender_with_a_name(server):
    send(server, sender="督办 <duban@example.cn>")
    assert server.received[0]["Message-ID"] == "<outbox-7@example.cn>"


@pytest.mark.parametrize(("verb", "said", "again", "away"), [
    ("RCPT", "451 later", True, False), ("RCPT", "550 nobody", False, False), ("RCPT", "421 closing", True, True), ("MAIL", "452 full", True, False), ("MAIL", "553 not you", False, False),
    (".", "554 spam", False, False), (".", "452 full", True, False), (".", "drop", True, True), (".", "hang", True, True), ("DATA", "hang", True, True), ("", "554 go away", True, True), ("", "hang", True, True),
    ("EHLO", "drop", True, True)])
def test_what_is_refused(server, verb, said, again, away):
    server.says[verb] = said
    with pytest.raises(MailError) as caught:
        send(server)
    assert (caught.value.again, caught.value.away) == (again, away)


@pytest.mark.parametrize("said", ["250 good bye", "500 what", "421 closing", "drop", "hang"])
def test_a_letter_that_was_taken_is_sent_however_the_server_parts(server, said):
    server.says["QUIT"] = said
    send(server)
    assert len(server.received) == 1


def test_a_wrong_password_is_not_the_letters_fault(server):
    server.says |= {"EHLO": "250-here\r\n250 AUTH PLAIN", "AUTH": "535 no"}
    with pytest.raises(MailError) as caught:
        send(server, login="duban:wrong@")
    assert caught.value.again and caught.value.away


def test_nobody_listens(server):
    server.shutdown()
    server.server_close()
    with pytest.raises(MailError) as caught:
        send(server)
    assert caught.value.again and caught.value.away


@pytest.mark.parametrize("to", ["a@example.org\r\nBcc: b@example.org", "a@example.org\nX: y", "张@example.org"])
def test_what_is_no_address_is_not_sent(server, to):
    with pytest.raises(MailError) as caught:
        send(server, to)
    assert not caught.value.again and server.received == []
