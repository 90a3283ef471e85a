"""Consultations, opinions and the answers to them."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from rest_framework.exceptions import ValidationError

from council.api.filters import ConsultationFilters, DispositionFilters, OpinionFilters
from council.api.serializers import opinions as shapes
from council.api.views.base import Readable, question, verb
from council.opinions import actions
from council.opinions.models import Consultation, Opinion, Revision
from council.people.models import Membership


class Consultations(Readable):
    """Versions put before your councils; those in preparation for those who run the council only."""

    reads = shapes.ConsultationSerializer
    filterset_class = ConsultationFilters

    @verb(shapes.NewConsultation)
    def create(self, **sent: Any) -> Consultation:
        """Prepare to ask the council about a version; members see it once it is opened."""
        return actions.prepare_consultation(by=self.user, **sent)

    @verb()
    def open(self, consultation: Consultation) -> Consultation:
        """Put the version before the council; opinions are taken whenever a phase runs."""
        return actions.open_consultation(consultation, by=self.user)

    @verb()
    def release(self, consultation: Consultation) -> Consultation:
        """Publish all answers prepared so far together (결과 공개), and tell every author."""
        actions.release(consultation, by=self.user)
        return consultation


class Opinions(Readable):
    """Opinions on passages: your own, those given to your councils, and those your office answers."""

    reads = shapes.OpinionSerializer
    filterset_class = OpinionFilters

    @verb(shapes.NewOpinion)
    def create(self, *, consultation: Consultation, submit: bool, **sent: Any) -> Opinion:
        """Begin an opinion on a passage, or give it at once with ``submit``."""
        membership = sent.pop("membership", None) or self._only_membership(consultation)
        act = actions.give if submit else actions.draft
        return act(consultation, membership=membership, by=self.user, **sent)

    def _only_membership(self, consultation: Consultation) -> Membership:
        """The one membership the caller can speak through."""
        own = Membership.objects.current().filter(user=self.user, council=consultation.council_id)
        choices = list(own.exclude(role=Membership.Role.OBSERVER).select_related("organisation"))
        if not choices:
            raise PermissionDenied("opinions.give")
        if len(choices) > 1:
            ask = _("Say for whom you speak: %(membership)s is your membership for %(organisation)s.")
            names = [ask % {"membership": one.pk, "organisation": one.organisation} for one in choices]
            raise ValidationError({"membership": names})
        return choices[0]

    @verb(shapes.OpinionChange)
    def partial_update(self, opinion: Opinion, **sent: Any) -> Opinion:
        """Change your opinion: a draft at will, a given one until it is triaged, which keeps its history."""
        return actions.edit(opinion, by=self.user, **sent)

    @verb()
    def submit(self, opinion: Opinion) -> Opinion:
        """Give an opinion: it gets its number and phase, and organisation and sector as of now."""
        return actions.submit(opinion, by=self.user)

    @verb(may_leave_nothing=True)
    def withdraw(self, opinion: Opinion) -> Opinion | None:
        """Take back your opinion while it is not answered; of a draft nothing is left."""
        withdrawn = actions.withdraw(opinion, by=self.user)
        return withdrawn if withdrawn.pk else None

    @verb(shapes.Triage)
    def triage(self, opinion: Opinion, **sent: Any) -> Opinion:
        """Assign an opinion to the office that owes the answer (분류), by a day."""
        return actions.triage(opinion, by=self.user, **sent)

    @verb(shapes.NewDisposition)
    def dispose(self, opinion: Opinion, **sent: Any) -> Opinion:
        """Prepare the answer to an opinion (조치), or revise one that is not published yet."""
        actions.dispose(opinion, by=self.user, **sent)
        return opinion

    @question(shapes.RevisionSerializer, many=True)
    def revisions(self, opinion: Opinion) -> QuerySet[Revision]:
        """Read a given opinion's history, the newest first."""
        return shapes.RevisionSerializer.rows(self.user).filter(opinion=opinion)


class Dispositions(Readable):
    """Answers to opinions: published ones, and those in preparation for office and officers."""

    reads = shapes.DispositionSerializer
    filterset_class = DispositionFilters
