"""Files on their way out: what stands in them, for whom, and that it agrees with what the pages say."""

import csv
import datetime as dt
import hashlib
import io
import shutil
import subprocess
import zipfile
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from python_calamine import CalamineWorkbook

from council.core import clock
from council.documents import actions as documents
from council.exchange import actions
from council.exchange.actions import exporting
from council.exchange.models import Export
from council.opinions import actions as opinions
from council.opinions.models import Consultation, Opinion
from council.people import actions as people
from council.people.models import User
from tests.cast import TEXT, Cast
from tests.exchange.files import as_csv

SECRET = "새 장비의 원가는 대외비입니다."
OFFICE = "office"


def exported(
    by: User, consultation: Consultation | None = None, *, kind: str = "dispositions", **fields: Any
) -> Export:
    export = actions.request_export(kind=kind, consultation=consultation, by=by, **{"format": "csv", **fields})
    actions.run_exports()
    export.refresh_from_db()
    assert export.state == "done", export.error
    return export


def content(export: Export) -> bytes:
    with export.file.open("rb") as file:
        return file.read()


def lines(export: Export) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(content(export).decode("utf-8-sig"))))


def sheets(data: bytes) -> list[list[Any]]:
    book = CalamineWorkbook.from_filelike(io.BytesIO(data))
    return [row for name in book.sheet_names for row in book.get_sheet_by_name(name).to_python()]


def cells(export: Export) -> list[list[Any]]:
    return sheets(content(export))


@pytest.fixture
def consultation(cast: Cast) -> Consultation:
    return cast.consultation()


@pytest.fixture
def told(cast: Cast, consultation: Consultation) -> Consultation:
    """Three opinions: one answered in public, one with a prepared answer, one for the office alone."""
    cast.published(consultation)
    cast.answered(consultation, by=cast.adopter, reason="도입 기업의 이유입니다.")
    cast.submitted(consultation, by=cast.tp, audience=OFFICE, reason="사무국만 볼 이유입니다.")
    consultation.refresh_from_db()
    return consultation


class TestWhatStandsInIt:
    def test_a_row_for_each_point_with_its_answer(self, cast, told):
        first, second, third = lines(exported(cast.secretary, told))
        assert first["연번"] == "1"
        assert (first["제출기관"], first["제출자"], first["조문·쪽·항목"]) == ("누리솔루션", "공급 대표", "1 과제 1")
        assert (first["현행(안)"], first["수정의견(안)"]) == (TEXT, TEXT.replace("50%", "30%"))
        assert first["조치"]
        assert first["조치 내용·사유"] == "예산 여건상 당장은 어렵습니다."
        assert (second["제출기관"], third["제출기관"]) == ("한빛정밀", "경남테크노파크")

    def test_the_totals_are_those_on_the_screen(self, cast, told):
        rows = cells(exported(cast.secretary, told, format="xlsx"))
        facts = {row[0]: row[1] for row in rows if row[0] and len(row) > 1}
        assert facts["제출 의견"] == f"{told.submitted}건" == "3건"
        assert facts["쟁점"] == f"{told.points.given().count()}건"
        answered = sum(int(str(facts[name]).removesuffix("건")) for name in facts if name in verdict_labels())
        assert answered == told.answered == 2
        assert facts["조치 전"] == "1건"

    def test_the_report_says_who_was_asked_and_for_officers_who_has_not_replied(self, cast, told):
        text = str(cells(exported(cast.secretary, told, kind="report", format="xlsx")))
        assert "1. 개요" in text
        assert "제출 의견 3건" in text
        assert "미회신 기관" in text
        assert "붙임" in text
        assert "미회신 기관" not in str(cells(exported(cast.supplier, told, kind="report", format="xlsx")))

    def test_the_iso_table_carries_the_observations(self, cast, told):
        first, *_rest = lines(exported(cast.secretary, told, kind="iso"))
        assert first["Clause/Subclause"] == "1 과제 1"
        assert first["Observations of the secretariat"].endswith("예산 여건상 당장은 어렵습니다.")

    def test_two_versions_stand_side_by_side_with_the_opinions_behind_them(self, cast, consultation):
        opinion = cast.triaged(consultation)
        following = cast.next_version(consultation.version)
        documents.publish_version(following, by=cast.secretary)
        cast.answer(opinion, verdict="accepted", changed_passage=following.passages.earliest("position"))
        opinions.release(consultation, by=cast.secretary)
        export = exported(cast.supplier, kind="comparison", before=consultation.version, version=following)
        (row,) = lines(export)
        assert "50%" in row["현행"]
        assert "30%" in row["개정안"]
        assert "의견 1 누리솔루션" in row["비고"]

    def test_what_comes_out_goes_in_again(self, cast, told):
        export = exported(cast.secretary, told, kind="opinions", format="xlsx")
        file = SimpleUploadedFile(export.name, content(export))
        upload = actions.upload(told, file=file, by=cast.secretary)
        assert upload.counts()["ready"] == 3

    def test_formulas_are_harmless(self, cast, consultation):
        cast.submitted(consultation, reason="=cmd|' /C calc'!A0")
        assert lines(exported(cast.secretary, consultation))[0]["사유"].startswith("'=")


