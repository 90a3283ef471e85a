"""Giving an opinion: draft, edit, submit, withdraw; and agreeing with one instead of repeating it."""

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import Q
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from council.core import clock
from council.core.errors import Refused
from council.core.models import Sector
from council.core.permissions import require
from council.core.saving import change, check_revision, create
from council.documents.models import Passage
from council.journal.verbs import Verb
from council.opinions import personal_data
from council.opinions.actions.common import WORDS, count, lock, note, phase_now, replied
from council.opinions.models import Consultation, Opinion, Point, Reaction, Redaction, Reply, Revision
from council.people.models import Membership, User


@transaction.atomic
def draft(
    consultation: Consultation,
    passage: Passage,
    *,
    membership: Membership,
    by: User,
    current_text: str = "",
    **words: str,
) -> Opinion:
    """Begin an opinion on a passage, for the organisation of a membership. Nobody else sees it before it is submitted.

    Args:
        membership: The author's own, current membership in the council, which says for whom they speak.
        current_text: The words of the passage it is about; all of its text when empty.
        words: ``kind``, ``proposed_text``, ``reason``, ``audience``.

    Raises:
        ValidationError: The passage is of another version, or the quoted words do not stand in it.
        Refused: No phase runs now.
    """
    require(by, "opinions.give", consultation)
    check_membership(membership, consultation, by)
    phase_now(consultation)
    opinion = create(
        Opinion(
            council_id=consultation.council_id,
            consultation=consultation,
            passage=passage,
            current_text=quoted(consultation, passage, current_text),
            author=by,
            membership=membership,
            organisation_id=membership.organisation_id,
            sector=membership.sector,
            **words,
        )
    )
    note(Verb.OPINION_DRAFTED, opinion, by=by)
    return opinion


def check_membership(membership: Membership, consultation: Consultation, by: User) -> None:
    """Stop who speaks through a membership that is not theirs, has ended, or only observes."""
    own = membership.user_id == by.pk and membership.council_id == consultation.council_id
    if not own or not membership.covers(clock.today()) or membership.role == Membership.Role.OBSERVER:
        raise PermissionDenied("opinions.give")


def quoted(consultation: Consultation, passage: Passage, words: str) -> str:
    """The words of a passage an opinion is about; all of them when none are named.

    Raises:
        ValidationError: The passage is of another version, or the words do not stand in it.
    """
    if passage.version_id != consultation.version_id:
        raise ValidationError({"passage": _("This passage does not belong to the version asked about.")})
    quote = words.strip() or passage.text or passage.heading
    if quote not in passage.text and quote != passage.heading:
        raise ValidationError({"current_text": _("These words do not stand in the passage.")})
    return quote


@transaction.atomic
def edit(
    opinion: Opinion, *, by: User, revision: int | None = None, personal_data_checked: bool = False, **words: str
) -> Opinion:
    """Change an opinion's words: inside the organisation at will, a given one until somebody works on it.

    What was spoken and not confirmed yet can be corrected after the phase too, which confirms it unless whoever wrote
    it down corrects it; so can what they entered for somebody without an account.

    Args:
        revision: The revision the change was made on; a newer one refuses the change instead of losing it.
        personal_data_checked: That the author has seen what was found and wants it in.
    """
    opinion = lock(opinion)
    require(by, "opinions.edit", opinion)
    if opinion.state not in (*Opinion.INSIDE, Opinion.State.SUBMITTED) or opinion.state == Opinion.State.MERGED:
        raise Refused(_("The office is working on this opinion; it can no longer be changed."))
    check_revision(opinion.revision, revision)
    given = opinion.state == Opinion.State.SUBMITTED
    by_recorder = opinion.recorded_by_id == by.pk and opinion.author_id != by.pk
    if given:
        if not opinion.needs_confirming and not by_recorder:
            phase_now(opinion.consultation)
        check_words({name: words.get(name, getattr(opinion, name)) for name in WORDS}, checked=personal_data_checked)
    if any(getattr(opinion, name) != value for name, value in words.items()):
        confirmed = clock.now() if opinion.needs_confirming and not by_recorder else opinion.confirmed_at
        change(opinion, **words, confirmed_at=confirmed, revision=opinion.revision + 1)
        if given:
            keep_revision(opinion, by)
            count(opinion.consultation_id, said=1)
            Redaction.objects.filter(opinion=opinion).update(approved_at=None, approved_by=None)
            note(Verb.OPINION_EDITED, opinion, by=by, number=opinion.number)
    return opinion


