"""Whatever is sent, the answer is never a 500."""

import datetime as dt
import re
from collections.abc import Mapping, Sequence

import pytest
from django.core.files.base import ContentFile

from council.core import clock
from council.exchange import actions as exchange
from council.opinions import actions as opinions
from tests.api.checking import errors

NOBODY = "00000000-0000-7000-8000-000000000000"
HUGE = 10**30
ALWAYS = ["\x00", None, [None], {"id": NOBODY}, HUGE]
TEXTS = ["", "x" * 5000, 0, 1e308]
IDS = ["not-a-uuid", NOBODY, -1]
TIMES = ["2024-02-30", "0001-01-01", "9999-12-31", "0001-01-01T00:00:00+09:00", "9999-12-31T23:59:59Z"]
NUMBERS = [-1, 40_000, "x"]
BODIES = [
    b"",
    b"{",
    b"[]",
    b"null",
    b"1",
    b'"x"',
    b"\xff\xfe",
    b"[" * 100_000,
    b'{"a": 1e999}',
    b'{"title": "\\ud800"}',
]
QUERIES = ["\x00", "not-a-uuid", str(HUGE), "true", "", "9999-12-31"]


@pytest.fixture
def writes(cast):
    """Every address one can write to, with what could be sent."""
    version = cast.version()
    consultation = cast.consultation(version)
    following = cast.next_version(version)
    meeting = cast.planned_meeting()
    convened = cast.meeting()
    opinion = cast.triaged(consultation)
    draft = cast.drafted(consultation, by=cast.secretary)
    council, passage = f"councils/{cast.council.pk}", following.passages.earliest("position")
    item = meeting.items.get()
    starts_at, ends_at = meeting.starts_at.isoformat(), meeting.ends_at.isoformat()
    term = {"starts_on": str(cast.today), "ends_on": str(cast.today)}
    words = {"kind": "amend", "proposed_text": "…", "reason": "…", "audience": "council"}
    return [
        ("patch", "me", {"name": "…", "language": "ko"}),
        ("post", "users", {"email": "a@council.example", "name": "…", "language": "ko"}),
        (
            "post",
            "organisations",
            {
                "kind": "supplier",
                "name": "…",
                "name_en": "…",
                "parent": str(cast.ministry.pk),
                "region": "busan",
                "size": "small",
                "industry": "C10",
                "level": "kosmo4-basic",
                "level_source": "…",
                "level_on": "2024-01-01",
                "business_number": "124-81-00998",
            },
        ),
        (
            "post",
            "councils",
            {
                "name": "…",
                "operator": str(cast.ministry.pk),
                "founded_on": "2024-01-01",
                "sunset_on": "2025-01-01",
                "quorum": "half",
                "notice_days": 1,
                "term_years": 1,
                "gender_share_percent": 60,
            },
        ),
        ("post", f"{council}/seats", {"sector": "supplier", "ex_officio": False}),
        (
            "post",
            f"{council}/appoint",
            {"user": str(cast.stranger.pk), "organisation": str(cast.ministry.pk), "role": "member", "title": "…"}
            | {"seat": str(cast.membership(cast.supplier).seat_id)}
            | term,
        ),
        ("post", f"{council}/subcommittees", {"name": "…", "purpose": "…", "members": []}),
        ("post", f"memberships/{cast.membership(cast.expired).pk}/dismiss", {"reason": "…"}),
        ("post", f"memberships/{cast.membership(cast.expired).pk}/name-coordinator", {"coordinates": True}),
        ("post", "tokens", {"name": "…", "expires_at": ends_at}),
        (
            "post",
            "documents",
            {"council": str(cast.council.pk), "owner": str(cast.ministry.pk), "title": "…", "summary": "…"},
        ),
        ("post", f"documents/{version.document_id}/versions", {"note": "…"}),
        (
            "post",
            "passages",
            {"version": str(following.pk), "parent": str(passage.pk), "after": str(passage.pk), "number": "9"}
            | {"heading": "…", "text": "…"},
        ),
        ("patch", f"passages/{passage.pk}", {"number": "8", "heading": "…", "text": "…"}),
        (
            "post",
            "meetings",
            {
                "council": str(cast.council.pk),
                "subcommittee": NOBODY,
                "kind": "plenary",
                "mode": "online",
                "title": "…",
                "starts_at": starts_at,
                "ends_at": ends_at,
                "place": "…",
                "online_url": "https://council.example/",
            },
        ),
        (
            "patch",
            f"meetings/{meeting.pk}",
            {"title": "…", "starts_at": starts_at, "ends_at": ends_at, "mode": "online"},
        ),
        ("post", f"meetings/{meeting.pk}/convene", {"urgent_reason": "…"}),
        ("post", f"meetings/{meeting.pk}/cancel", {"reason": "…"}),
        ("post", f"meetings/{meeting.pk}/close", {}),
        (
            "post",
            "agenda-items",
            {"meeting": str(meeting.pk), "parent": str(item.pk), "kind": "report", "title": "…", "minutes_planned": 5},
        ),
        (
            "patch",
            f"agenda-items/{item.pk}",
            {"title": "…", "minutes_planned": 5, "visibility": "council"},
        ),
        ("post", f"agenda-items/{item.pk}/papers", {"attachment": NOBODY, "version": str(version.pk)}),
        (
            "post",
            f"invitations/{cast.invitation(convened, cast.secretary).pk}/answer",
            {"answer": "attending", "note": "…"},
        ),
        *coming_writes(cast, convened),
        (
            "post",
            "consultations",
            {
                "council": str(cast.council.pk),
                "version": str(version.pk),
                "agenda_item": str(item.pk),
                "office": str(cast.office.pk),
                "title": "…",
                "question": "…",
                "procedure": "agencies",
                "phases": [{"kind": "before", "opens_at": starts_at, "closes_at": ends_at}],
            },
        ),
        ("post", f"consultations/{consultation.pk}/open", {}),
        ("post", f"consultations/{consultation.pk}/release", {}),
        (
            "post",
            "opinions",
            words
            | {"consultation": str(consultation.pk), "passage": str(version.passages.first().pk), "submit": True}
            | {"membership": str(cast.membership(cast.secretary).pk), "current_text": "기초"},
        ),
        ("patch", f"opinions/{draft.pk}", words | {"revision": 1}),
        *opinion_writes(cast, consultation, draft, opinion),
        *answer_writes(cast, opinion, passage),
        *exchange_writes(cast, consultation),
        ("post", "notices/read-all", {}),
    ]


