"""Opinions that say the same."""

import time
import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from council.opinions.similarity import campaigns, likeness, most_alike, normal, opposed

steady = settings(derandomize=True, deadline=None)

LETTER = (
    "중소기업의 인력과 비용 부담을 고려하여 스마트공장 지원사업의 자부담 비율을 현행 50%에서 30%로 낮추고, 소기업에 대한 지원 한도를 "
    "확대하여 주시기 바랍니다. 도입기업이 체감할 수 있는 사후관리 지원도 함께 추진하여야 합니다."
)
SENT_AGAIN = {
    "as it is": LETTER,
    "without spaces": LETTER.replace(" ", ""),
    "with other endings": (
        "중소기업의 인력과 비용 부담을 고려해 스마트공장 지원사업의 자부담 비율을 현행 50%에서 30%로 낮추고 소기업에 대한 지원한도를 "
        "확대해 주세요. 도입기업이 체감할 수 있는 사후관리 지원도 함께 추진해야 함"
    ),
    "with a name before": "(주)한빛정밀은 경남 창원의 부품 제조기업입니다. " + LETTER,
    "with a name inside": LETTER.replace("중소기업의", "저희 대성산업과 같은 중소기업의"),
    "with wide signs": LETTER.replace("50%", "５０％").replace(", ", "，"),
    "as a Mac writes it": unicodedata.normalize("NFD", LETTER),
}
OWN_WORDS = [
    "영세한 기업은 자부담금 마련이 가장 어렵습니다. 자부담률을 기업 규모별로 차등 적용하고 소기업은 30% 이하로 해 주십시오.",
    "스마트공장을 도입한 뒤 고장이 나도 고쳐 줄 곳이 없어 방치되는 설비가 많으니 유지보수 비용을 3년간 지원해야 합니다.",
    "공급기업을 고를 때 실적을 확인할 길이 없습니다. 공급기업별 구축 실적과 만족도를 공개하면 비교해서 고를 수 있을 것입니다.",
    "소기업 자부담 비율을 낮추는 데에는 동의하나, 재원이 한정되어 있으므로 지원 기업 수가 줄지 않도록 예산을 먼저 늘려야 한다.",
]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("스마트 공장을 지원", "스마트공장 지원"),
        ("‘제조혁신’ 지원", "「제조혁신」 지원"),
        ("① ＡＩ 도입", "1. ai 도입"),
        ("㈜한빛", "(주)한빛"),
        ("지원을 확대하여 주시기 바랍니다.", "지원 확대해 주세요"),
        ("지원이 필요합니다.", "지원이 필요함"),
        ("효과가 없습니다", "효과 없음"),
        ("공개되어야 한다", "공개되어야 합니다"),
    ],
)
def test_spacing_signs_particles_and_endings_do_not_matter(one: str, other: str):
    assert normal(one) == normal(other)


@pytest.mark.parametrize("again", SENT_AGAIN.values(), ids=SENT_AGAIN)
def test_a_letter_sent_again_is_found(again: str):
    assert campaigns([*OWN_WORDS, LETTER, again]) == [[4, 5]]


def test_opinions_on_one_topic_in_own_words_are_no_campaign():
    assert max(likeness(LETTER, own) for own in OWN_WORDS) < 0.4
    assert campaigns([LETTER, *OWN_WORDS]) == []


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("스마트공장 지원 확대에 찬성합니다", "스마트공장 지원 확대에 반대합니다"),
        (LETTER, LETTER.replace("확대", "축소")),
        (LETTER, LETTER.replace("추진하여야 합니다", "추진하지 않아야 합니다")),
        (LETTER, LETTER.replace("낮추고", "낮추지 말아 주시고")),
        (f"{LETTER} 상한은 3억원 이상으로 한다.", f"{LETTER} 상한은 3억원 이하로 한다."),
    ],
)
def test_the_opposite_in_nearly_the_same_words_is_no_part_of_a_campaign(one: str, other: str):
    assert opposed(one, other)
    assert campaigns([one, other, one]) == [[0, 2]]


def test_one_word_makes_a_short_opinion_another():
    assert likeness("스마트공장 지원 확대에 찬성합니다", "스마트팩토리 지원 확대에 찬성합니다") < 0.85


def test_one_unlisted_word_or_number_does_not_make_a_long_letter_another():
    """The limit of it: who reads a group sees its texts, and this is why."""
    assert campaigns([LETTER, LETTER.replace("30%", "40%")]) == [[0, 1]]


