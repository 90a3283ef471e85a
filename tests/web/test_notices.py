"""What someone was told."""

import pytest
from django.urls import reverse

from council.notifications import actions as notifications
from council.notifications.models import Notification
from council.people import actions as people

NOTICES = "/notices/"


@pytest.fixture
def notice(cast):
    """The supplier's notice of an invitation."""
    cast.meeting()
    notifications.dispatch(limit=1000)
    return Notification.objects.unread().get(recipient=cast.supplier, entry__verb="meeting.convened")


def test_a_notice_says_what_happened_why_one_is_told_and_where(cast, browse, notice):
    page = browse(cast.supplier).get(NOTICES).content.decode()
    assert "제1차 전체회의" in page
    assert reverse("web:notice", args=[notice.pk]) in page


def test_following_a_notice_by_its_button_marks_it_as_read(cast, browse, notice):
    browser = browse(cast.supplier)
    answer = browser.post(reverse("web:notice", args=[notice.pk]))
    assert answer.headers["Location"].startswith("/meetings/")
    notice.refresh_from_db()
    assert notice.read_at is not None


def test_a_plain_link_leads_there_and_changes_nothing(cast, browse, notice):
    answer = browse(cast.supplier).get(reverse("web:notice", args=[notice.pk]))
    assert answer.headers["Location"].startswith("/meetings/")
    notice.refresh_from_db()
    assert notice.read_at is None


def test_everything_is_marked_as_read(cast, browse, notice):
    browser = browse(cast.supplier)
    assert browser.get(reverse("web:read_notices")).status_code == 405
    assert browser.post(reverse("web:read_notices")).headers["Location"] == NOTICES
    assert not Notification.objects.visible_to(cast.supplier).unread().exists()


@pytest.mark.parametrize("method", ["get", "post"])
def test_nobody_follows_anothers_notice(cast, browse, notice, method):
    assert getattr(browse(cast.adopter), method)(reverse("web:notice", args=[notice.pk])).status_code == 404


def test_a_notice_of_what_one_may_no_longer_see_leads_nowhere(cast, browse, notice):
    people.dismiss(cast.membership(cast.supplier), reason="사임", by=cast.secretary)
    browser = browse(cast.supplier)
    assert [each.path for each in browser.get(NOTICES).context["notices"]] == [""]
    assert browser.post(reverse("web:notice", args=[notice.pk])).headers["Location"] == NOTICES


def test_a_mail_is_no_notice(cast, browse, notice):
    mail = Notification.objects.get(recipient=cast.supplier, entry=notice.entry, channel="mail")
    assert browse(cast.supplier).get(reverse("web:notice", args=[mail.pk])).status_code == 404


def test_an_empty_list_says_what_will_appear(cast, browse):
    assert 'class="empty"' in browse(cast.stranger).get(NOTICES).content.decode()


def test_anonymous_is_asked_to_log_in(client, db):
    assert client.get(NOTICES).headers["Location"].startswith(reverse("account_login"))


@pytest.mark.parametrize("number", [1, 31])
def test_the_number_of_queries_does_not_grow(cast, browse, django_assert_max_num_queries, number):
    for days in range(number):
        cast.meeting(days=8 + days)
    notifications.dispatch(limit=1000)
    browser = browse(cast.supplier)
    with django_assert_max_num_queries(9):
        browser.get(NOTICES)


def test_thirty_are_shown_and_the_rest_follow(cast, browse):
    for days in range(35):
        cast.meeting(days=8 + days)
    notifications.dispatch(limit=1000)
    browser = browse(cast.supplier)
    total = Notification.objects.visible_to(cast.supplier).on_screen().count()
    first = browser.get(NOTICES)
    assert len(first.context["notices"]) == 30
    second = browser.get(NOTICES + first.context["next_url"])
    assert len(second.context["notices"]) == total - 30
    assert second.context["next_url"] == ""
    seen = [each.notification.pk for page in (first, second) for each in page.context["notices"]]
    assert seen == sorted(seen, reverse=True)


@pytest.mark.parametrize("before", ["x", "-1", "999999999999999999999999", "1'", "\x00"])
def test_a_page_nobody_was_sent_to_is_not_there(cast, browse, before):
    assert browse(cast.supplier).get(NOTICES, {"before": before}).status_code == 404
