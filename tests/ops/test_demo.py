"""The demo: what it promises is in it, and it does not overwrite anything."""

import datetime as dt
from collections import Counter
from io import StringIO

import pytest
from django.core import mail
from django.core.management import CommandError, call_command
from django.db.models import Count
from django.test import Client

from council.core import clock
from council.core.models import Sector
from council.decisions import actions as decisions
from council.decisions.models import (
    Action,
    ActionReport,
    Ballot,
    Correction,
    Decision,
    Recording,
    TranscriptLine,
)
from council.exchange.models import Export, ImportRow
from council.findings import actions as findings
from council.findings import words
from council.integrations.models import Delivery, Webhook
from council.journal import actions as journal
from council.journal.models import Entry
from council.meetings.models import Meeting, Recusal, Referral
from council.meetings.quorum import quorum
from council.notifications import actions as notifications
from council.notifications.models import Digest, Notification
from council.opinions.models import (
    AnswerTemplate,
    Batch,
    Campaign,
    Consultation,
    Disposition,
    Objection,
    Opinion,
    Phase,
    Point,
    Reaction,
    Redaction,
    Remark,
    Reply,
    Report,
    Told,
)
from council.ops import demo
from council.people.models import Council, Organisation, ServiceAccount, User

pytestmark = pytest.mark.django_db


def load(*arguments: str) -> str:
    out = StringIO()
    call_command("demo", *arguments, stdout=out)
    return out.getvalue()


def test_the_demo_holds_what_it_promises():
    """One test for one load: it is the same data every time."""
    said = load()
    assert demo.PASSWORD in said
    assert all(email in said for email, _who in demo.ACCOUNTS)

    council = Council.objects.get()
    kinds = Organisation.objects.values_list("kind", flat=True)
    assert list(kinds).count("local_government") == 17
    assert list(kinds).count("technopark") == 19

    the_hearing_is_minuted_and_followed_up()
    the_written_review_is_counted()
    a_meeting_runs_now()
    members_propose_items()
    items_went_to_other_bodies()
    votes_unite_and_divide()
    assert Meeting.objects.upcoming().exists()

    given = Opinion.objects.given()
    assert given.count() >= 80
    assert set(given.values_list("sector", flat=True)) == set(Sector.values) - {Sector.GOVERNMENT}  # which answers
    assert set(given.values_list("phase", flat=True)) == set(Phase.Kind.values)
    assert set(Disposition.objects.values_list("verdict", flat=True)) == set(Disposition.Verdict.values)
    assert Point.objects.given().overdue().count() >= 3
    assert Consultation.objects.taking_opinions().count() == 1
    for consultation in Consultation.objects.all():
        opinions = consultation.opinions.given()
        assert consultation.submitted == opinions.count()
        assert consultation.published == opinions.filter(state="published").count()
        assert consultation.answered == opinions.filter(state__in=["answered", "published"]).count()

    accepted = Disposition.objects.filter(verdict__in=Disposition.CHANGES_TEXT)
    assert set(accepted.exclude(released_at=None).values_list("changed_passage__version__number", flat=True)) == {2}
    in_work = accepted.get(released_at=None).changed_passage
    assert not in_work.version.is_published
    assert in_work.text != in_work.version.document.versions.get(number=2).passages.get(identity=in_work.identity).text
    each_feature_is_shown()
    another_system_is_connected()
    assert not Entry.objects.undispatched().exists()
    while notifications.send_mails():
        pass
    assert mail.outbox == []
    journal.seal()
    assert journal.broken_seals() == []

    client = Client()
    client.login(email="supplier@council.example", password=demo.PASSWORD)
    now = Meeting.objects.get(state="running")
    for path in (
        "/",
        council.get_absolute_url(),
        "/notices/",
        "/actions/",
        now.get_absolute_url(),
        f"/meetings/{now.pk}/live/",
    ):
        assert client.get(path).status_code == 200

    assert load("--if-empty") == ""
    with pytest.raises(CommandError, match="not empty"):
        load()
    with pytest.raises(CommandError, match="does not fit"):
        load("--add")


