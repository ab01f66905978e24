"""Decisions, the hand-offs they lead to, and what became of those."""

from __future__ import annotations

from django.db import models

from einig.store.fields import InstantField
from einig.store.models.agreements import Version
from einig.store.models.leads import Lead
from einig.store.models.people import User


class Decision(models.Model):
    """What a version decided about a lead at an instant, written whenever it changed."""

    lead = models.ForeignKey(Lead, models.CASCADE, related_name="decisions", db_index=False)
    version = models.ForeignKey(Version, models.PROTECT, db_constraint=False)  # see Lead.version
    at = InstantField()
    fit = models.IntegerField()
    engagement = models.IntegerField()
    intent = models.BooleanField()
    sales_ready = models.BooleanField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["lead", "at"], name="one_decision")]


class Handoffs(models.QuerySet["Handoff"]):
    """Hand-offs, all or some."""

    def counted(self) -> Handoffs:
        """Return those that figures count: to sales, of leads that were sales-ready.

        Explored leads count in nobody's figures, nor does who went to nobody or was merged.
        """
        left_out = [Handoff.Closing.HELD, Handoff.Closing.MERGED]
        return self.filter(kind=Handoff.Kind.SALES, explored=0).exclude(closing__in=left_out)


class Handoff(models.Model):
    """A lead in the hands of one person until it is closed.

    `answer` is the human answer to an action from outside the ideal lead.
    """

    class Kind(models.TextChoices):
        """What is asked of the person."""

        SALES = "sales"
        ANSWER = "answer"

    class Closing(models.TextChoices):
        """How a hand-off ended."""

        OPEN = ""
        RETURNED = "returned"
        NOT_REACHED = "not_reached"
        WON = "won"
        LOST = "lost"
        ANSWERED = "answered"
        HELD = "held"  # an applicant or a competitor: nobody got it
        MERGED = "merged"

    lead = models.ForeignKey(Lead, models.CASCADE, related_name="handoffs")
    kind = models.CharField(max_length=6, choices=Kind.choices, default=Kind.SALES)
    version = models.ForeignKey(Version, models.PROTECT)
    to = models.ForeignKey(User, models.PROTECT, null=True, related_name="handoffs")
    opened_at = InstantField(db_index=True)
    by_hand = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    explored = models.FloatField(default=0)  # probability of the draw; 0: it was sales-ready
    routing = models.JSONField(default=dict)  # why this person
    due_at = InstantField(null=True)
    accepted_at = InstantField(null=True)
    first_attempt_at = InstantField(null=True)
    later_at = InstantField(null=True)  # put off until then by its person; the clock goes on
    closed_at = InstantField(null=True)
    closing = models.CharField(max_length=12, choices=Closing.choices, blank=True, default="")

    objects = Handoffs.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["lead", "kind"],
                condition=models.Q(closed_at=None),
                name="one_open_handoff",
            ),
            models.UniqueConstraint(fields=["lead", "kind", "opened_at"], name="one_opening"),
        ]
        indexes = [
            models.Index(
                fields=["to", "due_at"], name="handoff_open", condition=models.Q(closed_at=None)
            )
        ]


class Attempt(models.Model):
    """One try to reach a lead."""

    class Channel(models.TextChoices):
        """By what."""

        PHONE = "phone"
        MAIL = "mail"
        SOCIAL = "social"
        VISIT = "visit"

    class Result(models.TextChoices):
        """What came of it; the last three end the attempts."""

        REACHED = "reached"
        NO_ANSWER = "no_answer"
        CALL_BACK = "call_back"
        NO = "no"
        WRONG_NUMBER = "wrong_number"
        HAS_LEFT = "has_left"

    handoff = models.ForeignKey(Handoff, models.CASCADE, related_name="attempts")
    by = models.ForeignKey(User, models.SET_NULL, null=True)
    at = InstantField()
    channel = models.CharField(max_length=6, choices=Channel.choices, default=Channel.PHONE)
    result = models.CharField(max_length=12, choices=Result.choices)
    heard = models.CharField(max_length=200, null=True, unique=True)  # by what it was told, once
    note = models.CharField(max_length=500, blank=True, default="")


class Feedback(models.Model):
    """What sales says of a lead, and what marketing answers."""

    class Verdict(models.TextChoices):
        """In one word."""

        ACCEPTED = "accepted"
        RETURNED = "returned"
        PRAISE = "praise"
        COMPLAINT = "complaint"

    lead = models.ForeignKey(Lead, models.CASCADE, related_name="feedback")
    handoff = models.ForeignKey(Handoff, models.CASCADE, null=True, related_name="feedback")
    by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    at = InstantField(db_index=True)
    verdict = models.CharField(max_length=10, choices=Verdict.choices)
    reason = models.CharField(max_length=200, blank=True, default="")
    text = models.TextField(blank=True, default="")
    answer = models.TextField(blank=True, default="")
    answered_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    answered_at = InstantField(null=True)


class SecondLook(models.Model):
    """A blind check of a returned lead: would this person have returned it too?"""

    feedback = models.OneToOneField(Feedback, models.CASCADE, related_name="second_look")
    probability = models.FloatField()  # with which it was drawn
    asked_at = InstantField()
    by = models.ForeignKey(User, models.SET_NULL, null=True)
    at = InstantField(null=True)
    was_ready = models.BooleanField(null=True)
    note = models.CharField(max_length=500, blank=True, default="")
