"""Files of opinions on their way in: understood row by row, corrected, entered once."""

import datetime as dt
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile

from council.core import clock
from council.core.errors import Refused
from council.documents.models import Passage
from council.exchange import actions
from council.exchange.actions import entering
from council.exchange.models import Import, ImportRow
from council.journal.models import Entry
from council.opinions.models import Consultation, Opinion, Point, Reply
from tests.cast import TEXT, Cast
from tests.exchange.files import HEADER, MAKERS, as_csv, as_xlsx, large

FIRST = ["1", "누리솔루션", "공급 대표", "1 과제 1", "수정", TEXT, "자부담 비율은 30%로 한다.", "부담이 큽니다."]
SECOND = ["2", "경남테크노파크", "", "제2", "찬성", "", "", "지역에 필요합니다."]


def table(*rows: list[str]) -> list[list[str]]:
    return [HEADER, *rows]


def uploaded(cast: Cast, consultation: Consultation, *rows: list[str], by: Any = None, **fields: Any) -> Import:
    file = SimpleUploadedFile("의견.csv", as_csv(table(*rows)))
    return actions.upload(consultation, file=file, by=by or cast.secretary, **fields)


def entered(cast: Cast, upload: Import) -> Import:
    actions.start(upload, by=upload.by)
    actions.run_imports()
    upload.refresh_from_db()
    return upload


def only_row(upload: Import) -> ImportRow:
    return upload.rows.get()


@pytest.fixture
def consultation(cast: Cast) -> Consultation:
    return cast.consultation()


@pytest.fixture
def upload(cast: Cast, consultation: Consultation) -> Import:
    return uploaded(cast, consultation, FIRST, SECOND)


class TestUploading:
    def test_every_row_is_matched_before_anything_is_entered(self, cast, consultation, upload):
        first, second = upload.rows.all()
        assert (first.state, second.state) == ("ready", "ready")
        assert (first.organisation, first.passage.number) == (cast.supplying, "1")
        assert first.membership == cast.membership(cast.supplier)
        assert (second.organisation, second.passage.number) == (cast.technopark, "2")
        assert second.membership is None
        assert not Opinion.objects.exists()

    @pytest.mark.parametrize("kind", MAKERS)
    def test_all_formats_say_the_same(self, cast, consultation, kind):
        file = SimpleUploadedFile(f"의견.{kind}", MAKERS[kind](table(FIRST, SECOND)))
        upload = actions.upload(consultation, file=file, by=cast.secretary)
        assert upload.format == kind
        assert upload.counts()["ready"] == 2

    def test_rows_of_a_blank_form_left_as_they_were_are_no_opinions(self, cast, consultation):
        upload = uploaded(cast, consultation, FIRST, ["2", "누리솔루션", "", "2 과제 2", "", TEXT, "", ""])
        assert (upload.total, upload.untouched) == (1, 1)

    def test_a_form_nobody_filled_in_is_no_file_of_opinions(self, cast, consultation):
        with pytest.raises(ValidationError):
            uploaded(cast, consultation, ["2", "누리솔루션", "", "2 과제 2", "", TEXT, "", ""])
        assert not Import.objects.exists()

    def test_a_bad_file_changes_nothing(self, cast, consultation):
        bad = {
            "renamed.xlsx": MAKERS["docx"](table(FIRST)),
            "cp949.csv": as_csv(table(FIRST)).replace(b"\xea", b"\xff"),
            "columns.csv": as_csv([["가", "나"], ["1", "2"]]),
            "empty.xlsx": b"",
            "rows.csv": large("csv", 100_000),
        }
        for name, data in bad.items():
            with pytest.raises(ValidationError):
                actions.upload(consultation, file=SimpleUploadedFile(name, data), by=cast.secretary)
        assert not Import.objects.exists()
        assert not Opinion.objects.exists()

    def test_the_same_file_is_refused_and_leads_to_the_earlier_one(self, cast, consultation, upload):
        with pytest.raises(actions.SeenBefore) as refusal:
            uploaded(cast, consultation, FIRST, SECOND)
        assert refusal.value.earlier == upload
        assert upload.name in refusal.value.message

    def test_what_was_discarded_may_come_again(self, cast, consultation, upload):
        actions.discard(upload, by=cast.secretary)
        assert uploaded(cast, consultation, FIRST, SECOND).counts()["ready"] == 2

    def test_it_is_not_for_strangers_or_observers(self, cast, consultation):
        for user in (cast.stranger, cast.observer, cast.expired):
            with pytest.raises(PermissionDenied):
                uploaded(cast, consultation, FIRST, by=user)


