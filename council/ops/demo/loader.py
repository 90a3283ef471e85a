"""Plays the demo's files through the same actions the doors call, each at the moment it happened."""

import datetime as dt
import tomllib
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from django.contrib.auth.hashers import make_password
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.db import transaction

from council.core import clock
from council.core.clock import SEOUL
from council.core.models import Sector
from council.documents import actions as documents
from council.documents.models import Document, Passage, Version
from council.meetings import actions as meetings
from council.meetings.models import AgendaItem, Invitation, Meeting
from council.opinions import actions as opinions
from council.opinions.models import Consultation, Disposition, Opinion, Phase
from council.ops.demo.accounts import PASSWORD
from council.ops.demo.connecting import Connecting
from council.ops.demo.holding import Holding
from council.ops.demo.preparing import Preparing
from council.ops.demo.telling import tell_quietly
from council.ops.demo.votes import Voting
from council.ops.demo.working import Working
from council.people import actions as people
from council.people.models import Council, Membership, Organisation, Seat, Subcommittee, User

FOLDER = Path(__file__).parent
OPERATOR = "admin@council.example"
EX_OFFICIO = {Sector.GOVERNMENT, Sector.LOCAL_GOVERNMENT, Sector.TECHNOPARK, Sector.AGENCY}


def files() -> dict[str, Any]:
    """Everything the demo's TOML files hold, merged."""
    merged: dict[str, Any] = {}
    for path in sorted(FOLDER.glob("*.toml")):
        merged |= tomllib.loads(path.read_text(encoding="utf-8"))
    return merged


@transaction.atomic
def load(progress: Callable[[str], None] = lambda line: None) -> None:
    """Load the demo, all of it or nothing; nobody gets a mail about its past.

    Args:
        progress: Is told, a line at a time, what is being loaded.
    """
    demo = Demo(files())
    if User.objects.filter(email__in=demo.addresses).exists():
        raise ValidationError("The accounts of the demo are there already.")
    chapters = (demo.people, demo.first_draft, demo.hearing, demo.answers, demo.follow_up, demo.present, demo.working)
    for step in (*chapters, demo.running):
        progress(str(step.__doc__).splitlines()[0])
        step()
    Voting(demo).play(progress)
    progress("Systems and notices")
    Connecting(demo).play(tell_quietly)


def seoul(day: dt.date, hour: int, minute: int = 0) -> dt.datetime:
    """A moment on a day in Seoul."""
    return dt.datetime.combine(day, dt.time(hour, minute), tzinfo=SEOUL)


