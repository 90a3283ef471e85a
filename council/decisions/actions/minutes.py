"""Writing minutes: drafted from what happened, revised section by section, by as many people as there are sections."""

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from council.core.errors import Refused
from council.core.permissions import require
from council.core.saving import change, check_revision, create
from council.decisions import drafting
from council.decisions.models import Minutes, Section, SectionRevision
from council.journal.actions import record
from council.journal.verbs import Verb
from council.meetings.models import AgendaItem, Meeting
from council.people.models import User

KIND = Section.Kind


@transaction.atomic
def draft_minutes(meeting: Meeting, *, by: User) -> Minutes:
    """Begin the minutes of a meeting: an opening, a section for each item in order, a closing, drafted from what happened.

    Where they are begun already, items that have no section yet get one.

    Raises:
        Refused: The meeting has not begun, or was called off, or its minutes are circulated or approved.
    """
    require(by, "decisions.write_minutes", meeting)
    meeting = Meeting.objects.select_for_update(of=("self",)).select_related("council__operator").get(pk=meeting.pk)
    if meeting.state not in (Meeting.State.RUNNING, Meeting.State.CLOSED):
        raise Refused(_("Minutes are written of a meeting that has begun."))
    minutes = Minutes.objects.filter(meeting=meeting).first()
    is_new = minutes is None
    if minutes is None:
        minutes = create(Minutes(council=meeting.council, meeting=meeting))
    hold(minutes, Minutes.State.DRAFT)
    _lay_sections(minutes, by)
    if is_new:
        record(Verb.MINUTES_DRAFTED, minutes, by=by, title=meeting.title)
    return minutes


def _lay_sections(minutes: Minutes, by: User) -> None:
    """Put the sections into the order of the agenda, and draft those that are missing."""
    known = {(section.kind, section.item_id): section for section in minutes.sections.all()}
    items = list(minutes.meeting.items.select_related("meeting").order_by("position"))
    wanted: list[tuple[str, AgendaItem | None]] = [(KIND.OPENING, None), *((KIND.ITEM, item) for item in items)]
    for position, (kind, item) in enumerate([*wanted, (KIND.CLOSING, None)]):
        if section := known.get((kind, item.pk if item else None)):
            change(section, position=position)
        else:
            _draft_section(minutes, kind, item, position, by)


def _draft_section(minutes: Minutes, kind: str, item: AgendaItem | None, position: int, by: User) -> Section:
    section = Section(
        council_id=minutes.council_id,
        minutes=minutes,
        kind=kind,
        item=item,
        position=position,
        heading=drafting.heading(kind, item)[:220],
        closed=bool(item and item.closed) or minutes.meeting.closed,
    )
    section.text = section.drafted = drafting.draft(section)
    create(section)
    create(SectionRevision(section=section, revision=section.revision, text=section.text, by=by))
    return section


@transaction.atomic
def redraft_section(section: Section, *, by: User) -> Section:
    """Take in what happened since a section was drafted.

    A section nobody edited is drafted anew; below one that was edited come the lines that are new. Nothing written is
    lost.

    Raises:
        Refused: The minutes are circulated or approved.
    """
    require(by, "decisions.write_minutes", section)
    hold(section.minutes, Minutes.State.DRAFT)
    section = locked(section)
    fresh = drafting.draft(section)
    if section.text == section.drafted:
        text = fresh
    else:
        text = "\n".join(filter(None, [section.text.rstrip(), drafting.came_since(section.drafted, fresh)]))
    closed = section.closed or bool(section.item and section.item.closed)
    change(section, drafted=fresh, closed=closed)
    return write(section, text, by)


@transaction.atomic
def revise_section(
    section: Section,
    *,
    text: str,
    by: User,
    revision: int | None = None,
    closed: bool | None = None,
    while_typing: bool = False,
) -> Section:
    """Change what a section says; each save is kept as a revision.

    Args:
        revision: The revision the text was written on; a newer one refuses it instead of overwriting.
        closed: Whether it is for those invited alone; unchanged when left out.
        while_typing: Saved by itself: of what one person saves so in a row, the last revision is kept.

    Raises:
        Refused: Someone saved it meanwhile, or the minutes are circulated or approved.
    """
    require(by, "decisions.write_minutes", section)
    hold(section.minutes, Minutes.State.DRAFT)
    section = locked(section)
    check_revision(section.revision, revision)
    if closed is not None:
        change(section, closed=closed)
    return write(section, text, by, while_typing=while_typing)


def write(section: Section, text: str, by: User, *, while_typing: bool = False) -> Section:
    """Save a section's text as its next revision, if it is another one."""
    text = text.replace("\r\n", "\n")
    last = section.revisions.order_by("-revision").first()
    goes_on = bool(last and last.while_typing and last.by_id == by.pk)
    if section.text == text:
        if goes_on and not while_typing:
            section.revisions.filter(pk=last.pk).update(while_typing=False)  # type: ignore[union-attr]  # it goes on
        return section
    change(section, text=text, revision=section.revision + 1)
    if goes_on:
        last.delete()  # type: ignore[union-attr]  # it goes on
    create(SectionRevision(section=section, revision=section.revision, text=text, by=by, while_typing=while_typing))
    if not goes_on:
        title = section.minutes.meeting.title
        record(Verb.SECTION_REVISED, section, by=by, title=title, revision=section.revision)
    return section


def hold(minutes: Minutes, *states: str) -> Minutes:
    """Hold minutes still for the rest of the transaction, if they are in one of some states.

    Raises:
        Refused: They are in another one.
    """
    state = Minutes.objects.select_for_update(of=("self",)).get(pk=minutes.pk).state
    if state not in states:
        raise Refused(
            {
                Minutes.State.DRAFT: _("These minutes are not circulated yet."),
                Minutes.State.CIRCULATED: _("These minutes are circulated; recall them to change the text."),
                Minutes.State.APPROVED: _("These minutes are approved and locked; add an annex instead."),
            }[Minutes.State(state)]
        )
    minutes.state = state
    return minutes


def locked(section: Section) -> Section:
    """A section as it is now, held still for the rest of the transaction."""
    related = "minutes__meeting__council__operator", "item__meeting"
    return Section.objects.select_for_update(of=("self",)).select_related(*related).get(pk=section.pk)
