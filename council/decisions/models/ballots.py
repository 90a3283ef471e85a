"""Ballots: a question, the roll of those who may vote on it, frozen when it opens, and the result with how it came about."""

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from council.core.models import Resource, Sector
from council.decisions.models.common import of_open_matters
from council.meetings.models import AgendaItem, Invitation, Meeting, Recusal
from council.people.models import Council, Membership, Organisation, Share, User


class BallotQuerySet(models.QuerySet["Ballot"]):
    """Ballots by who may see them."""

    def visible_to(self, user: User) -> "BallotQuerySet":
        """Those of the meetings and items that are open to one."""
        return self.filter(of_open_matters(user))

    def open(self) -> "BallotQuerySet":
        """Those in which votes are taken now."""
        return self.filter(state=Ballot.State.OPEN)


class Ballot(Resource):
    """표결: a vote on one question, named or secret (무기명).

    Of a named ballot every vote stands in the roll. Of a secret one no vote is ever stored: the roll says who has voted,
    and ``urn`` holds nothing but the running sums, encrypted anew with every vote, until the ballot is closed and it is
    emptied. So there is no row, no order and no time that leads from a person to a choice.
    """

    class State(models.TextChoices):
        OPEN = "open", _("Open")
        CLOSED = "closed", _("Closed")
        CANCELLED = "cancelled", _("Called off")

    class Base(models.TextChoices):
        PRESENT = "present", _("those present")
        CAST = "cast", _("votes for and against")
        SEATS = "seats", _("all seats")
        RETURNED = "returned", _("forms returned")

    council = models.ForeignKey(Council, models.PROTECT, related_name="+")
    meeting = models.ForeignKey(Meeting, models.PROTECT, related_name="ballots", verbose_name=_("meeting"))
    item = models.ForeignKey(
        AgendaItem, models.PROTECT, null=True, blank=True, related_name="ballots", verbose_name=_("agenda item")
    )
    recusal = models.ForeignKey(
        Recusal, models.PROTECT, null=True, blank=True, related_name="ballots", verbose_name=_("on the challenge of")
    )
    question = models.CharField(_("question"), max_length=300)
    text = models.TextField(_("text to be decided"), blank=True)
    secret = models.BooleanField(_("secret ballot"), default=False)
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.OPEN)
    quorum = models.CharField(_("quorum"), max_length=12, choices=Share.choices)
    majority = models.CharField(_("majority"), max_length=12, choices=Share.choices)
    base = models.CharField(_("majority of"), max_length=8, choices=Base.choices)
    seats = models.PositiveIntegerField(_("seats that count"), editable=False)
    entitled = models.PositiveIntegerField(_("entitled to vote"), editable=False)
    opened_at = models.DateTimeField(_("opened"), editable=False)
    closed_at = models.DateTimeField(_("closed"), null=True, blank=True, editable=False)
    urn = models.BinaryField(default=bytes, editable=False)
    votes_for = models.PositiveIntegerField(_("for"), null=True, blank=True, editable=False)
    votes_against = models.PositiveIntegerField(_("against"), null=True, blank=True, editable=False)
    abstentions = models.PositiveIntegerField(_("abstentions"), null=True, blank=True, editable=False)
    adopted = models.BooleanField(_("adopted"), null=True, editable=False)
    computation = models.JSONField(_("how the result was computed"), default=dict, editable=False)
    cancelled_reason = models.TextField(_("reason for calling it off"), blank=True)

    objects = BallotQuerySet.as_manager()

    class Meta:
        verbose_name = _("ballot")
        verbose_name_plural = _("ballots")
        ordering = ["id"]
        indexes = [models.Index(fields=["meeting", "state"], name="ballot_meeting_state")]
        constraints = [
            models.CheckConstraint(
                condition=~Q(state="closed")
                | Q(
                    closed_at__isnull=False,
                    votes_for__isnull=False,
                    votes_against__isnull=False,
                    abstentions__isnull=False,
                    adopted__isnull=False,
                ),
                name="a_closed_ballot_has_a_result",
            ),
            models.CheckConstraint(condition=Q(state="open") | Q(urn=b""), name="the_urn_is_emptied_at_the_end"),
            models.CheckConstraint(
                condition=~Q(state="cancelled") | Q(cancelled_reason__regex=r"\S"),
                name="calling_off_a_ballot_has_a_reason",
            ),
        ]

    def __str__(self) -> str:
        return self.question

    def get_absolute_url(self) -> str:
        """Its page."""
        return reverse("web:ballot", args=[self.pk])


class VoterQuerySet(models.QuerySet["Voter"]):
    """The roll of a ballot, by who may see it."""

    def visible_to(self, user: User) -> "VoterQuerySet":
        """The rolls of the ballots one may see."""
        return self.filter(ballot__in=Ballot.objects.visible_to(user))

    def of(self, user: User) -> "VoterQuerySet":
        """The lines under which someone votes."""
        return self.filter(user=user.pk)


class Voter(models.Model):
    """선거인: one seat's line in the roll of a ballot: who votes for it, whether they have, and, if it is named, how.

    It carries no time: when someone voted in a secret ballot is written nowhere.
    """

    class Choice(models.TextChoices):
        FOR = "for", _("For")
        AGAINST = "against", _("Against")
        ABSTAIN = "abstain", _("Abstain")

    ballot = models.ForeignKey(Ballot, models.CASCADE, related_name="roll", verbose_name=_("ballot"))
    membership = models.ForeignKey(Membership, models.PROTECT, related_name="+", verbose_name=_("membership"))
    invitation = models.ForeignKey(Invitation, models.PROTECT, related_name="+")
    user = models.ForeignKey(User, models.PROTECT, related_name="votes", verbose_name=_("votes for the seat"))
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+", verbose_name=_("organisation"))
    sector = models.CharField(_("sector"), max_length=20, choices=Sector.choices)
    by_alternate = models.BooleanField(_("by an alternate"), default=False)
    has_voted = models.BooleanField(_("has voted"), default=False)
    choice = models.CharField(_("vote"), max_length=8, choices=Choice.choices, blank=True)
    statement = models.TextField(_("statement"), blank=True)
    on_paper = models.BooleanField(_("on a returned form"), default=False)
    key = models.UUIDField(null=True, blank=True, editable=False)

    objects = VoterQuerySet.as_manager()

    class Meta:
        verbose_name = _("line of the roll")
        verbose_name_plural = _("roll")
        ordering = ["membership__seat__number", "id"]
        constraints = [
            models.UniqueConstraint(fields=["ballot", "membership"], name="one_vote_per_seat"),
            models.CheckConstraint(
                condition=Q(has_voted=True) | Q(choice="", statement=""), name="only_who_voted_chose"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.membership}: {self.get_choice_display()}"
