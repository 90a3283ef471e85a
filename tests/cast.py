"""The people every test knows, the council they sit on, and the things that happen there.

officer, of the ministry's office that owes the answers · secretary and chair of the council · tp, a Techno Park
coordinator · supplier · adopter · observer · expired, whose term is over · stranger, who has an account and no seat ·
operator, who runs the site.
"""

import datetime as dt
from functools import cache
from typing import Any

from django.contrib.auth.hashers import get_hasher, make_password
from django.core.files.base import ContentFile

from council.core import clock
from council.documents import actions as documents
from council.documents.models import Document, Passage, Version
from council.meetings import actions as meetings
from council.meetings.models import (
    AgendaItem,
    Alternate,
    Attendance,
    FloorRequest,
    Invitation,
    Meeting,
    Recusal,
    Statement,
)
from council.opinions import actions as opinions
from council.opinions.models import Consultation, Disposition, Opinion, Point
from council.people import actions as people
from council.people.models import Council, Membership, Organisation, Seat, User

PASSWORD = "a-long-enough-password"
KIND = Organisation.Kind
ROLE = Membership.Role
TEXT = "기초 단계 기업에는 로봇과 자동화 설비를 우선 지원한다. 자부담 비율은 50%로 한다."


@cache
def password_hash(hasher: str) -> str:
    """What is stored of :data:`PASSWORD`, worked out once for each hasher."""
    return make_password(PASSWORD, hasher=hasher)


def account(email: str, name: str, **fields: Any) -> User:
    """An account that can log in with :data:`PASSWORD`."""
    password = password_hash(get_hasher().algorithm)
    return User.objects.create(email=f"{email}@council.example", name=name, password=password, **fields)


def organisation(name: str, kind: str, **fields: Any) -> Organisation:
    """An organisation of a kind."""
    return Organisation.objects.create(name=name, kind=kind, **fields)


