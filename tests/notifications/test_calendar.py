"""The meeting in the mail: invitation, change and cancellation as calendar programs and servers take them."""

import datetime as dt
import subprocess
import sys
from collections.abc import Iterator
from email.message import EmailMessage
from pathlib import Path

import pytest
import requests
from django.core import mail
from icalendar import Calendar

from council.core import clock
from council.exchange import calendar
from council.meetings import actions as meetings
from council.meetings.models import Alternate, Meeting
from council.notifications import actions
from council.notifications.models import Notification
from council.people.models import User
from tests.cast import Cast
from tests.stack import MailServer, Stack, free_port, wait_until


def send() -> None:
    while actions.dispatch():
        pass
    while actions.send_mails():
        pass


def dispatch() -> None:
    while actions.dispatch():
        pass


@pytest.fixture
def quiet(cast: Cast) -> Cast:
    """Nothing left to tell from setting up."""
    dispatch()
    Notification.objects.all().delete()
    return cast


def part_of(message: EmailMessage) -> EmailMessage:
    """The calendar part of a mail as it was sent."""
    [part] = [part for part in message.walk() if part.get_content_type() == "text/calendar"]
    assert isinstance(part, EmailMessage)
    return part


def entry(user: User, *, number: int = -1) -> Calendar:
    """The calendar in the last mail to someone, or an earlier one."""
    [*_all] = [each for each in mail.outbox if user.email in each.to]
    [alternative] = [each for each in _all[number].alternatives if each.mimetype.startswith("text/calendar")]
    return Calendar.from_ical(alternative.content)


def whole(moment: dt.datetime) -> dt.datetime:
    """A moment to the second; calendars know no shorter time."""
    return moment.replace(microsecond=0)


def event(found: Calendar):
    [one] = found.walk("VEVENT")
    return one


class TestInvitation:
    def test_it_is_a_request_with_everything_a_calendar_shows(self, quiet):
        meeting = quiet.meeting(mode="hybrid", online_url="https://meet.council.example/1")
        send()
        found = entry(quiet.supplier)
        one = event(found)
        assert (found["METHOD"], found["VERSION"], one["STATUS"]) == ("REQUEST", "2.0", "CONFIRMED")
        assert one["UID"] == calendar.uid(meeting)
        assert one["SEQUENCE"] == meeting.sequence
        assert (one.start, one.end) == (whole(meeting.starts_at), whole(meeting.ends_at))
        assert one["DTSTART"].params["TZID"] == "Asia/Seoul"
        assert one["LOCATION"] == "대한상공회의소 중회의실 · https://meet.council.example/1"
        assert one["URL"].endswith(meeting.get_absolute_url())
        assert "1. 전략(안) 토의" in one["DESCRIPTION"]
        assert one["ORGANIZER"].params["CN"] == quiet.council.name
        assert one["ATTENDEE"] == f"mailto:{quiet.supplier.email}"
        assert one["ATTENDEE"].params["PARTSTAT"] == "NEEDS-ACTION"
        assert [alarm.TRIGGER for alarm in one.walk("VALARM")] == [-dt.timedelta(days=1), -dt.timedelta(hours=1)]

    def test_it_brings_its_time_zone(self, quiet):
        quiet.meeting()
        send()
        [zone] = entry(quiet.supplier).walk("VTIMEZONE")
        assert zone["TZID"] == "Asia/Seoul"
        assert zone.to_tz().utcoffset(dt.datetime(2026, 7, 1)) == dt.timedelta(hours=9)  # noqa: DTZ001 - local time

    def test_it_is_the_last_alternative_of_the_mail_with_its_method(self, quiet):
        quiet.meeting()
        send()
        [message] = [each for each in mail.outbox if quiet.supplier.email in each.to]
        content = message.message()
        assert content.get_content_type() == "multipart/alternative"
        kinds = [part.get_content_type() for part in content.get_payload()]
        assert kinds == ["text/plain", "text/html", "text/calendar"]
        last = content.get_payload()[-1]
        assert (last.get_param("method"), last.get_param("charset")) == ("REQUEST", "utf-8")

    def test_mail_and_entry_say_where_to_answer_without_logging_in(self, quiet):
        quiet.meeting()
        send()
        [message] = [each for each in mail.outbox if quiet.supplier.email in each.to]
        [answer_at] = [line for line in message.body.splitlines() if "/rsvp/" in line]
        assert answer_at in message.alternatives[0].content
        assert answer_at in event(entry(quiet.supplier))["DESCRIPTION"]

    def test_no_mail_names_anyone_but_its_reader(self, quiet):
        quiet.meeting()
        send()
        [message] = [each for each in mail.outbox if quiet.supplier.email in each.to]
        for other in (quiet.adopter, quiet.tp):
            assert other.email not in str(message.message())

    def test_an_observer_is_an_optional_participant(self, quiet):
        quiet.meeting()
        send()
        assert event(entry(quiet.observer))["ATTENDEE"].params["ROLE"] == "OPT-PARTICIPANT"

    def test_nothing_of_a_closed_meetings_agenda_leaves_the_house(self, quiet):
        quiet.meeting(closed=True)
        send()
        one = event(entry(quiet.supplier))
        assert "토의" not in one["DESCRIPTION"]
        assert one["CLASS"] == "PRIVATE"

    def test_an_item_for_officers_stands_in_nobody_elses_calendar(self, quiet):
        meeting = quiet.planned_meeting()
        quiet.item(meeting, title="사무국 사항", visibility="officers")
        meetings.convene(meeting, by=quiet.secretary)
        send()
        assert "사무국 사항" not in event(entry(quiet.supplier))["DESCRIPTION"]
        assert "사무국 사항" in event(entry(quiet.chair))["DESCRIPTION"]

    def test_an_answer_given_stands_in_the_next_mail(self, quiet):
        meeting = quiet.meeting()
        meetings.answer_invitation(quiet.invitation(meeting, quiet.supplier), answer="attending", by=quiet.supplier)
        meetings.revise_meeting(meeting, place="세종", by=quiet.secretary)
        send()
        assert event(entry(quiet.supplier))["ATTENDEE"].params["PARTSTAT"] == "ACCEPTED"

    def test_long_lines_are_folded_as_the_format_asks(self, quiet):
        quiet.meeting(title="디지털 제조혁신 전략(안) 검토를 위한 전체회의 " * 4)
        send()
        [message] = [each for each in mail.outbox if quiet.supplier.email in each.to]
        text = message.alternatives[-1].content
        assert all(len(line.encode()) <= 75 for line in text.split("\r\n"))