class TestMatching:
    @pytest.mark.parametrize(
        "name", ["누리솔루션", "(주)누리솔루션", "㈜ 누리 솔루션", "주식회사 누리솔루션", "누리솔루션㈜"]
    )
    def test_a_company_is_known_however_its_name_is_written(self, cast, consultation, name):
        assert only_row(uploaded(cast, consultation, ["", name, *FIRST[2:]])).organisation == cast.supplying

    def test_it_is_known_by_its_english_name_and_its_business_number(self, cast, consultation):
        cast.supplying.name_en, cast.supplying.business_number = "Nuri Solution Co., Ltd.", "1248100998"
        cast.supplying.save()
        upload = uploaded(cast, consultation, ["", "NURI SOLUTION", *FIRST[2:]], ["", "124-81-00998", "", *SECOND[3:]])
        assert [row.organisation for row in upload.rows.all()] == [cast.supplying] * 2

    def test_an_ambiguous_name_is_a_problem_that_names_the_choices(self, cast, consultation):
        for region in ("busan", "daegu"):
            type(cast.supplying).objects.create(name="한밭정밀", kind="adopter", region_id=region)
        row = only_row(uploaded(cast, consultation, ["", "한밭정밀", "", *FIRST[3:]]))
        assert row.state == "problem"
        assert row.problems[0].count("한밭정밀") == 3

    def test_an_unknown_name_is_a_problem_that_says_how_to_mend_it(self, cast, consultation):
        row = only_row(uploaded(cast, consultation, ["", "없는회사", "", *FIRST[3:]]))
        assert row.state == "problem"
        assert "없는회사" in row.problems[0]

    @pytest.mark.parametrize(
        "place", ["2-가", "2-가 지원", "2. 가.", "지원", "2-가(지원)", "제2-가", "2 - 가 다른 제목"]
    )
    def test_a_passage_is_known_by_number_and_heading(self, cast, consultation, place):
        passage = Passage.objects.filter(version=consultation.version).first()
        Passage.objects.filter(pk=passage.pk).update(number="2-가", heading="지원")
        assert only_row(uploaded(cast, consultation, ["", "누리솔루션", "", place, *FIRST[4:]])).passage == passage

    @pytest.mark.parametrize("place", ["제2조", "2조", "제 2 조(목적)", "제2조 목적"])
    def test_an_article_is_known_as_lawyers_write_it(self, cast, consultation, place):
        passage = Passage.objects.filter(version=consultation.version, number="2").get()
        Passage.objects.filter(pk=passage.pk).update(heading="목적")
        assert only_row(uploaded(cast, consultation, ["", "누리솔루션", "", place, *FIRST[4:]])).passage == passage

    def test_numbers_that_only_look_alike_are_two(self, cast, consultation):
        row = only_row(uploaded(cast, consultation, ["", "누리솔루션", "", "1-1", "일반", "", "", "좋습니다."]))
        assert (row.state, row.passage) == ("problem", None)

    def test_the_current_text_tells_the_passage_where_nothing_else_does(self, cast, consultation):
        passage = Passage.objects.filter(version=consultation.version, number="3").get()
        Passage.objects.filter(pk=passage.pk).update(text="데이터는 지역 거점에 모은다.")
        row = only_row(
            uploaded(
                cast, consultation, ["", "누리솔루션", "", "12쪽", "수정", "지역  거점에 모은다", "모으지 않는다", "왜"]
            )
        )
        assert (row.state, row.passage) == ("ready", passage)
        assert entered(cast, row.upload).added == 1
        assert Opinion.objects.get().current_text == "지역 거점에 모은다"

    def test_a_current_text_that_stands_nowhere_is_a_problem(self, cast, consultation):
        row = only_row(uploaded(cast, consultation, [*FIRST[:5], "전혀 다른 글", *FIRST[6:]]))
        assert row.state == "problem"

    def test_what_an_opinion_lacks_is_a_problem(self, cast, consultation):
        upload = uploaded(
            cast,
            consultation,
            [*FIRST[:4], "수정", "", "", "이유만 있습니다."],
            [*FIRST[:4], "수정", "", "새 글", ""],
            [*FIRST[:4], "일반", "", "", "제 주민번호는 900101-1234567 입니다."],
        )
        assert [row.state for row in upload.rows.all()] == ["problem"] * 3


