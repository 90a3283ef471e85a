"""What was not written here: spoken in the room, on paper, by mail, in files."""

import datetime as dt
from collections.abc import Iterator

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from council.core import clock
from council.core.errors import Refused
from council.meetings.bell import changed
from council.meetings.models import AgendaItem
from council.opinions import actions
from council.opinions.actions import Entered
from council.opinions.models import Consultation, Opinion, Reply

SPOKEN = "현장에서는 데이터를 모을 사람부터 없습니다."


def spoken(cast, consultation, **fields):
    return actions.enter(
        consultation,
        consultation.version.passages.first(),
        membership=cast.membership(cast.supplier),
        by=cast.secretary,
        **{"source": "spoken", "reason": SPOKEN, **fields},
    )


def test_what_is_said_stands_under_the_speakers_name_until_they_confirm_it(cast):
    opinion = spoken(cast, cast.consultation())
    assert (opinion.author, opinion.organisation, opinion.recorded_by) == (
        cast.supplier,
        cast.supplying,
        cast.secretary,
    )
    assert opinion in Opinion.objects.unconfirmed()
    actions.confirm(opinion, by=cast.supplier)
    assert opinion not in Opinion.objects.unconfirmed()
    with pytest.raises(Refused):
        actions.confirm(opinion, by=cast.supplier)


def test_a_speaker_corrects_what_was_written_down_even_after_the_phase(cast):
    consultation = cast.consultation()
    opinion = spoken(cast, consultation)
    with clock.at(consultation.closes_at + dt.timedelta(days=1)):
        corrected = actions.edit(opinion, reason="모을 사람과 예산이 없습니다.", by=cast.supplier)
        assert corrected.confirmed_at
        with pytest.raises(Refused):
            actions.edit(opinion, reason="또 고칩니다.", by=cast.supplier)


def test_nobody_else_confirms_it(cast):
    opinion = spoken(cast, cast.consultation())
    for person in (cast.secretary, cast.adopter):
        with pytest.raises(PermissionDenied):
            actions.confirm(opinion, by=person)


@pytest.fixture
def heard() -> Iterator[list]:
    """The meetings whose bell is rung."""
    meetings: list = []

    def listen(**words) -> None:
        meetings.append(words["meeting"])

    changed.connect(listen)
    yield meetings
    changed.disconnect(listen)


def said_on_an_item(cast) -> tuple[Consultation, AgendaItem]:
    consultation = cast.consultation()
    item = cast.running().items.get()
    Consultation.objects.filter(pk=consultation.pk).update(agenda_item=item)
    return consultation, item


def test_what_is_said_on_an_item_rings_for_its_meeting_and_a_letter_does_not(
    cast, heard, django_capture_on_commit_callbacks
):
    consultation, item = said_on_an_item(cast)
    with django_capture_on_commit_callbacks(execute=True):
        spoken(cast, consultation, source="paper", source_note="접수번호 1")
    assert heard == []
    with django_capture_on_commit_callbacks(execute=True):
        spoken(cast, consultation)
    assert heard == [item.meeting_id]


def test_what_becomes_of_it_rings_too(cast, heard, django_capture_on_commit_callbacks):
    consultation, item = said_on_an_item(cast)
    opinion = spoken(cast, consultation)
    steps = (
        lambda: actions.edit(opinion, reason="모을 사람과 예산이 없습니다.", by=cast.supplier),
        lambda: actions.hide(opinion, reason="개인정보가 들어 있습니다.", by=cast.secretary),
        lambda: actions.restore(opinion, reason="가렸습니다.", by=cast.secretary),
    )
    for step in steps:
        heard.clear()
        with django_capture_on_commit_callbacks(execute=True):
            step()
        assert heard == [item.meeting_id]


def test_a_letter_is_entered_with_its_source_and_the_phase_in_which_it_came(cast):
    consultation = cast.consultation()
    letter = actions.enter(
        consultation,
        consultation.version.passages.first(),
        organisation=cast.adopting,
        submitter="김담당",
        source="paper",
        source_note="2023. 9. 4. 접수 제12호",
        received_at=clock.now() - dt.timedelta(hours=3),
        reason="교육이 먼저입니다.",
        by=cast.secretary,
    )
    assert (letter.phase, letter.sector, letter.author) == ("before", "adopter", None)
    assert Reply.objects.get(organisation=cast.adopting).kind == Reply.Kind.OPINIONS


def test_a_letter_without_its_source_is_not_entered(cast):
    consultation = cast.consultation()
    with pytest.raises(ValidationError) as refusal:
        actions.enter(
            consultation,
            consultation.version.passages.first(),
            organisation=cast.adopting,
            source="mail",
            reason="교육이 먼저입니다.",
            by=cast.secretary,
        )
    assert list(refusal.value.message_dict) == ["source_note"]


def test_members_enter_nothing_for_others(cast):
    consultation = cast.consultation()
    for person in (cast.supplier, cast.officer, cast.observer):
        with pytest.raises(PermissionDenied):
            actions.enter_all(consultation, [], source="file", by=person)


def rows(cast, consultation, count: int) -> list[Entered]:
    passage = consultation.version.passages.first()
    return [Entered(passage, cast.adopting, f"{number}번 라인의 설비가 낡았습니다.") for number in range(count)]


def test_the_same_rows_twice_add_nothing(cast):
    consultation = cast.consultation()
    assert len(actions.enter_all(consultation, rows(cast, consultation, 5), source="file", by=cast.secretary)) == 5
    assert actions.enter_all(consultation, rows(cast, consultation, 5), source="file", by=cast.secretary) == []
    consultation.refresh_from_db()
    assert consultation.submitted == 5
    assert list(consultation.opinions.order_by("number").values_list("number", flat=True)) == [1, 2, 3, 4, 5]


def test_a_row_that_is_wrong_holds_all_back(cast):
    consultation = cast.consultation()
    wrong = Entered(consultation.version.passages.first(), cast.adopting, "제 번호는 900101-1234567 입니다.")
    with pytest.raises(ValidationError):
        actions.enter_all(consultation, [*rows(cast, consultation, 2), wrong], source="file", by=cast.secretary)
    assert not consultation.opinions.exists()


def test_entering_takes_as_many_queries_for_thirty_rows_as_for_three(cast, django_assert_max_num_queries):
    consultation = cast.consultation()
    with django_assert_max_num_queries(25):
        actions.enter_all(consultation, rows(cast, consultation, 30), source="file", by=cast.secretary)
