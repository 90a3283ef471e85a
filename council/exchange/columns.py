"""The columns of a table of opinions: what their headers are called, and what the code words in them mean."""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import Literal

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class Form(StrEnum):
    """The two forms opinions come in: the Korean one by clause, and the ISO/IEC commenting template."""

    CLAUSE = "clause"
    ISO = "iso"


class Field(StrEnum):
    """What a column says, whatever its header is called."""

    NUMBER = "number"
    ORGANISATION = "organisation"
    SUBMITTER = "submitter"
    PLACE = "place"
    PARAGRAPH = "paragraph"
    LINE = "line"
    KIND = "kind"
    CURRENT = "current"
    PROPOSED = "proposed"
    REASON = "reason"
    AUDIENCE = "audience"
    VERDICT = "verdict"
    ANSWER = "answer"


LABELS: Mapping[Field, Promise] = {
    Field.NUMBER: _("No."),
    Field.ORGANISATION: _("Organisation"),
    Field.SUBMITTER: _("Submitted by"),
    Field.PLACE: _("Clause, page or item"),
    Field.PARAGRAPH: _("Paragraph, figure or table"),
    Field.LINE: _("Line"),
    Field.KIND: _("Kind of opinion"),
    Field.CURRENT: _("Current text"),
    Field.PROPOSED: _("Proposed text"),
    Field.REASON: _("Reason"),
    Field.AUDIENCE: _("Who may see it"),
    Field.VERDICT: _("Disposition"),
    Field.ANSWER: _("Answer"),
}
"""What to call a column in a message."""

_HEADERS: Mapping[Field, str] = {
    Field.NUMBER: "연번, 순번, 번호, 일련번호, No., Number, Comment number, Comment no.",
    Field.ORGANISATION: """제출기관, 제출기관명, 제출기관/제출자, 의견제출기관, 제출처, 의견제출처, 기관, 기관명, 기관·단체명,
        단체명, 소속, 소속기관, 부처, 부처명, 업체명, 회사명, MB/NC, MB, NC, Member body, National committee,
        Organisation, Organization, Submitting organisation, Submitting organization""",
    Field.SUBMITTER: "제출자, 의견제출자, 성명, 이름, 위원, 위원명, 작성자, 담당자, Submitter, Submitted by, Name, Author",
    Field.PLACE: """조문·쪽·항목, 조문, 조문명, 조문번호, 조·항, 조·항·호, 조항, 조항번호, 해당 조문, 관련 조문, 쪽, 쪽수, 페이지, 면,
        항목, 위치, 해당 부분, Clause/Subclause, Clause No./Subclause No./Annex, Clause, Subclause, Clause number,
        Clause, page or item, Clause · page · item, Article, Section, Page, Place""",
    Field.PARAGRAPH: """문단·그림·표, 그림·표, Paragraph/Figure/Table, Paragraph/Figure/Table/Note, Paragraph, Figure/Table,
        Paragraph, figure or table""",
    Field.LINE: "줄, 줄 번호, 행 번호, Line, Line number, Line no.",
    Field.KIND: """의견 유형, 유형, 의견 구분, 의견 종류, 수정 유형, Type of comment, Type, Comment type, Kind,
        Kind of opinion""",
    Field.CURRENT: """현행, 현행안, 현행 조문, 현행 내용, 초안, 원안, 당초안, 기존, 기존안, Current, Current text,
        Current wording, Existing text""",
    Field.PROPOSED: """수정의견, 수정의견안, 수정안, 수정, 수정 내용, 수정 제안, 변경, 변경안, 개선안, 대안, 제안, 제안 내용, 제시안,
        Proposed change, Proposed changes, Proposed change by the MB, Proposed text, Proposed wording, Proposal""",
    Field.REASON: """사유, 수정사유, 의견사유, 검토사유, 제안사유, 제안이유, 수정이유, 이유, 근거, 사유 및 근거, Comments, Comment,
        Comment by the MB, Reason, Reasons, Rationale, Justification""",
    Field.AUDIENCE: "공개, 공개 여부, 공개 범위, 공개 구분, 비공개 여부, Audience, Visibility, Who may see it",
    Field.VERDICT: """조치, 반영 여부, 조치(반영 여부), 수용 여부, 조치 결과, 처리 결과, 검토 결과, Disposition, Verdict,
        Resolution""",
    Field.ANSWER: """조치 내용, 조치 사유, 조치 내용·사유, 처리 내용, 미반영 사유, 답변, Answer, Response, Observations,
        Observations of the secretariat, Secretariat observations,
        Secretariat observations on each comment submitted""",
}
_OPINION = (
    "의견, 검토의견, 제출의견, 의견 내용, 주요 의견, 검토 내용, Opinion"  # the reason, or beside one the proposed text
)
_DRAFT = "개정안, 개정, 제정안, 제·개정안, 예고안, 입법예고안, 정부안"  # what is consulted on, or what one proposes
_ISO_ONLY = """MB/NC, MB, NC, Clause/Subclause, Clause No./Subclause No./Annex, Type of comment,
    Observations of the secretariat, Secretariat observations"""

_WORD = re.compile(r"\S{1,200}\s*|\s+")
_IN_BRACKETS = re.compile(r"\([^()]*\)|\[[^\[\]]*\]")
_ARAEA = str.maketrans("ㆍᆞ", "··")  # a vowel that is often typed as a middle dot
_LONGEST_HEADER = 100


