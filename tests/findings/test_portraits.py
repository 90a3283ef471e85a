"""What is told of a sector beyond its bands follows from them, so it gives no vote away."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from council.consensus import Ledger, Votes, release
from council.exchange import unity
from council.exchange.gathering import Reader
from council.exchange.tables import Paragraph, Table
from council.findings import actions
from council.findings.figures import _band
from council.findings.models import Finding
from council.findings.portraits import portraits
from council.opinions import actions as opinion_actions
from tests.cast import Cast
from tests.findings.crowd import crowd, opinions, votes

MEMBERS = {"supplier": 24, "adopter": 12, "technopark": 11}
UNIT = {f"{unit} {number}": unit for unit, size in MEMBERS.items() for number in range(size)}
ROW = st.tuples(
    *(st.integers(0, size).flatmap(lambda n: st.tuples(st.just(n), st.integers(0, n))) for size in MEMBERS.values())
)


def released(rows) -> dict:
    """What a first batch shows of opinions: per opinion and unit how many reacted, and how many of them agree."""
    cast = [
        (f"{unit} {number}", opinion, 1 if number < agree else -1)
        for opinion, row in enumerate(rows)
        for unit, (seen, agree) in zip(MEMBERS, row, strict=True)
        for number in range(seen)
    ]
    ledger = Ledger()
    release(
        ledger, Votes.from_rows(*zip(*cast, strict=True)) if cast else Votes.from_rows([], [], []), UNIT, MEMBERS, {}
    )
    return {
        "units": [{"unit": unit} for unit in MEMBERS],
        "opinions": [
            {"opinion": opinion, "bands": {unit: _band(ledger.shown(opinion, unit)) for unit in MEMBERS}}
            for opinion in range(len(rows))
        ],
        "named": {},
    }


@settings(max_examples=60, deadline=None)
@given(st.lists(ROW, min_size=1, max_size=7), st.data())
def test_every_count_that_a_band_leaves_open_gives_the_same_portraits(rows, data):
    """So whoever sees them knows no more of any count, hidden ones included, than the bands say: at least three remain."""
    before = released(rows)
    place = data.draw(st.integers(0, len(rows) - 1))
    row = data.draw(st.integers(0, len(MEMBERS) - 1))
    unit, (seen, _agree) = list(MEMBERS)[row], rows[place][row]
    same = []
    for agree in range(seen + 1):
        other = [list(each) for each in rows]
        other[place][row] = (seen, agree)
        after = released(other)
        if after["opinions"] == before["opinions"]:
            same.append(agree)
            assert portraits(after, UNIT) == portraits(before, UNIT)
    assert len(same) >= min(3, seen + 1) or not before["opinions"][place]["bands"][unit]


@pytest.fixture
def talk(cast: Cast):
    """Six opinions on which suppliers and adopters are apart, and Techno Parks hardly answer."""
    members = crowd(cast)
    consultation = cast.consultation(cast.version())
    given = opinions(cast, consultation, 6)
    for place, opinion in enumerate(given):
        votes(opinion, members["supplier"], agree=22 if place % 2 else 2, disagree=2 if place % 2 else 22)
        votes(opinion, members["adopter"], agree=2 if place % 2 else 18, disagree=18 if place % 2 else 2)
        votes(opinion, members["technopark"], agree=3, disagree=3)
    return consultation, members, given


@pytest.mark.django_db
def test_a_sector_of_one_mind_is_told_from_one_of_few_answers(talk):
    consultation, _members, given = talk
    finding = actions.refresh(consultation, force=True)

    told = {unit["unit"]: unit for unit in finding.released["portraits"]["units"]}

    assert told["supplier"]["likeness"] >= 0.4
    assert told["technopark"]["likeness"] is None
    assert finding.released["portraits"]["likeness"] < told["supplier"]["likeness"]
    said = {(one["opinion"], one["direction"]) for one in told["supplier"]["says"]}
    assert said == {(str(opinion.pk), "agree" if place % 2 else "disagree") for place, opinion in enumerate(given)}


@pytest.mark.django_db
def test_votes_within_the_same_bands_change_nothing_that_is_told(talk):
    consultation, members, given = talk
    first = actions.refresh(consultation, force=True)

    votes(given[0], members["supplier"], agree=0, passed=24)
    votes(given[1], members["supplier"], agree=24)
    second = actions.refresh(consultation, force=True)

    assert second.released["portraits"] == first.released["portraits"]


@pytest.mark.django_db
def test_open_positions_are_counted_as_they_are(cast):
    members = crowd(cast)
    consultation = cast.consultation(cast.version())
    given = opinions(cast, consultation, 6)
    actions.fix_terms(consultation, in_the_open=["technopark"], by=cast.secretary)
    for place, opinion in enumerate(given):
        votes(opinion, members["technopark"], agree=8 if place % 2 else 0, disagree=0 if place % 2 else 8)

    told = actions.refresh(consultation, force=True).released["portraits"]["units"]

    assert [unit["likeness"] for unit in told if unit["unit"] == "technopark"] == [1.0]
    assert actions.given_away(consultation) == []


@pytest.mark.django_db
def test_a_figure_that_does_not_follow_from_the_bands_is_found_by_the_audit(talk):
    consultation, _members, _given = talk
    finding = actions.refresh(consultation, force=True)
    assert actions.given_away(consultation) == []

    finding.released["portraits"]["units"][0]["likeness"] = 0.123
    Finding.objects.update(released=finding.released)

    assert [one.opinion for one in actions.given_away(consultation)] == ["portraits"]


@pytest.mark.django_db
def test_an_opinion_hidden_since_is_in_no_portrait_any_more(cast, talk):
    consultation, _members, given = talk
    finding = actions.refresh(consultation, force=True)
    opinion_actions.hide(given[0], reason="규정 위반", by=cast.secretary)

    kept = finding.released_of([str(opinion.pk) for opinion in given[1:]])

    assert str(given[0].pk) not in str(kept["portraits"])
    assert str(given[1].pk) in str(kept["portraits"])


@pytest.mark.django_db
def test_the_files_say_what_each_sector_is_like(cast, talk):
    consultation, _members, _given = talk
    actions.refresh(consultation, force=True)
    reader = Reader.of(cast.supplier, consultation)

    table = next(
        part for part in unity.figures(reader).parts if isinstance(part, Table) and part.caption == "부문별 특징"
    )
    sentences = [part.text for part in unity.report(reader).parts if isinstance(part, Paragraph)]

    told = {row[0]: row[1:] for row in table.rows}
    assert told["공급기업"] == ["약 0.7", "2, 4, 6", "1, 3, 5"]
    assert told["전체"][0].startswith("약 ")
    assert any(row == ["산출하지 않음", "", ""] for row in told.values())
    assert any(sentence.startswith("반응 일치도") and "공급기업 약 0.7" in sentence for sentence in sentences)
