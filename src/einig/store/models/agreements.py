"""Versions of the agreement: drafted, proposed, signed by both sides, in force from an instant."""

from __future__ import annotations

from django.db import models

from einig.store.fields import InstantField
from einig.store.models.people import Side, User


class Version(models.Model):
    """An agreement as a document, and where it stands.

    `revision` counts the changes of a draft, so that nobody writes over what somebody else wrote
    meanwhile. `begun_from` says what a draft was started from (`in_force`, `ideal_lead`,
    `agreement_test`, `template:strict`, `finding`, `again`), `base` the version it was started from
    or repeats. `promised` is what the test on past data said when it was proposed, `expected` what
    would happen if it came into force (see `flow.foresight`). `begins_at` is the moment that both
    sides sign for; without one, it is when the second of them signs.
    """

    number = models.PositiveIntegerField(unique=True)
    text = models.TextField()
    content_hash = models.CharField(max_length=64)
    revision = models.PositiveIntegerField(default=1)
    begun_from = models.CharField(max_length=40, blank=True, default="")
    base = models.ForeignKey("self", models.SET_NULL, null=True, related_name="+")
    drafted_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    drafted_at = InstantField()
    proposed_at = InstantField(null=True)
    promised = models.JSONField(null=True)
    begins_at = InstantField(null=True)
    expected = models.JSONField(null=True)
    in_force_from = InstantField(null=True, db_index=True)
    withdrawn_at = InstantField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["in_force_from"], name="one_version_at_a_time"),
            models.CheckConstraint(
                name="only_what_was_proposed_comes_into_force",
                condition=models.Q(in_force_from=None) | models.Q(proposed_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return str(self.number)


class Revision(models.Model):
    """A draft as somebody left it: what a change is compared with, and what undo goes back to."""

    version = models.ForeignKey(Version, models.CASCADE, related_name="revisions")
    number = models.PositiveIntegerField()
    text = models.TextField()
    by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    at = InstantField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["version", "number"], name="one_revision")]


class Signature(models.Model):
    """One side's yes to a content. It stays with name and date, whatever becomes of the person.

    `voided_at` is when the content was changed before both had signed: it counts no more.
    """

    version = models.ForeignKey(Version, models.PROTECT, related_name="signatures")
    side = models.CharField(max_length=10, choices=Side.choices)
    by = models.ForeignKey(User, models.SET_NULL, null=True)
    by_name = models.CharField(max_length=120, default="")
    content_hash = models.CharField(max_length=64, default="")
    at = InstantField()
    voided_at = InstantField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["version", "side"],
                condition=models.Q(voided_at=None),
                name="one_signature",
            )
        ]


class SignedText(models.Model):
    """What was signed, addressed by the hash of its text; never changed, never removed."""

    text_hash = models.CharField(max_length=64, primary_key=True)
    content_hash = models.CharField(max_length=64)
    text = models.TextField()


class Seal(models.Model):
    """A link of the chain of what was signed and put in force; never changed, never removed.

    `said` is what happened, and `hash` is that of `previous`, `number`, `kind` and `said`
    (see `engine.agreement.seal`).
    """

    class Kind(models.TextChoices):
        """What happened."""

        SIGNED = "signed"
        VOIDED = "voided"
        ENACTED = "enacted"

    number = models.PositiveIntegerField(unique=True)
    kind = models.CharField(max_length=8, choices=Kind.choices)
    version = models.PositiveIntegerField()  # its number
    said = models.JSONField()
    previous = models.CharField(max_length=64, blank=True, default="")
    hash = models.CharField(max_length=64, unique=True)


class Enactment(models.Model):
    """How a version came into force: every lead judged anew, with what was expected and came of it.

    `expected` is the preview that whoever signed last saw, `found` the report; `judged` of `leads`
    are judged so far.
    """

    version = models.OneToOneField(Version, models.PROTECT, related_name="enactment")
    since = InstantField()
    asked_at = InstantField()
    leads = models.PositiveIntegerField(default=0)
    judged = models.PositiveIntegerField(default=0)
    expected = models.JSONField(null=True)
    found = models.JSONField(null=True)
    finished_at = InstantField(null=True)


class Finding(models.Model):
    """What a version in force does not keep of what its test promised; which criterion moved."""

    class Kind(models.TextChoices):
        """What left what was promised."""

        PRECISION = "precision"
        VOLUME = "volume"
        MAKEUP = "makeup"  # of the leads that come

    version = models.ForeignKey(Version, models.PROTECT, related_name="findings")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    criterion = models.CharField(max_length=200, blank=True, default="")
    at = InstantField()
    detail = models.JSONField(default=dict)
    draft = models.ForeignKey(Version, models.SET_NULL, null=True, related_name="+")
    settled_at = InstantField(null=True)
    settled_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["version", "kind", "criterion"], name="found_once_a_version"
            )
        ]