def the_hearing_is_minuted_and_followed_up() -> None:
    """The 5 September meeting, from its attendance to its last action."""
    hearing = Meeting.objects.get(kind="hearing")
    assert clock.seoul_date(hearing.starts_at) == dt.date(2023, 9, 5)
    assert hearing.state == "closed"
    assert set(hearing.items.values_list("state", flat=True)) == {"done"}
    assert hearing.attendance.exclude(alternate=None).count() == 1
    assert hearing.attendance.filter(invitation=None).count() == 2
    assert hearing.statements.count() >= 12
    minutes = hearing.record
    assert minutes.state == "approved"
    assert decisions.digest_of(minutes) == minutes.digest
    assert not minutes.sections.filter(text="").exists()
    corrections = Correction.objects.filter(section__minutes=minutes).order_by("id")
    assert [each.state for each in corrections] == ["accepted", "declined"]
    assert corrections[0].proposed in corrections[0].section.text
    assert minutes.annexes.count() == 1
    recusal = Recusal.objects.get(item__meeting=hearing)
    assert (recusal.kind, recusal.state) == ("abstention", "granted")
    supplier = User.objects.get(email="supplier@council.example")
    released = Recording.objects.visible_to(supplier).filter(meeting=hearing)
    assert [each.lines.count() for each in released] == [11, 3]
    assert TranscriptLine.objects.visible_to(supplier).filter(recording__in=released).count() == 13
    assert Recording.objects.playable_by(supplier).get().attachment is not None
    resolved = Decision.objects.filter(meeting=hearing).order_by("id")
    assert [each.number for each in resolved] == ["2023-1", "2023-2", "2023-3"]
    assert all(each.passages.exists() for each in resolved)
    actions = Action.objects.filter(meeting=hearing)
    assert (actions.count(), actions.filter(state="done").count(), actions.overdue().count()) == (5, 2, 1)
    assert ActionReport.objects.filter(action__in=actions.filter(state="done"), evidence__isnull=False).count() == 2


def the_written_review_is_counted() -> None:
    """Forms returned, on paper too, and those who kept silent."""
    ballot = Ballot.objects.get(meeting__kind="written")
    silent = ballot.roll.filter(has_voted=False).count()
    assert (ballot.state, ballot.adopted, ballot.votes_against, ballot.abstentions, silent) == ("closed", True, 1, 2, 4)
    assert ballot.votes_for + ballot.votes_against + ballot.abstentions + silent == ballot.entitled == ballot.seats
    assert ballot.roll.filter(on_paper=True).count() == 2
    assert ballot.decision.number == "2023-4"
    assert ballot.meeting.record.state == "approved"


def a_meeting_runs_now() -> None:
    """Somebody has the floor, others wait, and a vote is open; what the hearing left open came in by itself."""
    meeting = Meeting.objects.get(state="running")
    assert meeting.starts_at < clock.now() < meeting.ends_at
    assert meeting.current_item is not None
    assert quorum(meeting, meeting.current_item).met
    assert meeting.attendance.here().filter(mode="online").exists()
    assert meeting.floor.filter(state="speaking").count() == 1
    assert [each.kind for each in meeting.floor.waiting()] == ["point_of_order", "a_speech", "a_speech"]
    ballot = Ballot.objects.open().get()
    assert (ballot.meeting, ballot.item) == (meeting, meeting.current_item)
    assert 0 < ballot.roll.filter(has_voted=True).count() < ballot.entitled
    assert meeting.items.filter(follow_up=True).exists()
    recusals = Recusal.objects.filter(item__meeting=meeting).order_by("id")
    assert [(each.kind, each.state) for each in recusals] == [("abstention", "granted"), ("challenge", "raised")]
    assert not ballot.roll.filter(membership=recusals[0].membership).exists()


def members_propose_items() -> None:
    """A plenary in preparation, to which members may propose still."""
    meeting = Meeting.objects.get(state="planned")
    assert meeting.proposals_until > clock.now()
    states = Counter(meeting.proposals.values_list("state", flat=True))
    assert states == {"open": 3, "accepted": 1, "declined": 1}
    assert meeting.items.filter(proposals__state="accepted").exists()


def items_went_to_other_bodies() -> None:
    """One was dealt with in a subcommittee and returned, one waits."""
    returned, waiting = Referral.objects.order_by("id")
    assert (returned.state, waiting.state) == ("returned", "sent")
    assert returned.taken_up_as.meeting.kind == "subcommittee"
    assert returned.taken_up_as.meeting.record.state == "approved"