def opinion_writes(cast, consultation, draft, opinion) -> list[tuple[str, str, Mapping[str, object]]]:
    """What could be sent to a consultation, and done to an opinion."""
    asked, given = f"consultations/{consultation.pk}", f"opinions/{opinion.pk}"
    seat = str(cast.membership(cast.secretary).pk)
    later = (clock.now() + dt.timedelta(days=99)).isoformat()
    entered = {
        "passage": str(consultation.version.passages.first().pk),
        "source": "paper",
        "reason": "…",
        "organisation": str(cast.supplying.pk),
        "membership": seat,
        "kind": "amend",
        "current_text": "기초",
        "proposed_text": "…",
        "audience": "office",
        "submitter": "…",
        "source_note": "…",
        "received_at": clock.now().isoformat(),
    }
    return [
        ("post", f"{asked}/extend", {"phase": "before", "closes_at": later, "reason": "…"}),
        ("post", f"{asked}/remind", {}),
        ("post", f"{asked}/publish-result", {"public": True}),
        ("post", f"{asked}/enter", entered),
        ("post", f"{asked}/submit-set", {"membership": seat, "personal_data_checked": True}),
        ("post", f"{asked}/reply-without-opinion", {"membership": seat}),
        ("post", f"opinions/{draft.pk}/share", {}),
        ("post", f"opinions/{draft.pk}/remark", {"text": "…"}),
        ("post", f"opinions/{draft.pk}/choose", {}),
        ("post", f"opinions/{draft.pk}/keep-inside", {}),
        ("post", "opinions/merge", {"opinions": [str(draft.pk)], "kind": "amend", "reason": "…"}),
        ("post", f"opinions/{draft.pk}/submit", {"personal_data_checked": True}),
        ("post", f"{given}/confirm", {}),
        ("post", f"{given}/react", {"value": 1, "membership": seat}),
        ("post", f"{given}/report", {"reason": "…"}),
        ("post", f"{given}/hide", {"reason": "…"}),
        ("post", f"{given}/restore", {"reason": "…"}),
        ("post", f"{given}/dismiss-reports", {}),
        ("post", f"{given}/redact", {"reason": "…", "proposed_text": "…"}),
        ("post", f"{given}/split", {"gists": ["…"]}),
        ("post", f"{given}/tell", {"channel": "letter", "on": str(cast.today), "note": "…"}),
    ]


