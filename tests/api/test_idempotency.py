"""A request that comes twice is done once: Idempotency-Key."""

import datetime as dt
import threading

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.urls import get_resolver

from council.core import clock
from council.documents.models import Attachment, Document
from council.integrations import actions, tasks
from council.integrations.models import KeptAnswer
from council.journal.models import Entry
from council.people.models import ApiToken
from tests.api.at_once import PATIENCE, at_once
from tests.api.checking import FORBIDDEN, INVALID, REFUSED, check
from tests.decisions.sessions import ballot_in, full_house

KEY = {"HTTP_IDEMPOTENCY_KEY": '"8e03978e-40d5-43dd-bc93-6894a57f9324"'}
DOCUMENTS = "/api/v1/documents/"


def text(cast, title="전략(안)"):
    return {"council": str(cast.council.pk), "owner": str(cast.ministry.pk), "title": title}


def test_the_same_request_is_done_once_and_answered_the_same(cast, call):
    caller = call(cast.secretary)

    first, again = (caller.post(DOCUMENTS, text(cast), **KEY) for _each in range(2))

    assert first.status_code == again.status_code == 201
    assert first.content == again.content
    assert first["ETag"] == again["ETag"]
    assert "Idempotency-Replayed" not in first
    assert again["Idempotency-Replayed"] == "true"
    assert Document.objects.count() == 1


def test_without_a_key_it_is_done_again(cast, call):
    caller = call(cast.secretary)

    assert [caller.post(DOCUMENTS, text(cast)).status_code for _each in range(2)] == [201, 201]
    assert Document.objects.count() == 2
    assert not KeptAnswer.objects.exists()


def test_the_order_of_fields_and_the_quotes_around_the_key_make_no_other_request(cast, call):
    caller = call(cast.secretary)
    caller.post(DOCUMENTS, text(cast), **KEY)

    turned = dict(reversed(text(cast).items()))
    again = caller.post(DOCUMENTS, turned, HTTP_IDEMPOTENCY_KEY=KEY["HTTP_IDEMPOTENCY_KEY"].strip('"'))

    assert again["Idempotency-Replayed"] == "true"


@pytest.mark.parametrize("what", ["body", "address"])
def test_a_key_used_for_another_request_is_refused(cast, call, what):
    caller = call(cast.secretary)
    caller.post(DOCUMENTS, text(cast), **KEY)

    address = "/api/v1/organisations/" if what == "address" else DOCUMENTS
    answer = caller.post(address, text(cast, "다른 문서"), **KEY)

    assert check(answer, 422)["type"] == "urn:council:problem:key-reused"
    assert Document.objects.count() == 1


def test_keys_of_two_accounts_have_nothing_to_do_with_each_other(cast, call):
    call(cast.secretary).post(DOCUMENTS, text(cast), **KEY)

    answer = call(cast.chair).post(DOCUMENTS, text(cast), **KEY)

    assert answer.status_code == 201
    assert "Idempotency-Replayed" not in answer
    assert Document.objects.count() == 2


def test_what_failed_may_be_tried_again_with_the_same_key(cast, call):
    caller = call(cast.secretary)

    check(caller.post(DOCUMENTS, {"council": str(cast.council.pk)}, **KEY), INVALID)
    check(call(cast.supplier).post(DOCUMENTS, text(cast), **KEY), FORBIDDEN)

    assert caller.post(DOCUMENTS, text(cast), **KEY).status_code == 201


def test_a_refusal_may_be_tried_again_once_the_state_allows_it(cast, call):
    meeting, caller = cast.planned_meeting(place=""), call(cast.secretary)
    convene = f"/api/v1/meetings/{meeting.pk}/convene/"
    check(caller.post(convene, **KEY), REFUSED)

    caller.patch(f"/api/v1/meetings/{meeting.pk}/", {"place": "대한상공회의소"})

    assert check(caller.post(convene, **KEY), 200)["state"] == "convened"
    assert check(caller.post(convene, **KEY), 200)["state"] == "convened"


def test_a_verb_that_leaves_nothing_is_answered_the_same_too(cast, call):
    draft, caller = cast.drafted(cast.consultation()), call(cast.supplier)
    withdraw = f"/api/v1/opinions/{draft.pk}/withdraw/"

    answers = [caller.post(withdraw, **KEY) for _each in range(2)]

    assert [(each.status_code, each.content) for each in answers] == [(204, b""), (204, b"")]
    assert caller.post(withdraw).status_code == 404


@pytest.mark.parametrize("key", ["", "가", "x" * 256, '"', '"a"b"', "two words"])
def test_a_key_that_is_none_is_bad_input(cast, call, key):
    answer = call(cast.secretary).post(DOCUMENTS, text(cast), HTTP_IDEMPOTENCY_KEY=key)

    assert list(check(answer, INVALID)["errors"]) == ["Idempotency-Key"]
    assert not Document.objects.exists()


