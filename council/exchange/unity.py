"""What unites and what divides, as a table of figures and as a report of two pages for ministers.

Both are made of what was released alone, the same for every reader, and worded as ministries word it.
"""

from collections.abc import Callable, Sequence

from council.exchange.gathering import Reader
from council.exchange.tables import Cell, Column, Document, Facts, Heading, Paragraph, Part, Table
from council.exchange.wording import moment
from council.findings.words import Crossing, Found, Row, Unit, found
from council.opinions.models import Opinion

_LED = 6
"""So many opinions of each sort stand in the report."""

_LINE = 110
"""Letters of an opinion in the report."""


def figures(reader: Reader) -> Document:
    """의견 반응 분석표: every opinion with the band of every unit, who has answered, and how sectors and groups go together."""
    shown = found(reader.consultation, reader.user)
    units = shown.units if shown else []
    columns = (
        Column("의견 번호", 8, "center"), Column("조항", 14), Column("의견", 50),
        Column("모두 찬성할 가능성", 12, "right"), Column("가장 약한 부문", 16),
        Column("가장 약한 부문의 가능성", 12, "right"), Column("모두 찬성하지 않을 가능성", 12, "right"),
        Column("집단 합의 지수(GIC)", 12, "right"),
        Column("부문 간 차이(%p)", 12, "right"), Column("맞서는 부문", 24), Column("전체", 12),
        *(Column(unit, 16, "center") for unit in units),
    )  # fmt: skip
    return Document(
        title=reader.consultation.title,
        subtitle="의견 반응 분석표",
        parts=[
            Facts(_about(reader, shown)),
            Table(columns, [_figures(row) for row in shown.rows] if shown else [], "의견별 반응"),
            *(_answering(shown.answering) if shown else []),
            *(_portraits(shown) if shown and shown.portraits else []),
            *(_crossing(shown.crossing, shown) if shown and shown.crossing else []),
        ],
    )


def _answering(units: Sequence[Unit]) -> list[Part]:
    """부문별 참여: about how many of each unit have answered."""
    columns = (Column("부문", 30), Column("위원 수", 10, "right"), Column("참여율", 14), Column("공개 여부", 12))
    rows: list[list[Cell]] = [
        [
            unit.name,
            unit.members,
            "5곳 미만" if unit.answered is None else f"약 {unit.answered}%",
            "공개" if unit.in_the_open else "비공개",
        ]
        for unit in units
    ]
    return [Table(columns, rows, "부문별 참여")]


def _portraits(shown: Found) -> list[Part]:
    """부문별 특징: how much each unit answers alike, and the opinions that set it apart."""
    columns = (
        Column("부문", 30), Column("반응 일치도", 14, "right"), Column("더 찬성하는 의견", 24),
        Column("덜 찬성하는 의견", 24),
    )  # fmt: skip
    rows: list[list[Cell]] = [
        [each.name, _alike(each.likeness), *(_numbers(said) for said in (each.agrees, each.disagrees))]
        for each in shown.portraits
    ]
    return [Table(columns, [["전체", _alike(shown.likeness), "", ""], *rows], "부문별 특징")]


def _alike(likeness: float | None) -> str:
    return "산출하지 않음" if likeness is None else f"약 {likeness:.1f}"


def _numbers(opinions: Sequence[Opinion]) -> str:
    return ", ".join(str(opinion.number) for opinion in opinions)


def _crossing(crossing: Crossing, shown: Found) -> list[Part]:
    """부문과 집단: in which band the share of each unit lies that stands in each group."""
    columns = (Column("부문", 30), *(Column(f"{group.number}번 집단", 14, "center") for group in shown.groups))
    rows: list[list[Cell]] = [
        [name, *([band.text for band in bands] or ["" for _group in shown.groups])] for name, bands in crossing.rows
    ]
    strength = "산출하지 않음" if crossing.strength is None else f"{crossing.strength:.2f}"
    return [Table(columns, rows, f"부문과 집단(크라메르 V {strength})")]


def _figures(row: Row) -> list[Cell]:
    return [
        row.opinion.number or "",
        str(row.opinion.passage),
        row.opinion.reason or row.opinion.proposed_text,
        row.surely,
        row.weakest,
        row.weakest_surely,
        row.surely_not,
        "" if row.gic is None else f"{row.gic:.3f}",
        "" if row.divides is None else row.divides,
        " ↔ ".join(row.pair),
        row.total,
        *(band.text for band in row.bands),
    ]


