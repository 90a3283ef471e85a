"""Files of opinions coming in, and files of answers going out."""

import time
from collections.abc import Callable
from functools import cache, partial
from io import BytesIO
from typing import Any

from bench.measure import Measured, Size, alone, row
from bench.stage import stage

COMING, GOING, FEW = 5_000, 10_000, 100
MEBIBYTE = 2**20
FLAT = 32 * MEBIBYTE
"""What a long file may take more than a short one: what a worker holds of it at a time, and a library's own tables."""
HEADER = ["연번", "제출기관", "제출자", "조문·쪽·항목", "의견 유형", "현행(안)", "수정의견(안)", "사유"]
REASON = "현장에서는 지금의 자부담 비율로는 도입을 시작하기 어렵고, 유지보수 비용까지 생각하면 지원 기간도 짧습니다. "


# --- coming in --------------------------------------------------------------------------------------------------------


@row("files-import-of-5000-opinions", goal=60.0, goal_for="figure")
def imported(size: Size) -> Measured:
    """A workbook from upload to the last opinion entered."""
    stage().use("coming", ask_for_opinions)
    return Measured(figure=seconds_of(partial(take_in, workbook(COMING))))


def seconds_of(work: Callable[[], object]) -> float:
    """How long it takes, with whatever the collector does meanwhile."""
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def ask_for_opinions() -> None:
    """A consultation that takes opinions."""
    from tests.cast import Cast  # noqa: PLC0415 - Django is set up by the stage

    cast = Cast()
    cast.consultation(cast.version(passages=20))


def workbook(rows: int) -> bytes:
    """The form as it comes back, with so many different opinions."""
    from xlsxwriter import Workbook  # noqa: PLC0415 - only this row writes one

    file = BytesIO()
    with Workbook(file, {"constant_memory": True}) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, HEADER)
        for number in range(1, rows + 1):
            words = f"자부담 비율은 {number % 50}%로 한다.", f"{REASON}({number})"
            line = [number, "경남테크노파크", f"담당 {number}", f"{number % 20 + 1}", "수정", "", *words]
            sheet.write_row(number, 0, line)
    return file.getvalue()


def take_in(data: bytes) -> None:
    """Upload, start, and enter."""
    from django.core.files.uploadedfile import SimpleUploadedFile  # noqa: PLC0415 - as above

    from council.exchange import actions  # noqa: PLC0415 - as above
    from council.opinions.models import Consultation  # noqa: PLC0415 - as above
    from council.people.models import User  # noqa: PLC0415 - as above

    secretary = User.objects.get(email__startswith="secretary@")
    file = SimpleUploadedFile("opinions.xlsx", data)
    upload = actions.upload(Consultation.objects.get(), file=file, by=secretary)
    upload = actions.start(upload, by=secretary)
    actions.run_imports()
    upload.refresh_from_db()
    if (upload.state, upload.added) != ("done", COMING):
        message = f"{upload.state}: {upload.added} of {COMING} were entered; {upload.error}"
        raise RuntimeError(message)


# --- going out --------------------------------------------------------------------------------------------------------


@row("files-export-of-10000-answers-xlsx", goal=30.0, goal_for="figure")
def exported_xlsx(size: Size) -> Measured:
    """The table of dispositions as a workbook, written as a worker writes it."""
    return Measured(figure=exported(GOING, "xlsx")[0])


@row("files-export-of-10000-answers-xlsx-memory", goal=FLAT, unit="bytes", goal_for="figure")
def exported_xlsx_memory(size: Size) -> Measured:
    """How much more a process holds at most for 10,000 answers than for 100."""
    return Measured(figure=more_held("xlsx"))


@row("files-export-of-10000-answers-hwpx", goal=30.0, goal_for="figure")
def exported_hwpx(size: Size) -> Measured:
    """The same for Hangul."""
    return Measured(figure=exported(GOING, "hwpx")[0])


@row("files-export-of-10000-answers-hwpx-memory", goal=FLAT, unit="bytes", goal_for="figure")
def exported_hwpx_memory(size: Size) -> Measured:
    """How much more a process holds at most for 10,000 answers than for 100."""
    return Measured(figure=more_held("hwpx"))


def more_held(format: str) -> float:  # noqa: A002 - the word for it
    """The difference between the most memory two processes held: one that writes many answers, one that writes few."""
    return max(0.0, exported(GOING, format)[1] - exported(FEW, format)[1])


@cache
def exported(answers: int, format: str) -> tuple[float, float]:  # noqa: A002 - the word for it
    """Seconds and bytes it takes a process of its own to write so many answers."""
    stage().use(f"going{answers}", partial(answer, answers))
    return alone(partial(write_file, format, answers))


def write_file(format: str, answers: int) -> float:  # noqa: A002 - the word for it
    """Ask for the file and write it; how long that takes."""
    import django  # noqa: PLC0415 - as above

    django.setup()
    from council.exchange import actions  # noqa: PLC0415 - as above
    from council.exchange.models import Export  # noqa: PLC0415 - as above
    from council.opinions.models import Consultation  # noqa: PLC0415 - as above
    from council.people.models import User  # noqa: PLC0415 - as above

    secretary = User.objects.get(email__startswith="secretary@")
    kind, consultation = Export.Kind.DISPOSITIONS, Consultation.objects.get()
    export = actions.request_export(kind=kind, format=format, by=secretary, consultation=consultation)
    took = seconds_of(actions.run_exports)
    export.refresh_from_db()
    if (export.state, export.done) != (Export.State.DONE, answers):
        message = f"{export.state}: {export.done} of {answers} were written; {export.error}"
        raise RuntimeError(message)
    return took


def answer(number: int) -> None:
    """A consultation with so many answers, made of one: rows alike but for their keys and numbers."""
    from council.opinions.models import Disposition, Point  # noqa: PLC0415 - as above
    from tests.cast import Cast  # noqa: PLC0415 - as above

    cast = Cast()
    first = cast.published(cast.consultation(cast.version(passages=20)))
    others = range(2, number + 1)
    opinions = copies(first, [{"number": each, "reason": f"{REASON}({each})"} for each in others])
    points = copies(Point.objects.get(), [{"opinion_id": each.pk} for each in opinions])
    copies(Disposition.objects.get(), [{"point_id": each.pk} for each in points])


def copies(one: Any, changes: list[dict[str, Any]]) -> list[Any]:
    """Rows as another one, each with something changed."""
    fields = {
        field.attname: getattr(one, field.attname) for field in one._meta.concrete_fields if not field.primary_key
    }
    model: Any = type(one)
    return list(model.objects.bulk_create((model(**fields | change) for change in changes), batch_size=1000))