def check_words(words: Mapping[str, str], *, checked: bool) -> None:
    """Check that an opinion says why, proposes wording where its kind asks for it, and names nobody by accident.

    A resident number may stand nowhere without a law that allows it (개인정보 보호법 24-2); other personal data only if
    the author has seen that it was found.

    Raises:
        ValidationError: With the field and what was found in it; the key ``personal_data`` is one the author may wave
            through.
    """
    errors: dict[str, str | Promise] = {}
    if not words["reason"].strip():
        errors["reason"] = _("Say why; the office can only answer what it understands.")
    if words["kind"] in Opinion.NEEDS_WORDING and not words["proposed_text"].strip():
        errors["proposed_text"] = _("Write the wording you propose, or choose another kind of opinion.")
    waved_through: list[personal_data.Found] = []
    for name in ("reason", "proposed_text"):
        found = personal_data.find(words[name])
        if any(each.kind == personal_data.Kind.RESIDENT_NUMBER for each in found):
            errors[name] = _("There is a resident registration number in this text. Take it out.")
        waved_through += [each for each in found if each.kind != personal_data.Kind.RESIDENT_NUMBER]
    if waved_through and not checked:
        errors["personal_data"] = _("This looks like personal data: %(found)s. Take it out, or say it may stay.") % {
            "found": ", ".join(f"{each.text} ({each.kind.label})" for each in waved_through)
        }
    if errors:
        raise ValidationError(errors)


def keep_revision(opinion: Opinion, by: User) -> None:
    """Keep an opinion's words as they read now."""
    Revision.objects.create(
        opinion=opinion, number=opinion.revision, by=by, **{name: getattr(opinion, name) for name in WORDS}
    )


@transaction.atomic
def submit(opinion: Opinion, *, by: User, personal_data_checked: bool = False) -> Opinion:
    """Give an opinion: it gets its number and phase, its organisation and sector as of now, and its first point.

    Raises:
        ValidationError: The reason is missing, the proposed wording where the kind asks for one, or personal data
            stands in it.
        Refused: It was given already, no phase runs now, or the organisation has someone else to give its word.
    """
    opinion = lock(opinion)
    require(by, "opinions.submit", opinion)
    if opinion.state not in (Opinion.State.DRAFT, Opinion.State.SHARED, Opinion.State.CHOSEN):
        raise Refused(_("This opinion has been given already."))
    membership = opinion.membership
    if membership is not None and not membership.speaks_officially:
        raise Refused(
            _("Your organisation's coordinator gives its opinions. Share this one with your organisation instead.")
        )
    give_all([opinion], by=by, personal_data_checked=personal_data_checked)
    return opinion


def give_all(opinions: list[Opinion], *, by: User, personal_data_checked: bool = False) -> None:
    """Give locked opinions of one consultation, in their order; for verbs that have asked everything else."""
    consultation = Consultation.objects.select_for_update().get(pk=opinions[0].consultation_id)
    phase = phase_now(consultation)
    number = last_number(consultation)
    for opinion in opinions:
        check_words({name: getattr(opinion, name) for name in WORDS}, checked=personal_data_checked)
        number += 1
        sender = opinion.membership
        assert sender is not None  # noqa: S101 - what is written here has an author and a membership
        change(
            opinion,
            state=Opinion.State.SUBMITTED,
            phase=phase.kind,
            number=number,
            submitted_at=clock.now(),
            organisation_id=sender.organisation_id,
            sector=sender.sector,
        )
        keep_revision(opinion, by)
        create(Point(council_id=opinion.council_id, consultation=consultation, opinion=opinion))
        note(Verb.OPINION_SUBMITTED, opinion, by=by, number=opinion.number, title=consultation.title)
    count(consultation.pk, submitted=len(opinions), said=1)
    replied(consultation, {opinion.organisation_id for opinion in opinions}, by=by, membership=opinions[0].membership)