class TestChange:
    def test_a_change_is_a_request_for_the_same_meeting_that_comes_later(self, quiet):
        meeting = quiet.meeting()
        send()
        before = event(entry(quiet.supplier))
        moved = meeting.starts_at + dt.timedelta(days=1)
        meetings.revise_meeting(meeting, starts_at=moved, ends_at=moved + dt.timedelta(hours=1), by=quiet.secretary)
        send()
        found = entry(quiet.supplier)
        after = event(found)
        assert found["METHOD"] == "REQUEST"
        assert (after["UID"], after.start) == (before["UID"], whole(moved))
        assert after["SEQUENCE"] > before["SEQUENCE"]

    def test_a_cancellation_takes_it_out_of_the_calendar(self, quiet):
        meeting = quiet.meeting()
        send()
        before = event(entry(quiet.supplier))
        meetings.cancel(meeting, reason="태풍", by=quiet.secretary)
        send()
        found = entry(quiet.supplier)
        after = event(found)
        assert (found["METHOD"], after["STATUS"], after["UID"]) == ("CANCEL", "CANCELLED", before["UID"])
        assert after["SEQUENCE"] > before["SEQUENCE"]
        assert "태풍" in after["DESCRIPTION"]
        assert not after.walk("VALARM")

    def test_a_mail_that_waited_until_the_meeting_was_called_off_says_so(self, quiet):
        meeting = quiet.meeting()
        meetings.cancel(meeting, reason="태풍", by=quiet.secretary)
        send()
        assert entry(quiet.supplier, number=0)["METHOD"] == "CANCEL"

    def test_who_comes_for_another_gets_the_change_too(self, quiet):
        meeting = quiet.meeting()
        invitation = quiet.invitation(meeting, quiet.supplier)
        Alternate.objects.create(
            council=quiet.council, invitation=invitation, user=quiet.stranger, mandate="전부", named_by=quiet.supplier
        )
        send()
        meetings.revise_meeting(meeting, place="세종", by=quiet.secretary)
        send()
        one = event(entry(quiet.stranger))
        assert one["ATTENDEE"] == f"mailto:{quiet.stranger.email}"
        assert one["LOCATION"] == "세종"
        assert quiet.supplier.email not in str(one.to_ical())

    def test_who_no_longer_comes_for_another_gets_it_taken_out(self, quiet):
        meeting = quiet.meeting()
        invitation = quiet.invitation(meeting, quiet.supplier)
        alternate = meetings.name_alternate(invitation, email=quiet.stranger.email, mandate="전부", by=quiet.supplier)
        send()
        before = entry(quiet.stranger)
        assert before["METHOD"] == "REQUEST"
        meetings.withdraw_alternate(alternate, by=quiet.supplier)
        send()
        found = entry(quiet.stranger)
        assert (found["METHOD"], event(found)["UID"]) == ("CANCEL", event(before)["UID"])
        assert entry(quiet.supplier)["METHOD"] == "REQUEST"


