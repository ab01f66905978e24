"""A mailbox on a real IMAP server: what somebody wrote becomes a lead, and nothing else does."""

from __future__ import annotations

import imaplib
import subprocess
import sys
import time
from collections.abc import Iterator

import pytest

from einig.connectors.contract import Delivery as Raw
from einig.connectors.mailbox import Mailbox
from einig.engine.instants import HOUR
from einig.flow import journey, mailboxes
from einig.store.models import Attempt, Delivery, Event, Handoff, Lead, Source, Task
from tests.connectors.delivering import taken_in
from tests.connectors.imap import PASSWORD, USER
from tests.connectors.senders import SENDERS
from tests.live import NOW, Company, company, identify, say, the_lead, track
from tests.servers import free_port

pytestmark = pytest.mark.django_db
INQUIRY, AWAY, REPLY = SENDERS["mailbox"].bodies
COPY = b"""From: Sam <sam@kolbe.example>
To: petra@pumpen.example, =?utf-8?q?J=C3=B6rg?= <joerg@pumpen.example>
Cc: info@kolbe.example
Subject: Ihre Anfrage
Date: Mon, 02 Mar 2026 12:00:00 +0100
Message-ID: <copy-1@kolbe.example>

Wann passt es Ihnen?
"""
BOUNCE = b"""From: MAILER-DAEMON@mail.example
To: info@kolbe.example
Subject: Undelivered Mail Returned to Sender
Message-ID: <bounce-1@mail.example>
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary=x

--x
Content-Type: text/plain

It could not be delivered.
--x--
"""


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    """An IMAP server, and its port."""
    port = free_port()
    command = [sys.executable, "-m", "tests.connectors.imap", str(port)]
    with subprocess.Popen(command, stderr=subprocess.DEVNULL) as process:
        ends = time.monotonic() + 60
        while time.monotonic() < ends:
            try:
                imaplib.IMAP4("127.0.0.1", port).logout()
            except OSError:
                time.sleep(0.1)
            else:
                break
        yield port
        process.terminate()


@pytest.fixture
def folder(port: int) -> Iterator[imaplib.IMAP4]:
    """An empty folder of the account, through a mail program."""
    program = imaplib.IMAP4("127.0.0.1", port)
    program.login(USER, PASSWORD)
    program.create("Leads")
    program.select("Leads")
    yield program
    program.close()
    program.delete("Leads")
    program.logout()


@pytest.fixture
def us() -> Company:
    return company()


def arrives(folder: imaplib.IMAP4, *mails: bytes) -> None:
    """Let mails arrive in the folder."""
    for mail in mails:
        status, _told = folder.append("Leads", None, None, mail.replace(b"\n", b"\r\n"))
        assert status == "OK"


def connected(port: int, **settings: str) -> Source:
    """Return the source that reads the mailbox."""
    given = {
        "host": f"127.0.0.1:{port}", "user": USER, "password": PASSWORD, "folder": "Leads",
        "ours": "kolbe.example",
    }  # fmt: skip
    return Source.objects.create(
        name="Info", kind="sender", sender="mailbox", key="m", settings=given | settings
    )


def fetched(source: Source) -> int:
    """Fetch what is new, let it be taken in, and return how many mails that were."""
    many = mailboxes.fetch(source.id, clock=lambda: NOW + 3 * HOUR)
    taken_in()
    return many


def test_what_somebody_wrote_is_a_lead_and_what_a_machine_wrote_is_not(
    us: Company, folder: imaplib.IMAP4, port: int
) -> None:
    source = connected(port)
    arrives(folder, INQUIRY, AWAY, BOUNCE)
    assert (fetched(source), fetched(source)) == (3, 0)
    assert (the_lead().name, Event.objects.get().type) == ("Jörg Müller", "mail_received")
    arrives(folder, REPLY)
    assert fetched(source) == 1
    types = Event.objects.order_by("at").values_list("type", flat=True)
    assert (list(types), Lead.objects.count()) == (["mail_received", "mail_replied"], 1)
    assert Delivery.objects.filter(understood_at=None).count() == 0


def test_a_mail_that_was_moved_here_again_is_the_same_mail(
    us: Company, folder: imaplib.IMAP4, port: int
) -> None:
    source = connected(port)
    arrives(folder, INQUIRY, INQUIRY)
    assert fetched(source) == 1
    assert Event.objects.count() == 1


def test_an_access_token_opens_it_as_well(us: Company, folder: imaplib.IMAP4, port: int) -> None:
    source = connected(port, password="", token=PASSWORD)
    arrives(folder, INQUIRY)
    assert fetched(source) == 1


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"password": "wrong"}, "Invalid authentication credentials"),
        ({"password": "", "token": "wrong"}, "Invalid authentication credentials"),
        ({"folder": "Nowhere"}, "there is no folder 'Nowhere'"),
        ({"host": "127.0.0.1:9"}, "Connection refused"),
        ({"host": "imap.example:143"}, "from this machine only"),
    ],
)
def test_what_went_wrong_stands_there_until_it_goes_well(
    us: Company, folder: imaplib.IMAP4, port: int, settings: dict[str, str], said: str
) -> None:
    source = connected(port, **settings)
    assert fetched(source) == 0
    source.refresh_from_db()
    assert said in source.settings["problem"]
    assert "wrong" not in source.settings["problem"]
    right = {"password": PASSWORD, "token": ""}
    right |= {"folder": "Leads", "host": f"127.0.0.1:{port}"}
    Source.objects.filter(id=source.id).update(settings=source.settings | right)
    arrives(folder, INQUIRY)
    assert fetched(source) == 1
    source.refresh_from_db()
    assert source.settings["problem"] == ""


def test_a_copy_of_what_a_colleague_wrote_is_an_attempt(
    us: Company, folder: imaplib.IMAP4, port: int
) -> None:
    said = identify("p", email="petra@pumpen.example", industry="Software")
    say([said, track("demo_requested", "p")], of=us.website, at=NOW)
    source = connected(port)
    arrives(folder, COPY)
    assert (fetched(source), fetched(source)) == (1, 0)
    attempt = Attempt.objects.get()
    assert (attempt.channel, attempt.handoff) == ("mail", Handoff.objects.get())
    assert Lead.objects.count() == 1  # whoever else it went to asked for nothing


def test_a_mailbox_is_due_once_a_minute(us: Company, port: int) -> None:
    connected(port)
    for after in (0, 10, 59, 61):
        mailboxes.due(NOW + after * 1_000_000)
    assert Task.objects.filter(kind="mailbox").count() == 2
    while journey.take_in_waiting():
        pass


@pytest.mark.parametrize(
    "body",
    [
        b"From: a@b.example\nContent-Type: text/plain; charset=nonsense\n\nHello \xff",
        b"From: a@b.example\nDate: yesterday\nMessage-ID: <\xff>\n\nHello",
        b"From: a@b.example\nContent-Type: multipart/mixed\n\n",
        b"From: =?utf-8?q?=ff?= <a@b.example>\nSubject: =?x?q?y?=\n\nHello",
        b"From: a@b.example\nContent-Type: text/html\n\n<script>alert(1)</script>",
        b"From: a@b.example\nContent-Transfer-Encoding: base64\n\n%%%%",
    ],
)
def test_a_mail_that_nobody_should_write_is_read_as_far_as_it_goes(body: bytes) -> None:
    (heard,) = Mailbox().read(Raw(body=body, id="1"), {})
    assert (heard.attributes["email"], heard.activity) == ("a@b.example", "mail_received")
