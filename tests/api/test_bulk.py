"""Many at once: each row by itself, with a result of its own."""

import pytest

from council.api.serializers.bulk import MOST
from council.documents.models import Passage
from council.integrations.models import KeptAnswer
from council.meetings.models import AgendaItem, Attendance
from council.opinions.models import Disposition, Opinion
from council.people.models import Membership, User
from tests.api.checking import FORBIDDEN, INVALID, NOT_FOUND, REFUSED, check
from tests.things import NOWHERE


@pytest.fixture
def consultation(cast):
    return cast.consultation()


def opinion(consultation, **fields):
    passage = Passage.objects.filter(version=consultation.version).earliest("position")
    return {"consultation": str(consultation.pk), "passage": str(passage.pk), "kind": "general"} | {
        "reason": "데이터 표준이 먼저입니다.",
        "submit": True,
        **fields,
    }


def statuses(answer):
    return [each["status"] for each in check(answer, 200)["results"]]


def test_every_row_has_its_result_and_good_rows_are_done_beside_bad_ones(cast, call, consultation):
    rows = [
        opinion(consultation),
        opinion(consultation, reason=""),
        opinion(consultation) | {"consultation": str(NOWHERE)},
        opinion(consultation, reason="인력이 부족합니다."),
    ]

    answer = check(call(cast.supplier).post("/api/v1/opinions/bulk/", {"rows": rows}), 200)

    assert (answer["applied"], answer["of"]) == (2, 4)
    assert [(each["index"], each["status"]) for each in answer["results"]] == [(0, 201), (1, 400), (2, 400), (3, 201)]
    assert list(answer["results"][1]["problem"]["errors"]) == ["reason"]
    assert {str(each.pk) for each in Opinion.objects.all()} == {answer["results"][n]["id"] for n in (0, 3)}
    assert set(Opinion.objects.values_list("state", flat=True)) == {"submitted"}


def test_all_or_nothing_means_nothing_where_one_fails(cast, call, consultation):
    rows, caller = [opinion(consultation), opinion(consultation, reason="")], call(cast.supplier)

    answer = caller.post("/api/v1/opinions/bulk/", {"rows": rows, "atomic": True})

    problem = check(answer, REFUSED)
    assert problem["type"] == "urn:council:problem:not-applied"
    assert [(each["index"], each["status"]) for each in problem["results"]] == [(1, 400)]
    assert not Opinion.objects.exists()
    assert statuses(caller.post("/api/v1/opinions/bulk/", {"rows": rows[:1], "atomic": True})) == [201]


@pytest.mark.parametrize("rows", [None, [], {}, [{}] * (MOST + 1), "x"])
def test_no_rows_or_too_many_are_bad_input(cast, call, rows):
    assert list(check(call(cast.supplier).post("/api/v1/opinions/bulk/", {"rows": rows}), INVALID)["errors"]) == [
        "rows"
    ]


@pytest.mark.parametrize("row", [None, "x", 1, [], {}, {"id": None}, {"id": "x"}, {"misspelt": 1}])
def test_a_row_of_another_shape_is_its_own_problem(cast, call, row):
    caller = call(cast.secretary)

    assert statuses(caller.post("/api/v1/opinions/bulk/", {"rows": [row]})) == [INVALID]
    assert statuses(caller.post("/api/v1/points/bulk/dispose/", {"rows": [row]})) == [INVALID]


def test_sent_twice_with_a_key_rows_are_done_once(cast, call, consultation):
    caller, sent = call(cast.supplier), {"rows": [opinion(consultation), opinion(consultation, reason="")]}

    answers = [caller.post("/api/v1/opinions/bulk/", sent, HTTP_IDEMPOTENCY_KEY="k") for _each in range(2)]

    assert answers[0].content == answers[1].content
    assert Opinion.objects.count() == KeptAnswer.objects.count() == 1


