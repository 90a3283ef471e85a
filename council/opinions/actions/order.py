"""Keeping order: report, hide with a reason, restore; redact what is confidential; link what is near-identical."""

from django.core.exceptions import PermissionDenied
from django.db import connection, transaction
from django.db.models import F
from django.utils.translation import gettext_lazy as _

from council.core import clock
from council.core.errors import Refused
from council.core.permissions import require
from council.core.saving import change, create
from council.journal.actions import record
from council.journal.verbs import Verb
from council.opinions import similarity
from council.opinions.actions.common import lock, note
from council.opinions.models import Campaign, Consultation, Opinion, Redaction, Report
from council.opinions.rules import is_colleague
from council.people.models import User
from council.people.rules import runs_council

LEAST_LETTERS = 20
CAMPAIGN_LOCK = 0xCA3B


@transaction.atomic
def report(opinion: Opinion, *, reason: str, by: User) -> Report:
    """신고: tell those who run the council that an opinion breaks the rules of conduct.

    Raises:
        ValidationError: Nothing is said, or one has reported it already.
    """
    require(by, "opinions.report", opinion)
    made = create(
        Report(
            council_id=opinion.council_id,
            consultation_id=opinion.consultation_id,
            opinion=opinion,
            reason=reason,
            by=by,
        )
    )
    record(Verb.OPINION_REPORTED, opinion, by=by, number=opinion.number, title=opinion.consultation.title)
    return made


@transaction.atomic
def hide(opinion: Opinion, *, reason: str, by: User) -> Opinion:
    """Hide an opinion from the council, with a reason its author is told. It is still counted and answered.

    Raises:
        Refused: It is hidden already, or was not given.
    """
    opinion = lock(opinion)
    require(by, "opinions.moderate", opinion)
    if opinion.hidden_at or opinion.state in Opinion.NOT_GIVEN:
        raise Refused(_("Only a given opinion that is not hidden yet can be hidden."))
    change(opinion, hidden_at=clock.now(), hidden_reason=reason)
    _handle_reports(opinion, by)
    note(Verb.OPINION_HIDDEN, opinion, by=by, number=opinion.number, title=opinion.consultation.title, reason=reason)
    return opinion


@transaction.atomic
def restore(opinion: Opinion, *, reason: str, by: User) -> Opinion:
    """Show a hidden opinion again, and say why."""
    opinion = lock(opinion)
    require(by, "opinions.moderate", opinion)
    if opinion.hidden_at is None:
        raise Refused(_("This opinion is not hidden."))
    change(opinion, hidden_at=None, hidden_reason="")
    note(Verb.OPINION_RESTORED, opinion, by=by, number=opinion.number, title=opinion.consultation.title, reason=reason)
    return opinion


@transaction.atomic
def dismiss_reports(opinion: Opinion, *, by: User) -> Opinion:
    """Leave a reported opinion as it is.

    Raises:
        Refused: No report of it is open.
    """
    opinion = lock(opinion)
    require(by, "opinions.moderate", opinion)
    if not _handle_reports(opinion, by):
        raise Refused(_("No report of this opinion is open."))
    note(Verb.REPORT_DISMISSED, opinion, by=by, number=opinion.number, title=opinion.consultation.title)
    return opinion


def _handle_reports(opinion: Opinion, by: User) -> int:
    return Report.objects.open().filter(opinion=opinion).update(handled_by=by, handled_at=clock.now())


