"""Opinions: given, discussed inside an organisation, agreed with, kept in order."""

from typing import Any

from django.db.models import QuerySet

from council.api.filters import CampaignFilters, OpinionFilters, RedactionFilters, ReportFilters
from council.api.serializers import opinions as shapes
from council.api.serializers.base import Reason
from council.api.serializers.consultations import ToldSerializer
from council.api.views.base import Readable, question, verb
from council.api.views.bulk import bulk
from council.api.views.speaking import speaking
from council.documents.models import Passage
from council.opinions import actions
from council.opinions.alike import alike
from council.opinions.models import Consultation, Opinion, Redaction, Remark, Report, Revision, Told
from council.people.models import Membership
from council.people.scopes import Area


class Opinions(Readable):
    """Opinions on passages: your own and your organisation's, those given to your councils, and what your office answers."""

    area = Area.OPINIONS
    reads = shapes.OpinionSerializer
    filterset_class = OpinionFilters

    @verb(shapes.NewOpinion)
    def create(
        self,
        *,
        consultation: Consultation,
        submit: bool,
        personal_data_checked: bool,
        membership: Membership | None = None,
        **sent: Any,
    ) -> Opinion:
        """Begin an opinion on a passage, or give it at once with ``submit``."""
        sent |= {"membership": speaking(self.user, consultation, membership), "by": self.user}
        if submit:
            return actions.give(consultation, personal_data_checked=personal_data_checked, **sent)
        return actions.draft(consultation, **sent)

    bulk_create = bulk(create)

    @verb(shapes.OpinionChange)
    def partial_update(self, opinion: Opinion, **sent: Any) -> Opinion:
        """Change an opinion: inside your organisation at will, a given one until it is triaged, which keeps its history."""
        return actions.edit(opinion, by=self.user, **sent)

    @verb(shapes.Checked)
    def submit(self, opinion: Opinion, **sent: Any) -> Opinion:
        """Give an opinion: it gets its number and phase, and organisation and sector as of now."""
        return actions.submit(opinion, by=self.user, **sent)

    bulk_submit = bulk(submit)

    @verb(may_leave_nothing=True)
    def withdraw(self, opinion: Opinion) -> Opinion | None:
        """Take back an opinion while nothing of it is answered; of one that was not given nothing is left."""
        withdrawn = actions.withdraw(opinion, by=self.user)
        return withdrawn if withdrawn.pk else None

    @question(shapes.RevisionSerializer, many=True)
    def revisions(self, opinion: Opinion) -> QuerySet[Revision]:
        """Read a given opinion's history, the newest first."""
        return shapes.RevisionSerializer.rows(self.user).filter(opinion=opinion)

    @question(shapes.SimilarSerializer, asks=shapes.Writing, detail=False)
    def similar(self, *, text: str, passage: Passage) -> dict[str, list[Opinion]]:
        """Find opinions given on a passage that already say what you are writing, to agree instead of repeating."""
        return {"similar": alike(text, passage, user=self.user)}

    # --- inside an organisation

    @verb()
    def share(self, opinion: Opinion) -> Opinion:
        """Put your draft before your own organisation; colleagues can comment, the coordinator can take it over."""
        return actions.share(opinion, by=self.user)

    @verb(shapes.NewRemark, gives=shapes.RemarkSerializer, status=201)
    def remark(self, opinion: Opinion, *, text: str) -> Remark:
        """Comment on what a colleague shares; it never leaves the organisation."""
        return actions.remark(opinion, text=text, by=self.user)

    @question(shapes.RemarkSerializer, many=True)
    def remarks(self, opinion: Opinion) -> QuerySet[Remark]:
        """Read what colleagues say of an opinion, the newest first."""
        return shapes.RemarkSerializer.rows(self.user).filter(opinion=opinion)

    @verb()
    def choose(self, opinion: Opinion) -> Opinion:
        """Take a colleague's opinion into your organisation's official set."""
        return actions.choose(opinion, by=self.user)

    @verb()
    def keep_inside(self, opinion: Opinion) -> Opinion:
        """Leave an opinion out of the official set; as dissent it stays inside the organisation."""
        return actions.keep_inside(opinion, by=self.user)

    @verb(shapes.Merging, status=201, detail=False)
    def merge(self, **sent: Any) -> Opinion:
        """Make one opinion of several on the same passage; it joins your organisation's official set."""
        return actions.merge(by=self.user, **sent)

    @verb()
    def confirm(self, opinion: Opinion) -> Opinion:
        """Say that what was written down is what you said; to correct it, change it."""
        return actions.confirm(opinion, by=self.user)

    # --- among each other

    @verb(shapes.Vote)
    def react(self, opinion: Opinion, *, value: int | None, membership: Membership | None = None) -> Opinion:
        """Agree, disagree or pass, one vote for each organisation and expert, until the last phase closes."""
        membership = speaking(self.user, opinion, membership)
        actions.react(opinion, value=value, membership=membership, by=self.user)
        return opinion

    @verb(Reason, gives=shapes.ReportSerializer, status=201)
    def report(self, opinion: Opinion, *, reason: str) -> Report:
        """Report an opinion that breaks the rules of conduct (신고) to those who run the council."""
        return actions.report(opinion, reason=reason, by=self.user)

    @verb(Reason)
    def hide(self, opinion: Opinion, *, reason: str) -> Opinion:
        """Hide an opinion from the council, with a reason its author is told; it is still counted and answered."""
        return actions.hide(opinion, reason=reason, by=self.user)

    @verb(Reason)
    def restore(self, opinion: Opinion, *, reason: str) -> Opinion:
        """Show a hidden opinion again, and say why."""
        return actions.restore(opinion, reason=reason, by=self.user)

    @verb()
    def dismiss_reports(self, opinion: Opinion) -> Opinion:
        """Leave a reported opinion as it is."""
        return actions.dismiss_reports(opinion, by=self.user)

    @verb(shapes.Redacting, gives=shapes.RedactionSerializer, status=201)
    def redact(self, opinion: Opinion, **sent: Any) -> Redaction:
        """Prepare the form in which others may read a confidential opinion (공개본); the other side approves it."""
        return actions.redact(opinion, by=self.user, **sent)

    # --- answering; the answers themselves are the points'

    @verb(shapes.Splitting)
    def split(self, opinion: Opinion, *, gists: list[str]) -> Opinion:
        """Say which matters an opinion raises (쟁점 분리); each becomes a point to be answered by itself."""
        actions.split(opinion, gists=gists, by=self.user)
        return opinion

    @verb(shapes.Telling, gives=ToldSerializer, status=201)
    def tell(self, opinion: Opinion, **sent: Any) -> Told:
        """Note that an author was told of the result outside the product (고지), e.g. by letter."""
        return actions.tell_author(opinion, by=self.user, **sent)


class Redactions(Readable):
    """Forms in which others may read confidential opinions (공개본); those not approved yet for the two sides only."""

    area = Area.OPINIONS
    reads = shapes.RedactionSerializer
    filterset_class = RedactionFilters

    @verb()
    def approve(self, redaction: Redaction) -> Redaction:
        """Approve a form the other side prepared; the council can read it from now on."""
        return actions.approve_redaction(redaction, by=self.user)


class Reports(Readable):
    """Reports (신고): your own, and all of the councils you run."""

    area = Area.OPINIONS
    reads = shapes.ReportSerializer
    filterset_class = ReportFilters


class Campaigns(Readable):
    """Near-identical opinions, linked so that they can be read and answered together."""

    area = Area.OPINIONS
    reads = shapes.CampaignSerializer
    filterset_class = CampaignFilters
