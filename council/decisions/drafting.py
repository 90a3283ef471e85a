"""The text of minutes, drafted from what happened. It is written in the language of the site, whoever asks for it."""

import datetime as dt
from collections.abc import Iterable, Iterator

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _

from council.core import clock
from council.core.models import Visibility
from council.decisions.heads import Head, alternate_of, read_head
from council.decisions.models import Action, Ballot, Decision, Section, Voter
from council.decisions.results import in_words
from council.meetings.models import AgendaItem, Meeting, Recusal, Statement


def draft(section: Section) -> str:
    """What a section would say if it were drafted now."""
    with translation.override(settings.LANGUAGE_CODE):
        if section.item is not None:
            lines = _item(section.item)
        elif section.kind == Section.Kind.OPENING:
            lines = _opening(section.minutes.meeting)
        else:
            lines = _closing(section.minutes.meeting)
        return "\n".join(lines)


def heading(kind: str, item: AgendaItem | None) -> str:
    """What stands above a section."""
    with translation.override(settings.LANGUAGE_CODE):
        return str(item or Section.Kind(kind).label)


def came_since(drafted: str, fresh: str) -> str:
    """The lines of a fresh draft that the earlier one did not have."""
    known = set(drafted.splitlines())
    return "\n".join(line for line in fresh.splitlines() if line.strip() and line not in known)


# --- How it began and ended ------------------------------------------------------------------------------------------


def _opening(meeting: Meeting) -> Iterator[str]:
    head = read_head(meeting)
    if meeting.kind == Meeting.Kind.WRITTEN:
        yield _("The question was put to the members in writing.")
    elif meeting.opened_at and head["presided_by"]:
        yield _("%(chair)s opened the meeting at %(time)s.") % {
            "chair": head["presided_by"],
            "time": _time(meeting.opened_at),
        }
    elif meeting.opened_at:
        yield _("The meeting opened at %(time)s.") % {"time": _time(meeting.opened_at)}
    yield _attendance(head)
    if meeting.urgent_reason:
        yield _("Notice was shorter than the rules ask: %(reason)s") % {"reason": meeting.urgent_reason}
    yield from _said(_general(meeting, before=True))


def _attendance(head: Head) -> str:
    alternates = sum(bool(person["in_place_of"]) for person in head["attendees"])
    online = sum(person["mode"] == "online" for person in head["attendees"])
    figures = {name: head[name] for name in ("seats", "present", "needed")}  # type: ignore[literal-required]  # as named
    figures |= {"alternates": alternates, "online": online}
    met = 0 < head["needed"] <= head["present"]
    if head["kind"] == Meeting.Kind.WRITTEN:
        return _("Of %(seats)d seats, %(present)d returned their form.") % figures
    if met:
        return (
            _(
                "Of %(seats)d seats, %(present)d were taken (%(alternates)d by an alternate, %(online)d by video); the quorum "
                "of %(needed)d was reached."
            )
            % figures
        )
    return (
        _(
            "Of %(seats)d seats, %(present)d were taken (%(alternates)d by an alternate, %(online)d by video); the quorum of "
            "%(needed)d was not reached."
        )
        % figures
    )


def _closing(meeting: Meeting) -> Iterator[str]:
    yield from _said(_general(meeting, before=False))
    yield from _results(meeting, None)
    postponed = meeting.items.filter(state=AgendaItem.State.POSTPONED, visibility=Visibility.COUNCIL)
    if items := ", ".join(map(str, postponed.order_by("position"))):
        yield _("Postponed: %(items)s.") % {"items": items}
    if meeting.closed_at and meeting.kind != Meeting.Kind.WRITTEN:
        yield _("The meeting closed at %(time)s.") % {"time": _time(meeting.closed_at)}
    elif meeting.closed_at:
        yield _("The review in writing was closed.")