class TestCorrecting:
    def test_a_row_becomes_ready_once_it_is_corrected(self, cast, consultation):
        row = only_row(uploaded(cast, consultation, ["", "없는회사", "", "99", "기타등등", "", "", "이유"]))
        row = actions.correct_row(
            row,
            organisation=cast.adopting,
            passage=consultation.version.passages.get(number="3"),
            kind="일반",
            by=cast.secretary,
        )
        assert (row.state, row.problems) == ("ready", [])
        assert entered(cast, row.upload).added == 1
        assert Opinion.objects.get().organisation == cast.adopting
        assert Entry.objects.filter(verb="import.row_corrected").count() == 1

    def test_what_is_chosen_for_one_row_is_chosen_for_all_that_read_the_same(self, cast, consultation):
        rows = [["", "없는회사", "", "99쪽", "일반", "", "", reason] for reason in ("하나", "둘", "둘")]
        upload = uploaded(cast, consultation, *rows, ["", "다른회사", "", "99쪽", "일반", "", "", "셋"])
        passage = consultation.version.passages.first()
        actions.correct_row(
            upload.rows.earliest("position"), organisation=cast.adopting, passage=passage, alike=True, by=cast.secretary
        )
        assert [row.state for row in upload.rows.all()] == ["ready", "ready", "repeated", "problem"]
        assert upload.rows.last().passage == passage

    def test_a_row_is_left_out_and_taken_in_again(self, cast, consultation, upload):
        row = upload.rows.first()
        assert actions.leave_out(row, by=cast.secretary).state == "left_out"
        assert actions.take_in(row, by=cast.secretary).state == "ready"
        actions.leave_out(row, by=cast.secretary)
        assert entered(cast, upload).added == 1

    def test_a_passage_of_another_text_is_no_answer(self, cast, consultation, upload):
        other = cast.next_version(consultation.version).passages.first()
        with pytest.raises(ValidationError):
            actions.correct_row(upload.rows.first(), passage=other, by=cast.secretary)

    def test_what_was_entered_is_corrected_no_more(self, cast, upload):
        entered(cast, upload)
        for verb in (actions.correct_row, actions.leave_out):
            with pytest.raises(Refused):
                verb(upload.rows.first(), by=cast.secretary)

    def test_rows_to_correct_stay_and_are_entered_later(self, cast, consultation):
        upload = uploaded(cast, consultation, FIRST, ["", "없는회사", "", *SECOND[3:]])
        assert entered(cast, upload).counts()["problem"] == 1
        row = upload.rows.get(state="problem")
        actions.correct_row(row, organisation=cast.adopting, by=cast.secretary)
        assert entered(cast, upload).added == 2

    def test_a_member_corrects_nobody_elses_file(self, cast, upload):
        with pytest.raises(PermissionDenied):
            actions.correct_row(upload.rows.first(), reason="남의 글", by=cast.supplier)


