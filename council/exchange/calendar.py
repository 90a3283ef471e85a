"""Meetings for calendar programs (RFC 5545, RFC 5546): invitations that go out by mail, and feeds that are fetched.

A meeting has one UID for everyone, in mails and in feeds, so that a calendar knows it again; ``Meeting.sequence`` says
which of two mails is the later word.
"""

import datetime as dt
from collections.abc import Sequence
from urllib.parse import urlsplit

from django.conf import settings
from django.db.models import Q, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from icalendar import Alarm, Calendar, Event, Timezone, TimezoneStandard, vCalAddress

from council.core import clock
from council.meetings.models import AgendaItem, Invitation, Meeting
from council.meetings.rsvp import address_for
from council.people.models import Council, User

MEDIA_TYPE = "text/calendar"
FED = 1000
"""The most meetings a feed gives: the newest."""
PAST = dt.timedelta(days=400)
REMIND_BEFORE = (dt.timedelta(days=1), dt.timedelta(hours=1))
_ANSWERS = {
    Invitation.Answer.NONE: "NEEDS-ACTION",
    Invitation.Answer.ATTENDING: "ACCEPTED",
    Invitation.Answer.ONLINE: "ACCEPTED",
    Invitation.Answer.WAITING: "TENTATIVE",
    Invitation.Answer.DECLINED: "DECLINED",
}
_FOR_ALL_SEATS = ("ACCEPTED", "NEEDS-ACTION", "TENTATIVE", "DECLINED")
_KST = dt.timedelta(hours=9)


def uid(meeting: Meeting) -> str:
    """What every calendar knows a meeting by, however often it changes."""
    return f"meeting-{meeting.pk}@{urlsplit(settings.SITE_URL).hostname}"


def invitation_ics(
    meeting: Meeting, invitation: Invitation, *, to: User | None = None, answer_at: str = "", withdrawn: bool = False
) -> tuple[str, str]:
    """The calendar part of a mail about a meeting, in the language in force.

    It is a request while the meeting is to take place, with a higher SEQUENCE each time something changed, and a
    cancellation once it was called off, whatever mail it stands in: mails may be read late and out of order.

    Args:
        meeting: Which meeting.
        invitation: Whose it is. Someone with several seats there has one entry for all of them.
        to: Who gets the mail; the member when left out, otherwise the alternate.
        answer_at: The address under which they answer without logging in.
        withdrawn: They are not expected any more, though the meeting takes place.

    Returns:
        The method and the text.
    """
    cancelled = withdrawn or meeting.state == Meeting.State.CANCELLED
    method = "CANCEL" if cancelled else "REQUEST"
    user = to or invitation.membership.user
    titles = _titles(AgendaItem.objects.visible_to(user), [meeting])
    seats = [invitation] if withdrawn else _seats(meeting, user) or [invitation]
    event = _event(meeting, titles.get(meeting.pk, []), answer_at=answer_at, seats=seats)
    event.add("dtstamp", clock.now())
    if cancelled:
        event["status"] = "CANCELLED"
    answers_to = address_for(invitation) if user == invitation.membership.user else ""
    event.add("organizer", _address(answers_to or _sender(), str(meeting.council)))
    event.add("attendee", _attendee(seats, user, asked=bool(answers_to and answer_at)))
    if not cancelled:
        for before in REMIND_BEFORE:
            event.add_component(_alarm(meeting, before))
    return method, _text(_calendar(method), [event])


def cancellation_ics(meeting: Meeting, invitation: Invitation, *, to: User | None = None) -> str:
    """What takes a meeting out of the calendar of somebody who is not expected any more."""
    _method, text = invitation_ics(meeting, invitation, to=to, withdrawn=True)
    return text


def feed_ics(user: User, council: Council | None = None) -> str:
    """Every meeting somebody may see, of one council or all, for a calendar that fetches it from time to time.

    Called-off meetings stay in it as such; those in preparation are tentative. The same meetings give the same text.
    """
    meetings = Meeting.objects.visible_to(user).filter(ends_at__gte=clock.now() - PAST)
    if council is not None:
        meetings = meetings.filter(council=council)
    newest = list(meetings.select_related("council", "subcommittee").order_by("-starts_at")[:FED])
    entitled = set(meetings.entitled_to(user).values_list("pk", flat=True))
    for meeting in newest:
        if meeting.closed and meeting.pk not in entitled:
            meeting.online_url = ""  # how to join a closed meeting is for those invited
    name = str(council) if council else _("My council meetings")
    return _feed(name, newest, _titles(AgendaItem.objects.visible_to(user), newest))


def public_ics(council: Council) -> str:
    """The open meetings of a council that is open to the public, for everybody's calendar: no way to join online."""
    meetings = Meeting.objects.public().filter(council=council, ends_at__gte=clock.now() - PAST)
    newest = list(meetings.select_related("council", "subcommittee").order_by("-starts_at")[:FED])
    for meeting in newest:
        meeting.online_url = ""
    return _feed(str(council), newest, _titles(AgendaItem.objects.public(), newest))


# --- parts -----------------------------------------------------------------------------------------------------------


def _calendar(method: str) -> Calendar:
    calendar = Calendar()
    calendar.add("prodid", "-//Council//Council//KO")
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    calendar.add("method", method)
    return calendar


def _feed(name: str, newest: list[Meeting], titles: dict[object, list[str]]) -> str:
    """Meetings for a calendar that fetches them; the same meetings give the same text."""
    calendar = _calendar("PUBLISH")
    calendar.add("x-wr-calname", name)
    calendar.add("name", name)
    calendar.add("x-wr-timezone", clock.SEOUL.key)
    calendar.add("refresh-interval", dt.timedelta(hours=1), parameters={"VALUE": "DURATION"})
    events = []
    for meeting in reversed(newest):
        event = _event(meeting, titles.get(meeting.pk, []))
        event.add("dtstamp", meeting.modified_at)
        event.add("last-modified", meeting.modified_at)
        events.append(event)
    return _text(calendar, events)


