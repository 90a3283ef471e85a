"""The pages on which members propose agenda items and learn what became of them."""

import datetime as dt

import pytest
from django.urls import reverse

from council.core import clock
from council.meetings import actions
from council.meetings.models import Meeting, Proposal

WORDS = {"title": "데이터 표준", "note": "표준이 없습니다.", "kind": "discussion", "minutes_planned": "15"}


def url(name: str, thing) -> str:
    return reverse(f"web:{name}", args=[thing.pk])


@pytest.fixture
def meeting(cast) -> Meeting:
    """In preparation, asking for proposals."""
    return cast.planned_meeting(proposals_until=clock.now() + dt.timedelta(days=5))


@pytest.fixture
def proposal(cast, meeting) -> Proposal:
    return actions.propose_item(
        meeting,
        membership=cast.membership(cast.supplier),
        title="로봇 교육",
        note="인력이 부족합니다.",
        by=cast.supplier,
    )


def test_a_member_comes_from_the_meeting_to_a_proposal(cast, browse, meeting):
    browser = browse(cast.supplier)
    page = browser.get(meeting.get_absolute_url())
    assert page.status_code == 200
    assert url("propose_item", meeting) in page.content.decode()
    assert not page.context["lines"]  # the agenda itself is not announced
    answer = browser.post(url("propose_item", meeting), WORDS)
    assert answer.headers["Location"] == url("proposals", meeting)
    [proposal] = browser.get(url("proposals", meeting)).context["waiting"]
    assert (proposal.title, proposal.organisation, proposal.minutes_planned) == ("데이터 표준", cast.supplying, 15)


def test_a_member_sees_those_of_their_own_organisation(cast, browse, meeting, proposal):
    seen = {
        name: proposal.title in browse(getattr(cast, name)).get(url("proposals", meeting)).content.decode()
        for name in ("supplier", "adopter", "observer", "secretary")
    }
    assert seen == {"supplier": True, "adopter": False, "observer": False, "secretary": True}
    assert browse(cast.stranger).get(url("proposals", meeting)).status_code == 404


def test_who_only_observes_is_not_asked(cast, browse, meeting):
    page = browse(cast.observer).get(meeting.get_absolute_url()).content.decode()
    assert url("propose_item", meeting) not in page
    assert browse(cast.observer).get(url("propose_item", meeting)).status_code == 403


def test_after_the_deadline_what_was_typed_stays_and_the_page_says_why(cast, browse, meeting):
    with clock.at(meeting.proposals_until + dt.timedelta(minutes=1)):
        browser = browse(cast.supplier)
        page = browser.post(url("propose_item", meeting), WORDS)
        assert page.context["form"].non_field_errors()
        assert WORDS["title"] in page.content.decode()
        assert url("propose_item", meeting) not in browser.get(meeting.get_absolute_url()).content.decode()
    assert not Proposal.objects.exists()


def test_the_secretary_puts_it_on_the_agenda_below_another_item(cast, browse, meeting, proposal):
    parent = meeting.items.get()
    browser = browse(cast.secretary)
    assert parent.title in browser.get(url("proposals", meeting)).content.decode()
    browser.post(url("accept_proposal", proposal), {"parent": parent.pk})
    assert meeting.items.get(title="로봇 교육").parent == parent
    [decided] = browse(cast.supplier).get(url("proposals", meeting)).context["decided"]
    assert decided.state == "accepted"


def test_the_secretary_declines_with_a_reason_the_member_reads(cast, browse, meeting, proposal):
    browser = browse(cast.secretary)
    assert "reason" in browser.post(url("decline_proposal", proposal), {"reason": " "}).context["form"].errors
    browser.post(url("decline_proposal", proposal), {"reason": "분과에서 다룹니다."})
    assert "분과에서 다룹니다." in browse(cast.supplier).get(url("proposals", meeting)).content.decode()


def test_the_secretary_merges_proposals(cast, browse, meeting, proposal):
    other = actions.propose_item(
        meeting, membership=cast.membership(cast.adopter), title="교육", note="같은 생각입니다.", by=cast.adopter
    )
    browser, address = browse(cast.secretary), url("merge_proposals", meeting)
    chosen = browser.get(address, {"proposal": proposal.pk}).context["form"].initial["proposals"]
    assert chosen == [str(proposal.pk)]
    both = [proposal.pk, other.pk]
    assert "title" in browser.post(address, {"proposals": both}).context["form"].errors
    browser.post(address, {"proposals": both, "title": "인력 양성"})
    assert meeting.items.get(title="인력 양성").proposals.count() == 2


def test_a_member_withdraws_their_own_and_decides_nothing(cast, browse, meeting, proposal):
    for name in ("accept_proposal", "decline_proposal"):
        assert browse(cast.supplier).post(url(name, proposal), {}).status_code == 403
        assert browse(cast.adopter).post(url(name, proposal), {}).status_code == 404
    assert browse(cast.supplier).post(url("merge_proposals", meeting), {}).status_code == 403
    assert browse(cast.secretary).post(url("withdraw_proposal", proposal)).status_code == 403
    browse(cast.supplier).post(url("withdraw_proposal", proposal))
    proposal.refresh_from_db()
    assert proposal.state == "withdrawn"


@pytest.mark.parametrize("number", [1, 12])
def test_the_number_of_queries_does_not_grow(cast, browse, meeting, django_assert_max_num_queries, number):
    for each in range(number):
        actions.propose_item(
            meeting, membership=cast.membership(cast.supplier), title=f"안건 {each}", note="이유", by=cast.supplier
        )
    for proposal in meeting.proposals.all()[: number // 2]:
        actions.accept_proposal(proposal, by=cast.secretary)
    browser = browse(cast.secretary)
    with django_assert_max_num_queries(12):
        browser.get(url("proposals", meeting))
