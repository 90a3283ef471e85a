"""Consultations, the replies to them, and what was entered for others."""

import io
from typing import Any

from django.http import FileResponse
from django.utils.translation import gettext as _
from rest_framework.exceptions import ValidationError
from rest_framework.response import Response

from council.api.filters import ConsultationFilters, ReplyFilters
from council.api.rendering import FileRenderer
from council.api.serializers import consultations as shapes
from council.api.serializers import exchange as files
from council.api.serializers import findings as voting
from council.api.serializers.opinions import OpinionSerializer
from council.api.views.base import Readable, question, verb
from council.api.views.bulk import bulk
from council.api.views.speaking import speaking
from council.core.permissions import require
from council.exchange import actions as exchange
from council.exchange.models import Export
from council.findings import actions as findings
from council.findings.models import Terms
from council.notifications.telling import answered, tellings
from council.opinions import actions
from council.opinions.figures import turnout
from council.opinions.models import Consultation, Opinion, Reply
from council.people.models import Membership
from council.people.scopes import Area


class Consultations(Readable):
    """Versions put before your councils; those in preparation for those who run the council only."""

    area = Area.OPINIONS
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

    @verb(shapes.MoreTime)
    def extend(self, consultation: Consultation, *, phase: str, **sent: Any) -> Consultation:
        """Give a phase more time (연장), with a reason everyone can read; one that is over runs again."""
        extended = consultation.phases.filter(kind=phase).first()
        if extended is None:
            require(self.user, "opinions.extend", consultation)
            raise ValidationError({"phase": [_("This consultation has no such phase.")]})
        actions.extend(extended, by=self.user, **sent)
        return consultation

    @verb()
    def remind(self, consultation: Consultation) -> Consultation:
        """Remind the organisations that still owe a reply."""
        return actions.remind(consultation, by=self.user)

    @verb()
    def release(self, consultation: Consultation) -> Consultation:
        """Publish all answers prepared so far together (결과 공개), and tell every author."""
        actions.release(consultation, by=self.user)
        return consultation

    @verb(shapes.Publicity)
    def publish_result(self, consultation: Consultation, *, public: bool) -> Consultation:
        """Let everybody read the result page without an account, or stop that."""
        return actions.publish_result(consultation, public=public, by=self.user)

    @verb(shapes.OfficialSet, gives=shapes.ReplySerializer)
    def submit_set(
        self, consultation: Consultation, *, membership: Membership | None = None, personal_data_checked: bool
    ) -> Reply:
        """Give your organisation's official set: every opinion taken into it, together or none."""
        membership = speaking(self.user, consultation, membership)
        return actions.submit_set(
            consultation, membership=membership, personal_data_checked=personal_data_checked, by=self.user
        )

    @verb(shapes.Speaking, gives=shapes.ReplySerializer)
    def reply_without_opinion(self, consultation: Consultation, *, membership: Membership | None = None) -> Reply:
        """Reply formally that your organisation has no opinion (의견 없음)."""
        membership = speaking(self.user, consultation, membership)
        return actions.reply_without_opinion(consultation, membership=membership, by=self.user)

    @verb(shapes.EnteredOpinion, gives=OpinionSerializer, status=201)
    def enter(self, consultation: Consultation, **sent: Any) -> Opinion:
        """Enter an opinion for someone else: spoken in the room, on paper or by mail."""
        return actions.enter(consultation, by=self.user, **sent)

    bulk_enter = bulk(enter, of_one=True)

    @verb(files.BlankForms, gives=files.ExportSerializer, status=201)
    def blank_forms(self, consultation: Consultation, **sent: Any) -> Export:
        """Ask for blank forms to hand out, one per organisation, with the passages filled in; several come as a ZIP."""
        return exchange.blank_forms(consultation, by=self.user, **sent)

    @question(bytes, asks=files.BlankForm, renderer_classes=[FileRenderer])
    def blank_form(
        self,
        consultation: Consultation,
        *,
        type: str,  # noqa: A002 - the word for it
        iso: bool,
        membership: Membership | None = None,
    ) -> FileResponse:
        """Download the blank form of the organisation you speak for, made out to it."""
        whose = speaking(self.user, consultation, membership).organisation
        file = io.BytesIO()
        name = exchange.blank_form_of(consultation, whose, format=type, iso=iso, by=self.user, to=file)
        file.seek(0)
        return FileResponse(file, as_attachment=True, filename=name)

    @question(shapes.TurnoutSerializer)
    def turnout(self, consultation: Consultation) -> dict[str, Any]:
        """Count who has replied, by sector and region; by organisation for those who run the council."""
        counted = turnout(consultation)
        runs_it = self.user.has_perm("opinions.remind", consultation)
        return {**vars(counted), "organisations": counted.organisations if runs_it else None}

    # --- agreeing and disagreeing

    @question(voting.TermsSerializer)
    def terms(self, consultation: Consultation) -> Terms:
        """Read under which terms members agree and disagree: who speaks in the open, which sectors are shown together."""
        return findings.terms_of(consultation)

    @verb(voting.FixedTerms, gives=voting.TermsSerializer)
    def fix_terms(self, consultation: Consultation, **sent: Any) -> Response:
        """Fix, before anyone votes, which sectors speak in the open."""
        return Response(voting.TermsSerializer(findings.fix_terms(consultation, by=self.user, **sent)).data)

    @question(OpinionSerializer, asks=voting.ForWhom, may_leave_nothing=True)
    def next_opinion(self, consultation: Consultation, *, membership: Membership | None = None) -> Any:
        """Ask for the next opinion to agree or disagree with; nothing (204) when all are answered."""
        whose = speaking(self.user, consultation, membership)
        found = findings.next_opinion(consultation, whose, self.user)
        return OpinionSerializer.rows(self.user).get(pk=found.pk) if found else Response(status=204)

    @question(voting.StandingSerializer, asks=voting.ForWhom)
    def standing(self, consultation: Consultation, *, membership: Membership | None = None) -> Any:
        """See how many opinions you answered, and where you stand on the map; nobody else sees it."""
        return findings.standing(consultation, speaking(self.user, consultation, membership), self.user)

    @question(shapes.LackingForReleaseSerializer)
    def lacking(self, consultation: Consultation) -> Any:
        """Look at what still lacks before the answers are published (공개 전 점검)."""
        require(self.user, "opinions.release", consultation)
        found = actions.lacking(consultation)
        return {**vars(found), "without_reference": found.without_reference.order_by("point__opinion__number")}

    @question(shapes.TellingSerializer, asks=shapes.TellingFilter, many=True)
    def telling(self, consultation: Consultation, *, state: str | None = None) -> Response:
        """Read whether authors of answered opinions were told (고지): by which channel, when, and whether it arrived."""
        require(self.user, "opinions.tell", consultation)
        opinions = answered(consultation).select_related("organisation", "author")
        if state:
            opinions = opinions.filter(telling=state)  # type: ignore[misc]  # an annotation of theirs
        page = self.paginate_queryset(opinions) or []
        return self.get_paginated_response(shapes.TellingSerializer(tellings(page), many=True).data)


class Replies(Readable):
    """Replies of organisations (회신): your own organisation's, and all of the councils you run."""

    area = Area.OPINIONS
    reads = shapes.ReplySerializer
    filterset_class = ReplyFilters