def last_number(consultation: Consultation) -> int:
    """The highest number given so far; the consultation is locked."""
    numbers = consultation.opinions.order_by("-number").exclude(number=None).values_list("number", flat=True)
    return numbers.first() or 0


@transaction.atomic
def give(
    consultation: Consultation,
    passage: Passage,
    *,
    membership: Membership,
    by: User,
    personal_data_checked: bool = False,
    **words: str,
) -> Opinion:
    """Draft and submit an opinion in one go: it is given whole, or nothing is kept of it."""
    drafted = draft(consultation, passage, membership=membership, by=by, **words)
    return submit(drafted, by=by, personal_data_checked=personal_data_checked)


@transaction.atomic
def withdraw(opinion: Opinion, *, by: User) -> Opinion:
    """Take back an opinion nothing of which is answered yet; what never left the organisation is simply gone."""
    opinion = lock(opinion)
    require(by, "opinions.withdraw", opinion)
    if opinion.is_inside:
        note(Verb.DRAFT_DELETED, opinion, by=by)
        opinion.delete()
        return opinion
    answered = opinion.points.exclude(state__in=Point.UNANSWERED).exists()
    if answered or opinion.state not in Opinion.UNANSWERED:
        raise Refused(_("This opinion has been answered; it can no longer be withdrawn."))
    change(opinion, state=Opinion.State.WITHDRAWN)
    count(opinion.consultation_id, submitted=-1, said=1)
    said = {"consultation": opinion.consultation_id, "organisation": opinion.organisation_id}
    if not Opinion.objects.given().filter(**said).exists():
        Reply.objects.filter(**said).delete()
    note(Verb.OPINION_WITHDRAWN, opinion, by=by, number=opinion.number, title=opinion.consultation.title)
    return opinion


@transaction.atomic
def react(opinion: Opinion, *, value: int | None, membership: Membership, by: User) -> Reaction | None:
    """Agree (1), disagree (-1) or pass (0) on an opinion for one's organisation, as an expert for oneself.

    One vote each, changeable until the last phase closes. Votes stand in no journal entry, so that nobody can read who
    voted how.

    Args:
        value: The vote; ``None`` takes it back.

    Raises:
        Refused: The window is closed, or it is one's own opinion.
    """
    require(by, "opinions.react", opinion)
    check_membership(membership, opinion.consultation, by)
    opinion = lock(opinion)
    if opinion.state in Opinion.NOT_GIVEN or not opinion.consultation.is_taking_reactions:
        raise Refused(_("One can agree or disagree only while the consultation runs."))
    expert = membership.sector == Sector.EXPERT
    if opinion.author_id == by.pk or (not expert and opinion.organisation_id == membership.organisation_id):
        raise Refused(_("This is your own organisation's opinion."))
    voter: dict[str, Any] = {"by": by} if expert else {"organisation_id": membership.organisation_id}
    same_kind = Q(sector=Sector.EXPERT) if expert else ~Q(sector=Sector.EXPERT)
    mine = Reaction.objects.filter(same_kind, opinion=opinion, **voter)
    existing = mine.first()
    if value is None:
        mine.delete()
        return None
    if existing:
        change(existing, value=value, by=by, at=clock.now())
        return existing
    return create(
        Reaction(
            council_id=opinion.council_id,
            consultation=opinion.consultation,
            opinion=opinion,
            organisation_id=membership.organisation_id,
            sector=membership.sector,
            by=by,
            value=value,
        )
    )