def report(reader: Reader) -> Document:
    """의견 반응 분석 보고: what unites, what divides, and who has not spoken, on two pages."""
    shown = found(reader.consultation, reader.user)
    if shown is None:
        nothing = "아직 공개할 수 있을 만큼 반응이 모이지 않았습니다."
        return _document(reader, [Facts(_about(reader, None)), Paragraph(nothing)])
    return _document(
        reader,
        [
            Facts(_about(reader, shown)),
            Heading("1. 의견이 모인 사항"),
            *_list(shown.uniting, "모든 부문의 과반이 찬성한다고 볼 수 있는 의견이 아직 없습니다.", _UNITING, _uniting),
            Heading("2. 의견이 갈리는 사항"),
            *_list(shown.dividing, "부문 간에 크게 갈리는 의견이 아직 없습니다.", _DIVIDING, _dividing),
            Heading("3. 아직 반응하지 않은 부문"),
            Paragraph(", ".join(shown.silent) if shown.silent else "모든 부문이 반응하였습니다."),
            Paragraph("부문별 참여: " + ", ".join(_answered(unit) for unit in shown.answering) + "."),
            *_alikeness(shown),
            *_changed(shown),
            Heading("4. 산출 방법"),
            Paragraph(_METHOD),
        ],
    )


def _answered(unit: Unit) -> str:
    share = "5곳 미만 참여" if unit.answered is None else f"약 {unit.answered}%"
    return f"{unit.name} {unit.members}곳 가운데 {share}"


def _alikeness(shown: Found) -> list[Part]:
    """How much each unit answers alike, in a sentence; none in batches of earlier versions."""
    known = [("전체", shown.likeness), *((each.name, each.likeness) for each in shown.portraits)]
    told = [f"{name} {_alike(likeness)}" for name, likeness in known if likeness is not None]
    return [Paragraph(f"반응 일치도(모두 같으면 1, 우연과 같으면 0): {', '.join(told)}.")] if told else []


_METHOD = (
    "기관별 1표(전문가는 1인 1표)의 찬성·반대·넘김을 부문별로 집계하였습니다. 개별 기관의 반응이 드러나지 않도록 5곳 이상 반응한 "
    "부문만 구간으로 표시하고, 위원이 10명 미만인 부문은 다른 부문과 합쳤습니다. 모두 찬성할 가능성은 아직 반응하지 않은 위원까지 "
    "고려하여 모든 부문에서 과반이 찬성할 확률이며, 부문 간 차이는 찬성 비율이 가장 높은 부문과 가장 낮은 부문의 예상 차이입니다. "
    "반응 일치도는 공개된 구간만으로 산출한 크리펜도르프 알파입니다."
)


def _list(rows: Sequence[Row], none: str, columns: Sequence[Column], line: Callable[[Row], list[Cell]]) -> list[Part]:
    if not rows:
        return [Paragraph(none)]
    return [Table(columns, [line(row) for row in rows[:_LED]])]


_UNITING = (Column("의견", 70), Column("가능성", 12, "center"), Column("가장 약한 부문", 20))
_DIVIDING = (Column("의견", 62), Column("차이", 10, "center"), Column("찬성에 가까운 부문 ↔ 그렇지 않은 부문", 32))


def _uniting(row: Row) -> list[Cell]:
    return [_short(row), row.surely, f"{row.weakest} ({row.weakest_surely})" if row.weakest_surely else row.weakest]


def _dividing(row: Row) -> list[Cell]:
    return [_short(row), f"{row.divides}%p", " ↔ ".join(row.pair)]


def _short(row: Row) -> str:
    text = " ".join((row.opinion.reason or row.opinion.proposed_text).split())
    cut = text if len(text) <= _LINE else f"{text[:_LINE]}…"
    return f"[의견 {row.opinion.number}, {row.opinion.passage}] {cut}"


def _changed(shown: Found) -> list[Part]:
    """What is seen otherwise than before the meeting, if anything."""
    lines: list[list[Cell]] = [
        [_short(row), change.unit, change.before.text, change.now.text]
        for row in shown.moved[:_LED]
        for change in row.changes
    ]
    if not lines:
        return []
    columns = (Column("의견", 50), Column("부문", 16), Column("회의 전", 12, "center"), Column("현재", 12, "center"))
    return [Heading("회의 전과 달라진 사항"), Table(columns, lines)]


def _document(reader: Reader, parts: list[Part]) -> Document:
    return Document(
        title=reader.consultation.title, subtitle="의견 반응 분석 보고", parts=parts, landscape=False, ends=True
    )


def _about(reader: Reader, shown: Found | None) -> list[tuple[str, str]]:
    about = [("협의체", str(reader.consultation.council)), ("의견수렴", reader.consultation.title)]
    if shown:
        about += [("기준 시각", moment(shown.made_at)), ("반영한 반응", f"{shown.finding.votes:,}건")]
    return about
