"""The documents of a consultation, made for one reader: what they may not see stands in none of them.

Korean official forms are worded here as ministries word them, whatever language the reader uses; the ISO table is English.
"""

import io
import zipfile
from collections.abc import Callable, Iterator
from itertools import islice
from typing import BinaryIO

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.urls import reverse
from django.utils.translation import override

from council.core import clock
from council.core.models import Sector
from council.documents.comparison import Change, compare, pair
from council.documents.models import Version
from council.exchange import unity
from council.exchange.forms import CLAUSE_COLUMNS, ISO_COLUMNS, blank_form
from council.exchange.gathering import Line, Reader
from council.exchange.models import Export
from council.exchange.tables import Cell, Column, Document, Facts, Heading, Marked, Paragraph, Part, Table
from council.exchange.wording import day, moment
from council.exchange.writing import Format
from council.opinions import figures
from council.opinions.models import Consultation, Disposition, Extension, Opinion
from council.people.models import Organisation, User

_LISTED = 200
_ISO_GENERAL = frozenset({Opinion.Kind.SUPPORT, Opinion.Kind.QUESTION, Opinion.Kind.GENERAL})
_NUMBER, _BODY, _PERSON, _PLACE, _KIND, _CURRENT, _PROPOSED, _REASON = (
    Column(each.title, each.width, each.align) for each in CLAUSE_COLUMNS
)
DISPOSITION_COLUMNS = (
    _NUMBER, _BODY, _PERSON, _PLACE, _KIND, _CURRENT, _PROPOSED, _REASON,
    Column("조치", 10, "center"), Column("조치 내용·사유", 36), Column("변경 조항", 14),
)  # fmt: skip
COMPARISON_COLUMNS = (Column("현행", 60), Column("개정안", 60), Column("비고", 24))


def build(export: Export) -> tuple[Document, str, int]:
    """The document someone asked for, what to call it, and about how many rows its tables have.

    Raises:
        PermissionDenied: What it is to be made of is not theirs to see any more.
    """
    if export.kind == Export.Kind.COMPARISON:
        return comparison(export)
    consultation = export.consultation
    if consultation is None or not Consultation.objects.visible_to(export.by).filter(pk=consultation.pk).exists():
        raise PermissionDenied("exchange.export")
    make = {
        Export.Kind.DISPOSITIONS: dispositions,
        Export.Kind.REPORT: report,
        Export.Kind.OPINIONS: opinions,
        Export.Kind.ISO: iso,
        Export.Kind.FINDINGS: unity.figures,
        Export.Kind.UNITY: unity.report,
    }[Export.Kind(export.kind)]
    with override("en" if export.kind == Export.Kind.ISO else "ko"):
        reader = Reader.of(export.by, consultation)
        document = make(reader)
        return document, f"{consultation.title} {document.subtitle or document.title}", reader.points().count()


def _in(language: str, rows: Iterator[list[Cell]]) -> Iterator[list[Cell]]:
    """Rows read while the file is written, in the document's language."""
    with override(language):
        yield from rows


# --- tables of points ------------------------------------------------------------------------------------------------


def dispositions(reader: Reader) -> Document:
    """의견 조치 결과표: every point with its disposition, and above it totals that count everything given."""
    return Document(
        title=reader.consultation.title,
        subtitle="의견 조치 결과표",
        parts=[
            Facts([*_about(reader.consultation), *totals(reader)]),
            Table(DISPOSITION_COLUMNS, _in("ko", (_disposed(line) for line in reader.lines())), "의견 조치 결과"),
        ],
        ends=True,
    )


def _disposed(line: Line) -> list[Cell]:
    return [*_said(line), line.verdict, line.answer, line.changed]


def _said(line: Line) -> list[Cell]:
    number: Cell = int(line.number) if line.number.isdecimal() else line.number
    words = (
        line.organisation or "(비공개)",
        line.submitter,
        line.place,
        line.kind_label,
        line.current,
        line.proposed,
        line.reason,
    )
    return [number, *words]


def opinions(reader: Reader) -> Document:
    """The plain list of opinions, in the form in which they come in."""
    columns = (_NUMBER, _BODY, _PERSON, _PLACE, _KIND, _CURRENT, _PROPOSED, _REASON)
    return Document(
        title=reader.consultation.title,
        subtitle="의견 목록",
        parts=[
            Facts(_about(reader.consultation)),
            Table(columns, _in("ko", (_said(line) for line in reader.lines())), "의견"),
        ],
    )


def iso(reader: Reader) -> Document:
    """The ISO/IEC comment table with the observations of the secretariat."""
    return Document(
        title=reader.consultation.title,
        subtitle="Comments and secretariat observations",
        language="en",
        parts=[
            Facts([("Date", f"{clock.today():%Y-%m-%d}"), ("Document", str(reader.consultation.version))]),
            Table(ISO_COLUMNS, _in("en", (_commented(line) for line in reader.lines())), "Comments"),
        ],
    )


def _commented(line: Line) -> list[Cell]:
    kind = "ge" if line.kind in _ISO_GENERAL else "te"
    observation = ": ".join(part for part in (line.verdict, line.answer) if part)
    return [line.organisation or "(not named)", "", line.place, "", kind, line.reason, line.proposed, observation]