def test_groups_come_by_their_first_text_with_all_copies():
    other = OWN_WORDS[2]
    assert campaigns([other, LETTER, LETTER, other, SENT_AGAIN["with a name before"], other]) == [[0, 3, 5], [1, 2, 4]]


def test_a_group_holds_only_what_is_like_its_first_text():
    words = [f"{first}{second}{third}" for first in "가나다라마" for second in "바사자차카" for third in "타파하고노"]
    chain = [" ".join(words[start : start + 60]) for start in range(0, 60, 4)]
    groups = campaigns(chain)
    assert likeness(chain[0], chain[1]) > 0.85 > likeness(chain[0], chain[-1])
    assert len(groups) > 1
    assert all(likeness(chain[group[0]], chain[index]) >= 0.85 for group in groups for index in group)


def test_what_says_nothing_belongs_to_nothing():
    assert campaigns(["", " ", "...", ""]) == []
    assert campaigns([]) == []
    assert likeness("", "") == 0


def test_the_shortest_opinions_can_be_the_same():
    assert campaigns(["네", "예", "네.", "좋다"]) == [[0, 2]]


def test_similar_opinions_are_offered_while_one_is_typed():
    others = [*OWN_WORDS, LETTER]
    assert most_alike("고장난 설비 유지보수 비용", others)[0][0] == 1
    assert most_alike("공급기업의 실적을 공개하", others)[0][0] == 2
    assert most_alike("자부담 비율을 현행 50%에서 30%로", others)[0][0] == 4


def test_the_best_come_first_and_no_more_than_asked_for():
    others = [LETTER[:50], OWN_WORDS[1], LETTER, LETTER[20:]]
    offered = most_alike(LETTER[:100], others, limit=2)
    assert [index for index, _ in offered] == [2, 3]
    assert offered[0][1] == pytest.approx(1)


def test_nothing_is_offered_for_a_few_syllables_or_another_matter():
    assert most_alike("자부담 비율", [LETTER]) == []
    assert most_alike("은는이가 을를은는 이가", [LETTER]) == []
    assert most_alike("회의 일정을 미리 알려 주시면 좋겠습니다", [LETTER, *OWN_WORDS]) == []
    assert most_alike("자부담 비율을 현행 50%에서", []) == []


def test_offering_among_500_opinions_takes_no_time_one_would_notice():
    others = [f"{number}번째 의견입니다. {LETTER}{OWN_WORDS[number % 4]}{LETTER}"[:300] for number in range(500)]
    begun = time.process_time()
    assert len(most_alike("자부담 비율을 현행 50%에서 30%로", others)) == 5
    assert time.process_time() - begun < 0.25


@pytest.mark.parametrize(
    ("texts", "sizes"),
    [
        ([LETTER] * 100_000, [100_000]),
        ([f"{LETTER}{' ' * (number % 500)}" for number in range(100_000)], [100_000]),
        ([""] * 100_000, []),
        ([chr(0xB000 + number % 500) for number in range(100_000)], [200] * 500),
        ([LETTER * 100, LETTER * 100 + "끝", OWN_WORDS[0] * 200], [2]),
        ([f"{LETTER} {number:05}" for number in range(3_000)], [3_000]),
    ],
    ids=["identical", "but for spaces", "empty", "one syllable", "very long", "numbered"],
)
def test_many_and_strange_texts_take_no_longer(texts: list[str], sizes: list[int]):
    begun = time.process_time()
    assert [len(group) for group in campaigns(texts)] == sizes
    assert time.process_time() - begun < 5


SYLLABLES = st.text(alphabet="가나다라은는이 .하합니한다\ud800A１①", max_size=30)


@steady
@given(SYLLABLES, SYLLABLES)
def test_likeness_is_a_share_and_works_both_ways(a: str, b: str):
    assert 0 <= likeness(a, b) <= 1
    assert likeness(a, b) == likeness(b, a)
    assert likeness(a, a) == (1 if normal(a) else 0)


@steady
@given(st.text(alphabet="가나다라은는이합니한함바람 ", max_size=30))
def test_spaces_never_matter(text: str):
    assert normal(text) == normal(text.replace(" ", ""))


@steady
@given(st.lists(SYLLABLES, max_size=12))
def test_no_text_is_in_two_groups(texts: list[str]):
    members = [index for group in campaigns(texts) for index in group]
    assert len(members) == len(set(members))
    assert all(group == sorted(group) and len(group) > 1 for group in campaigns(texts))
