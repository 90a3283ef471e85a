"""Whether minutes have everything the law asks for (공공기록물법 시행령 18 (2)): what is missing, a sentence each."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.db import models
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from council.decisions.models import Ballot, Decision, Minutes, Section
from council.decisions.models.minutes import attendees
from council.meetings.models import AgendaItem, Meeting


class Part(models.TextChoices):
    """The parts minutes have by law, in its order."""

    NAME = "name", _("Name of the meeting")
    HOST = "host", _("Host")
    TIME = "time", _("Date and time")
    PLACE = "place", _("Place")
    ATTENDEES = "attendees", _("Attendees")
    OBSERVERS = "observers", _("Observers and guests")
    ORDER = "order", _("Order of business")
    AGENDA = "agenda", _("Agenda")
    STATEMENTS = "statements", _("Gist of what was said")
    DECISIONS = "decisions", _("Decisions")
    VOTES = "votes", _("Votes")


@dataclass(frozen=True)
class Missing:
    """A part that is missing, and where it is put right."""

    part: Part
    sentence: str | Promise
    url: str


def lacking(minutes: Minutes) -> list[Missing]:
    """What minutes still lack, in the order of the law."""
    items = list(minutes.meeting.items.order_by("position"))
    return [*_of_the_meeting(minutes.meeting, items), *_of_the_text(minutes, items)]


def _of_the_meeting(meeting: Meeting, items: list[AgendaItem]) -> Iterator[Missing]:
    if not meeting.title.strip():
        yield Missing(Part.NAME, _("The meeting has no name."), meeting.get_absolute_url())
    if meeting.state != Meeting.State.CLOSED:
        yield Missing(Part.TIME, _("The meeting is not over yet."), meeting.get_absolute_url())
    needs_place = meeting.mode != Meeting.Mode.ONLINE and meeting.kind != Meeting.Kind.WRITTEN
    if needs_place and not meeting.place.strip():
        yield Missing(Part.PLACE, _("The meeting has no place."), meeting.get_absolute_url())
    if not attendees(meeting).exists():
        url = reverse("web:attendance", args=[meeting.pk])
        yield Missing(Part.ATTENDEES, _("Nobody is noted as having been there."), url)
    if not items:
        yield Missing(Part.AGENDA, _("The agenda is empty."), meeting.get_absolute_url())


def _of_the_text(minutes: Minutes, items: list[AgendaItem]) -> Iterator[Missing]:
    sections = list(minutes.sections.select_related("minutes", "item"))
    text_of = {section.item_id: section.text for section in sections if section.item_id}
    whole = "\n".join(section.text for section in sections)
    meeting = minutes.meeting
    for item in items:
        if item.pk not in text_of:
            sentence = format_lazy(_("{item} has no section."), item=str(item))
            yield Missing(Part.ORDER, sentence, minutes.get_absolute_url())
    for section in sections:
        if section.kind == Section.Kind.ITEM and not section.text.strip():
            sentence = format_lazy(_("Nothing is written on “{section}”."), section=section.heading)
            yield Missing(Part.STATEMENTS, sentence, reverse("web:section", args=[section.pk]))
    yield from _of_the_results(meeting, items, whole, {section.item_id: section for section in sections})


def _of_the_results(
    meeting: Meeting, items: list[AgendaItem], whole: str, sections: dict[object, Section]
) -> Iterator[Missing]:
    decisions, ballots = list(Decision.objects.filter(meeting=meeting)), list(Ballot.objects.filter(meeting=meeting))
    resolved = {each.item_id for each in decisions} | {each.item_id for each in ballots}
    for item in items:
        if item.pk in resolved or (item.kind, item.state) != (AgendaItem.Kind.DECISION, AgendaItem.State.DONE):
            continue
        sentence = format_lazy(_("“{item}” was to be decided, and no decision or ballot is recorded."), item=str(item))
        yield Missing(Part.DECISIONS, sentence, item.get_absolute_url())
    for decision in decisions:
        if decision.number not in whole and decision.title not in whole:
            sentence = format_lazy(_("Decision {number} is not in the text."), number=decision.number)
            yield Missing(Part.DECISIONS, sentence, _where(sections, decision.item_id, meeting))
    for ballot in ballots:
        if ballot.state == Ballot.State.OPEN:
            sentence = format_lazy(_("The ballot on “{question}” is still open."), question=ballot.question)
            yield Missing(Part.VOTES, sentence, ballot.get_absolute_url())
        elif ballot.state == Ballot.State.CLOSED and ballot.question not in whole:
            sentence = format_lazy(_("The vote on “{question}” is not in the text."), question=ballot.question)
            yield Missing(Part.VOTES, sentence, _where(sections, ballot.item_id, meeting))


def _where(sections: dict[object, Section], item: object, meeting: Meeting) -> str:
    section = sections.get(item)
    return reverse("web:section", args=[section.pk]) if section else reverse("web:minutes", args=[meeting.pk])
