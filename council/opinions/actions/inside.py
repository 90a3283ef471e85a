"""An organisation finds one voice: members share drafts and comment, the coordinator chooses, merges and submits."""

from collections import defaultdict
from collections.abc import Sequence

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from council.core import clock
from council.core.errors import Refused
from council.core.permissions import require
from council.core.saving import change, create
from council.journal.actions import record
from council.journal.verbs import Verb
from council.opinions.actions.common import WORDS, lock, lock_all, note, phase_now
from council.opinions.actions.giving import check_words, give_all
from council.opinions.models import Consultation, Opinion, Remark, Reply
from council.people.models import Membership, User

STATE = Opinion.State
UNDER_DISCUSSION = (STATE.SHARED, STATE.CHOSEN, STATE.KEPT)


@transaction.atomic
def share(opinion: Opinion, *, by: User) -> Opinion:
    """Put a draft before one's own organisation; colleagues can comment, the coordinator can take it over."""
    opinion = lock(opinion)
    require(by, "opinions.share", opinion)
    if opinion.state != STATE.DRAFT:
        raise Refused(_("Only a draft can be shared."))
    change(opinion, state=STATE.SHARED)
    note(Verb.OPINION_SHARED, opinion, by=by, title=opinion.consultation.title)
    return opinion


@transaction.atomic
def remark(opinion: Opinion, *, text: str, by: User) -> Remark:
    """Comment on a colleague's draft; the comment never leaves the organisation."""
    opinion = lock(opinion)
    require(by, "opinions.remark", opinion)
    if opinion.state == STATE.DRAFT or not opinion.is_inside:
        raise Refused(_("Only what is shared in the organisation and not given yet can be commented on."))
    made = create(
        Remark(
            council_id=opinion.council_id, organisation_id=opinion.organisation_id, opinion=opinion, text=text, by=by
        )
    )
    note(Verb.OPINION_REMARKED, opinion, by=by, title=opinion.consultation.title)
    return made


@transaction.atomic
def choose(opinion: Opinion, *, by: User) -> Opinion:
    """Take a colleague's opinion into the organisation's official set."""
    return _decide(opinion, STATE.CHOSEN, Verb.OPINION_CHOSEN, by)


@transaction.atomic
def keep_inside(opinion: Opinion, *, by: User) -> Opinion:
    """Leave an opinion out of the official set; as dissent it stays inside the organisation."""
    return _decide(opinion, STATE.KEPT, Verb.OPINION_KEPT_INSIDE, by)


def _decide(opinion: Opinion, state: Opinion.State, verb: Verb, by: User) -> Opinion:
    opinion = lock(opinion)
    require(by, "opinions.coordinate", opinion)
    if opinion.state not in UNDER_DISCUSSION:
        raise Refused(_("Only what is shared in the organisation and not given yet can be decided on."))
    change(opinion, state=state)
    note(verb, opinion, by=by, title=opinion.consultation.title)
    return opinion


@transaction.atomic
def merge(opinions: Sequence[Opinion], *, by: User, **words: str) -> Opinion:
    """Make one opinion of several on the same passage; it joins the official set, and the others stay behind it.

    Args:
        opinions: At least two, shared in one organisation.
        words: ``kind``, ``proposed_text``, ``reason``, ``audience`` of the merged one; those of the first when left
            out, with the reasons of all.
    """
    locked = lock_all(opinion.pk for opinion in opinions)
    parts = [locked[opinion.pk] for opinion in opinions if opinion.pk in locked]
    if len(parts) < 2:
        raise ValidationError({"opinions": _("Choose at least two opinions to merge.")})
    for part in parts:
        require(by, "opinions.coordinate", part)
        if part.state not in UNDER_DISCUSSION:
            raise Refused(_("Only what is shared in the organisation and not given yet can be merged."))
    first = parts[0]
    if any((part.passage_id, part.organisation_id) != (first.passage_id, first.organisation_id) for part in parts):
        raise ValidationError({"opinions": _("Only opinions on the same passage can be merged.")})
    whose = Membership.objects.current().speaking().filter(user=by.pk, council=first.council_id)
    own = {"kind": first.kind, "proposed_text": first.proposed_text, "audience": first.audience}
    own["reason"] = "\n\n".join(part.reason for part in parts if part.reason.strip())
    merged = create(
        Opinion(
            council_id=first.council_id,
            consultation=first.consultation,
            passage_id=first.passage_id,
            current_text=first.current_text,
            author=by,
            membership=whose.filter(organisation=first.organisation_id).earliest("id"),
            organisation_id=first.organisation_id,
            sector=first.sector,
            state=STATE.CHOSEN,
            **(own | words),
        )
    )
    for part in parts:
        change(part, state=STATE.MERGED, merged_into=merged)
        note(Verb.OPINION_MERGED, part, by=by, title=first.consultation.title)
    return merged


