"""The database itself holds on to what was signed, whoever asks it to let go."""

from __future__ import annotations

import os
import secrets
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import pytest
from django.db import DatabaseError, connection, transaction

from einig.flow import agreements
from einig.store import guards
from einig.store.models import Seal, Signature, SignedText, Version
from tests.live import AGREED, NOW, Company, company, guards_down
from tests.servers import Store, store

STRICTER = AGREED.replace("fit: 20, any", "fit: 25, any").replace("Software: 20", "Software: 25")


@pytest.fixture
def us(db: None) -> Company:
    """The company with an agreement that both signed, and a proposal that marketing signed."""
    us = company()
    for text, signers in ((STRICTER, (us.max, us.sol)), (AGREED, (us.max,))):
        version = agreements.draft(text, by=us.max, at=NOW)
        agreements.propose(version, by=us.max, at=NOW)
        for by in signers:
            agreements.sign(version, by=by, at=NOW + 1)
    return us


REFUSED = [
    "UPDATE store_signedtext SET text = 'x'",
    "UPDATE store_signedtext SET content_hash = 'x'",
    "DELETE FROM store_signedtext",
    "UPDATE store_seal SET hash = 'x' WHERE number = 1",
    "DELETE FROM store_seal WHERE number = 2",
    "UPDATE store_version SET text = 'x' WHERE number = 2",
    "UPDATE store_version SET content_hash = 'x' WHERE number = 2",
    "UPDATE store_version SET number = 9 WHERE number = 2",
    "UPDATE store_version SET in_force_from = 1 WHERE number = 2",
    "UPDATE store_version SET withdrawn_at = 1 WHERE number = 2",
    "DELETE FROM store_version WHERE number = 2",
    "UPDATE store_version SET text = 'x' WHERE number = 3",
    "UPDATE store_version SET content_hash = 'x' WHERE number = 3",
    "UPDATE store_version SET begins_at = 1 WHERE number = 3",
    "DELETE FROM store_version WHERE number = 3",
    "DELETE FROM store_signature",
    "UPDATE store_signature SET by_name = 'Sol'",
    "UPDATE store_signature SET content_hash = 'x'",
    "UPDATE store_signature SET at = at + 1",
    "UPDATE store_signature SET side = 'sales' WHERE side = 'marketing'",
    "UPDATE store_signature SET by_id = (SELECT max(id) FROM store_user)",
    "UPDATE store_signature SET voided_at = 1 WHERE side = 'sales'",
]
REPLACED = [  # what only SQLite understands: the keys are taken, and the rows give way
    "INSERT OR REPLACE INTO store_signedtext (text_hash, content_hash, text) "
    "SELECT text_hash, content_hash, 'x' FROM store_signedtext",
    "REPLACE INTO store_seal SELECT * FROM store_seal WHERE number = 2",
    "REPLACE INTO store_seal (number, kind, version, said, previous, hash) "
    "VALUES (1, 'signed', 1, '{}', '', 'x')",
    "REPLACE INTO store_seal (number, kind, version, said, previous, hash) "
    "SELECT 99, kind, version, '{}', previous, hash FROM store_seal WHERE number = 1",
    "REPLACE INTO store_signature SELECT * FROM store_signature",
    "REPLACE INTO store_signature (version_id, side, by_name, content_hash, at) "
    "SELECT version_id, side, 'Sue', content_hash, at FROM store_signature",
    "REPLACE INTO store_version SELECT * FROM store_version WHERE number = 2",
    "REPLACE INTO store_version (number, text, content_hash, revision, begun_from, drafted_at) "
    "VALUES (3, 'x', 'x', 1, '', 1)",
    "REPLACE INTO store_version (number, text, content_hash, revision, begun_from, drafted_at, "
    "proposed_at, in_force_from) SELECT 9, 'x', 'x', 1, '', 1, 1, in_force_from "
    "FROM store_version WHERE number = 2",
    "UPDATE OR REPLACE store_version SET number = 2 WHERE number = 4",
    "UPDATE OR REPLACE store_version SET id = (SELECT id FROM store_version WHERE number = 3) "
    "WHERE number = 4",
    "UPDATE OR REPLACE store_version SET proposed_at = 1, in_force_from = (SELECT in_force_from "
    "FROM store_version WHERE number = 2) WHERE number = 4",
    "REPLACE INTO store_auditentry SELECT * FROM store_auditentry",
]
ALLOWED = [
    "UPDATE store_signature SET by_id = NULL",
    "UPDATE store_signature SET voided_at = 1 WHERE at = (SELECT max(at) FROM store_signature)"
    " AND version_id = (SELECT max(id) FROM store_version)",
    "UPDATE store_version SET promised = '{}' WHERE number = 2",
    "UPDATE store_version SET text = text WHERE number = 2",
]


