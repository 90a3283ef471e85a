"""What is in a digest, for whom, and how it reads."""

import json

import pytest
from django.db import connection

from council.core import clock
from council.notifications import actions
from council.notifications.actions import digests as collecting
from council.notifications.digesting import MOST_LINES, compose_digest, grouped
from council.notifications.messages import notices
from council.notifications.models import Digest, Notification
from council.opinions import actions as opinions
from council.people import actions as people
from council.people.models import User
from tests.cast import Cast


def collect(*people: User) -> list[Digest]:
    """The digests of some people, as if their hour had come."""
    while actions.dispatch():
        pass
    Notification.objects.undigested().update(retry_at=clock.now())
    while actions.collect_digests():
        pass
    return [Digest.objects.filter(recipient=person).latest("id") for person in people]


def mail_of(digest: Digest):
    mail = compose_digest(digest)
    assert mail is not None
    return mail


@pytest.fixture
def quiet(cast: Cast) -> Cast:
    """Nothing left to tell from setting up."""
    while actions.dispatch():
        pass
    Notification.objects.all().delete()
    return cast


def test_one_row_for_each_person_who_has_something_and_none_for_others(quiet: Cast):
    quiet.version()
    quiet.submitted(quiet.consultation())
    collect()
    assert Digest.objects.filter(recipient=quiet.secretary).count() == 1
    assert Digest.objects.filter(recipient=quiet.supplier).count() == 1
    assert not Digest.objects.filter(recipient=quiet.stranger).exists()
    assert not Notification.objects.undigested().exists()


def test_it_is_grouped_by_council_and_place_and_the_newest_comes_first(quiet: Cast):
    consultation = quiet.consultation()
    first, second = quiet.submitted(consultation), quiet.submitted(consultation)
    other = quiet.submitted(quiet.consultation())
    while actions.dispatch():
        pass
    rows = Notification.objects.undigested().filter(recipient=quiet.secretary).select_related("entry__target_type")
    shown = notices(quiet.secretary, rows.filter(entry__verb="opinion.submitted").order_by("-entry__at", "-id"))
    [group] = grouped(quiet.secretary, shown)
    assert group.name == quiet.council.name
    assert [place.title for place in group.places] == [str(other.consultation), str(consultation)]
    lines = [line for place in group.places for line in place.lines]
    assert [line.notice.path for line in lines] == [o.get_absolute_url() for o in (other, second, first)]
    assert not any(place.title in line.sentence for place in group.places for line in place.lines)


def test_what_happened_again_and_again_is_one_line(quiet: Cast):
    opinion = opinions.share(quiet.drafted(quiet.consultation()), by=quiet.supplier)
    colleague = quiet.member("colleague", "동료", quiet.supplying)
    for number in range(5):
        opinions.remark(opinion, text=f"{number}번째 생각", by=colleague)
    [digest] = collect(quiet.supplier)
    mail = mail_of(digest)
    assert mail.body.count(opinion.get_absolute_url()) == 1
    assert "5" in mail.body


def test_it_says_why_leads_to_the_place_and_can_be_left(quiet: Cast):
    version = quiet.version()
    [digest] = collect(quiet.supplier)
    User.objects.filter(pk=quiet.supplier.pk).update(language="en")
    digest.recipient.refresh_from_db()
    mail = mail_of(digest)
    [html] = [content for content, kind in mail.alternatives if kind == "text/html"]
    for text in (mail.body, str(html)):
        assert "You get this because you sit on this council." in text
        assert version.get_absolute_url() in text
        assert "/notifications/settings/" in text
        assert "/unsubscribe/" in text
    assert mail.extra_headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert mail.to == [quiet.supplier.email]


@pytest.mark.parametrize(("language", "word"), [("ko", "님"), ("en", "Dear")])
def test_it_is_in_the_readers_language(quiet: Cast, language: str, word: str):
    User.objects.filter(pk=quiet.supplier.pk).update(language=language)
    quiet.version()
    [digest] = collect(quiet.supplier)
    assert word in mail_of(digest).body


