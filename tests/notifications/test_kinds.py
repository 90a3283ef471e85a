"""Which way each kind of notice comes, unless its reader decides otherwise."""

import pytest

from council.journal.verbs import Verb
from council.notifications.announcements import ANNOUNCEMENTS, verbs_of
from council.notifications.kinds import DIGEST, MAIL, PUSH, SCREEN, WAYS, is_duty
from council.notifications.models import DUTIES, Kind
from council.notifications.unsubscribing import may_leave

AT_ONCE = {
    Kind.SUMMONS,  # a meeting changes
    Kind.TASKS,  # assigned
    Kind.ANSWERS,  # addressed to one person
    Kind.MEMBERSHIP,
    Kind.CONSULTATIONS,
    Kind.PERSONAL,
    Kind.INTEGRATIONS,
    Kind.SECURITY,
}

KINDS = {
    Verb.MEETING_CONVENED: Kind.SUMMONS,
    Verb.MEETING_REVISED: Kind.SUMMONS,
    Verb.MEETING_CANCELLED: Kind.SUMMONS,
    Verb.ALTERNATE_NAMED: Kind.SUMMONS,
    Verb.ANSWER_RELEASED: Kind.ANSWERS,
    Verb.OBJECTION_DECIDED: Kind.ANSWERS,
    Verb.OPINION_TRIAGED: Kind.TASKS,
    Verb.ACTION_ASSIGNED: Kind.TASKS,
    Verb.ACTION_OVERDUE: Kind.TASKS,
    Verb.CONSULTATION_REMINDED: Kind.TASKS,
    Verb.CONSULTATION_OPENED: Kind.CONSULTATIONS,
    Verb.VERSION_PUBLISHED: Kind.DOCUMENTS,
    Verb.ANSWERS_RELEASED: Kind.DOCUMENTS,
    Verb.DECISION_RECORDED: Kind.DECISIONS,
    Verb.MINUTES_APPROVED: Kind.MINUTES,
    Verb.OPINION_SUBMITTED: Kind.SECRETARIAT,
    Verb.OPINION_REMARKED: Kind.ROOM,
    Verb.MEETING_OPENED: Kind.LIVE,
    Verb.BALLOT_OPENED: Kind.LIVE,
    Verb.PASSWORD_RESET_REQUESTED: Kind.SECURITY,
    Verb.TOKEN_CREATED: Kind.SECURITY,
    Verb.MEMBER_APPOINTED: Kind.MEMBERSHIP,
}


def test_every_kind_has_its_ways_and_every_way_is_usual_or_offered():
    assert set(WAYS) == set(Kind)
    for kind, ways in WAYS.items():
        assert set(ways.usual) <= set(ways.offered), kind
        assert set(ways.locked) <= set(ways.usual), kind


@pytest.mark.parametrize("kind", Kind)
def test_mail_at_once_is_for_what_is_addressed_assigned_or_a_changed_meeting(kind: Kind):
    assert (MAIL in WAYS[kind].usual) == (kind in AT_ONCE)


@pytest.mark.parametrize("kind", sorted(set(Kind) - AT_ONCE - {Kind.LIVE}))
def test_everything_else_is_on_screen_and_in_the_digest(kind: Kind):
    assert WAYS[kind].usual == (SCREEN, DIGEST)


def test_what_runs_now_is_no_matter_for_a_mail():
    assert WAYS[Kind.LIVE].offered == (SCREEN, PUSH)


@pytest.mark.parametrize("kind", DUTIES)
def test_a_duty_says_why_it_cannot_be_switched_off_and_is_no_list_one_can_leave(kind: Kind):
    assert WAYS[kind].reason
    assert SCREEN in WAYS[kind].locked
    assert not may_leave(kind)


def test_the_safety_of_an_account_is_always_mailed_at_once():
    assert MAIL in WAYS[Kind.SECURITY].locked


@pytest.mark.parametrize(("verb", "kind"), KINDS.items())
def test_what_happens_is_of_the_kind_people_would_look_for_it_under(verb: Verb, kind: Kind):
    assert ANNOUNCEMENTS[verb].kind == kind


@pytest.mark.parametrize("verb", ANNOUNCEMENTS, ids=str)
def test_every_announcement_can_reach_someone(verb: Verb):
    announcement = ANNOUNCEMENTS[verb]
    usual = set(announcement.channels) & set(announcement.ways.usual)
    assert usual
    assert announcement.duty == is_duty(announcement.kind)
    assert str(announcement.sentence)
    assert str(announcement.because)
    if announcement.duty:
        assert MAIL in usual


def test_every_kind_is_used_by_something():
    assert [kind for kind in Kind if not verbs_of(kind)] == []


def test_reminders_ask_again_whether_it_is_still_to_be_done():
    reminders = {verb for verb, announcement in ANNOUNCEMENTS.items() if announcement.still_owes}
    assert reminders >= {
        Verb.CONSULTATION_REMINDED,
        Verb.ACTION_DUE_SOON,
        Verb.ACTION_OVERDUE,
        Verb.ACTION_ESCALATED,
    }