# --- facts -----------------------------------------------------------------------------------------------------------


def _about(consultation: Consultation) -> list[tuple[str, str]]:
    return [
        ("협의체", str(consultation.council)),
        ("대상", str(consultation.version)),
        ("의견수렴 기간", _period(consultation)),
    ]


def _period(consultation: Consultation) -> str:
    phases = list(consultation.phases.all())
    spans = [f"{moment(each.opens_at)} ~ {moment(each.closes_at)}({each.get_kind_display()})" for each in phases]
    return ", ".join(spans)


def totals(reader: Reader) -> list[tuple[str, str]]:
    """How many opinions and points there are, and what became of them, as the pages count them."""
    found = reader.verdicts()
    points = sum(sum(counts.values()) for counts in reader.by_sector().values())
    done = [(str(Disposition.Verdict(verdict).label), f"{number}건") for verdict, number in found.items()]
    return [
        ("제출 의견", f"{reader.consultation.submitted}건"),
        ("쟁점", f"{points}건"),
        *done,
        ("조치 전", f"{points - sum(found.values())}건"),
    ]


# --- the report ------------------------------------------------------------------------------------------------------


def report(reader: Reader) -> Document:
    """의견수렴 결과보고: what was asked of whom, what came in, what was answered, and who has not replied."""
    consultation = reader.consultation
    turnout = figures.turnout(consultation)
    parts: list[Part] = [
        Heading("1. 개요"),
        Facts(
            [
                ("가. 안건", str(consultation)),
                ("나. 대상", str(consultation.version)),
                ("다. 근거", _basis(consultation)),
                ("라. 기간", _period(consultation)),
                *_extensions(consultation, reader.user),
                ("마. 소관", str(consultation.office)),
            ]
        ),
        Heading("2. 회신 현황"),
        Paragraph(
            f"대상 {turnout.asked}개 기관 중 {turnout.replied}개 기관 회신"
            f"(의견 없음 {turnout.without_opinion}개 기관), 제출 의견 {consultation.submitted}건"
        ),
        Table(
            (Column("부문", 24), *(Column(name, 12, "right") for name in ("대상", "회신", "의견 없음", "미회신"))),
            [
                [each.label, each.asked, each.replied, each.without_opinion, each.asked - each.replied]
                for each in turnout.sectors
            ],
            "부문별 회신 현황",
        ),
        Heading("3. 조치 결과"),
        _by_verdict(reader),
        Heading("4. 주요 의견과 조치"),
        Table(
            (_NUMBER, _BODY, _PLACE, Column("의견", 50), Column("조치", 10, "center"), Column("조치 내용·사유", 44)),
            _in("ko", _main(reader)),
            "주요 의견과 조치",
        ),
    ]
    if reader.runs_council:
        missing = [str(each.organisation) for each in turnout.organisations if each.reply is None]
        parts += [Heading("5. 미회신 기관"), Paragraph(", ".join(missing) or "없음")]
    parts.append(Paragraph("붙임  의견 조치 결과표 1부."))
    return Document(title=consultation.title, subtitle="의견수렴 결과보고", parts=parts, landscape=False, ends=True)


def _basis(consultation: Consultation) -> str:
    basis = consultation.council.legal_basis.strip()
    procedure = str(consultation.get_procedure_display())
    return f"{basis} ({procedure})" if basis else procedure


def _extensions(consultation: Consultation, user: User) -> list[tuple[str, str]]:
    given = Extension.objects.visible_to(user).filter(phase__consultation=consultation)
    return [
        ("    연장", f"{moment(each.closed_at)} → {moment(each.closes_at)}: {each.reason}")
        for each in given.order_by("at")
    ]


def _by_verdict(reader: Reader) -> Table:
    """Points by sector and disposition, with a row that adds them up."""
    verdicts = Disposition.Verdict
    columns = [Column("부문", 24), *(Column(str(each.label), 12, "right") for each in verdicts)]
    columns += [Column("조치 전", 12, "right"), Column("계", 10, "right")]
    found = reader.by_sector()
    keys = [*verdicts.values, ""]
    rows: list[list[Cell]] = [
        [str(Sector(sector).label), *(counts.get(key, 0) for key in keys), sum(counts.values())]
        for sector, counts in found.items()
    ]
    sums = [sum(counts.get(key, 0) for counts in found.values()) for key in keys]
    rows.append(["계", *sums, sum(sums)])
    return Table(columns, rows, "부문·조치별 쟁점 수")


def _main(reader: Reader) -> Iterator[list[Cell]]:
    """The points that were answered; the first so many of them, the rest stands in the table that is attached."""
    for line in islice(reader.lines(answered=True), _LISTED):
        number, body, _person, place, *_rest = _said(line)
        said = "\n".join(part for part in (line.proposed, line.reason) if part)
        yield [number, body, place, said, line.verdict, line.answer]


# --- 신·구조문대비표 --------------------------------------------------------------------------------------------------


