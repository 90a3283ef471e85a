"""An organisation speaking with one voice: what its members say to each other, and its reply."""

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from council.core import clock
from council.core.models import Resource
from council.opinions.models.consultations import Consultation
from council.opinions.models.opinions import Opinion, colleagues_of
from council.people.models import Council, Membership, Organisation, User, sits


class RemarkQuerySet(models.QuerySet["Remark"]):
    """Remarks by who may see them."""

    def visible_to(self, user: User) -> "RemarkQuerySet":
        """Those made inside one's own organisation, never anyone else's."""
        return self.filter(colleagues_of(user))


class Remark(Resource):
    """A colleague's comment on a draft; it never leaves the organisation."""

    council = models.ForeignKey(Council, models.PROTECT, related_name="+")
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    opinion = models.ForeignKey(Opinion, models.CASCADE, related_name="remarks", verbose_name=_("opinion"))
    text = models.TextField(_("comment"))
    by = models.ForeignKey(User, models.PROTECT, related_name="+")

    objects = RemarkQuerySet.as_manager()

    class Meta:
        verbose_name = _("comment")
        verbose_name_plural = _("comments")
        ordering = ["id"]
        constraints = [models.CheckConstraint(condition=Q(text__regex=r"\S"), name="a_comment_says_something")]

    def __str__(self) -> str:
        return self.text[:40]


class ReplyQuerySet(models.QuerySet["Reply"]):
    """Replies by who may see them."""

    def visible_to(self, user: User) -> "ReplyQuerySet":
        """One's own organisation's, and all of the councils one runs; everybody else sees figures."""
        return self.filter(sits(user, officer=True) | colleagues_of(user))


class Reply(Resource):
    """회신: an organisation has answered the consultation, with opinions or with the formal words that it has none."""

    class Kind(models.TextChoices):
        OPINIONS = "opinions", _("Opinions")
        NONE = "none", _("No opinion")

    council = models.ForeignKey(Council, models.PROTECT, related_name="+")
    consultation = models.ForeignKey(Consultation, models.PROTECT, related_name="replies")
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+", verbose_name=_("organisation"))
    kind = models.CharField(_("kind"), max_length=8, choices=Kind.choices)
    at = models.DateTimeField(_("at"), default=clock.now)
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    membership = models.ForeignKey(Membership, models.PROTECT, null=True, blank=True, related_name="+")

    objects = ReplyQuerySet.as_manager()

    class Meta:
        verbose_name = _("reply")
        verbose_name_plural = _("replies")
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(fields=["consultation", "organisation"], name="one_reply_per_organisation")
        ]

    def __str__(self) -> str:
        return f"{self.organisation}: {self.get_kind_display()}"

    def get_absolute_url(self) -> str:
        """Where one sees who has replied."""
        return reverse("web:turnout", args=[self.consultation_id])