def _general(meeting: Meeting, *, before: bool) -> Iterable[Statement]:
    """What was said on no item: before the first one was taken up, or after that."""
    statements = meeting.statements.filter(item=None)
    first = meeting.items.exclude(opened_at=None).order_by("opened_at").values_list("opened_at", flat=True).first()
    if first is None:
        return statements.none() if before else statements
    return statements.filter(said_at__lt=first) if before else statements.filter(said_at__gte=first)


# --- An item ---------------------------------------------------------------------------------------------------------


def _item(item: AgendaItem) -> Iterator[str]:
    if item.presenter:
        yield _("Presented by %(presenter)s.") % {"presenter": item.presenter}
    recusals = item.recusals.filter(state=Recusal.State.GRANTED).select_related(
        "membership__user", "membership__organisation"
    )
    for recusal in recusals:
        yield _("%(member)s kept out of this item (%(kind)s).") % {
            "member": recusal.membership,
            "kind": recusal.get_kind_display(),
        }
    yield from _said(item.statements.all())
    yield from _results(item.meeting, item)
    if item.state == AgendaItem.State.POSTPONED and item.postponed_reason:
        yield _("The item was postponed: %(reason)s") % {"reason": item.postponed_reason}
    elif item.state == AgendaItem.State.POSTPONED:
        yield _("The item was postponed.")


def _said(statements: Iterable[Statement]) -> Iterator[str]:
    """발언 요지: one line for each statement, with who speaks for whom from which seat."""
    related = "organisation", "invitation__membership__seat", "invitation__attendance__alternate__user"
    for statement in statements.select_related(*related).order_by("said_at", "id"):  # type: ignore[attr-defined]  # rows
        gist = " ".join(statement.text.split())
        if about := ", ".join(filter(None, [str(statement.organisation or ""), _seat(statement)])):
            yield f"- {statement.speaker} ({about}): {gist}"
        else:
            yield f"- {statement.speaker}: {gist}"


def _seat(statement: Statement) -> str:
    sector = statement.get_sector_display() if statement.sector else ""
    invitation = statement.invitation
    if invitation is None or invitation.membership.seat is None:
        return sector
    words = {"sector": sector, "number": invitation.membership.seat.number}
    if alternate_of(invitation):
        return _("%(sector)s seat %(number)d, alternate") % words
    return _("%(sector)s seat %(number)d") % words


def _results(meeting: Meeting, item: AgendaItem | None) -> Iterator[str]:
    """Ballots, decisions and actions."""
    for ballot in Ballot.objects.filter(meeting=meeting, item=item, state=Ballot.State.CLOSED).order_by("id"):
        yield from _ballot(ballot)
    for decision in Decision.objects.filter(meeting=meeting, item=item).order_by("id"):
        yield _("Decision %(number)s, %(title)s: %(text)s") % {
            "number": decision.number,
            "title": decision.title,
            "text": " ".join(decision.text.split()),
        }
    dropped = Action.State.DROPPED
    actions = Action.objects.filter(meeting=meeting, item=item).exclude(state=dropped)
    for action in actions.select_related("organisation").order_by("id"):
        yield _("Action: %(title)s, %(organisation)s, by %(day)s") % {
            "title": action.title,
            "organisation": action.organisation,
            "day": _day(action.due_on),
        }


def _ballot(ballot: Ballot) -> Iterator[str]:
    """The figures and the result; of a named ballot also who voted how, of a secret one the sums alone."""
    words = {"question": ballot.question, "result": " ".join(in_words(ballot.computation))}
    if ballot.secret:
        yield _("Secret ballot on “%(question)s”. %(result)s") % words
        return
    yield _("Ballot on “%(question)s”. %(result)s") % words
    roll = list(ballot.roll.filter(has_voted=True).select_related("user", "organisation"))
    for choice in Voter.Choice:
        if names := [f"{line.user.name} ({line.organisation})" for line in roll if line.choice == choice]:
            yield f"  {choice.label}: {', '.join(names)}"


def _time(moment: dt.datetime) -> str:
    return f"{moment.astimezone(clock.SEOUL):%H:%M}"


def _day(day: dt.date) -> str:
    return f"{day.year}. {day.month}. {day.day}."