def composed(text: str, form: Literal["NFC", "NFKC"] = "NFC") -> str:
    """The text in a Unicode normal form, a word at a time: it takes the square of a run of accents, and words end."""
    return text if text.isascii() else "".join(unicodedata.normalize(form, word) for word in _WORD.findall(text))


def normalised(text: str) -> str:
    """The letters and digits of the text, in one case and width: what stays the same however it is typed."""
    text = composed(text.translate(_ARAEA), "NFKC").casefold()
    return "".join(character for character in text if character.isalnum())


def _words(text: str) -> list[str]:
    return [normalised(word) for word in re.split(r",\s+(?![a-z])", text)]


_FIELDS = {word: field for field, words in _HEADERS.items() for word in _words(words)}
_OPINIONS = frozenset(_words(_OPINION))
_DRAFTS = frozenset(_words(_DRAFT))
_ISO_WORDS = frozenset(_words(_ISO_ONLY))
_KNOWN = _FIELDS.keys() | _OPINIONS | _DRAFTS


def known(header: str) -> str | None:
    """The header as this module knows it, or None. Brackets and footnote marks may be there: "Clause (e.g. 3.1)", "MB/NC¹"."""
    if len(header) > _LONGEST_HEADER:
        return None
    for text in (header, _IN_BRACKETS.sub("", header)):
        for word in (normalised(text), normalised(text).rstrip("0123456789")):
            if word in _KNOWN:
                return word
    return None


def fields_of(headers: Mapping[int, str]) -> dict[int, Field]:
    """Which column says what.

    Two words depend on their neighbours. "의견" (opinion) is the reason, or the proposed text where a column for the
    reason is there too. "개정안" (draft) is the text consulted on, or the proposed text where the current text is there
    and nothing else is proposed.
    """
    words = {column: word for column, header in headers.items() if (word := known(header))}
    fields = {column: _FIELDS[word] for column, word in words.items() if word in _FIELDS}
    opinions = [column for column, word in words.items() if word in _OPINIONS]
    drafts = [column for column, word in words.items() if word in _DRAFTS]
    found = set(fields.values())
    proposes = Field.REASON in found and Field.PROPOSED not in found
    fields |= dict.fromkeys(opinions, Field.PROPOSED if proposes else Field.REASON)
    if drafts and (opinions or Field.PROPOSED in found or Field.CURRENT not in found):
        fields = {column: field for column, field in fields.items() if field is not Field.CURRENT}
        fields |= dict.fromkeys(drafts, Field.CURRENT)
    else:
        fields |= dict.fromkeys(drafts, Field.PROPOSED)
    return fields


def form_of(headers: Iterable[str], fields: Iterable[Field]) -> Form:
    """The form such headers belong to."""
    words = {known(header) for header in headers}
    iso = words & _ISO_WORDS or {Field.PARAGRAPH, Field.LINE} & set(fields)
    return Form.ISO if iso else Form.CLAUSE


def missing(form: Form, fields: Iterable[Field]) -> list[Field]:
    """The columns without which a table of this form cannot be read."""
    found = set(fields)
    lacking = [] if Field.PLACE in found else [Field.PLACE]
    says_something = {Field.REASON} if form is Form.ISO else {Field.PROPOSED, Field.REASON}
    if not found & says_something:
        lacking.append(Field.REASON)
    return lacking


# --- Code words ------------------------------------------------------------------------------------------------------

_WORDING = "wording"  # a change of some wording where one is proposed, a remark otherwise

KINDS: Mapping[str, str] = {
    normalised(word): kind
    for kind, words in {
        "amend": "수정, 변경, 문구 수정, 수정의견, 개정, amend, change, change the wording",
        "delete": "삭제, delete, deletion",
        "add": "신설, 추가, 신설·추가, add, addition, add something",
        "support": "찬성, 동의, 원안 동의, 원안동의, support, agree",
        "question": "질의, 문의, 질문, question",
        "general": "일반, 기타, 일반 의견, 기타 의견, ge, g, gen, general, general remark",
        _WORDING: "te, t, tech, technical, ed, e, edit, editorial, 기술, 기술적, 편집, 편집상",
    }.items()
    for word in words.split(", ")
}
"""Words and codes for the kind of an opinion, :func:`normalised`, with the kind each means; see :func:`kind_of`."""

AUDIENCES: Mapping[str, str] = {
    normalised(word): audience
    for audience, words in {
        "council": "공개, 전체 공개, 전체, open, public, council",
        "office": "비공개, 일부 공개, 부분 공개, closed, office",
        "confidential": "기밀, 영업비밀, 영업 비밀, 영업상 비밀, 기밀(영업비밀), 대외비, confidential, company secret",
    }.items()
    for word in words.split(", ")
}
"""Words for who may see an opinion, :func:`normalised`, with the audience each means; see :func:`audience_of`."""


def kind_of(word: str, *, proposes: bool) -> str | None:
    """The kind of opinion a word or an ISO code means; None for an unknown word.

    Args:
        proposes: Whether the row proposes a text: "te", "ed" and an empty cell are then a change of the wording, and a
            general remark otherwise.
    """
    kind = KINDS.get(normalised(word), _WORDING if not word.strip() else None)
    if kind == _WORDING:
        return "amend" if proposes else "general"
    return kind


def audience_of(word: str) -> str | None:
    """The audience a word means: the whole council for an empty cell, None for an unknown word."""
    return AUDIENCES.get(normalised(word), "council" if not word.strip() else None)