def _text(calendar: Calendar, events: list[Event]) -> str:
    calendar.add_component(_seoul())
    for event in events:
        calendar.add_component(event)
    return bytes(calendar.to_ical()).decode()


def _seoul() -> Timezone:
    """Korean time; there has been no summer time since 1988."""
    zone, standard = Timezone(), TimezoneStandard()
    zone.add("tzid", clock.SEOUL.key)
    standard.add("dtstart", dt.datetime(1988, 10, 9, 3))  # noqa: DTZ001 - RFC 5545 3.6.5: local time
    standard.add("tzoffsetfrom", _KST)
    standard.add("tzoffsetto", _KST)
    standard.add("tzname", "KST")
    zone.add_component(standard)
    return zone


def _event(meeting: Meeting, titles: list[str], *, answer_at: str = "", seats: Sequence[Invitation] = ()) -> Event:
    event = Event()
    event.add("uid", uid(meeting))
    event.add("sequence", meeting.sequence)
    event.add("dtstart", meeting.starts_at.astimezone(clock.SEOUL))
    event.add("dtend", meeting.ends_at.astimezone(clock.SEOUL))
    event.add("summary", meeting.title)
    if where := place(meeting):
        event.add("location", where)
    event.add("url", f"{settings.SITE_URL}{meeting.get_absolute_url()}")
    event.add("status", _status(meeting))
    event.add("class", "PRIVATE" if meeting.closed else "PUBLIC")
    event.add("transp", "TRANSPARENT" if meeting.kind == Meeting.Kind.WRITTEN else "OPAQUE")
    event.add("categories", [str(meeting.council)])
    event.add("description", _description(meeting, titles, answer_at, seats))
    return event


def place(meeting: Meeting) -> str:
    """Where: the room, the address to join online, or both."""
    found = []
    if meeting.mode != Meeting.Mode.ONLINE:
        found.append(meeting.place)
    if meeting.mode != Meeting.Mode.IN_PERSON:
        found.append(meeting.online_url)
    return " · ".join(part for part in found if part)


def _status(meeting: Meeting) -> str:
    if meeting.state == Meeting.State.CANCELLED:
        return "CANCELLED"
    return "TENTATIVE" if meeting.state == Meeting.State.PLANNED else "CONFIRMED"


def _titles(items: QuerySet[AgendaItem], meetings: list[Meeting]) -> dict[object, list[str]]:
    """The agenda of each meeting as far as it may be seen; of a closed one nothing leaves the house."""
    titles: dict[object, list[str]] = {}
    open_ones = items.filter(meeting__in=[each for each in meetings if not each.closed])
    for item in open_ones.order_by("meeting", "position"):
        titles.setdefault(item.meeting_id, []).append(str(item))
    return titles


def _description(meeting: Meeting, titles: list[str], answer_at: str, seats: Sequence[Invitation]) -> str:
    lines: list[str | Promise] = [f"{meeting.council} · {meeting.get_kind_display()}"]
    if len(seats) > 1:
        answers = [f"{each.membership.organisation} ({each.get_answer_display()})" for each in seats]
        lines += ["", _("You are invited for %(number)d seats:") % {"number": len(seats)}, *answers]
    if meeting.state == Meeting.State.CANCELLED and meeting.cancelled_reason:
        lines += ["", _("Called off: %(reason)s") % {"reason": meeting.cancelled_reason}]
    if titles:
        lines += ["", _("Agenda"), *titles]
    if answer_at:
        lines += ["", _("Say whether you come: %(address)s") % {"address": answer_at}]
    return "\n".join(str(line) for line in lines)


def _sender() -> str:
    _name, _bracket, address = settings.DEFAULT_FROM_EMAIL.rpartition("<")
    return str(address.rstrip("> "))


def _address(email: str, name: str) -> vCalAddress:
    address = vCalAddress(f"mailto:{email}")
    address.params["CN"] = name
    return address


def _seats(meeting: Meeting, user: User) -> list[Invitation]:
    """The invitations for which someone comes: their own, and those in place of a member."""
    mine = Q(membership__user=user.pk) | Q(alternate__user=user.pk)
    found = Invitation.objects.filter(mine, meeting=meeting).select_related("membership__organisation")
    return list(found.order_by("id"))


def _attendee(seats: Sequence[Invitation], user: User, *, asked: bool) -> vCalAddress:
    """The one who reads it; the others' addresses are nobody's business.

    Who comes for one of several seats comes; who declines for one has to say of the other.

    Args:
        seats: For which they come.
        user: Who.
        asked: Whether their program is to answer, which takes an organiser's address that somebody reads.
    """
    attendee = _address(user.email, user.name)
    answers = {_ANSWERS[Invitation.Answer(each.answer)] for each in seats}
    attendee.params["CUTYPE"] = "INDIVIDUAL"
    attendee.params["ROLE"] = "REQ-PARTICIPANT" if any(each.votes for each in seats) else "OPT-PARTICIPANT"
    attendee.params["PARTSTAT"] = next(each for each in _FOR_ALL_SEATS if each in answers)
    attendee.params["RSVP"] = "TRUE" if asked else "FALSE"
    return attendee


def _alarm(meeting: Meeting, before: dt.timedelta) -> Alarm:
    alarm = Alarm()
    alarm.add("action", "DISPLAY")
    alarm.add("description", meeting.title)
    alarm.add("trigger", -before)
    return alarm