class Cast:
    """Everyone and everything a test may need, made on demand by the same actions the doors call."""

    def __init__(self) -> None:
        self.today = clock.today()
        self.operator = account("operator", "운영자", is_staff=True)
        self.ministry = organisation("중소벤처기업부", KIND.CENTRAL_GOVERNMENT)
        self.office = organisation("제조혁신 담당 부서", KIND.CENTRAL_GOVERNMENT, parent=self.ministry)
        self.council: Council = people.establish_council(
            by=self.operator, name="디지털 제조혁신 협의체", operator=self.ministry
        )
        self.chair = self.member("chair", "의장", self.ministry, role=ROLE.CHAIR)
        self.secretary = self.member("secretary", "간사", self.ministry, role=ROLE.SECRETARY, seated=False)
        self.officer = self.member("officer", "사무관", self.office)
        self.technopark = organisation("경남테크노파크", KIND.TECHNOPARK, region_id="gyeongnam")
        self.tp = self.member("tp", "센터장", self.technopark)
        self.supplying = organisation("누리솔루션", KIND.SUPPLIER, region_id="gyeonggi", size="small")
        self.supplier = self.member("supplier", "공급 대표", self.supplying)
        self.adopting = organisation("한빛정밀", KIND.ADOPTER, region_id="gyeongnam", size="medium")
        self.adopter = self.member("adopter", "도입 대표", self.adopting)
        self.observer = self.member("observer", "참관인", self.technopark, role=ROLE.OBSERVER, seated=False)
        self.expired = self.member("expired", "전 위원", self.adopting, ends_on=self.today - dt.timedelta(days=1))
        self.stranger = account("stranger", "외부인")

    # --- people

    def member(
        self,
        email: str,
        name: str,
        organisation: Organisation,
        *,
        role: str = ROLE.MEMBER,
        seated: bool = True,
        ends_on: dt.date | None = None,
        council: Council | None = None,
    ) -> User:
        """Someone who has sat on the council for a year, with a year to go; nobody need be told of it any more."""
        council = council or self.council
        user = User.objects.filter(email=f"{email}@council.example").first() or account(email, name)
        Membership.objects.create(
            council=council,
            user=user,
            organisation=organisation,
            sector=organisation.sector,
            role=role,
            seat=self._seat(council, organisation) if seated else None,
            starts_on=self.today - dt.timedelta(days=365),
            ends_on=ends_on or self.today + dt.timedelta(days=365),
        )
        return user

    @staticmethod
    def _seat(council: Council, organisation: Organisation) -> Seat:
        return Seat.objects.create(council=council, sector=organisation.sector, number=council.seats.count() + 1)

    def full_table(self, seats: int = 40) -> list[User]:
        """Members until every one of so many seats is taken; gives those who were added."""
        taken = Membership.objects.current().filter(council=self.council, role__in=Membership.SEATED).count()
        return [
            self.member(f"seat{number}", f"위원 {number}", self.supplying) for number in range(taken + 1, seats + 1)
        ]

    def membership(self, user: User, council: Council | None = None) -> Membership:
        """Someone's membership in the council."""
        return Membership.objects.filter(user=user, council=council or self.council).earliest("id")

    # --- documents

    def document(self, *, passages: int = 3) -> Document:
        """The draft strategy with its first version in work."""
        document = documents.create_document(
            self.council, title="디지털 제조혁신 전략(안)", owner=self.ministry, by=self.secretary
        )
        version = document.versions.get()
        for number in range(1, passages + 1):
            documents.add_passage(version, number=f"{number}", heading=f"과제 {number}", text=TEXT, by=self.secretary)
        return document

    def version(self, *, passages: int = 3) -> Version:
        """Its first version, published."""
        return documents.publish_version(self.document(passages=passages).versions.get(), by=self.secretary)

    def next_version(self, version: Version) -> Version:
        """The version after another one, in work, its first passage changed."""
        following = documents.start_version(version.document, by=self.secretary)
        documents.change_passage(
            following.passages.earliest("position"), text=TEXT.replace("50%", "30%"), by=self.secretary
        )
        return following

    def attachment(self, **fields: Any):
        """A small text file."""
        return documents.attach(
            self.council, file=ContentFile("검토 자료".encode(), name="자료.txt"), by=self.secretary, **fields
        )

    # --- meetings

    def planned_meeting(self, *, days: int = 10, **fields: Any) -> Meeting:
        """A plenary in preparation, complete, so that it can be convened."""
        starts_at = clock.now() + dt.timedelta(days=days)
        meeting = meetings.plan_meeting(
            self.council,
            by=self.secretary,
            **{
                "title": "제1차 전체회의",
                "starts_at": starts_at,
                "ends_at": starts_at + dt.timedelta(hours=2),
                "place": "대한상공회의소 중회의실",
                **fields,
            },
        )
        self.item(meeting)
        return meeting

    def item(self, meeting: Meeting, **fields: Any) -> AgendaItem:
        """An item on its agenda."""
        return meetings.add_item(
            meeting, by=self.secretary, **{"title": "전략(안) 토의", "presenter": "담당 부서", **fields}
        )

    def meeting(self, **fields: Any) -> Meeting:
        """A convened plenary."""
        return meetings.convene(self.planned_meeting(**fields), by=self.secretary)

    def invitation(self, meeting: Meeting, user: User) -> Invitation:
        """Someone's invitation."""
        return meeting.invitations.get(membership__user=user)

    def alternate(self, meeting: Meeting, who: User | None = None, **fields: Any) -> Alternate:
        """Someone new whom the supplier, or another member, sends to a meeting."""
        who = who or self.supplier
        words = {
            "email": "deputy@council.example",
            "name": "대리인",
            "title": "부장",
            "mandate": "모든 안건에 대한 발언과 표결",
            **fields,
        }
        return meetings.name_alternate(self.invitation(meeting, who), by=who, **words)

    def recusal(self, meeting: Meeting, kind: str = "abstention", by: User | None = None, **fields: Any) -> Recusal:
        """The supplier keeps out of a meeting's last item, or should."""
        words = {"ground": "party", "reason": "계약 상대방입니다.", **fields}
        invitation = self.invitation(meeting, self.supplier)
        item = meeting.items.latest("position")
        return meetings.raise_recusal(item, invitation=invitation, kind=kind, by=by or self.supplier, **words)

    def running(self, **fields: Any) -> Meeting:
        """A plenary in session, convened ten days ago."""
        with clock.at(clock.now() - dt.timedelta(days=10)):
            meeting = self.meeting(**fields)
        return meetings.open_meeting(meeting, by=self.secretary)

    def present(self, meeting: Meeting, *people: User, **fields: Any) -> Attendance:
        """Some who have checked in, the supplier if nobody else; gives the last one's attendance."""
        return [meetings.check_in(meeting, by=user, **fields) for user in people or [self.supplier]][-1]

    def request_to_speak(self, meeting: Meeting, by: User | None = None, **fields: Any) -> FloorRequest:
        """Someone there who waits to speak."""
        self.present(meeting, by or self.supplier)
        return meetings.ask_for_floor(meeting, by=by or self.supplier, **fields)

    def statement(self, meeting: Meeting, by: User | None = None, **fields: Any) -> Statement:
        """The gist of what someone there said, in their own words."""
        self.present(meeting, by or self.supplier)
        words = {"text": "데이터 표준이 먼저입니다.", **fields}
        return meetings.write_statement(meeting, by=by or self.supplier, **words)

    # --- opinions

    def prepared_consultation(self, version: Version | None = None, *, days: int = 14) -> Consultation:
        """A consultation in preparation whose phase runs now."""
        now = clock.now()
        return opinions.prepare_consultation(
            self.council,
            version=version or self.version(),
            title="전략(안) 의견수렴",
            office=self.office,
            phases={"before": (now - dt.timedelta(days=1), now + dt.timedelta(days=days))},
            by=self.secretary,
        )

    def consultation(self, version: Version | None = None) -> Consultation:
        """An open consultation."""
        return opinions.open_consultation(self.prepared_consultation(version), by=self.secretary)

    def drafted(
        self, consultation: Consultation, *, by: User | None = None, passage: Passage | None = None, **words: Any
    ) -> Opinion:
        """The supplier's opinion, not submitted yet."""
        by = by or self.supplier
        passage = passage or consultation.version.passages.earliest("position")
        words = {
            "kind": "amend",
            "proposed_text": TEXT.replace("50%", "30%"),
            "reason": "영세 기업은 자부담 절반을 감당하기 어렵습니다.",
            **words,
        }
        return opinions.draft(consultation, passage, membership=self.membership(by), by=by, **words)

    def submitted(self, consultation: Consultation, *, by: User | None = None, **words: Any) -> Opinion:
        """An opinion given."""
        opinion = self.drafted(consultation, by=by, **words)
        return opinions.submit(opinion, by=by or self.supplier)

    def triaged(self, consultation: Consultation, **words: Any) -> Opinion:
        """An opinion assigned to the office."""
        opinion = self.submitted(consultation, **words)
        opinions.triage(opinion.points.get(), by=self.secretary)
        opinion.refresh_from_db()
        return opinion

    def point(self, consultation: Consultation, **words: Any) -> Point:
        """The one point of an opinion assigned to the office."""
        return self.triaged(consultation, **words).points.get()

    def answered(self, consultation: Consultation, **words: Any) -> Opinion:
        """An opinion with an answer prepared, not published."""
        opinion = self.triaged(consultation, **words)
        self.answer(opinion)
        opinion.refresh_from_db()
        return opinion

    def answer(self, opinion: Opinion, *, verdict: str = "not_accepted", **fields: Any) -> Disposition:
        """The office's answer to an opinion of one point."""
        answer = {"reason": "예산 여건상 당장은 어렵습니다.", "by": self.officer, **fields}
        return opinions.dispose(opinion.points.get(), verdict=verdict, **answer)

    def colleague(self, name: str = "동료", *, coordinates: bool = False) -> User:
        """Someone else who speaks for the supplier's organisation, perhaps as its coordinator."""
        user = self.member("coordinator" if coordinates else "colleague", name, self.supplying)
        if coordinates:
            people.name_coordinator(self.membership(user), by=self.secretary)
        return user

    def published(self, consultation: Consultation, **words: Any) -> Opinion:
        """An opinion whose answer has been published."""
        opinion = self.answered(consultation, **words)
        opinions.release(consultation, by=self.secretary)
        opinion.refresh_from_db()
        return opinion