def test_an_upload_sent_twice_is_kept_once_and_another_file_is_another_request(cast, call):
    caller = call(cast.secretary)

    def upload(content: bytes):
        file = SimpleUploadedFile("자료.txt", content)
        sent = {"council": str(cast.council.pk), "file": file}
        return caller.post("/api/v1/attachments/", sent, format="multipart", **KEY)

    answers = [upload(b"one"), upload(b"one"), upload(b"two")]

    assert [each.status_code for each in answers] == [201, 201, 422]
    with Attachment.objects.get().file.open() as kept:
        assert kept.read() == b"one"


def test_the_secret_of_a_token_comes_again_and_lies_nowhere_in_clear_text(cast, call):
    caller = call(cast.supplier)
    before = ApiToken.objects.count()

    first, again = (caller.post("/api/v1/tokens/", {"name": "회계"}, **KEY) for _each in range(2))

    assert check(first, 201)["secret"] == again.json()["secret"]
    assert ApiToken.objects.count() == before + 1
    [row] = KeptAnswer.objects.values()
    assert first.json()["secret"].encode() not in bytes(row["sealed"])
    assert KEY["HTTP_IDEMPOTENCY_KEY"].strip('"') not in str(row)


def test_a_kept_answer_opens_with_its_key_alone(cast, call):
    call(cast.secretary).post(DOCUMENTS, text(cast), **KEY)
    KeptAnswer.objects.update(key=actions.idempotency._digest(cast.secretary, "another"))

    assert actions.recall(cast.secretary, "another") is None


def test_of_a_secret_vote_nothing_is_kept_and_the_key_counts_it_once(cast, call):
    ballot = ballot_in(cast, full_house(cast, 4), secret=True)
    voter = ballot.roll.select_related("user").first()
    caller = call(voter.user)

    answers = [caller.post(f"/api/v1/ballots/{ballot.pk}/vote/", {"choice": "for"}, **KEY) for _each in range(2)]

    assert [each.status_code for each in answers] == [200, 200]
    check(caller.post(f"/api/v1/ballots/{ballot.pk}/vote/", {"choice": "for"}), REFUSED)
    assert not KeptAnswer.objects.exists()


def test_answers_are_kept_two_days_and_then_deleted(cast, call):
    call(cast.secretary).post(DOCUMENTS, text(cast), **KEY)

    with clock.at(clock.now() + actions.idempotency.KEPT_FOR - dt.timedelta(minutes=1)):
        tasks.forget_kept_answers()
        assert KeptAnswer.objects.count() == 1
    with clock.at(clock.now() + actions.idempotency.KEPT_FOR):
        assert actions.recall(cast.secretary, KEY["HTTP_IDEMPOTENCY_KEY"].strip('"')) is None
        tasks.forget_kept_answers()
    assert not KeptAnswer.objects.exists()


def test_every_write_goes_through_the_same_place(db):
    found = [
        pattern for pattern in get_resolver("council.api.urls").url_patterns if hasattr(pattern.callback, "actions")
    ]
    ways = [(view.cls, name) for view in (each.callback for each in found) for name in writing(view.actions)]

    assert len(ways) > 150
    assert [name for view, name in ways if not getattr(getattr(view, name), "writes", False)] == []


def writing(actions_of_a_view):
    return [name for method, name in actions_of_a_view.items() if method not in {"get", "head"}]


@pytest.mark.django_db(transaction=True)
def test_twins_at_the_same_moment_are_done_once(cast, call):
    callers = [call(cast.secretary) for _each in range(8)]

    answers = at_once(*(lambda caller=caller: caller.post(DOCUMENTS, text(cast), **KEY) for caller in callers))

    codes = sorted(each.status_code for each in answers)
    assert set(codes) <= {201, 409}
    assert codes[0] == 201
    assert len({each.content for each in answers if each.status_code == 201}) == 1
    assert all(each.json()["type"].endswith(":still-running") for each in answers if each.status_code == 409)
    assert Document.objects.count() == 1
    assert Entry.objects.filter(verb="document.created").count() == 1


@pytest.mark.django_db(transaction=True)
def test_while_the_first_one_runs_its_twin_hears_so_and_what_breaks_off_leaves_the_key_free(cast, call, monkeypatch):
    began, may_end = threading.Event(), threading.Event()
    first, twin = call(cast.secretary), call(cast.secretary)
    first.raise_request_exception = False

    def slow(*_args, **_kwargs):
        began.set()
        assert may_end.wait(PATIENCE)
        raise RuntimeError("the power fails")

    def run():
        answers.append(first.post(DOCUMENTS, text(cast), **KEY))
        connection.close()

    answers: list = []
    with monkeypatch.context() as patched:
        patched.setattr("council.api.idempotency.actions.keep", slow)
        thread = threading.Thread(target=run, daemon=True)
        thread.start()
        assert began.wait(PATIENCE)
        waiting = twin.post(DOCUMENTS, text(cast), **KEY)
        may_end.set()
        thread.join(PATIENCE)

    assert check(waiting, REFUSED)["type"] == "urn:council:problem:still-running"
    assert waiting["Retry-After"] == "1"
    assert answers[0].status_code == 500
    assert not Document.objects.exists()
    assert check(twin.post(DOCUMENTS, text(cast), **KEY), 201)
    assert Document.objects.count() == 1