@transaction.atomic
def redact(opinion: Opinion, *, reason: str, by: User, proposed_text: str = "") -> Redaction:
    """Prepare the form in which others may read a confidential opinion; the other side approves it.

    Raises:
        Refused: The opinion is not confidential, or was not given.
    """
    opinion = lock(opinion)
    require(by, "opinions.redact", opinion)
    if opinion.audience != Opinion.Audience.CONFIDENTIAL or opinion.state in Opinion.NOT_GIVEN:
        raise Refused(_("Only a given, confidential opinion needs a redacted form."))
    values = {
        "reason": reason,
        "proposed_text": proposed_text,
        "prepared_by": by,
        "by_officers": bool(runs_council(by, opinion)) and not is_colleague(by, opinion),
        "approved_by": None,
        "approved_at": None,
    }
    redaction = Redaction.objects.filter(opinion=opinion).first()
    if redaction:
        change(redaction, **values)
    else:
        redaction = create(Redaction(council_id=opinion.council_id, opinion=opinion, **values))
    record(
        Verb.REDACTION_PREPARED,
        redaction,
        by=by,
        organisation_id=opinion.organisation_id,
        number=opinion.number,
        title=opinion.consultation.title,
    )
    return redaction


@transaction.atomic
def approve_redaction(redaction: Redaction, *, by: User) -> Redaction:
    """Approve a redacted form the other side prepared; the council can read it from now on.

    Raises:
        PermissionDenied: It was prepared by one's own side.
        Refused: It is approved already.
    """
    opinion = lock(redaction.opinion)
    redaction = Redaction.objects.select_for_update().get(pk=redaction.pk)
    require(by, "opinions.redact", opinion)
    other_side = is_colleague(by, opinion) if redaction.by_officers else runs_council(by, opinion)
    alone = redaction.by_officers and opinion.author_id is None and runs_council(by, opinion)
    if redaction.prepared_by_id == by.pk or not (other_side or alone):
        raise PermissionDenied("opinions.redact")
    if redaction.approved_at:
        raise Refused(_("This redacted form is approved already."))
    change(redaction, approved_by=by, approved_at=clock.now())
    record(
        Verb.REDACTION_APPROVED,
        redaction,
        by=by,
        organisation_id=opinion.organisation_id,
        number=opinion.number,
        title=opinion.consultation.title,
    )
    return redaction


@transaction.atomic
def recognise_campaigns() -> int:
    """Link near-identical opinions of one consultation that has grown since they were last looked for. By the clock.

    Links follow the words: an opinion leaves a campaign when it no longer reads like it. Nothing is deleted, hidden or
    answered by it.

    Returns:
        How many campaigns the consultation has; -1 where nothing has changed anywhere.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [CAMPAIGN_LOCK])
        [is_ours] = cursor.fetchone()
    consultation = Consultation.objects.exclude(compared=F("said")).order_by("id").first()
    if consultation is None or not is_ours:
        return -1
    rows = list(consultation.opinions.given().order_by("number").values_list("pk", "proposed_text", "reason"))
    texts = [f"{proposed} {reason}" for _pk, proposed, reason in rows]
    groups = [group for group in similarity.campaigns(texts) if len(texts[group[0]]) >= LEAST_LETTERS]
    known = dict(consultation.campaigns.values_list("first", "pk"))
    campaigns = [
        Campaign(
            **({"pk": known[rows[group[0]][0]]} if rows[group[0]][0] in known else {}),
            council_id=consultation.council_id,
            consultation=consultation,
            first_id=rows[group[0]][0],
            size=len(group),
        )
        for group in groups
    ]
    consultation.campaigns.exclude(pk__in=[campaign.pk for campaign in campaigns]).delete()
    Campaign.objects.bulk_create(
        campaigns, update_conflicts=True, unique_fields=["id"], update_fields=["size", "modified_at"]
    )
    linked = {rows[index][0]: campaign for campaign, group in zip(campaigns, groups, strict=True) for index in group}
    moved = [
        Opinion(pk=pk, campaign=linked.get(pk))
        for pk, campaign in consultation.opinions.given().values_list("pk", "campaign")
        if campaign != (linked[pk].pk if pk in linked else None)
    ]
    Opinion.objects.bulk_update(moved, ["campaign"], batch_size=2000)
    Consultation.objects.filter(pk=consultation.pk).update(compared=consultation.said)
    if moved:
        record(Verb.CAMPAIGNS_RECOGNISED, consultation, by=None, title=consultation.title, number=len(campaigns))
    return len(campaigns)