def test_what_the_reader_may_no_longer_see_is_left_out(quiet: Cast):
    consultation = quiet.consultation()
    kept, hidden = quiet.submitted(consultation), quiet.submitted(consultation)
    [digest] = collect(quiet.secretary)
    gone = Notification.objects.get(channel="digest", recipient=quiet.secretary, entry__target_id=hidden.pk)
    people.dismiss(quiet.membership(quiet.supplier), reason="사임", by=quiet.secretary)
    assert kept.get_absolute_url() in mail_of(digest).body
    gone.delete()
    assert hidden.get_absolute_url() not in mail_of(digest).body


def test_a_digest_left_empty_is_not_sent(quiet: Cast, mailoutbox):
    quiet.version()
    [digest] = collect(quiet.supplier)
    people.dismiss(quiet.membership(quiet.supplier), reason="사임", by=quiet.secretary)
    assert compose_digest(digest) is None
    while actions.send_mails():
        pass
    digest.refresh_from_db()
    assert (digest.sent_at, digest.why) == (None, "unseen")
    assert not [
        mail
        for mail in mailoutbox
        if "digest" in mail.extra_headers["Message-ID"] and mail.to == [quiet.supplier.email]
    ]


def test_who_may_not_log_in_any_more_is_sent_none(quiet: Cast):
    quiet.version()
    [digest] = collect(quiet.supplier)
    User.objects.filter(pk=quiet.supplier.pk).update(is_active=False)
    digest.recipient.refresh_from_db()
    assert compose_digest(digest) is None


def test_a_long_one_says_how_much_more_there_is(quiet: Cast):
    quiet.version()
    [digest] = collect(quiet.supplier)
    told = digest.notifications.select_related("entry__target_type").get()
    many = notices(quiet.supplier, [told]) * (MOST_LINES + 5)
    assert len(grouped(quiet.supplier, many)) == 1
    assert len(many) > MOST_LINES


def test_it_takes_as_many_queries_with_much_in_it_as_with_little(quiet: Cast, django_assert_max_num_queries):
    consultation = quiet.consultation()
    for _ in range(12):
        quiet.submitted(consultation)
    [digest] = collect(quiet.secretary)
    with django_assert_max_num_queries(14):
        mail_of(digest)


def test_two_workers_do_not_make_two(quiet: Cast, django_db_blocker):
    quiet.version()
    while actions.dispatch():
        pass
    Notification.objects.undigested().update(retry_at=clock.now())
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND objid = %s", [collecting._ONE_AT_A_TIME]
        )
        assert cursor.fetchone() == (0,)
        made = actions.collect_digests()
        cursor.execute(
            "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND objid = %s", [collecting._ONE_AT_A_TIME]
        )
        assert cursor.fetchone() == (1,)  # until the transaction ends
    assert made == Digest.objects.count()


def test_of_fifty_thousand_subscribers_only_those_with_something_are_looked_at(quiet: Cast):
    """By the plan, not by the clock: the index that holds what waits is read, and no list of people."""
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE people_user DISABLE TRIGGER USER")  # what notes changes for mirrors
        cursor.execute(
            "INSERT INTO people_user (id, created_at, modified_at, password, is_superuser, email, name, language,"
            " is_staff, is_active, is_system) SELECT gen_random_uuid(), now(), now(), '!', false,"
            " 'bulk' || n || '@council.example', 'n', 'ko', false, true, false FROM generate_series(1, 50000) AS n"
        )
        cursor.execute(
            "INSERT INTO notifications_habits (user_id, rhythm, hour, weekday)"
            " SELECT id, 'daily', 8, 1 FROM people_user WHERE email LIKE 'bulk%'"
        )
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE people_user ENABLE TRIGGER USER")
        quiet.version()
        while actions.dispatch():
            pass
        waiting = Notification.objects.undigested().count()
        Notification.objects.undigested().update(retry_at=clock.now())
        cursor.execute("ANALYZE people_user, notifications_habits, notifications_notification")
        cursor.execute("SET LOCAL enable_seqscan = off")  # so few rows are read faster without an index
        cursor.execute(
            "EXPLAIN (FORMAT JSON) SELECT DISTINCT recipient_id FROM notifications_notification"
            " WHERE channel = 'digest' AND digest_id IS NULL AND retry_at <= now() LIMIT 500"
        )
        plan = json.dumps(cursor.fetchone()[0])
    assert "notification_for_digest" in plan or "notification_collected" in plan
    assert "people_user" not in plan
    assert collect() == []
    assert Digest.objects.count() == waiting