def verdict_labels() -> set[str]:
    return {str(label) for label in Export._meta.apps.get_model("opinions", "Disposition").Verdict.labels}


class TestWhoSeesWhat:
    def test_a_member_gets_no_prepared_answer_and_nothing_meant_for_the_office(self, cast, told):
        rows = lines(exported(cast.supplier, told))
        assert [row["연번"] for row in rows] == ["1", "2"]
        assert [bool(row["조치"]) for row in rows] == [True, False]
        assert "사무국만 볼" not in content(exported(cast.supplier, told)).decode()

    def test_an_author_gets_their_own(self, cast, told):
        assert [row["연번"] for row in lines(exported(cast.tp, told))] == ["1", "2", "3"]

    def test_a_members_totals_count_everything_and_publish_nothing(self, cast, told):
        facts = {row[0]: row[1] for row in cells(exported(cast.supplier, told, format="xlsx")) if row[0]}
        assert facts["제출 의견"] == "3건"
        assert facts["조치 전"] == "2건"

    def test_what_is_confidential_stands_there_in_its_approved_form_alone(self, cast, consultation):
        opinion = cast.submitted(consultation, audience="confidential", reason=SECRET)
        assert lines(exported(cast.adopter, consultation)) == []
        redaction = opinions.redact(opinion, reason="비용 부담이 있습니다.", proposed_text="", by=cast.secretary)
        assert lines(exported(cast.adopter, consultation)) == []
        opinions.approve_redaction(redaction, by=cast.supplier)
        (row,) = lines(exported(cast.adopter, consultation))
        assert (row["제출기관"], row["제출자"], row["사유"]) == ("(비공개)", "", "비용 부담이 있습니다.")
        assert lines(exported(cast.secretary, consultation))[0]["사유"] == SECRET

    def test_what_is_hidden_is_left_out_for_those_who_may_not_see_it(self, cast, told):
        opinions.hide(Opinion.objects.get(number=2), reason="비방", by=cast.secretary)
        assert [row["연번"] for row in lines(exported(cast.supplier, told))] == ["1"]
        assert [row["연번"] for row in lines(exported(cast.secretary, told))] == ["1", "2", "3"]

    def test_personal_data_is_masked_for_members(self, cast, consultation):
        opinion = cast.drafted(consultation, reason="연락처는 010-1234-5678 입니다.")
        opinions.submit(opinion, by=cast.supplier, personal_data_checked=True)
        assert "010-1234-5678" not in lines(exported(cast.adopter, consultation))[0]["사유"]
        assert "010-1234-5678" in lines(exported(cast.secretary, consultation))[0]["사유"]

    def test_names_of_people_are_for_those_who_work_with_them(self, cast, told):
        first = lines(exported(cast.adopter, told))[0]
        assert first["제출자"] == ""
        assert lines(exported(cast.supplier, told))[0]["제출자"] == "공급 대표"

    def test_a_stranger_asks_in_vain(self, cast, told):
        for user in (cast.stranger, cast.expired, cast.operator):
            with pytest.raises(PermissionDenied):
                actions.request_export(kind="opinions", format="csv", consultation=told, by=user)

    def test_a_file_is_its_owners_while_they_sit_as_they_did(self, cast, told):
        export = exported(cast.chair, told)
        assert Export.objects.visible_to(cast.chair).get() == export
        for user in (cast.secretary, cast.supplier, cast.stranger):
            assert not Export.objects.visible_to(user).exists()
        people.dismiss(cast.membership(cast.chair), reason="사임", by=cast.operator)
        assert not Export.objects.visible_to(cast.chair).exists()

    def test_who_left_before_it_was_written_gets_nothing(self, cast, told):
        export = actions.request_export(kind="opinions", format="csv", consultation=told, by=cast.supplier)
        people.dismiss(cast.membership(cast.supplier), reason="사임", by=cast.operator)
        actions.run_exports()
        export.refresh_from_db()
        assert (export.state, bool(export.file)) == ("failed", False)

    def test_a_version_in_work_is_not_compared_for_members(self, cast, consultation):
        following = cast.next_version(consultation.version)
        export = actions.request_export(
            kind="comparison", format="csv", before=consultation.version, version=following, by=cast.supplier
        )
        actions.run_exports()
        export.refresh_from_db()
        assert export.state == "failed"