@transaction.atomic
def submit_set(
    consultation: Consultation, *, membership: Membership, by: User, personal_data_checked: bool = False
) -> Reply:
    """Give the organisation's official set: every opinion taken into it, together or none.

    Raises:
        ValidationError: One of them lacks something; the message names its passage.
        Refused: The set is empty, or no phase runs now.
    """
    require(by, "opinions.reply", membership)
    _check_council(consultation, membership)
    phase_now(consultation)
    mine = consultation.opinions.filter(organisation=membership.organisation_id, state=STATE.CHOSEN)
    locked = lock_all(mine.values_list("pk", flat=True))
    chosen = [opinion for opinion in locked.values() if opinion.state == STATE.CHOSEN]
    if not chosen:
        raise Refused(_("No opinion is in the official set yet. Take some into it, or reply that there is none."))
    for opinion in chosen:
        if not _still_speaks(opinion):
            change(opinion, author=by, membership=membership)
    _check_set(chosen, checked=personal_data_checked)
    give_all(chosen, by=by, personal_data_checked=personal_data_checked)
    reply = Reply.objects.get(consultation=consultation, organisation=membership.organisation_id)
    record(
        Verb.SET_SUBMITTED,
        reply,
        by=by,
        organisation_id=membership.organisation_id,
        title=consultation.title,
        organisation=membership.organisation.name,
        number=len(chosen),
    )
    return reply


def _check_set(chosen: Sequence[Opinion], *, checked: bool) -> None:
    """Look at the words of all, and name the passages of those that lack something."""
    problems = defaultdict(list)
    for opinion in chosen:
        try:
            check_words({name: getattr(opinion, name) for name in WORDS}, checked=checked)
        except ValidationError as error:
            for field, sentences in error.message_dict.items():
                named = {"passage": opinion.passage, "problem": " ".join(sentences)}
                problems[field].append(_("%(passage)s: %(problem)s") % named)
    if problems:
        raise ValidationError(dict(problems))


def _still_speaks(opinion: Opinion) -> bool:
    return opinion.membership is not None and opinion.membership.covers(clock.today())


@transaction.atomic
def reply_without_opinion(consultation: Consultation, *, membership: Membership, by: User) -> Reply:
    """의견 없음: reply formally that the organisation has no opinion.

    Raises:
        Refused: No phase runs now, or the organisation has given opinions.
    """
    require(by, "opinions.reply", membership)
    _check_council(consultation, membership)
    phase_now(consultation)
    Consultation.objects.select_for_update().get(pk=consultation.pk)
    if consultation.opinions.given().filter(organisation=membership.organisation_id).exists():
        raise Refused(_("Your organisation has given opinions already."))
    reply, made = Reply.objects.get_or_create(
        consultation=consultation,
        organisation_id=membership.organisation_id,
        defaults={
            "council_id": consultation.council_id,
            "kind": Reply.Kind.NONE,
            "by": by,
            "membership": membership,
        },
    )
    if not made and reply.kind == Reply.Kind.NONE:
        raise Refused(_("Your organisation has replied already that it has no opinion."))
    change(reply, kind=Reply.Kind.NONE, by=by, membership=membership)
    record(
        Verb.NO_OPINION_REPLIED,
        reply,
        by=by,
        organisation_id=membership.organisation_id,
        title=consultation.title,
        organisation=membership.organisation.name,
    )
    return reply


def _check_council(consultation: Consultation, membership: Membership) -> None:
    if membership.council_id != consultation.council_id:
        raise ValidationError({"membership": _("This belongs to another council.")})