def votes_unite_and_divide() -> None:
    """Something that unites, something that divides, groups, and a hearing after which some thought otherwise."""
    supplier = User.objects.get(email="supplier@council.example")
    closed, running = Consultation.objects.order_by("opened_at")
    then, now = words.found(closed, supplier), words.found(running, supplier)
    assert then is not None
    assert now is not None
    for found in (then, now):
        assert found.uniting
        assert found.dividing
        assert found.rejected
        assert len(found.groups) == 2
        assert found.squares
        assert findings.given_away(found.finding.consultation) == []
    assert then.moved
    assert then.positions
    assert then.crossing is not None
    assert (then.finding.is_last, now.finding.is_last) == (True, False)
    assert not Reaction.objects.filter(by=supplier).exists()


def each_feature_is_shown() -> None:
    """Something to look at for everything one can do with opinions and answers."""
    states = Counter(Opinion.objects.values_list("state", flat=True))
    assert {states[state] for state in ("shared", "chosen", "kept")} == {1}
    assert Remark.objects.count() == 2
    assert Reply.objects.filter(kind=Reply.Kind.NONE).count() == 6
    assert Opinion.objects.unconfirmed().get().author.email == "supplier@council.example"
    assert Opinion.objects.filter(source="spoken").exclude(confirmed_at=None).exists()
    assert Opinion.objects.get(source="paper").author is None
    assert (
        Redaction.objects.filter(approved_at=None).count() == Redaction.objects.exclude(approved_at=None).count() == 1
    )
    assert Opinion.objects.exclude(hidden_at=None).count() == 1
    assert Report.objects.open().count() == 1
    assert Campaign.objects.get().size == 4
    split = Opinion.objects.given().annotate(parts=Count("points")).get(parts=2)
    assert split.state == "waiting"
    assert {point.state for point in split.points.all()} == {"triaged", "waiting"}
    assert len({point.office for point in split.points.all()}) == 2
    assert all(point.tags for point in split.points.all())
    assert set(Objection.objects.values_list("outcome", flat=True)) == {"confirmed", "revised"}
    assert AnswerTemplate.objects.count() == 2
    assert Batch.objects.exists()
    assert Reaction.objects.count() >= 100
    assert set(Reaction.objects.values_list("value", flat=True)) == set(Reaction.Value.values)
    rows = ImportRow.objects.order_by("position").values_list("state", flat=True)
    assert list(rows) == ["ready", "problem"]
    assert Export.objects.get().kind == "dispositions"
    assert Told.objects.get().opinion.author.email == "expired@council.example"
    mails = Notification.objects.filter(channel="mail")
    assert mails.exclude(sent_at=None).count() > 50
    assert {mail.recipient.email for mail in mails.exclude(failed_at=None)} == {"expired@council.example"}
    public = Consultation.objects.get(public_at__isnull=False)
    assert Client().get(f"/public/consultations/{public.pk}/").status_code == 200


def test_a_database_with_data_is_left_alone(cast):
    before = User.objects.count()
    with pytest.raises(CommandError, match="not empty"):
        load()
    assert load("--if-empty") == ""
    assert User.objects.count() == before


def test_the_demo_can_be_loaded_beside_other_data_when_told(cast):
    for user in User.objects.all():
        User.objects.filter(pk=user.pk).update(email=user.email.replace("council.example", "elsewhere.example"))
    load("--add")
    assert Council.objects.count() == 2


def test_a_token_from_the_command_line_opens_the_api(cast):
    out = StringIO()
    call_command("token", "supplier@council.example", stdout=out)
    answer = Client().get("/api/v1/me/", headers={"authorization": f"Bearer {out.getvalue().strip()}"})
    assert answer.json()["email"] == "supplier@council.example"
    with pytest.raises(CommandError, match="no active account"):
        call_command("token", "nobody@council.example")


def test_the_journal_can_be_verified_from_the_command_line(cast):
    journal.seal()
    out = StringIO()
    call_command("verify_journal", stdout=out)
    assert "whole" in out.getvalue()


def another_system_is_connected():
    """Its pages have something to show, and nothing is ever sent."""
    system = ServiceAccount.objects.get()
    assert [each.get().last_used_at is not None for each in (system.user.tokens, system.user.clients)] == [True, True]
    webhook = Webhook.objects.get()
    assert (webhook.user, webhook.state) == (system.user, Webhook.State.PAUSED)
    assert set(webhook.deliveries.values_list("state", flat=True)) == {"delivered", "failed"}
    assert not Delivery.objects.due().exists()
    digest = Digest.objects.get()
    assert digest.recipient.habits.rhythm == "daily"
    assert digest.sent_at
    assert digest.notifications.count() > 1