class TestServer:
    """Radicale, a CalDAV server, as a process of its own."""

    @pytest.fixture
    def collection(self, tmp_path: Path) -> Iterator[str]:
        port = free_port()
        command = [
            sys.executable, "-m", "radicale", "--server-hosts", f"127.0.0.1:{port}",
            "--auth-type", "none", "--storage-filesystem-folder", str(tmp_path / "radicale"),
        ]  # fmt: skip
        with (tmp_path / "radicale.log").open("wb") as log:
            server = subprocess.Popen(command, stdout=log, stderr=log)
        address = f"http://127.0.0.1:{port}"

        def answers() -> bool:
            try:
                return requests.get(address, timeout=2, allow_redirects=False).status_code < 500
            except requests.ConnectionError:
                return False

        try:
            wait_until(answers, what="Radicale answered")
            made = requests.request("MKCALENDAR", f"{address}/member/meetings/", timeout=10, auth=("member", ""))
            assert made.status_code == 201, made.text
            yield f"{address}/member/meetings/"
        finally:
            server.terminate()
            server.wait(timeout=10)

    def put(self, collection: str, found: Calendar) -> Calendar:
        """Store an entry as a calendar program does: a resource named by the UID, without the method (RFC 4791 4.1)."""
        address = f"{collection}{event(found)['UID']}.ics"
        del found["METHOD"]
        headers = {"Content-Type": "text/calendar; charset=utf-8"}
        kept = requests.put(address, data=found.to_ical(), headers=headers, timeout=10, auth=("member", ""))
        assert kept.status_code in {201, 204}, kept.text
        return Calendar.from_ical(requests.get(address, timeout=10, auth=("member", "")).content)

    def report(self, collection: str) -> str:
        """Ask for every meeting, as calendar programs do."""
        query = (
            '<C:calendar-query xmlns:C="urn:ietf:params:xml:ns:caldav" xmlns:D="DAV:"><D:prop><C:calendar-data/></D:prop>'
            '<C:filter><C:comp-filter name="VCALENDAR"><C:comp-filter name="VEVENT"/></C:comp-filter></C:filter>'
            "</C:calendar-query>"
        )
        headers = {"Content-Type": "application/xml", "Depth": "1"}
        answer = requests.request("REPORT", collection, data=query, headers=headers, timeout=10, auth=("member", ""))
        assert answer.status_code == 207
        return answer.text

    def test_it_takes_invitation_change_and_cancellation_as_one_meeting(self, quiet, collection):
        meeting = quiet.meeting()
        send()
        kept = self.put(collection, entry(quiet.supplier))
        assert event(kept).start == whole(meeting.starts_at)
        moved = meeting.starts_at + dt.timedelta(days=2)
        meetings.revise_meeting(meeting, starts_at=moved, ends_at=moved + dt.timedelta(hours=1), by=quiet.secretary)
        send()
        kept = self.put(collection, entry(quiet.supplier))
        assert (event(kept).start, event(kept)["SUMMARY"]) == (whole(moved), meeting.title)
        meetings.cancel(Meeting.objects.get(pk=meeting.pk), reason="태풍", by=quiet.secretary)
        send()
        kept = self.put(collection, entry(quiet.supplier))
        assert event(kept)["STATUS"] == "CANCELLED"
        everything = self.report(collection)
        assert everything.count("BEGIN:VEVENT") == 1
        assert "STATUS:CANCELLED" in everything

    def test_it_takes_a_whole_feed(self, quiet, collection):
        quiet.meeting()
        meetings.cancel(quiet.meeting(days=20), reason="태풍", by=quiet.secretary)
        feed = calendar.feed_ics(quiet.supplier)
        headers = {"Content-Type": "text/calendar; charset=utf-8"}
        address = collection.replace("meetings", "feed")
        kept = requests.put(address, data=feed.encode(), headers=headers, timeout=10, auth=("member", ""))
        assert kept.status_code == 201, kept.text
        assert self.report(address).count("BEGIN:VEVENT") == 2


class TestOnTheWire:
    pytestmark = pytest.mark.django_db(transaction=True)

    def test_the_part_arrives_whole_over_smtp(self, tmp_path, cast: Cast):
        meeting = cast.meeting()
        with MailServer() as server, Stack(tmp_path, mail_port=server.port) as stack:
            stack.start_worker()
            wait_until(
                lambda: any(
                    "초대" in str(m["Subject"]) or meeting.title in str(m["Subject"])
                    for m in server.to(cast.supplier.email)
                ),
                what="the invitation arrived",
            )
            [message] = [m for m in server.to(cast.supplier.email) if meeting.title in str(m["Subject"])]
        part = part_of(message)
        assert part.get_param("method") == "REQUEST"
        one = event(Calendar.from_ical(part.get_content()))
        assert one["UID"].startswith(f"meeting-{meeting.pk}@")
        assert (one["SUMMARY"], one.start) == (meeting.title, whole(meeting.starts_at))
        assert clock.now() - one["DTSTAMP"].dt < dt.timedelta(minutes=5)