class Demo:
    """One run through the files. The methods without underscore are the chapters of the story, in order."""

    council: Council
    document: Document
    drafts: dict[int, Version]

    def __init__(self, data: Mapping[str, Any]) -> None:
        self.data = data
        self.today = clock.today()
        self.organisations: dict[str, Organisation] = {}
        self.users: dict[str, User] = {}
        self.subcommittees: dict[str, Subcommittee] = {}
        self.identities: dict[str, Any] = {}
        self.meetings: dict[str, Meeting] = {}
        self.consultations: dict[str, Consultation] = {}
        self.given: list[tuple[Mapping[str, Any], Opinion]] = []

    @property
    def addresses(self) -> set[str]:
        """The e-mail addresses of the demo's people."""
        return {OPERATOR, *(row["email"] for row in self.data["person"])}

    # --- people

    def people(self) -> None:
        """People, organisations, seats."""
        council = dict(self.data["council"])
        founded = seoul(council["founded_on"], 9)
        with clock.at(founded):
            self.operator = User.objects.create_superuser(OPERATOR, PASSWORD, name="운영자")
            for row in self.data["organisation"]:
                self._organisation(row)
            self.council = people.establish_council(
                by=self.operator,
                operator=self.organisations["mss"],
                name=council["name"],
                name_en=council["name_en"],
                purpose=council["purpose"],
                legal_basis=council["legal_basis"],
                founded_on=council["founded_on"],
                sunset_on=council["sunset_on"],
                quorum=council["quorum"],
                majority=council["majority"],
                notice_days=council["notice_days"],
                term_years=council["term_limit_years"],
                gender_share_percent=council["gender_share_percent"],
                consultation_days=council["min_consultation_days"],
            )
            self._people()
            self._subcommittees()
        self.secretary, self.officer = self.users["secretary"], self.users["officer"]

    def _organisation(self, row: Mapping[str, Any]) -> None:
        self.organisations[row["key"]] = people.register_organisation(
            by=self.operator,
            name=row["name"],
            name_en=row.get("name_en", ""),
            kind=row["kind"],
            parent=self.organisations[row["parent"]] if "parent" in row else None,
            region_id=row.get("region"),
            size=row.get("size", Organisation.Size.NOT_A_FIRM),
            industry_id=row.get("industry"),
            level_id=row.get("level"),
            level_source=row.get("level_source", ""),
            level_on=row.get("level_on"),
        )

    def _people(self) -> None:
        self.password = make_password(PASSWORD)
        for row in self.data["person"]:
            user = User.objects.filter(email=row["email"]).first() or people.invite_user(
                by=self.operator, email=row["email"], name=row["name"], language=row.get("language", "ko")
            )
            self.users[row["key"]] = user
            if row["role"] != "none":
                self._appoint(row, user)
        User.objects.filter(email__in=self.addresses).update(password=self.password)
        self.users = {key: User.objects.get(pk=user.pk) for key, user in self.users.items()}

    def _appoint(self, row: Mapping[str, Any], user: User) -> None:
        seat = None
        if row["role"] in Membership.SEATED:
            ex_officio = row["sector"] in EX_OFFICIO
            seat = people.create_seat(self.council, sector=row["sector"], ex_officio=ex_officio, by=self.operator)
        for starts_on, ends_on in self._terms(row, seat):
            people.appoint(
                self.council,
                user=user,
                organisation=self.organisations[row["organisation"]],
                role=row["role"],
                seat=seat,
                title=row.get("title", ""),
                coordinates=row.get("coordinates", False),
                starts_on=starts_on,
                ends_on=ends_on,
                by=self.operator,
            )

    def _terms(self, row: Mapping[str, Any], seat: Seat | None) -> Iterator[tuple[dt.date, dt.date | None]]:
        """Ex officio without an end; others three years at a time, renewed up to today."""
        starts_on = row.get("starts_on", self.council.founded_on)
        if "ends_on" in row:
            yield starts_on, row["ends_on"]
            return
        if seat is None or seat.ex_officio:
            yield starts_on, None
            return
        while starts_on <= self.today:
            following = starts_on.replace(year=starts_on.year + self.council.term_years)
            yield starts_on, following - dt.timedelta(days=1)
            starts_on = following

    def _subcommittees(self) -> None:
        for row in self.data["subcommittee"]:
            keys = {p["email"] for p in self.data["person"] if row["key"] in p.get("subcommittees", [])}
            self.subcommittees[row["key"]] = people.form_subcommittee(
                self.council,
                name=row["name"],
                name_en=row["name_en"],
                purpose=row["purpose"],
                members=self.council.memberships.filter(user__email__in=keys),
                by=self.operator,
            )

    def membership(self, person: str) -> Membership:
        """Someone's membership on the day, by their key in the files."""
        row = next(row for row in self.data["person"] if row["key"] == person)
        held = Membership.objects.current().filter(
            council=self.council, user=self.users[person], organisation=self.organisations[row["organisation"]]
        )
        return held.earliest("starts_on")

    # --- the draft, the hearing, the opinions

    def first_draft(self) -> None:
        """The draft strategy."""
        strategy = self.data["document"]
        opens_at = self._consultation_row("draft-2023")["opens_at"]
        with clock.at(opens_at - dt.timedelta(days=3)):
            self.document = documents.create_document(
                self.council,
                title=strategy["title"],
                title_en=strategy["title_en"],
                summary=strategy["summary"],
                owner=self.organisations["mss"],
                note=strategy["version_1"],
                by=self.secretary,
            )
            version = self.document.versions.get()
            added: dict[str, Passage] = {}
            for row in self.data["passage"]:
                added[row["key"]] = self._passage(version, row, added)
        with clock.at(opens_at - dt.timedelta(hours=1)):
            self.drafts = {1: documents.publish_version(version, by=self.secretary)}

    def _passage(self, version: Version, row: Mapping[str, Any], known: Mapping[str, Passage]) -> Passage:
        passage = documents.add_passage(
            version,
            number=row["number"],
            heading=row["heading"],
            text=row["text"],
            parent=known.get(row.get("parent", "")),
            after=known.get(row.get("after", "")),
            by=self.secretary,
        )
        self.identities[row["key"]] = passage.identity
        return passage

    def hearing(self) -> None:
        """The hearing of 5 September 2023 and the opinions before, during and after it."""
        row = self._meeting_row("hearing-2023-09-05")
        meeting = self.convened(row, row["starts_at"], row["ends_at"], row["convened_at"])
        consultation = self._consultation_row("draft-2023")
        self._consultation(
            consultation,
            meeting,
            before=(consultation["opens_at"], meeting.starts_at - dt.timedelta(seconds=1)),
            during=(meeting.starts_at, meeting.ends_at),
            after=(meeting.ends_at + dt.timedelta(seconds=1), consultation["closes_at"] - dt.timedelta(days=1)),
        )
        with clock.at(consultation["closes_at"] - dt.timedelta(days=2)):
            opinions.extend(
                self.consultations["draft-2023"].phases.get(kind=Phase.Kind.AFTER),
                closes_at=consultation["closes_at"],
                reason=consultation["extended_because"],
                by=self.secretary,
            )
        for opinion in self.data["opinion"]:
            if opinion["consultation"] == "draft-2023":
                self._opinion(opinion, opinion["at"])
        self._hold(meeting, row["key"])

    def planned(self, row: Mapping[str, Any], starts_at: dt.datetime, ends_at: dt.datetime, **fields: Any) -> Meeting:
        """A meeting in preparation, with its agenda and papers."""
        meeting = meetings.plan_meeting(
            self.council,
            subcommittee=self.subcommittees[row["subcommittee"]] if "subcommittee" in row else None,
            **{name: row[name] for name in ("kind", "mode", "title", "place", "online_url") if name in row},
            starts_at=starts_at,
            ends_at=ends_at,
            by=self.secretary,
            **fields,
        )
        self._agenda(meeting, row["item"])
        return meeting

    def convened(
        self, row: Mapping[str, Any], starts_at: dt.datetime, ends_at: dt.datetime, convened_at: dt.datetime
    ) -> Meeting:
        """A meeting to which everyone was invited, and most have answered."""
        with clock.at(convened_at - dt.timedelta(hours=20)):
            meeting = self.planned(row, starts_at, ends_at)
        with clock.at(convened_at):
            self.meetings[row["key"]] = meetings.convene(meeting, by=self.secretary)
        self._invitations(meeting, convened_at)
        return self.meetings[row["key"]]

    def _agenda(self, meeting: Meeting, rows: list[Mapping[str, Any]]) -> None:
        items: dict[str, AgendaItem] = {}
        for row in rows:
            item = items[row["number"]] = meetings.add_item(
                meeting,
                kind=row["kind"],
                title=row["title"],
                parent=items.get(row.get("parent", "")),
                presenter=self._presenter(row["presenter"]),
                minutes_planned=row["minutes_planned"],
                note=row.get("note", ""),
                visibility=row["visibility"],
                by=self.secretary,
            )
            for paper in row.get("papers", []):
                file = ContentFile(paper["text"].encode(), name=f"{paper['title']}.txt")
                attachment = documents.attach(self.council, file=file, visibility=item.visibility, by=self.secretary)
                meetings.add_paper(item, attachment=attachment, by=self.secretary)

    def _presenter(self, person: str) -> str:
        row = next(row for row in self.data["person"] if row["key"] == person)
        return f"{row['name']} {row['title']} ({self.organisations[row['organisation']].name})"

    def _invitations(self, meeting: Meeting, convened_at: dt.datetime) -> None:
        """Four of five have answered, most of them with yes; the cast has not where the meeting is still to come."""
        cast = {"supplier@council.example", "adopter@council.example", "officer@council.example"}
        upcoming = meeting.starts_at > clock.now()
        online = meeting.mode == Meeting.Mode.ONLINE
        coming = Invitation.Answer.ONLINE if online else Invitation.Answer.ATTENDING
        with clock.at(convened_at + dt.timedelta(hours=5)):
            invitations = meeting.invitations.select_related("membership__user", "membership__organisation", "meeting")
            for number, invitation in enumerate(invitations.order_by("id")):
                user = invitation.membership.user
                if number % 5 == 4 or (upcoming and user.email in cast):
                    continue
                answer = Invitation.Answer.DECLINED if number % 7 == 3 else coming
                meetings.answer_invitation(invitation, answer=answer, by=user)

    def _consultation(
        self, row: Mapping[str, Any], meeting: Meeting, **phases: tuple[dt.datetime, dt.datetime]
    ) -> None:
        opens_at = phases[Phase.Kind.BEFORE][0]
        discussion = meeting.items.filter(kind=AgendaItem.Kind.DISCUSSION).earliest("position")
        with clock.at(opens_at - dt.timedelta(minutes=30)):
            consultation = opinions.prepare_consultation(
                self.council,
                version=self.drafts[row["version"]],
                title=row["title"],
                question=row["call"],
                office=self.organisations["mss-policy"],
                agenda_item=discussion,
                phases=phases,
                by=self.secretary,
            )
        with clock.at(opens_at):
            self.consultations[row["key"]] = opinions.open_consultation(consultation, by=self.secretary)

    def _opinion(self, row: Mapping[str, Any], at: dt.datetime) -> None:
        consultation = self.consultations[row["consultation"]]
        author = self.users[row["author"]]
        said: dict[str, Any] = {
            "current_text": row.get("current", ""),
            "kind": row["kind"],
            "proposed_text": row.get("proposed", ""),
            "reason": row["reason"],
            "audience": row["visibility"],
        }
        with clock.at(at):
            said["membership"] = self.membership(row["author"])
            passage = self.passage(consultation, row["passage"])
            if row["phase"] == Phase.Kind.DURING:
                opinion = opinions.enter(consultation, passage, source="spoken", by=self.secretary, **said)
            else:
                opinion = opinions.give(consultation, passage, by=author, **said)
        if opinion.needs_confirming:
            with clock.at(at + dt.timedelta(hours=5)):
                opinions.confirm(opinion, by=author)
        self.given.append((row, opinion))

    def passage(self, consultation: Consultation, key: str) -> Passage:
        """A passage of the version asked about, by its key in the files."""
        return consultation.version.passages.get(identity=self.identities[key])

    # --- the answers

    def answers(self) -> None:
        """The second version, and the answers published together."""
        consultation = self.consultations["draft-2023"]
        closed_at = consultation.closes_at
        assert closed_at is not None  # noqa: S101 - a consultation has phases
        mine = [(row, opinion) for row, opinion in self.given if row["consultation"] == "draft-2023"]
        with clock.at(closed_at - dt.timedelta(hours=6)):
            self._triage(mine)
            following = self._second_version()
        with clock.at(closed_at + dt.timedelta(hours=16)):
            self._dispose(mine, following)
        with clock.at(closed_at + dt.timedelta(hours=20)):
            self.drafts[2] = documents.publish_version(following, by=self.secretary)
            opinions.release(consultation, by=self.secretary)
        with clock.at(closed_at + dt.timedelta(days=5)):
            for row in self.data["told"]:
                opinion = consultation.opinions.filter(author=self.users[row["author"]]).earliest("number")
                opinions.tell_author(opinion, channel=row["channel"], note=row["note"], by=self.secretary)
        self._second_round(consultation)
        with clock.at(closed_at + dt.timedelta(days=9)):
            opinions.publish_result(consultation, by=self.secretary)

    def _second_round(self, consultation: Consultation) -> None:
        answers = Disposition.objects.filter(point__consultation=consultation)
        for row in self.data["objection"]:
            identity = self.identities[row["passage"]]
            author = self.users[row["author"]]
            answer = answers.get(point__opinion__author=author, point__opinion__passage__identity=identity)
            assert answer.released_at is not None  # noqa: S101 - it has just been published
            with clock.at(answer.released_at + dt.timedelta(days=2)):
                objection = opinions.object_to(answer, text=row["text"], by=author)
            with clock.at(answer.released_at + dt.timedelta(days=6)):
                decided = {name: row[name] for name in ("outcome", "reason", "verdict", "answer") if name in row}
                opinions.decide_objection(objection, by=self.officer, **decided)

    def _triage(self, given: list[tuple[Mapping[str, Any], Opinion]]) -> None:
        for row, opinion in given:
            if "verdict" in row or "office" in row:
                office = self.organisations[row.get("office", "mss-policy")]
                due_on = self.today + dt.timedelta(days=row["due_in_days"]) if "due_in_days" in row else None
                opinions.triage(opinion.points.get(), office=office, due_on=due_on, by=self.secretary)

    def _second_version(self) -> Version:
        following = documents.start_version(
            self.document, note=self.data["document"]["version_2"], by=self.users["officer"]
        )
        known = {key: following.passages.get(identity=identity) for key, identity in self.identities.items()}
        for row in self.data["removed"]:
            documents.remove_passage(known[row["passage"]], by=self.officer)
        for row in self.data["change"]:
            documents.change_passage(known[row["passage"]], text=row["text"], by=self.officer)
        for row in self.data["added"]:
            known[row["key"]] = self._passage(following, row, known)
        return following

    def _dispose(self, given: list[tuple[Mapping[str, Any], Opinion]], changed: Version | None = None) -> None:
        for row, opinion in given:
            if "verdict" not in row:
                continue
            passage = None
            if changed and "changed" in row:
                passage = changed.passages.get(identity=self.identities[row["changed"]])
            officer = self.users["officer-data" if row.get("office") == "mss-data" else "officer"]
            point = opinion.points.get()
            opinions.dispose(point, verdict=row["verdict"], reason=row["answer"], changed_passage=passage, by=officer)

    # --- what followed, and what is going on

    def follow_up(self) -> None:
        """The written review towards 18 September 2023, and a subcommittee after it."""
        row = self._meeting_row("written-2023-09-13")
        self._hold(self.convened(row, row["starts_at"], row["ends_at"], row["convened_at"]), row["key"])
        Preparing(self).forwarded()

    def present(self) -> None:
        """What the council is doing now."""
        row = self._meeting_row("plenary-review")
        starts_at = seoul(self.today + dt.timedelta(days=row["starts_in_days"]), row["starts_hour"])
        ends_at = starts_at + dt.timedelta(hours=row["hours"])
        convened_at = clock.now() - dt.timedelta(days=row["convened_days_ago"])
        meeting = self.convened(row, starts_at, ends_at, convened_at)
        consultation = self._consultation_row("review-now")
        opens_at = seoul(self.today - dt.timedelta(days=consultation["opens_days_ago"]), 9)
        closes_on = self.today + dt.timedelta(days=consultation["closes_in_days"])
        self._consultation(
            consultation,
            meeting,
            before=(opens_at, clock.end_of_day(closes_on)),
            during=(starts_at, ends_at),
            after=(ends_at + dt.timedelta(seconds=1), clock.end_of_day(self.today + dt.timedelta(days=20))),
        )
        mine = [row for row in self.data["opinion"] if row["consultation"] == "review-now"]
        for opinion in sorted(mine, key=lambda row: (-row["days_ago"], row["hour"])):
            at = seoul(self.today - dt.timedelta(days=opinion["days_ago"]), opinion["hour"])
            self._opinion(opinion, at)
            with clock.at(at + dt.timedelta(hours=3)):
                self._triage(self.given[-1:])
                self._dispose(self.given[-1:])

    def working(self) -> None:
        """What goes on around opinions and meetings: inside an organisation, on the board, on coming agendas."""
        Working(self).play()
        Preparing(self).present()

    def running(self) -> None:
        """A meeting in session at this moment."""
        row = self.data["running"]
        starts_at = clock.now() - dt.timedelta(minutes=row["minutes_ago"])
        convened_at = starts_at - dt.timedelta(days=self.council.notice_days + 2)
        meeting = self.convened(row, starts_at, starts_at + dt.timedelta(hours=row["hours"]), convened_at)
        Holding(self, meeting).run(row)

    def _hold(self, meeting: Meeting, key: str) -> None:
        Holding(self, meeting).play(next(row for row in self.data["held"] if row["meeting"] == key))

    def set_password(self, user: User) -> None:
        """Let someone who was invited log in with the demo's password."""
        user.password = self.password
        user.save(update_fields=["password"])

    def _meeting_row(self, key: str) -> Mapping[str, Any]:
        return next(row for row in self.data["meeting"] if row["key"] == key)

    def _consultation_row(self, key: str) -> Mapping[str, Any]:
        return next(row for row in self.data["consultation"] if row["key"] == key)