def answer_writes(cast, opinion, passage) -> list[tuple[str, str, Mapping[str, object]]]:
    """What could be done to points and answers."""
    point = opinion.points.get()
    published = cast.published(cast.consultation(opinion.consultation.version), by=cast.adopter).points.get()
    objection = opinions.object_to(published.disposition, text="…", by=cast.adopter)
    template = opinions.keep_template(cast.council, title="…", verdict="accepted", text="…", by=cast.secretary)
    answer = {"verdict": "accepted", "reason": "…", "changed_passage": str(passage.pk), "revision": 0}
    rows = [{"point": str(point.pk), "reason": "…", "changed_passage": str(passage.pk), "revision": 1}]
    points, address = [str(point.pk)], f"points/{point.pk}"
    decision = {"outcome": "revised", "reason": "…", "verdict": "accepted", "answer": "…"}
    return [
        ("post", f"{address}/triage", {"office": str(cast.office.pk), "due_on": str(cast.today)}),
        ("post", f"{address}/await-input", {"waiting_for": "…"}),
        ("post", f"{address}/dispose", answer),
        ("post", f"{address}/accept-wording", {"reason": "…", "text": "…", "verdict": "partly", "revision": 1}),
        ("post", "points/triage-all", {"points": points, "office": str(cast.office.pk), "due_on": str(cast.today)}),
        ("post", "points/dispose-all", {"verdict": "accepted", "template": str(template.pk), "answers": rows}),
        ("post", "points/tag-all", {"points": points, "add": ["…"], "remove": ["…"]}),
        ("post", f"dispositions/{published.disposition.pk}/object", {"text": "…"}),
        ("post", f"objections/{objection.pk}/decide", decision | {"changed_passage": str(passage.pk)}),
        ("post", f"batches/{opinion.consultation.batches.first().pk}/undo", {}),
        (
            "post",
            "answer-templates",
            {"council": str(cast.council.pk), "title": "…!", "verdict": "accepted", "text": "…"},
        ),
    ]


def coming_writes(cast, meeting):
    """Alternates, recusals, newcomers."""
    own, theirs = (str(cast.invitation(meeting, who).pk) for who in (cast.secretary, cast.supplier))
    challenge = cast.recusal(meeting, "challenge", cast.adopter)
    return [
        ("post", f"meetings/{meeting.pk}/invite", {"membership": str(cast.membership(cast.expired).pk)}),
        ("post", f"invitations/{own}/declare-no-interest", {}),
        (
            "post",
            "alternates",
            {"invitation": theirs, "email": "a@council.example", "name": "…", "title": "…", "mandate": "…"},
        ),
        (
            "post",
            "recusals",
            {
                "item": str(meeting.items.latest("position").pk),
                "invitation": own,
                "kind": "abstention",
                "ground": "party",
                "reason": "…",
            },
        ),
        ("post", f"recusals/{challenge.pk}/decide", {"granted": True, "decision": "…"}),
        ("post", f"recusals/{challenge.pk}/withdraw", {}),
    ]


def exchange_writes(cast, consultation) -> list[tuple[str, str, Mapping[str, object]]]:
    """What could be asked for as a file, and corrected in one."""
    file = ContentFile("제출기관,조항,이유\n없는 곳,과제 1,…\n".encode(), name="의견.csv")
    row = exchange.upload(consultation, file=file, by=cast.secretary).rows.get()
    words = dict.fromkeys(("place", "submitter", "kind", "current", "proposed", "reason", "audience"), "…")
    meant = {"organisation": str(cast.supplying.pk), "passage": str(consultation.version.passages.first().pk)}
    asked = {"kind": "opinions", "format": "csv", "consultation": str(consultation.pk)}
    versions = dict.fromkeys(("before", "version"), str(consultation.version_id))
    forms = {"format": "csv", "organisations": [str(cast.supplying.pk)], "iso": False}
    return [
        ("patch", f"import-rows/{row.pk}", words | meant),
        ("post", f"import-rows/{row.pk}/leave-out", {}),
        ("post", f"import-rows/{row.pk}/take-in", {}),
        ("post", "exports", asked | versions | {"unchanged": True}),
        ("post", f"consultations/{consultation.pk}/blank-forms", forms),
    ]


def strange(usual: object) -> Sequence[object]:
    """What else could stand where something usual stands."""
    if isinstance(usual, str):
        if re.match(r"\d{4}-\d\d-\d\d", usual):
            return (*ALWAYS, *TIMES)
        return (*ALWAYS, *(IDS if re.match(r"[0-9a-f]{8}-", usual) else TEXTS))
    return (*ALWAYS, *NUMBERS)


def test_no_value_of_any_field_breaks_an_endpoint(writes, cast, call):
    secretary, operator = call(cast.secretary), call(cast.operator)
    for method, path, fields in writes:
        caller = operator if path == "councils" else secretary
        for field, usual in fields.items():
            for value in strange(usual):
                answer = getattr(caller, method)(f"/api/v1/{path}/", {**fields, field: value})
                assert answer.status_code < 500, (path, field, value)