def comparison(export: Export) -> tuple[Document, str, int]:
    """신·구조문대비표 of two versions: both sides with their differences marked, and the opinions behind each.

    Raises:
        PermissionDenied: One of the versions is not the reader's to see.
    """
    seen = Version.objects.visible_to(export.by).filter(pk__in=[export.before_id, export.version_id])
    before, after = export.before, export.version
    if before is None or after is None or seen.count() != len({before.pk, after.pk}):
        raise PermissionDenied("exchange.export")
    if before.number > after.number:
        before, after = after, before
    changes = pair(before.passages.order_by("position"), after.passages.order_by("position"))
    if not export.options.get("unchanged"):
        changes = [each for each in changes if each.kind != "same"]
    with override("ko"):
        behind = _behind(before, after, export.by)
        document = Document(
            title=str(after.document),
            subtitle="신·구조문대비표",
            parts=[
                Facts([("현행", _named(before)), ("개정안", _named(after)), ("대비 조항", f"{len(changes)}건")]),
                Table(COMPARISON_COLUMNS, _in("ko", (_compared(each, behind) for each in changes)), "신·구조문대비"),
            ],
        )
    return document, f"{after.document} {document.subtitle}", len(changes)


def _named(version: Version) -> str:
    state = day(clock.seoul_date(version.published_at)) if version.published_at else "작업 중"
    return f"제{version.number}판 ({state})"


def _compared(change: Change, behind: dict[object, list[str]]) -> list[Cell]:
    before, after = change.before, change.after
    spans = compare(str(before or ""), str(after or ""))
    spans += compare(f"\n{before.text}" if before else "", f"\n{after.text}" if after else "")
    old = Marked([(span.kind, span.text) for span in spans if span.kind != "added"])
    new = Marked([(span.kind, span.text) for span in spans if span.kind != "removed"])
    notes = behind.get(after.identity, []) if after else []
    return [old if before else "<신설>", new if after else "<삭제>", "\n".join(notes)]


def _behind(before: Version, after: Version, user: User) -> dict[object, list[str]]:
    """The accepted opinions behind each passage, as far as the reader may see their answers."""
    answers = Disposition.objects.visible_to(user).filter(
        changed_passage__version__document=after.document_id,
        changed_passage__version__number__gt=before.number,
        changed_passage__version__number__lte=after.number,
    )
    notes: dict[object, list[str]] = {}
    related = "changed_passage", "point__opinion__organisation"
    for answer in answers.select_related(*related).order_by("point__opinion__number", "point__number"):
        identity = answer.changed_passage.identity if answer.changed_passage else None
        whose = answer.point.opinion.organisation
        notes.setdefault(identity, []).append(f"의견 {answer.point.label} {whose} ({answer.get_verdict_display()})")
    return notes


# --- blank forms -----------------------------------------------------------------------------------------------------


def form(consultation: Consultation, organisation: Organisation, format: Format, to: BinaryIO, *, iso: bool) -> None:  # noqa: A002 - the word for it
    """Write the blank form of one organisation, with the passages asked about, by when and how to return it."""
    with override("en" if iso else "ko"):
        blank_form(
            format,
            title=consultation.title,
            organisation=str(organisation),
            submitter="",
            deadline=_deadline(consultation, iso=iso),
            passages=[
                (each.number, each.heading, each.text) for each in consultation.version.passages.order_by("position")
            ],
            to=to,
            iso=iso,
        )


def _deadline(consultation: Consultation, *, iso: bool) -> str:
    closes_at = consultation.closes_at
    until = moment(closes_at) if closes_at else ""
    address = f"{settings.SITE_URL.rstrip('/')}{reverse('web:files', args=[consultation.pk])}"
    if iso:
        return f"{until} - upload it at {address} or send it to the secretariat"
    return f"{until}까지 · {address} 에 올리거나 간사에게 보내 주십시오"


def form_name(consultation: Consultation, organisation: Organisation, format: Format) -> str:  # noqa: A002 - the word for it
    """What to call an organisation's form."""
    return f"{consultation.title} 의견서({organisation}).{format}"


def forms(export: Export, to: BinaryIO, tell: Callable[[int], None]) -> str:
    """Write the blank forms someone asked for, several as a ZIP; answers what to call the file."""
    consultation, format_ = export.consultation, Format(export.format)
    if consultation is None or not export.by.has_perm("exchange.hand_out_forms", consultation):
        raise PermissionDenied("exchange.hand_out_forms")
    organisations = list(Organisation.objects.filter(pk__in=export.options["organisations"]).order_by("name"))
    with_iso = bool(export.options.get("iso"))
    if len(organisations) == 1:
        form(consultation, organisations[0], format_, to, iso=with_iso)
        tell(1)
        return form_name(consultation, organisations[0], format_)
    with zipfile.ZipFile(to, "w", zipfile.ZIP_DEFLATED) as package:
        for number, organisation in enumerate(organisations, start=1):
            one = io.BytesIO()
            form(consultation, organisation, format_, one, iso=with_iso)
            name = form_name(consultation, organisation, format_).replace("/", "·").replace("\\", "·")
            package.writestr(f"{number:03d} {name}", one.getvalue())
            tell(number)
    return f"{consultation.title} 의견서 양식.zip"