def test_the_same_rules_hold_as_for_one(cast, call, consultation):
    points = [cast.point(consultation) for _each in range(2)]
    rows = [{"id": str(each.pk), "verdict": "accepted", "reason": "…"} for each in points]

    assert statuses(call(cast.supplier).post("/api/v1/points/bulk/dispose/", {"rows": rows})) == [FORBIDDEN] * 2
    assert statuses(call(cast.stranger).post("/api/v1/points/bulk/dispose/", {"rows": rows})) == [NOT_FOUND] * 2
    assert not Disposition.objects.exists()


def test_points_are_answered_each_in_its_own_words(cast, call, consultation):
    points = [cast.point(consultation) for _each in range(3)]
    rows = [
        {
            "id": str(each.pk),
            "verdict": "not_accepted",
            "reason": f"이유 {each.number}",
            "revision": each.revision + off,
        }
        for each, off in zip(points, (0, 0, 5), strict=True)
    ]

    assert statuses(call(cast.officer).post("/api/v1/points/bulk/dispose/", {"rows": rows})) == [200, 200, REFUSED]
    assert Disposition.objects.count() == 2


def test_an_agenda_is_filled_and_changed_in_one_request(cast, call):
    meeting, caller = cast.planned_meeting(), call(cast.secretary)
    rows = [{"meeting": str(meeting.pk), "title": f"안건 {number}"} for number in range(3)]

    made = check(caller.post("/api/v1/agenda-items/bulk/", {"rows": rows}), 200)["results"]
    changes = [{"id": each["id"], "minutes_planned": 20} for each in made]

    assert statuses(caller.post("/api/v1/agenda-items/bulk/change/", {"rows": changes})) == [200, 200, 200]
    assert AgendaItem.objects.filter(meeting=meeting, minutes_planned=20).count() == 3


def test_a_table_is_seated_and_members_are_dismissed_together(cast, call):
    seat = {"sector": "expert"}
    new = {"email": "new{}@council.example", "name": "새 위원", "organisation": str(cast.technopark.pk)}
    term = {"role": "observer", "starts_on": str(cast.today), "ends_on": str(cast.today)}
    rows = [{**new, **term, "email": new["email"].format(number)} for number in range(2)]
    operator = call(cast.operator)

    assert (
        statuses(operator.post(f"/api/v1/councils/{cast.council.pk}/bulk/seats/", {"rows": [seat, seat]})) == [201] * 2
    )
    appointed = check(operator.post(f"/api/v1/councils/{cast.council.pk}/bulk/appoint-new/", {"rows": rows}), 200)
    assert appointed["applied"] == 2, appointed
    assert User.objects.filter(email__startswith="new").count() == 2
    going = [{"id": each["id"], "reason": "사임"} for each in appointed["results"]]
    assert statuses(operator.post("/api/v1/memberships/bulk/dismiss/", {"rows": going})) == [200] * 2
    assert Membership.objects.current().filter(user__email__startswith="new").count() == 0


def test_who_was_there_is_noted_together(cast, call):
    meeting = cast.running()
    rows = [
        {"id": str(cast.invitation(meeting, user).pk), "present": True}
        for user in (cast.supplier, cast.adopter, cast.tp)
    ]
    guests = [{"name": f"배석 {number}", "organisation_name": "연구원"} for number in range(2)]
    caller = call(cast.secretary)

    noted = caller.post("/api/v1/invitations/bulk/note-attendance/", {"rows": rows})
    came = caller.post(f"/api/v1/meetings/{meeting.pk}/bulk/add-guest/", {"rows": guests})

    assert (statuses(noted), statuses(came)) == ([200] * 3, [201] * 2)
    assert Attendance.objects.filter(meeting=meeting).count() == 5


def test_a_defect_in_one_row_undoes_all(cast, call, consultation, monkeypatch):
    caller = call(cast.supplier)
    caller.raise_request_exception = False
    give, calls = "council.opinions.actions.give", iter([None])

    def breaks(*_args, **_kwargs):
        next(calls)
        return cast.submitted(consultation)

    monkeypatch.setattr(give, breaks)
    answer = caller.post("/api/v1/opinions/bulk/", {"rows": [opinion(consultation)] * 2})

    assert answer.status_code == 500
    assert not Opinion.objects.exists()