def test_no_body_breaks_an_endpoint(writes, cast, call):
    caller = call(cast.secretary)
    for method, path, _fields in writes:
        for body in BODIES:
            answer = getattr(caller, method)(f"/api/v1/{path}/", body, content_type="application/json")
            assert answer.status_code < 500, (path, body[:20])


def test_a_number_is_no_text(cast, call):
    body = {"meeting": str(cast.running().pk), "title": "확정", "text": "원안대로 확정한다.", "basis": 2.0}
    assert errors(call(cast.secretary).post("/api/v1/decisions/", body)) == ["basis"]


def test_malformed_json_is_bad_input(cast, call):
    answer = call(cast.secretary).post("/api/v1/meetings/", b"{", content_type="application/json")

    assert answer.status_code == 400
    assert answer["Content-Type"] == "application/problem+json"


@pytest.mark.parametrize("file", ["", "x", None])
def test_an_upload_without_a_file_is_bad_input(cast, call, file):
    sent = {"council": str(cast.council.pk)} | ({"file": file} if file is not None else {})

    answer = call(cast.secretary).post("/api/v1/attachments/", sent, format="multipart")

    assert answer.status_code == 400
    assert list(answer.json()["errors"]) == ["file"]


def test_a_broken_upload_is_bad_input(cast, call):
    for body in (b"", b"--x", b'--x\r\nContent-Disposition: form-data; name="file"\r\n'):
        answer = call(cast.secretary).post("/api/v1/attachments/", body, content_type="multipart/form-data; boundary=x")
        assert answer.status_code == 400


FILTERS = {
    "regions": ["on"],
    "organisations": ["kind", "region", "parent"],
    "seats": ["council", "sector"],
    "subcommittees": ["council"],
    "memberships": ["council", "organisation", "role", "sector", "current"],
    "documents": ["council"],
    "versions": ["document", "published"],
    "passages": ["version", "identity"],
    "attachments": ["council", "document"],
    "meetings": ["council", "state", "kind"],
    "agenda-items": ["meeting"],
    "invitations": ["meeting", "answer", "mine"],
    "alternates": ["meeting", "mine"],
    "recusals": ["meeting", "item", "kind", "state"],
    "consultations": ["council", "version", "open"],
    "replies": ["consultation", "organisation", "kind"],
    "opinions": [
        *("consultation", "passage", "state", "organisation", "sector", "phase", "source", "office", "campaign"),
        *("hidden", "mine", "unconfirmed"),
    ],
    "points": [
        *("consultation", "opinion", "passage", "state", "office", "overdue", "tag", "campaign", "verdict", "q"),
    ],
    "dispositions": ["consultation", "opinion", "point", "office", "verdict", "released"],
    "objections": ["consultation", "disposition", "decided"],
    "batches": ["consultation", "step", "undone"],
    "answer-templates": ["council", "verdict"],
    "redactions": ["consultation", "opinion", "approved"],
    "reports": ["consultation", "opinion", "handled"],
    "campaigns": ["consultation"],
    "imports": ["consultation", "state"],
    "import-rows": ["upload", "state"],
    "exports": ["consultation", "kind", "state"],
    "notices": ["unread"],
}


def test_no_value_of_any_filter_breaks_a_list(cast, call):
    caller = call(cast.secretary)
    for noun, filters in FILTERS.items():
        for name in [*filters, "limit", "cursor", "format"]:
            for value in QUERIES:
                answer = caller.get(f"/api/v1/{noun}/", {name: value})
                assert answer.status_code in {200, 400, 404}, (noun, name, value)
                if value == "\x00" and name in filters:
                    assert list(answer.json()["errors"]) == [name]


def test_no_question_breaks(cast, call):
    version, meeting = cast.version(), cast.planned_meeting()
    caller = call(cast.secretary)
    for value in QUERIES:
        changes = caller.get(f"/api/v1/versions/{version.pk}/changes/", {"from": value})
        lacking = caller.get(f"/api/v1/meetings/{meeting.pk}/lacking/", {"urgent": value})
        similar = caller.get("/api/v1/opinions/similar/", {"passage": value, "text": value})
        assert {changes.status_code, lacking.status_code, similar.status_code} <= {200, 400}, value


def test_no_key_in_an_address_breaks_it(cast, call):
    caller = call(cast.secretary)
    for noun in (*FILTERS, "industries", "factory-levels", "councils"):
        for key in ("1", "x", NOBODY, "%00", "..", "99999999999999999999999999"):
            assert caller.get(f"/api/v1/{noun}/{key}/").status_code == 404, (noun, key)
