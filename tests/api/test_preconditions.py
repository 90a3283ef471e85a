"""Which state a caller knows: ETag, If-Match, If-None-Match."""

import pytest

from council.meetings import actions as meetings
from council.opinions import actions as opinions
from council.people.models import Council
from tests.api.at_once import at_once
from tests.api.checking import INVALID, NOT_FOUND, check


def test_one_thing_names_its_state_and_that_names_it_again(cast, call):
    caller, address = call(cast.supplier), f"/api/v1/meetings/{cast.meeting().pk}/"

    first, again = caller.get(address), caller.get(address)

    assert first["ETag"] == again["ETag"]
    assert first["ETag"].startswith('"')


def test_the_answer_of_a_write_names_the_state_a_read_would(cast, call):
    caller = call(cast.secretary)
    council = {"council": str(cast.council.pk), "owner": str(cast.ministry.pk), "title": "전략(안)"}

    made = caller.post("/api/v1/documents/", council)
    convened = caller.post(f"/api/v1/meetings/{cast.planned_meeting().pk}/convene/")
    seated = call(cast.operator).post(f"/api/v1/councils/{cast.council.pk}/seats/", {"sector": "expert"})

    for answer, noun in ((made, "documents"), (convened, "meetings"), (seated, "seats")):
        assert answer["ETag"] == call(cast.secretary).get(f"/api/v1/{noun}/{answer.json()['id']}/")["ETag"]


def test_another_viewer_sees_another_state(cast, call):
    consultation = cast.consultation()
    opinion = cast.triaged(consultation)
    address = f"/api/v1/opinions/{opinion.pk}/"

    assert call(cast.secretary).get(address)["ETag"] != call(cast.supplier).get(address)["ETag"]


def test_what_the_caller_has_already_is_not_sent_again(cast, call):
    caller, meeting = call(cast.secretary), cast.meeting()
    for address in (f"/api/v1/meetings/{meeting.pk}/", "/api/v1/meetings/"):
        known = caller.get(address)["ETag"]
        for header in (known, f'"other", W/{known}', "*"):
            answer = caller.get(address, HTTP_IF_NONE_MATCH=header)
            assert (answer.status_code, answer.content, answer["ETag"]) == (304, b"", known)
            assert "Authorization" in answer["Vary"]

        meetings.revise_meeting(meeting, title=f"다른 제목 {address}", by=cast.secretary)

        assert caller.get(address, HTTP_IF_NONE_MATCH=known).status_code == 200


def test_a_state_that_was_sent_compressed_is_the_same_state(cast, call):
    """Compression marks the name as weak; clients send it back as it came."""
    caller, address = call(cast.secretary), f"/api/v1/meetings/{cast.planned_meeting().pk}/"
    known = caller.get(address)["ETag"]

    changed = caller.patch(address, {"title": "다른 제목"}, HTTP_IF_MATCH=f"W/{known}")

    assert check(changed, 200)["title"] == "다른 제목"


def test_a_change_of_the_known_state_is_made(cast, call):
    caller, address = call(cast.secretary), f"/api/v1/meetings/{cast.planned_meeting().pk}/"
    known = caller.get(address)["ETag"]

    changed = caller.patch(address, {"title": "다른 제목"}, HTTP_IF_MATCH=known)

    assert check(changed, 200)["title"] == "다른 제목"
    assert changed["ETag"] not in {known, ""}
    assert caller.patch(address, {"title": "제목"}, HTTP_IF_MATCH=f'"x", {changed["ETag"]}').status_code == 200
    assert caller.patch(address, {"title": "제목"}, HTTP_IF_MATCH="*").status_code == 200


@pytest.mark.parametrize("verb", ["patch", "cancel"])
def test_on_another_state_nothing_is_done_and_the_answer_shows_the_present_one(cast, call, verb):
    meeting, caller = cast.planned_meeting(), call(cast.secretary)
    address = f"/api/v1/meetings/{meeting.pk}/"
    known = caller.get(address)["ETag"]
    meetings.revise_meeting(meeting, title="다른 제목", by=cast.chair)

    if verb == "patch":
        answer = caller.patch(address, {"title": "제목"}, HTTP_IF_MATCH=known)
    else:
        answer = caller.post(f"{address}cancel/", {"reason": "…"}, HTTP_IF_MATCH=known)

    problem = check(answer, 412)
    now = caller.get(address)
    assert problem["type"] == "urn:council:problem:changed"
    assert problem["current"] == now.json()
    assert answer["ETag"] == now["ETag"]
    assert now.json()["title"] == "다른 제목"
    assert now.json()["state"] == "planned"


@pytest.mark.parametrize("header", ["", "x", 'W/"x"', '"x"'])
def test_no_other_header_lets_a_change_through(cast, call, header):
    address = f"/api/v1/meetings/{cast.planned_meeting().pk}/"

    check(call(cast.secretary).patch(address, {"title": "…"}, HTTP_IF_MATCH=header), 412)


def test_what_one_may_not_see_does_not_exist_whatever_the_condition(cast, call):
    address = f"/api/v1/meetings/{cast.planned_meeting().pk}/"

    check(call(cast.supplier).patch(address, {"title": "…"}, HTTP_IF_MATCH='"x"'), NOT_FOUND)


def test_a_condition_where_nothing_is_there_to_compare_is_not_ignored(cast, call):
    answer = call(cast.secretary).post("/api/v1/meetings/", {"council": str(cast.council.pk)}, HTTP_IF_MATCH='"x"')

    assert list(check(answer, INVALID)["errors"]) == ["If-Match"]


def test_what_is_sent_again_with_its_key_is_answered_as_before_not_with_412(cast, call):
    caller, address = call(cast.secretary), f"/api/v1/meetings/{cast.planned_meeting().pk}/"
    known = caller.get(address)["ETag"]

    answers = [
        caller.patch(address, {"title": "다른 제목"}, HTTP_IF_MATCH=known, HTTP_IDEMPOTENCY_KEY="k")
        for _each in range(2)
    ]

    assert [each.status_code for each in answers] == [200, 200]
    assert answers[1]["Idempotency-Replayed"] == "true"


def test_a_step_and_a_file_coming_in_name_what_their_own_address_shows(cast, call):
    consultation = cast.consultation()
    batch = opinions.triage_all([cast.point(consultation)], by=cast.secretary)
    caller = call(cast.secretary)

    undone = caller.post(f"/api/v1/batches/{batch.pk}/undo/")

    assert undone["ETag"] == caller.get(f"/api/v1/batches/{batch.pk}/")["ETag"]


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("writers", [2, 6])
def test_of_writers_who_know_the_same_state_one_wins(cast, call, writers):
    callers = [call(cast.operator) for _each in range(writers)]
    address = f"/api/v1/councils/{cast.council.pk}/"
    known = callers[0].get(address)["ETag"]

    answers = at_once(
        *(
            lambda caller=caller, days=number + 10: caller.patch(address, {"notice_days": days}, HTTP_IF_MATCH=known)
            for number, caller in enumerate(callers)
        )
    )

    assert sorted(each.status_code for each in answers) == [200] + [412] * (writers - 1)
    [won] = [each for each in answers if each.status_code == 200]
    assert Council.objects.get(pk=cast.council.pk).notice_days == won.json()["notice_days"]
    assert all(each["ETag"] == won["ETag"] for each in answers)
