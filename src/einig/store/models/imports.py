"""Files that people bring: how far each is, and what became of every row."""

from __future__ import annotations

from django.db import models

from einig.store.fields import InstantField
from einig.store.models.leads import Lead
from einig.store.models.people import User
from einig.store.models.sources import Source


class ImportState(models.TextChoices):
    """How far an import is."""

    KEPT = "kept"  # its columns can be mapped
    CHECKING = "checking"
    CHECKED = "checked"  # what would become of each row is known
    IMPORTING = "importing"
    IMPORTED = "imported"
    UNDOING = "undoing"
    UNDONE = "undone"
    CLEARED = "cleared"  # old: its table and what became of each row are gone, the counts stay


class Import(models.Model):
    """A file, what its columns mean, and how far it is.

    `sha256` is that of the file as it came; the table that was found in it lies on disk under
    `key` for as long as the import is not old. `done` counts the rows that are through, so that
    work goes on there when it was interrupted; `counts` says what became of them. `source` is where
    they come from (none: the import itself); with `contacts` they are held, and no leads yet.
    """

    key = models.CharField(max_length=40, unique=True)
    name = models.CharField(max_length=200)
    sha256 = models.CharField(max_length=64)
    kind = models.CharField(max_length=10)  # csv, excel or vcard
    encoding = models.CharField(max_length=20, blank=True, default="")
    columns = models.JSONField(default=list)
    meanings = models.JSONField(default=list)  # of each column; empty: left out
    dates = models.CharField(max_length=4, blank=True, default="")  # dmy or mdy where it is said
    decimal = models.CharField(max_length=1, blank=True, default="")  # the mark, where it is said
    source = models.ForeignKey(Source, models.PROTECT, null=True, related_name="+")
    contacts = models.BooleanField(default=False, db_default=False)
    rows = models.PositiveIntegerField()
    at = InstantField()
    by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    state = models.CharField(max_length=10, choices=ImportState.choices, default=ImportState.KEPT)
    done = models.PositiveIntegerField(default=0)
    counts = models.JSONField(default=dict)
    problem = models.JSONField(default=list)  # why it did not go on: a code and its figures
    begun_at = InstantField(null=True)
    ended_at = InstantField(null=True)
    undone_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")

    class Meta:
        indexes = [models.Index(fields=["sha256"], name="import_by_file")]


class ImportRow(models.Model):
    """What became of a row of a file: a new lead, one that was there, or nothing, and why.

    `made` holds what has to be known to take it back.
    """

    class Result(models.TextChoices):
        """In one word."""

        NEW = "new"
        JOINED = "joined"
        UNCHANGED = "unchanged"  # everything it says was known
        ASIDE = "aside"
        HELD = "held"  # a contact, and no lead until they show interest

    of = models.ForeignKey(Import, models.CASCADE, related_name="told", db_column="import_id")
    row = models.PositiveIntegerField()  # as a spreadsheet counts it: the columns are row 1
    result = models.CharField(max_length=10, choices=Result.choices)
    lead = models.ForeignKey(Lead, models.SET_NULL, null=True, related_name="+")
    reason = models.JSONField(default=list)  # a code and its figures
    made = models.JSONField(default=dict)
    undone = models.CharField(max_length=20, blank=True, default="")  # gone, or why it stays

    class Meta:
        constraints = [models.UniqueConstraint(fields=["of", "row"], name="one_row_of_a_file")]
        indexes = [models.Index(fields=["of", "result"], name="import_by_result")]
