"""Voting on the pages: the card, the roll, the result and how it came about."""

from uuid import uuid4

import pytest
from django.urls import reverse

from council.decisions import actions
from council.decisions.models import Ballot
from tests.decisions.sessions import ballot_in, in_session, line, vote_all, written_review


@pytest.fixture
def meeting(cast):
    return in_session(cast)


@pytest.fixture
def ballot(cast, meeting) -> Ballot:
    return ballot_in(cast, meeting, text="자부담 비율을 30%로 한다.")


def vote_url(ballot: Ballot, user) -> str:
    return reverse("web:vote", args=[line(ballot, user).pk])


class TestVoting:
    def test_who_is_on_the_roll_gets_the_card(self, cast, browse, ballot):
        assert vote_url(ballot, cast.tp) in browse(cast.tp).get(ballot.get_absolute_url()).text
        for user in (cast.secretary, cast.observer):
            assert "vote-card" not in browse(user).get(ballot.get_absolute_url()).text

    def test_a_stranger_gets_404(self, cast, browse, ballot):
        for name in ("ballot", "vote_card"):
            assert browse(cast.stranger).get(reverse(f"web:{name}", args=[ballot.pk])).status_code == 404
        assert browse(cast.stranger).post(vote_url(ballot, cast.tp), {"choice": "for"}).status_code == 404

    def test_a_vote_is_cast_once_however_often_it_is_sent(self, cast, browse, ballot):
        client, sent = browse(cast.tp), {"choice": "for", "statement": "지역에 필요합니다.", "key": str(uuid4())}
        for _time in "12":
            assert client.post(vote_url(ballot, cast.tp), sent).url == ballot.get_absolute_url()
        again = client.post(vote_url(ballot, cast.tp), {"choice": "against", "key": str(uuid4())})
        assert again.status_code == 422
        assert line(ballot, cast.tp).choice == "for"
        assert "지역에 필요합니다." in client.get(ballot.get_absolute_url()).text

    def test_nobody_votes_for_another(self, cast, browse, ballot):
        assert browse(cast.supplier).post(vote_url(ballot, cast.tp), {"choice": "for"}).status_code == 403

    def test_without_a_choice_it_is_asked_for_again(self, cast, browse, ballot):
        answer = browse(cast.tp).post(vote_url(ballot, cast.tp), {})
        assert answer.status_code == 422
        assert not line(ballot, cast.tp).has_voted

    def test_the_fragment_answers_with_the_fragment(self, cast, browse, ballot):
        headers = {"HX-Request": "true"}
        answer = browse(cast.tp).post(vote_url(ballot, cast.tp), {"choice": "for"}, headers=headers)
        assert answer.status_code == 200
        assert "<html" not in answer.text
        assert "vote-choices" not in answer.text

    def test_how_others_voted_is_shown_when_it_is_closed(self, cast, browse, ballot):
        browse(cast.tp).post(vote_url(ballot, cast.tp), {"choice": "against", "statement": "예산이 없습니다."})
        assert "예산이 없습니다." not in browse(cast.chair).get(ballot.get_absolute_url()).text
        actions.close_ballot(ballot, by=cast.secretary)
        assert "예산이 없습니다." in browse(cast.chair).get(ballot.get_absolute_url()).text


class TestSecret:
    def test_every_choice_gets_an_answer_of_the_same_size(self, cast, browse, meeting):
        ballot = ballot_in(cast, meeting, secret=True)
        sizes = set()
        for user, choice in ((cast.tp, "for"), (cast.supplier, "against"), (cast.adopter, "abstain")):
            client = browse(user)
            answer = client.post(vote_url(ballot, user), {"choice": choice}, headers={"HX-Request": "true"})
            assert "against" not in answer.text
            text = answer.text.replace(str(line(ballot, user).organisation), "")
            sizes.add(len(text.replace(f"vote-card-{line(ballot, user).pk}", "")))
        assert len(sizes) == 1

    def test_neither_page_nor_roll_tells_a_choice(self, cast, browse, meeting):
        ballot = ballot_in(cast, meeting, secret=True)
        vote_all(ballot, "+++++")
        actions.close_ballot(ballot, by=cast.secretary)
        answer = browse(cast.secretary).get(ballot.get_absolute_url())
        assert not answer.context["shows_choices"]


class TestRunning:
    def test_the_secretary_opens_closes_and_records_the_decision(self, cast, browse, meeting):
        client, item = browse(cast.secretary), meeting.items.first()
        address = reverse("web:open_ballot", args=[meeting.pk])
        assert client.get(f"{address}?item={item.pk}").status_code == 200
        made = client.post(address, {"question": "의결할 것인가?", "item": item.pk, "majority": "", "base": ""})
        ballot = Ballot.objects.get()
        assert made.url == ballot.get_absolute_url()
        vote_all(ballot, "+++++")
        assert client.post(reverse("web:close_ballot", args=[ballot.pk])).status_code == 302
        text = client.get(ballot.get_absolute_url()).text
        record = f"{reverse('web:record_decision', args=[meeting.pk])}?ballot={ballot.pk}"
        assert record in text
        form = client.get(record).context["form"]
        assert form.initial["title"] == ballot.question

    def test_it_is_called_off_with_a_reason(self, cast, browse, ballot):
        address = reverse("web:cancel_ballot", args=[ballot.pk])
        assert browse(cast.chair).post(address, {"reason": ""}).status_code == 200
        browse(cast.chair).post(address, {"reason": "질문을 고칩니다."})
        ballot.refresh_from_db()
        assert ballot.state == "cancelled"

    def test_members_are_not_offered_what_they_may_not(self, cast, browse, ballot):
        text = browse(cast.tp).get(ballot.get_absolute_url()).text
        assert reverse("web:close_ballot", args=[ballot.pk]) not in text
        assert browse(cast.tp).post(reverse("web:close_ballot", args=[ballot.pk])).status_code == 403

    def test_returned_forms_are_entered(self, cast, browse):
        ballot = ballot_in(cast, written_review(cast))
        address = reverse("web:cast_on_paper", args=[line(ballot, cast.tp).pk])
        assert address in browse(cast.secretary).get(ballot.get_absolute_url()).text
        browse(cast.secretary).post(address, {"choice": "abstain"})
        assert line(ballot, cast.tp).on_paper
        assert browse(cast.tp).get(address).status_code == 403

    def test_an_open_vote_waits_at_home_until_one_has_voted(self, cast, browse, ballot):
        client = browse(cast.tp)
        assert ballot.get_absolute_url() in client.get(reverse("web:home")).text
        client.post(vote_url(ballot, cast.tp), {"choice": "for"})
        client.get(ballot.get_absolute_url())
        assert ballot.get_absolute_url() not in client.get(reverse("web:home")).text

    def test_the_meetings_ballots_are_listed(self, cast, browse, meeting, ballot):
        assert ballot.question in browse(cast.tp).get(reverse("web:ballots", args=[meeting.pk])).text
        assert ballot.question in browse(cast.tp).get(meeting.get_absolute_url()).text
