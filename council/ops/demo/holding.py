"""Meetings as they were held: who came, what was said, what was decided, the minutes, and one that runs right now."""

import datetime as dt
import io
import wave
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from django.core.files.base import ContentFile

from council.core import clock
from council.decisions import actions as decisions
from council.decisions.models import Action, Ballot, Decision, Minutes, Section
from council.documents.models import Passage
from council.meetings import actions as meetings
from council.meetings.models import AgendaItem, Attendance, FloorRequest, Invitation, Meeting
from council.opinions.models import Opinion

if TYPE_CHECKING:
    from council.ops.demo.loader import Demo

Row = Mapping[str, Any]
RESTS_ON = 3
RATE = 8000


class Holding:
    """Plays what ``holding.toml`` says of one meeting."""

    def __init__(self, demo: "Demo", meeting: Meeting) -> None:
        self.demo = demo
        self.meeting = meeting
        self.secretary = demo.secretary
        invitations = meeting.invitations.select_related("membership__user", "meeting__council")
        self.invitations = {each.membership_id: each for each in invitations}
        self.items: dict[str, AgendaItem] = {}
        self.decisions: list[Decision] = []

    # --- meetings that are over

    def play(self, row: Row) -> None:
        """One that was held, from its first minute to what became of its actions."""
        self.items = {item.number: item for item in self.meeting.items.all()}
        if "ballot" in row:
            self._written(row["ballot"])
            with clock.at(self.meeting.ends_at + dt.timedelta(hours=1)):
                meetings.close(self.meeting, by=self.secretary)
        else:
            self._in_the_room(row)
        with clock.at(self.meeting.ends_at + dt.timedelta(hours=2)):
            self._decide(row["decisions"])
            assigned = [self._assign(each) for each in row.get("actions", [])]
        self._minute(row)
        for each in row.get("recordings", []):
            self._record(each)
        for action, each in zip(assigned, row.get("actions", []), strict=True):
            self._follow(action, each)

    def _in_the_room(self, row: Row) -> None:
        self._alternates(row["alternates"])
        for each in row.get("recusals", []):
            with clock.at(each["at"]):
                self._keep_out(self.items[each["item"]], each)
        with clock.at(row["opened"] - dt.timedelta(minutes=10)):
            self._seat(row["absent"])
            for guest in row["guests"]:
                meetings.add_guest(self.meeting, by=self.secretary, **guest)
        with clock.at(row["opened"]):
            meetings.open_meeting(self.meeting, by=self.secretary)
        events = [(each["at"], self._take_up, each) for each in row["items"]]
        events += [(each["at"], self._say, each) for each in row["statements"]]
        for at, happens, each in sorted(events, key=lambda event: event[0]):
            with clock.at(at):
                happens(each)
        with clock.at(row["closed"]):
            meetings.close(self.meeting, by=self.secretary)
        self.meeting.refresh_from_db()

    def _alternates(self, rows: Iterable[Row]) -> None:
        for row in rows:
            with clock.at(self.meeting.starts_at - dt.timedelta(days=3)):
                alternate = meetings.name_alternate(
                    self.invitation(row["member"]),
                    email=f"{row['email']}@council.example",
                    name=row["name"],
                    title=row["title"],
                    mandate=row["mandate"],
                    by=self.demo.users[row["member"]],
                )
            self.demo.set_password(alternate.user)

    def _seat(self, absent: Iterable[str], online: Iterable[str] = ()) -> None:
        """Everyone invited is there but those named; some by video."""
        away, by_video = ({self.demo.membership(key).pk for key in keys} for keys in (absent, online))
        there = {pk: each for pk, each in self.invitations.items() if pk not in away}
        for mode, here in (
            (Attendance.Mode.IN_PERSON, [each for pk, each in there.items() if pk not in by_video]),
            (Attendance.Mode.ONLINE, [each for pk, each in there.items() if pk in by_video]),
        ):
            if here:
                meetings.note_all(self.meeting, invitations=here, mode=mode, by=self.secretary)

    def _keep_out(self, item: AgendaItem, row: Row) -> None:
        """제척·기피·회피: for whom it is raised, by whom, and why."""
        meetings.raise_recusal(
            item,
            invitation=self.invitation(row["member"]),
            kind=row["kind"],
            ground=row["ground"],
            reason=row["reason"],
            by=self.demo.users[row["by"]],
        )

    def _take_up(self, row: Row) -> None:
        meetings.take_up(self.items[row["number"]], by=self.secretary)

    def _say(self, row: Row) -> None:
        meetings.record_statement(
            self.meeting,
            item=self.items.get(row.get("item", "")),
            invitation=self.invitation(row["by"]),
            text=row["text"],
            by=self.secretary,
        )

    def _written(self, row: Row) -> None:
        with clock.at(row["opens"]):
            ballot = decisions.open_ballot(
                self.meeting, item=self.items[row["item"]], question=row["question"], by=self.secretary
            )
            said = {self.demo.membership(row["statement"]["by"]).pk: row["statement"]["text"]}
            choices = {self.demo.membership(key).pk: choice for choice in ("against", "abstain") for key in row[choice]}
            silent, on_paper = ({self.demo.membership(key).pk for key in row[name]} for name in ("silent", "on_paper"))
        returned = row["closes"] - row["opens"]
        voters = [voter for voter in ballot.roll.all() if voter.membership_id not in silent]
        for number, voter in enumerate(voters, start=1):
            vote = {"choice": choices.get(voter.membership_id, "for"), "statement": said.get(voter.membership_id, "")}
            with clock.at(row["opens"] + returned * number / (len(voters) + 1)):
                if voter.membership_id in on_paper:
                    decisions.cast_on_paper(voter, by=self.secretary, **vote)
                else:
                    decisions.cast(voter, by=voter.user, **vote)
        with clock.at(row["closes"] + dt.timedelta(minutes=5)):
            decisions.close_ballot(ballot, by=self.secretary)

    def _decide(self, rows: Iterable[Row]) -> None:
        for row in rows:
            rests_on = list(self._passages(row.get("passages", [])))
            opinions = Opinion.objects.given().filter(passage__in=rests_on, audience="council").order_by("id")
            self.decisions.append(
                decisions.record_decision(
                    self.meeting,
                    item=self.items[row["item"]],
                    title=row["title"],
                    text=row["text"],
                    basis=row["basis"],
                    legal_reference=row["legal_reference"],
                    effective_on=row.get("effective_on"),
                    ballot=Ballot.objects.get(meeting=self.meeting) if row.get("by_ballot") else None,
                    passages=rests_on,
                    opinions=opinions[:RESTS_ON],
                    by=self.secretary,
                )
            )

    def _passages(self, keys: Iterable[str]) -> Iterable[Passage]:
        for key in keys:
            yield self.demo.passage(self.demo.consultations["draft-2023"], key)

    def _assign(self, row: Row) -> Action:
        due_on = row.get("due") or self.demo.today + dt.timedelta(days=row["due_in_days"])
        return decisions.assign_action(
            self.meeting,
            item=self.items[row["item"]],
            decision=self.decisions[row["decision"] - 1] if "decision" in row else None,
            organisation=self.demo.organisations[row["organisation"]],
            owner=self.demo.users[row["owner"]],
            title=row["title"],
            due_on=due_on,
            by=self.secretary,
        )

    def _follow(self, action: Action, row: Row) -> None:
        """Report on an action: those of long ago are done, those of today on their way."""
        owner = self.demo.users[row["owner"]]
        if "done" in row:
            proof = ContentFile(f"{row['title']}\n\n{row['report']}  끝.\n".encode(), name=f"{row['title']}.txt")
            with clock.at(row["done"]):
                decisions.report_action(action, state="reported", note=row["report"], evidence=proof, by=owner)
            with clock.at(row["done"] + dt.timedelta(days=1)):
                decisions.accept_action(action, by=self.secretary)
        elif "progress" in row:
            with clock.at(clock.now() - dt.timedelta(days=9)):
                decisions.report_action(action, state="in_progress", note=row["progress"], by=owner)

    def _minute(self, row: Row) -> None:
        """회의록: drafted, corrected by those who were there, approved and locked; what was wrong after all is an annex."""
        circulated = row.get("circulated", self.meeting.ends_at + dt.timedelta(days=1))
        with clock.at(circulated - dt.timedelta(hours=20)):
            minutes = decisions.draft_minutes(self.meeting, by=self.secretary)
            for added in row.get("added", []):
                section = Section.objects.get(minutes=minutes, item=self.items[added["item"]])
                text = f"{section.text}\n\n{added['text']}".strip()
                decisions.revise_section(section, text=text, revision=section.revision, by=self.secretary)
        with clock.at(circulated):
            decisions.circulate(minutes, by=self.secretary)
        for each in row.get("corrections", []):
            self._correct(minutes, each)
        until = circulated + dt.timedelta(days=self.demo.council.correction_days)
        with clock.at(row.get("approved", until + dt.timedelta(hours=20))):
            decisions.approve_minutes(minutes, by=self.demo.users["chair"])
        if annex := row.get("annex"):
            with clock.at(annex["at"]):
                decisions.add_annex(minutes, text=annex["text"], reason=annex["reason"], by=self.secretary)

    def _correct(self, minutes: Minutes, row: Row) -> None:
        section = Section.objects.get(minutes=minutes, item=self.items[row["item"]])
        with clock.at(row["at"]):
            correction = decisions.request_correction(
                section,
                quote=row["quote"],
                proposed=row["proposed"],
                reason=row["reason"],
                by=self.demo.users[row["by"]],
            )
        with clock.at(row["decided"]):
            decisions.decide_correction(correction, state=row["state"], answer=row["answer"], by=self.secretary)

    def _record(self, row: Row) -> None:
        """A recording with its transcript, released: an address, or a file whose sound is silence."""
        kept: dict[str, Any] = {"url": row["url"]} if "url" in row else {"file": _silence(row)}
        times = {name: row[name] for name in ("started_at", "ended_at") if name in row}
        with clock.at(row["kept_at"]):
            recording = decisions.add_recording(self.meeting, by=self.secretary, **kept, **times)
            transcript = ContentFile(row["transcript"].encode(), name="transcript.vtt")
            decisions.read_transcript(recording, file=transcript, by=self.secretary)
            decisions.release_recording(recording, by=self.secretary)

    # --- the meeting that runs now

    def run(self, row: Row) -> None:
        """One that is in session while the demo is looked at: an item is being dealt with, a ballot is open."""
        now = clock.now()
        follow_up, (report, decision, discussion) = self._agenda_of_now()
        for each in row["recusals"]:
            with clock.at(now - dt.timedelta(minutes=each["minutes_ago"])):
                self._keep_out({"2": decision, "3": discussion}[each["item"]], each)
        steps = [(27, report), (15, decision)]
        with clock.at(now - dt.timedelta(minutes=40)):
            self._seat(row["absent"], row["online"])
        with clock.at(now - dt.timedelta(minutes=33)):
            meetings.open_meeting(self.meeting, by=self.secretary)
            for item in follow_up:
                meetings.take_up(item, by=self.secretary)
        for minutes, item in steps:
            with clock.at(now - dt.timedelta(minutes=minutes)):
                meetings.take_up(item, by=self.secretary)
            said = [each for each in row["statements"] if (each["minutes_ago"] <= minutes) == (item == decision)]
            for each in said:
                self.items["now"] = item
                with clock.at(now - dt.timedelta(minutes=each["minutes_ago"])):
                    self._say({**each, "item": "now"})
        self._queue(row, now)
        with clock.at(now - dt.timedelta(minutes=3)):
            ballot = decisions.open_ballot(self.meeting, item=decision, question=row["question"], by=self.secretary)
        with clock.at(now - dt.timedelta(minutes=2)):
            for key, choice in row["voted"]:
                voter = ballot.roll.get(membership=self.demo.membership(key))
                decisions.cast(voter, choice=choice, by=voter.user)

    def _agenda_of_now(self) -> tuple[list[AgendaItem], list[AgendaItem]]:
        """The open actions that came in by themselves, and the items of the day."""
        items = list(self.meeting.items.order_by("position"))
        return [item for item in items if item.follow_up], [item for item in items if not item.follow_up]

    def _queue(self, row: Row, now: dt.datetime) -> None:
        """Someone speaks, others wait, and one raises a point of order."""
        waiting: list[FloorRequest] = []
        for number, key in enumerate(row["queue"]):
            with clock.at(now - dt.timedelta(minutes=8 - number)):
                waiting.append(meetings.ask_for_floor(self.meeting, by=self.demo.users[key]))
        with clock.at(now - dt.timedelta(minutes=4)):
            meetings.give_floor(waiting[0], by=self.secretary)
            meetings.ask_for_floor(
                self.meeting, kind=FloorRequest.Kind.ORDER, by=self.demo.users[row["point_of_order"]]
            )

    def invitation(self, person: str) -> Invitation:
        """Someone's invitation, by their key in the files."""
        return self.invitations[self.demo.membership(person).pk]


def _silence(row: Row) -> ContentFile[bytes]:
    """A sound file as long as a recording says, in which nothing is heard."""
    seconds = int((row["ended_at"] - row["started_at"]).total_seconds())
    file = io.BytesIO()
    with wave.open(file, "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(1)
        sound.setframerate(RATE)
        sound.writeframes(b"\x80" * RATE * seconds)
    return ContentFile(file.getvalue(), name=row["name"])