class TestEntering:
    def test_opinions_points_figures_and_replies_agree(self, cast, consultation, upload):
        entered(cast, upload)
        consultation.refresh_from_db()
        assert (upload.state, upload.added, upload.done, upload.total) == ("done", 2, 2, 2)
        assert consultation.submitted == Opinion.objects.given().count() == Point.objects.count() == 2
        assert set(Reply.objects.values_list("organisation", flat=True)) == {cast.supplying.pk, cast.technopark.pk}
        first = Opinion.objects.get(number=1)
        assert (first.source, first.author, first.recorded_by) == ("file", cast.supplier, cast.secretary)
        assert first.source_note.startswith("의견.csv")
        assert {row.opinion.number for row in upload.rows.all()} == {1, 2}

    def test_one_notice_is_written_for_the_file_and_one_for_each_author(self, cast, upload):
        entered(cast, upload)
        assert Entry.objects.filter(verb="import.finished").get().data["number"] == 2
        assert Entry.objects.filter(verb="consultation.opinions_entered").count() == 0

    def test_rows_that_were_entered_before_add_nothing(self, cast, consultation, upload):
        entered(cast, upload)
        again = SimpleUploadedFile("다시.xlsx", as_xlsx(table(FIRST, SECOND)))
        second = actions.upload(consultation, file=again, by=cast.secretary)
        assert second.counts()["repeated"] == 2
        with pytest.raises(Refused):
            actions.start(second, by=cast.secretary)
        assert Opinion.objects.count() == 2

    def test_a_row_that_stands_twice_in_a_file_is_entered_once(self, cast, consultation):
        upload = uploaded(cast, consultation, FIRST, ["2", *FIRST[1:]])
        assert [row.state for row in upload.rows.all()] == ["ready", "repeated"]
        assert entered(cast, upload).added == 1

    def test_what_came_in_meanwhile_is_not_entered_twice(self, cast, consultation, upload):
        other = actions.upload(
            consultation, file=SimpleUploadedFile("b.xlsx", as_xlsx(table(FIRST))), by=cast.secretary
        )
        entered(cast, upload)
        assert (entered(cast, other).added, other.repeated) == (0, 1)
        assert Opinion.objects.count() == 2

    def test_a_killed_worker_loses_nothing_and_repeats_nothing(self, cast, consultation, upload, monkeypatch):
        class Killed(BaseException):
            pass

        def killed_after_one(*args, _enter=entering._enter, **kwargs):
            if Opinion.objects.exists():
                raise Killed
            _enter(*args, **kwargs)

        actions.start(upload, by=cast.secretary)
        with monkeypatch.context() as patch:
            patch.setattr(entering, "_enter", killed_after_one)
            with pytest.raises(Killed):
                actions.run_imports(chunk=1)
        upload.refresh_from_db()
        assert (upload.state, upload.done, upload.added) == ("running", 1, 1)
        assert actions.run_imports(chunk=1) == 0, "its worker may still live"
        with clock.at(clock.now() + dt.timedelta(seconds=61)):
            assert actions.run_imports(chunk=1) == 1
        upload.refresh_from_db()
        assert (upload.state, upload.done, upload.added, Opinion.objects.count()) == ("done", 2, 2, 2)

    def test_a_failure_leaves_what_was_entered_and_says_so(self, cast, consultation, upload, monkeypatch):
        def broken_after_one(*args, _enter=entering._enter, **kwargs):
            if Opinion.objects.exists():
                raise RuntimeError("no space left")
            _enter(*args, **kwargs)

        actions.start(upload, by=cast.secretary)
        with monkeypatch.context() as patch:
            patch.setattr(entering, "_enter", broken_after_one)
            actions.run_imports(chunk=1)
        upload.refresh_from_db()
        assert (upload.state, upload.added) == ("failed", 1)
        assert upload.error
        assert entered(cast, upload).added == 2

    def test_one_bad_row_does_not_keep_the_others_out(self, cast, consultation, upload):
        Passage.objects.filter(version=consultation.version, number="1").update(text="그사이 바뀐 글")
        entered(cast, upload)
        assert (upload.added, upload.counts()["problem"]) == (1, 1)

    def test_nothing_is_entered_before_anybody_was_asked(self, cast):
        upload = uploaded(cast, cast.prepared_consultation(), FIRST)
        with pytest.raises(Refused):
            actions.start(upload, by=cast.secretary)

    def test_two_people_cannot_start_it_twice(self, cast, upload):
        actions.start(upload, by=cast.secretary)
        with pytest.raises(Refused):
            actions.start(upload, by=cast.chair)


class TestAnOrganisationsOwnFile:
    def test_its_coordinator_gives_its_opinions(self, cast, consultation):
        coordinator = cast.colleague("총괄", coordinates=True)
        upload = uploaded(cast, consultation, ["", "", "이 부장", *FIRST[3:]], by=coordinator)
        entered(cast, upload)
        opinion = Opinion.objects.get()
        assert (opinion.author, opinion.organisation, opinion.source) == (coordinator, cast.supplying, "file")
        assert opinion.submitter == "이 부장"

    def test_rows_of_others_are_problems(self, cast, consultation):
        coordinator = cast.colleague("총괄", coordinates=True)
        upload = uploaded(cast, consultation, FIRST, SECOND, by=coordinator)
        assert [row.state for row in upload.rows.all()] == ["ready", "problem"]

    def test_its_other_members_do_not(self, cast, consultation):
        cast.colleague("총괄", coordinates=True)
        with pytest.raises(PermissionDenied):
            uploaded(cast, consultation, FIRST, by=cast.supplier)

    def test_others_of_the_council_do_not_see_it(self, cast, consultation):
        coordinator = cast.colleague("총괄", coordinates=True)
        upload = uploaded(cast, consultation, FIRST, by=coordinator)
        assert Import.objects.visible_to(coordinator).get() == upload
        assert Import.objects.visible_to(cast.secretary).get() == upload
        for user in (cast.adopter, cast.stranger, cast.operator):
            assert not Import.objects.visible_to(user).exists()
            assert not ImportRow.objects.visible_to(user).exists()

    def test_it_ends_with_the_window(self, cast, consultation):
        coordinator = cast.colleague("총괄", coordinates=True)
        upload = uploaded(cast, consultation, FIRST, by=coordinator)
        with clock.at(consultation.closes_at + dt.timedelta(days=1)), pytest.raises(Refused):
            actions.start(upload, by=coordinator)