@pytest.mark.parametrize("statement", REFUSED)
def test_what_was_signed_is_never_changed(us: Company, statement: str) -> None:
    with (
        pytest.raises(DatabaseError, match="what was signed is never changed"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement)


@pytest.mark.parametrize("statement", REPLACED)
def test_what_was_signed_gives_way_to_nothing(us: Company, statement: str) -> None:
    if connection.vendor == "postgresql":
        pytest.skip("PostgreSQL replaces no rows without an update")
    agreements.draft(STRICTER, by=us.max, at=NOW)
    with (
        pytest.raises(DatabaseError, match="what was signed is never changed"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement)


@pytest.mark.parametrize("statement", ALLOWED)
def test_what_has_to_be_written_later_can_be(us: Company, statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement)
        assert cursor.rowcount > 0


def test_a_signature_counts_again_never(us: Company) -> None:
    agreements.sign_anew(Version.objects.get(number=3), by=us.sol, at=NOW + 2)
    with pytest.raises(DatabaseError, match="never changed"), transaction.atomic():
        Signature.objects.filter(version__number=3).update(voided_at=None)


def test_triggers_that_are_missing_are_set_again(us: Company) -> None:
    before = sorted(guards.standing())
    every = (*guards.GUARDS, *(guards.REPLACING if connection.vendor == "sqlite" else ()))
    assert {guard.name for guard in every} <= set(before)
    guards_down()
    assert sorted(guards.missing()) == before
    guards.raise_again(plan=["a migration"])
    assert guards.missing() == {}


def test_each_seal_holds_on_to_the_one_before(us: Company) -> None:
    chain = list(Seal.objects.order_by("number"))
    assert [(of.number, of.kind, of.version) for of in chain] == [
        (1, "enacted", 1), (2, "signed", 2), (3, "signed", 2), (4, "enacted", 2), (5, "signed", 3)
    ]  # fmt: skip
    assert [of.previous for of in chain[1:]] == [of.hash for of in chain[:-1]]
    assert SignedText.objects.count() == 2  # the third version says what the first did


_BEFORE = """
import os
os.environ["DJANGO_SETTINGS_MODULE"] = "einig.config.settings"
import django
django.setup()
from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from einig.engine.agreement import content_hash, loads
from tests.live import AGREED, NOW
call_command("migrate", "store", "0007_agreeing", verbosity=0)
apps = MigrationExecutor(connection).loader.project_state([("store", "0007_agreeing")]).apps
User, Version, Signature = (apps.get_model("store", n) for n in ("User", "Version", "Signature"))
said = content_hash(loads(AGREED).agreement)
for number, since in ((1, NOW + 9), (2, None)):
    version = Version.objects.create(
        number=number, text=AGREED, content_hash=said, drafted_at=NOW, proposed_at=NOW,
        in_force_from=since,
    )
    for n, side in enumerate(("marketing", "sales")[: 3 - number]):
        Signature.objects.create(
            version=version, side=side, by_name=side, content_hash=said, at=NOW + 2 * number + n
        )
"""


@pytest.fixture
def kept(tmp_path: Path) -> Iterator[Store]:
    """A store of its own."""
    with store(tmp_path / "store") as kept:
        yield kept


def run(of: Store, *command: str, **more: str) -> subprocess.CompletedProcess[str]:
    """Run Python on a store."""
    environment = of.environment | more
    return subprocess.run(
        [sys.executable, *command], env=environment, capture_output=True, text=True, check=False
    )


def test_what_was_signed_before_there_were_seals_is_sealed(kept: Store) -> None:
    made = run(kept, "-c", _BEFORE)
    assert (made.returncode, made.stderr) == (0, "")
    kept.do("")  # brings it to its newest form
    rows = kept.rows("SELECT number, kind, version FROM store_seal ORDER BY number")
    assert rows == [
        (1, "signed", 1), (2, "signed", 1), (3, "enacted", 1), (4, "signed", 2)
    ]  # fmt: skip
    assert run(kept, "-m", "einig.cli", "verify").returncode == 0


_TWO = """
import threading
from django.db import connection
from einig.flow import agreements
from einig.store.models import *
from tests.live import *
us = company()
version = agreements.draft(AGREED, by=us.max, at=NOW)
agreements.propose(version, by=us.max, at=NOW)
both, at_once = [], threading.Barrier(2)
def sign(by):
    at_once.wait()
    both.append(agreements.sign(version, by=by, at=NOW + 1))
    connection.close()
threads = [threading.Thread(target=sign, args=(by,)) for by in (us.max, us.sol)]
for thread in threads: thread.start()
for thread in threads: thread.join()
print(sorted(both), Signature.objects.count(), Seal.objects.filter(kind="enacted").count())
print(AuditEntry.objects.filter(action="version_in_force").count())
print(list(Seal.objects.order_by("number").values_list("kind", flat=True)))
"""


def test_of_two_signatures_at_the_same_instant_one_enacts(kept: Store) -> None:
    assert kept.do(_TWO) == ("[False, True] 2 2\n2\n['enacted', 'signed', 'signed', 'enacted']\n")


# --- owner and application apart --------------------------------------------------------------


@pytest.fixture
def apart(tmp_path: Path) -> Iterator[tuple[Store, str]]:
    """A store in PostgreSQL whose tables belong to another role, and that role's address."""
    given = os.environ.get("EINIG_DATABASE", "")
    if not given.startswith("postgresql://"):
        pytest.skip("needs PostgreSQL: EINIG_TEST_DATABASE=postgresql")
    import psycopg

    role = f"einig_{secrets.token_hex(6)}"
    with store(tmp_path / "store") as kept, psycopg.connect(given, autocommit=True) as server:
        server.execute(f"CREATE ROLE {role} LOGIN PASSWORD 'pass'".encode())
        parts = urlsplit(kept.database)
        host = parts.netloc.rpartition("@")[2]
        ours = urlunsplit(parts._replace(netloc=f"{role}:pass@{host}"))
        application = Store(kept.home, ours)
        migrated = run(application, "-c", _SET_UP, EINIG_DATABASE_OWNER=kept.database)
        assert (migrated.returncode, migrated.stderr) == (0, "")
        application.do("from tests.live import *\ncompany()")
        yield application, kept.database
        with psycopg.connect(kept.database, autocommit=True) as owner:
            owner.execute(f"DROP OWNED BY {role}".encode())
        server.execute(f"DROP ROLE {role}".encode())


_SET_UP = "from einig.cli.live import set_up; set_up()"
FORBIDDEN = [
    "UPDATE store_seal SET hash = 'x'",
    "DELETE FROM store_seal",
    "TRUNCATE store_seal",
    "UPDATE store_signedtext SET text = 'x'",
    "DELETE FROM store_signedtext",
    "TRUNCATE store_signedtext",
    "UPDATE store_auditentry SET action = 'x'",
    "DELETE FROM store_auditentry",
    "TRUNCATE store_auditentry",
    "TRUNCATE store_version CASCADE",
    "ALTER TABLE store_seal DROP COLUMN hash",
    "ALTER TABLE store_seal DISABLE TRIGGER ALL",
    "DROP TRIGGER seal_refuses_update ON store_seal",
    "DROP FUNCTION seal_refuses_update CASCADE",
    "CREATE OR REPLACE FUNCTION seal_refuses_update() RETURNS trigger LANGUAGE plpgsql "
    "AS $$BEGIN RETURN NEW; END$$",
    "DROP TABLE store_seal",
    "CREATE TABLE mine (n integer)",
    "SET session_replication_role = replica",
    "DELETE FROM django_migrations",
]


def test_the_applications_role_cannot_change_what_was_signed(apart: tuple[Store, str]) -> None:
    import psycopg

    of, _owner = apart
    for statement in FORBIDDEN:
        with (
            psycopg.connect(of.database, autocommit=True) as role,
            pytest.raises(psycopg.errors.InsufficientPrivilege),
        ):
            role.execute(statement.encode())
    with psycopg.connect(of.database) as role:  # no table of its own stands before ours
        role.execute(
            b"CREATE TEMPORARY TABLE store_signature (version_id bigint, voided_at bigint)"
        )
        with pytest.raises(psycopg.errors.RaiseException, match="never changed"):
            role.execute(b"DELETE FROM store_version")
    found = run(of, "-m", "einig.cli", "verify")
    assert "the roles are not apart" not in found.stderr


def test_the_application_does_its_work_and_a_new_form_is_its_owners(
    apart: tuple[Store, str],
) -> None:
    of, owner = apart
    sign = (
        "from einig.flow import agreements\nfrom einig.store.models import *\n"
        "from tests.live import *\nmax_, sol = (User.objects.get(name=n) for n in ('Max', 'Sol'))\n"
        "version = agreements.draft(AGREED, by=max_, at=NOW)\n"
        "agreements.propose(version, by=max_, at=NOW)\n"
        "for by in (max_, sol): print(agreements.sign(version, by=by, at=NOW + 1))"
    )
    assert of.do(sign) == "False\nTrue\n"
    import psycopg

    with psycopg.connect(owner, autocommit=True) as connection_:
        connection_.execute(
            b"DELETE FROM django_migrations WHERE id = "
            b"(SELECT max(id) FROM django_migrations WHERE app = 'store')"
        )
    refused = run(of, "-m", "einig.cli", "worker")
    assert (refused.returncode, "EINIG_DATABASE_OWNER" in refused.stderr) == (2, True)


def test_whoever_runs_all_with_one_role_is_told(kept: Store) -> None:
    kept.do("from tests.live import *\ncompany()")
    found = run(kept, "-m", "einig.cli", "verify")
    assert ("the roles are not apart" in found.stderr) == bool(kept.database)
