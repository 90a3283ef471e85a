"""The duty to tell: whether every author knows of the answer."""

import datetime as dt

import pytest
from django.core import mail
from django.db.models import QuerySet
from django.urls import reverse

from council.core import clock
from council.notifications import actions as notifications
from council.notifications import telling
from council.notifications.models import Notification
from council.opinions import actions
from council.opinions.models import Consultation, Opinion, Told
from tests.cast import Cast
from tests.web.crowd import copies

HTMX = {"HX-Request": "true"}
State = telling.State


@pytest.fixture
def consultation(cast: Cast) -> Consultation:
    return cast.consultation()


def page(consultation: Consultation) -> str:
    return reverse("web:telling", args=[consultation.pk])


def tell(opinion: Opinion) -> str:
    return reverse("web:tell_author", args=[opinion.pk])


def dispatched() -> None:
    while notifications.dispatch():
        pass


def notices(opinion: Opinion) -> QuerySet[Notification]:
    return Notification.objects.filter(entry__verb="opinion.answer_released", entry__target_id=opinion.pk)


def state_of(opinion: Opinion) -> str:
    return vars(telling.answered(opinion.consultation).get(pk=opinion.pk))["telling"]


def on_paper(cast: Cast, consultation: Consultation) -> Opinion:
    """An answered opinion that came on paper from an organisation without an account."""
    opinion = cast.published(consultation)
    Opinion.objects.filter(pk=opinion.pk).update(
        author=None, membership=None, source="paper", recorded_by=cast.secretary, submitter="김대표"
    )
    notices(opinion).delete()
    return opinion


class TestWhoSees:
    def test_it_is_for_who_runs_the_council(self, cast, browse, consultation):
        cast.published(consultation)
        assert {browse(user).get(page(consultation)).status_code for user in (cast.secretary, cast.chair)} == {200}
        assert {browse(user).get(page(consultation)).status_code for user in (cast.supplier, cast.officer)} == {403}
        assert browse(cast.stranger).get(page(consultation)).status_code == 404

    def test_before_the_answers_are_published_nobody_has_to_be_told(self, cast, browse, consultation):
        cast.answered(consultation)
        assert browse(cast.secretary).get(page(consultation)).context["rows"] == []


class TestTheClock:
    def test_a_mail_waits_is_sent_or_fails(self, cast, consultation):
        opinion = cast.published(consultation)
        dispatched()
        mails = notices(opinion).filter(channel="mail")
        assert state_of(opinion) == State.WAITING
        mails.update(failed_at=clock.now(), error="550 no such mailbox")
        assert state_of(opinion) == State.FAILED
        mails.update(failed_at=None, sent_at=clock.now())
        assert state_of(opinion) == State.TOLD

    def test_a_sent_mail_is_a_telling(self, cast, consultation):
        opinion = cast.published(consultation)
        dispatched()
        while notifications.send_mails():
            pass
        assert [message.to for message in mail.outbox if "답변" in message.subject or "answered" in message.subject]
        assert state_of(opinion) == State.TOLD

    def test_who_reads_the_notice_on_screen_is_told(self, cast, consultation):
        opinion = cast.published(consultation)
        dispatched()
        notices(opinion).filter(channel="mail").update(failed_at=clock.now(), error="550 no such mailbox")
        notifications.read(notices(opinion).get(channel="screen"), by=cast.supplier)
        assert state_of(opinion) == State.TOLD

    def test_who_has_no_account_is_to_be_told_otherwise(self, cast, consultation):
        assert state_of(on_paper(cast, consultation)) == State.OTHERWISE

    def test_days_run_until_someone_is_told(self, cast, consultation):
        opinion = on_paper(cast, consultation)
        with clock.at(clock.now() + dt.timedelta(days=9)):
            [row] = telling.tellings(telling.answered(consultation))
            assert row.days_untold == 9
            actions.tell_author(opinion, channel="letter", by=cast.secretary)
            [row] = telling.tellings(telling.answered(consultation))
            assert (row.days_untold, row.told_at) == (None, clock.today())

    def test_figures_agree_with_the_rows(self, cast, consultation):
        opinion = on_paper(cast, consultation)
        copies(opinion, 4)
        told = cast.published(consultation, by=cast.adopter)
        actions.tell_author(told, channel="phone", by=cast.secretary)
        figures = telling.figures(consultation)
        assert (figures.answered, figures.told, figures.untold, figures.otherwise) == (6, 1, 5, 5)


class TestThePage:
    def test_it_shows_the_untold_and_why(self, cast, browse, consultation):
        opinion = cast.published(consultation)
        dispatched()
        notices(opinion).filter(channel="mail").update(failed_at=clock.now(), error="550 no such mailbox")
        cast.published(consultation, by=cast.adopter)
        client = browse(cast.secretary)
        response = client.get(page(consultation), {"state": "failed"})
        assert [row.opinion for row, _form in response.context["rows"]] == [opinion]
        assert "550 no such mailbox" in response.text
        assert len(client.get(page(consultation), {"state": "untold"}).context["rows"]) == 2
        assert len(client.get(page(consultation), {"state": "nonsense"}).context["rows"]) == 2

    def test_a_letter_is_noted(self, cast, browse, consultation):
        opinion = on_paper(cast, consultation)
        asked = {"channel": "letter", "on": clock.today(), "note": "등기 1234"}
        response = browse(cast.secretary).post(tell(opinion), asked, follow=True)
        told = Told.objects.get()
        assert (told.opinion, told.channel, told.note) == (opinion, "letter", "등기 1234")
        assert "등기 1234" in response.text

    def test_it_is_noted_in_place(self, cast, browse, consultation):
        opinion = on_paper(cast, consultation)
        response = browse(cast.secretary).post(tell(opinion), {"channel": "phone", "on": clock.today()}, headers=HTMX)
        assert response.status_code == 200
        assert f'id="telling-{opinion.number}"' in response.text

    def test_a_day_to_come_is_refused_beside_the_field(self, cast, browse, consultation):
        opinion = on_paper(cast, consultation)
        asked = {"channel": "phone", "on": clock.today() + dt.timedelta(days=1)}
        for headers, status in (({}, 200), (HTMX, 422)):
            response = browse(cast.secretary).post(tell(opinion), asked, headers=headers)
            assert response.status_code == status
            assert "on" in response.context["form"].errors
        assert not Told.objects.exists()

    def test_members_note_nothing(self, cast, browse, consultation):
        opinion = cast.published(consultation)
        for user in (cast.supplier, cast.officer):
            assert browse(user).post(tell(opinion), {"channel": "phone"}).status_code == 403
        assert browse(cast.stranger).post(tell(opinion)).status_code == 404

    def test_many_come_page_by_page_with_as_many_queries(
        self, cast, browse, consultation, django_assert_max_num_queries
    ):
        opinion = cast.published(consultation)
        client = browse(cast.secretary)
        counts = []
        for number in (0, 44):
            copies(opinion, number)
            client.get(page(consultation))
            with django_assert_max_num_queries(15) as queries:
                response = client.get(page(consultation))
            counts.append(len(queries))
        assert counts[0] == counts[1]
        assert len(response.context["rows"]) == 30
        rest = client.get(page(consultation) + response.context["next_url"])
        assert [row.opinion.number for row, _form in rest.context["rows"]] == list(range(31, 46))