class TestTheJob:
    def test_it_is_named_hashed_and_kept_for_a_week(self, cast, told):
        export = exported(cast.secretary, told)
        assert export.name == "전략(안) 의견수렴 의견 조치 결과표.csv"
        assert export.sha256 == hashlib.sha256(content(export)).hexdigest()
        assert (export.size, export.total, export.done) == (len(content(export)), 3, 3)
        assert actions.expire_exports() == 0
        with clock.at(clock.now() + dt.timedelta(days=8)):
            assert actions.expire_exports() == 1
        export.refresh_from_db()
        assert not export.is_kept

    def test_a_failure_is_told(self, cast, told, monkeypatch):
        def broken(*args, **kwargs):
            raise RuntimeError("no space left")

        monkeypatch.setattr(exporting, "write", broken)
        export = actions.request_export(kind="opinions", format="csv", consultation=told, by=cast.secretary)
        actions.run_exports()
        export.refresh_from_db()
        assert (export.state, bool(export.error)) == ("failed", True)

    def test_a_file_whose_worker_died_is_written_by_another(self, cast, told, monkeypatch):
        class Killed(BaseException):
            pass

        def killed(*args, **kwargs):
            raise Killed

        export = actions.request_export(kind="opinions", format="csv", consultation=told, by=cast.secretary)
        with monkeypatch.context() as patch:
            patch.setattr(exporting, "write", killed)
            with pytest.raises(Killed):
                actions.run_exports()
        assert actions.run_exports() == 0
        with clock.at(clock.now() + dt.timedelta(minutes=4)):
            assert actions.run_exports() == 1
        export.refresh_from_db()
        assert (export.state, export.attempt) == ("done", 2)

    @pytest.mark.parametrize(("kind", "format"), [("forms", "csv"), ("nothing", "csv"), ("iso", "hwpx")])
    def test_only_what_there_is_can_be_asked_for(self, cast, told, kind, format):  # noqa: A002 - the word for it
        with pytest.raises(ValidationError):
            actions.request_export(kind=kind, format=format, consultation=told, by=cast.secretary)

    @pytest.mark.parametrize("format", ["xlsx", "hwpx", "docx", "pdf", "csv"])
    def test_every_format_opens(self, cast, told, tmp_path, format):  # noqa: A002 - the word for it
        for kind in ("dispositions", "report"):
            export = exported(cast.secretary, told, kind=kind, format=format)
            path = tmp_path / f"{kind}.{format}"
            path.write_bytes(content(export))
            if format in {"xlsx", "docx"}:
                assert pages_of(path) > 0


def pages_of(path: Path) -> int:
    """How large LibreOffice's PDF of a file is."""
    office = shutil.which("soffice")
    if office is None:
        pytest.skip("LibreOffice is not installed")
    command = [office, f"-env:UserInstallation=file://{path.parent}/office", "--headless", "--convert-to", "pdf"]
    subprocess.run([*command, "--outdir", str(path.parent), str(path)], check=True, capture_output=True, timeout=120)
    return path.with_suffix(".pdf").stat().st_size


class TestBlankForms:
    def test_everyone_who_was_asked_gets_a_form_in_one_package(self, cast, consultation):
        export = actions.blank_forms(consultation, format="xlsx", by=cast.secretary)
        actions.run_exports()
        export.refresh_from_db()
        assert export.name.endswith(".zip")
        with zipfile.ZipFile(io.BytesIO(content(export))) as package:
            names = package.namelist()
            assert len(names) == consultation.asked().count()
            form = next(name for name in names if "누리솔루션" in name)
            rows = sheets(package.read(form))
        assert "누리솔루션" in str(rows)
        assert sum("과제" in str(row) for row in rows) == 3

    def test_one_form_filled_in_comes_back_as_an_opinion(self, cast, consultation):
        file = io.BytesIO()
        name = actions.blank_form_of(consultation, cast.supplying, format="csv", by=cast.supplier, to=file)
        assert "누리솔루션" in name
        rows = list(csv.reader(io.StringIO(file.getvalue().decode("utf-8-sig"))))
        row = next(row for row in rows if "2 과제 2" in row)
        row[4], row[6], row[7] = "수정", "새 글", "이유"
        upload = actions.upload(consultation, file=SimpleUploadedFile(name, as_csv(rows)), by=cast.supplier)
        actions.start(upload, by=cast.supplier)
        actions.run_imports()
        opinion = Opinion.objects.get()
        assert (opinion.passage.number, opinion.proposed_text, opinion.author) == ("2", "새 글", cast.supplier)

    def test_handing_them_out_is_for_those_who_run_the_council(self, cast, consultation):
        with pytest.raises(PermissionDenied):
            actions.blank_forms(consultation, format="xlsx", by=cast.supplier)
