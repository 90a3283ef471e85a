"""What lists and addresses hold, for whom, and how they are narrowed down."""

import pytest
from django.core.files.base import ContentFile
from django.db import connection
from django.test.utils import CaptureQueriesContext

from council.documents import actions as documents
from council.exchange import actions as exchange
from council.meetings import actions as meetings
from council.notifications import actions as notifications
from council.opinions import actions as opinions
from council.people import actions as people
from tests.api.checking import ids
from tests.decisions import outcomes, records
from tests.meetings import prepared

PUBLIC = ("public-councils", "public-meetings", "public-agenda-items", "public-decisions", "public-results")
LISTS = (
    "regions",
    "industries",
    "factory-levels",
    "organisations",
    "councils",
    "seats",
    "subcommittees",
    "memberships",
    "tokens",
    "documents",
    "versions",
    "passages",
    "attachments",
    "meetings",
    "agenda-items",
    "proposals",
    "referrals",
    "series",
    "meeting-templates",
    "invitations",
    "alternates",
    "recusals",
    "attendance",
    "floor-requests",
    "statements",
    "minutes",
    "sections",
    "corrections",
    "recordings",
    "consultations",
    "replies",
    "opinions",
    "redactions",
    "reports",
    "campaigns",
    "points",
    "dispositions",
    "objections",
    "batches",
    "answer-templates",
    "imports",
    "import-rows",
    "exports",
    "calendar-feeds",
    "ballots",
    "decisions",
    "actions",
    "notices",
)

# what is read, listed and tested beside what it belongs to
ELSEWHERE = (
    *("me", "users", "notification-settings", "changes", "tombstones", "service-accounts", "clients", "findings"),
    *("webhooks", "webhook-deliveries", "messages", "mailboxes", "events", "mutes", "push-browsers"),
)


def test_the_root_names_every_noun_and_its_address(cast, call):
    nouns = call(cast.supplier).get("/api/v1/").json()

    assert set(nouns) == {*ELSEWHERE, *LISTS, *PUBLIC}
    assert nouns["agenda-items"] == "http://testserver/api/v1/agenda-items/"


@pytest.mark.parametrize("noun", [*LISTS, *ELSEWHERE])
def test_nobody_reads_without_a_token(db, call, noun):
    assert call(None).get(f"/api/v1/{noun}/").status_code == 401


def test_strangers_and_expired_members_read_reference_data_and_their_own_alone(cast, call):
    fill(cast, 1)

    for user in (cast.stranger, cast.expired):
        seen = {noun for noun in LISTS if call(user).get(f"/api/v1/{noun}/").json()["results"]}
        assert seen <= {"regions", "industries", "factory-levels", "tokens", "notices"}


def test_no_list_asks_more_of_the_database_for_more_rows(cast, call):
    fill(cast, 10)
    caller = call(cast.secretary)
    caller.get("/api/v1/me/")  # notes the use of the token and learns the content types, both once

    def asked(noun: str, limit: int) -> int:
        with CaptureQueriesContext(connection) as queries:
            answer = caller.get(f"/api/v1/{noun}/?limit={limit}")
        assert len(answer.json()["results"]) >= min(limit, 2), noun
        return len(queries)

    for noun in LISTS:
        one = 1 if noun != "notices" else 6  # a page of notices asks once for each kind of thing they are about
        few, many = asked(noun, one), asked(noun, 10)
        assert few == many <= 8, noun


def fill(cast, rows: int) -> None:
    """Some rows of every kind."""
    fill_meetings(cast, rows)
    version = cast.version(passages=rows)
    consultation = cast.consultation(version)
    for passage in version.passages.all():
        cast.answer(cast.triaged(consultation, passage=passage))
    opinions.release(consultation, by=cast.secretary)
    for number in range(rows):
        fill_opinions(cast, cast.consultation(version), number)
        council = people.establish_council(by=cast.operator, name=f"협의체 {number}", operator=cast.ministry)
        cast.member("secretary", "간사", cast.ministry, role="secretary", seated=False, council=council)
        people.create_token(name=str(number), by=cast.secretary)
        people.form_subcommittee(
            cast.council, name=f"분과 {number}", members=[cast.membership(cast.tp)], by=cast.secretary
        )
        documents.create_document(cast.council, title=str(number), owner=cast.ministry, by=cast.secretary)
        cast.prepared_consultation(version)
        cast.planned_meeting()
    meeting = cast.planned_meeting()
    for _number in range(rows):
        parent = cast.item(meeting)
        item = cast.item(meeting, parent=parent)
        meetings.add_paper(item, attachment=cast.attachment(), by=cast.secretary)
        meetings.add_paper(item, version=version, by=cast.secretary)
    meetings.convene(meeting, by=cast.secretary)
    fill_agenda(cast, meeting, rows)
    while notifications.dispatch(channels=["screen"]):
        pass


def fill_agenda(cast, meeting, rows: int) -> None:
    """Proposals, forwarded items, series and templates."""
    asking, bodies = prepared.asking(cast), cast.council.subcommittees.order_by("id")
    for number, item in zip(range(rows), meeting.items.order_by("position"), strict=False):
        prepared.proposed(cast, asking, title=f"제안 {number}")
        meetings.forward(item, subcommittee=bodies[0], request="검토", by=cast.secretary)
        meetings.keep_template(meeting, name=f"틀 {number}", by=cast.secretary)
        prepared.series(cast)


def fill_meetings(cast, rows: int) -> None:
    """What happens before, at and after meetings, each time at a meeting of its own, and what comes of them."""
    for number in range(rows):
        meeting = records.corrected(cast).section.minutes.meeting
        records.recorded(cast, meeting)
        coming = cast.meeting()
        cast.alternate(coming, cast.adopter, email=f"deputy{number}@council.example")
        cast.recusal(coming)
        cast.request_to_speak(cast.running())
        meetings.create_feed(name=f"달력 {number}", council=cast.council, by=cast.secretary)
    outcomes.happened(cast)


def fill_opinions(cast, consultation, number: int) -> None:
    """A row of each kind in a consultation of its own."""
    answered = cast.published(consultation)
    opinions.object_to(answered.points.get().disposition, text="다시 봐 주십시오.", by=cast.supplier)
    confidential = cast.submitted(consultation, by=cast.adopter, audience="confidential")
    opinions.redact(confidential, reason="공개본", by=cast.adopter)
    opinions.report(answered, reason="신고", by=cast.adopter)
    opinions.keep_template(cast.council, title=f"{number}", verdict="not_accepted", text="…", by=cast.secretary)
    cast.submitted(consultation, by=cast.tp, reason="같은 말을 여러 번 적어 보내는 의견입니다. 꼭 반영해 주십시오.")
    cast.submitted(
        consultation, by=cast.officer, reason="같은 말을 여러 번 적어 보내는 의견입니다. 꼭 반영해 주십시오."
    )
    for opinion in (answered, confidential):
        opinions.react(opinion, value=1, membership=cast.membership(cast.tp), by=cast.tp)
    while opinions.recognise_campaigns() >= 0:
        pass
    exchange.upload(consultation, file=table("누리솔루션", number), by=cast.secretary)
    exchange.request_export(kind="opinions", format="csv", consultation=consultation, by=cast.secretary)


def table(organisation: str, number: int = 1) -> ContentFile:
    """A CSV file of opinions with one row."""
    rows = f"제출기관,조항,수정안,이유\n{organisation},과제 1,30%로 한다.,부담이 큽니다. {number}\n"
    return ContentFile(rows.encode(), name=f"의견 {number}.csv")


# --- people


def test_regions_stand_as_they_stood_on_a_day(cast, call):
    then = call(cast.supplier).get("/api/v1/regions/?on=2023-09-05").json()["results"]

    assert len(then) == 17
    assert call(cast.supplier).get("/api/v1/regions/busan/").json()["name_en"] == "Busan"


def test_organisations_are_found_by_kind_region_and_parent(cast, call):
    caller = call(cast.supplier)

    assert ids(caller.get("/api/v1/organisations/?kind=supplier")) == [str(cast.supplying.pk)]
    assert ids(caller.get("/api/v1/organisations/?region=gyeongnam")) == [
        str(cast.adopting.pk),
        str(cast.technopark.pk),
    ]
    assert ids(caller.get(f"/api/v1/organisations/?parent={cast.ministry.pk}")) == [str(cast.office.pk)]


def test_a_council_is_read_with_its_rules(cast, call):
    council = call(cast.supplier).get(f"/api/v1/councils/{cast.council.pk}/").json()

    assert council["operator"] == {"id": str(cast.ministry.pk), "name": "중소벤처기업부"}
    assert council["notice_days"] == 7


def test_memberships_are_found_by_council_sector_role_and_time(cast, call):
    caller = call(cast.supplier)
    base = f"/api/v1/memberships/?council={cast.council.pk}"

    assert ids(caller.get(f"{base}&sector=supplier")) == [str(cast.membership(cast.supplier).pk)]
    assert ids(caller.get(f"{base}&role=chair")) == [str(cast.membership(cast.chair).pk)]
    assert ids(caller.get(f"{base}&current=false")) == [str(cast.membership(cast.expired).pk)]
    assert len(ids(caller.get(f"{base}&current=true"))) == 7


def test_nobody_reads_the_address_of_another(cast, call):
    fill(cast, 1)

    for noun in LISTS:
        assert b"@" not in call(cast.secretary).get(f"/api/v1/{noun}/").content, noun


# --- documents


def test_a_version_in_work_is_seen_by_who_writes_it(cast, call):
    version = cast.version()
    following = documents.start_version(version.document, by=cast.secretary)

    for user, seen in ((cast.secretary, 2), (cast.officer, 2), (cast.supplier, 1)):
        document = call(user).get(f"/api/v1/documents/{version.document_id}/").json()
        assert len(document["versions"]) == seen
    assert call(cast.supplier).get(f"/api/v1/versions/{following.pk}/").status_code == 404
    assert ids(call(cast.supplier).get(f"/api/v1/versions/?document={version.document_id}")) == [str(version.pk)]
    assert ids(call(cast.secretary).get("/api/v1/versions/?published=false")) == [str(following.pk)]


def test_the_passages_of_a_version_come_in_reading_order(cast, call):
    document = cast.document(passages=3)
    version = document.versions.get()
    first = version.passages.earliest("position")
    documents.add_passage(version, number="1-1", heading="추가", parent=first, after=first, by=cast.secretary)

    passages = call(cast.secretary).get(f"/api/v1/passages/?version={version.pk}").json()["results"]

    assert [passage["number"] for passage in passages] == ["1", "1-1", "2", "3"]
    assert passages[1]["parent"]["id"] == str(first.pk)


def test_a_passage_is_followed_through_the_versions(cast, call):
    version = cast.version()
    following = cast.next_version(version)
    identity = version.passages.earliest("position").identity

    found = call(cast.secretary).get(f"/api/v1/passages/?identity={identity}").json()["results"]

    assert [passage["version"]["number"] for passage in found] == [2, 1]
    assert found[0]["version"]["id"] == str(following.pk)


def test_two_versions_are_compared_word_by_word(cast, call):
    version = cast.version()
    following = cast.next_version(version)

    answer = call(cast.secretary).get(f"/api/v1/versions/{following.pk}/changes/?from={version.pk}").json()

    assert (answer["before"]["number"], answer["after"]["number"]) == (1, 2)
    assert [change["kind"] for change in answer["changes"]] == ["changed", "same", "same"]
    changed = [span for span in answer["changes"][0]["spans"] if span["kind"] != "same"]
    assert changed == [{"kind": "removed", "text": "50"}, {"kind": "added", "text": "30"}]
    assert call(cast.secretary).get(f"/api/v1/versions/{following.pk}/changes/").json() == answer


def test_a_first_version_is_compared_with_nothing(cast, call):
    answer = call(cast.supplier).get(f"/api/v1/versions/{cast.version().pk}/changes/").json()

    assert answer["before"] is None
    assert {change["kind"] for change in answer["changes"]} == {"added"}


def test_a_version_is_not_compared_with_one_nobody_may_see_or_of_another_document(cast, call):
    version, other = cast.version(), cast.version()
    hidden = documents.start_version(version.document, by=cast.secretary)

    for user, earlier in ((cast.supplier, hidden), (cast.supplier, other)):
        answer = call(user).get(f"/api/v1/versions/{version.pk}/changes/?from={earlier.pk}")
        assert answer.status_code == 400
        assert list(answer.json()["errors"]) == ["from"]


def test_a_file_is_downloaded_as_it_was_given(cast, call):
    attachment = cast.attachment()

    answer = call(cast.supplier).get(f"/api/v1/attachments/{attachment.pk}/file/", HTTP_ACCEPT="text/plain")

    assert b"".join(answer.streaming_content) == "검토 자료".encode()
    assert answer["Content-Type"] == "text/plain"
    assert answer["Content-Disposition"].startswith("attachment;")


def test_a_file_for_officers_is_nobody_elses(cast, call):
    attachment = cast.attachment(visibility="officers")

    answer = call(cast.supplier).get(f"/api/v1/attachments/{attachment.pk}/file/")

    assert answer.status_code == 404
    assert answer["Content-Type"] == "application/problem+json"
    assert ids(call(cast.supplier).get("/api/v1/attachments/")) == []


# --- meetings


def test_a_meeting_in_preparation_is_seen_by_officers_only(cast, call):
    planned, convened = cast.planned_meeting(), cast.meeting()

    assert ids(call(cast.supplier).get(f"/api/v1/meetings/?council={cast.council.pk}")) == [str(convened.pk)]
    assert ids(call(cast.secretary).get("/api/v1/meetings/?state=planned")) == [str(planned.pk)]


def test_an_officers_item_is_hidden_also_as_parent_and_as_agenda_item(cast, call):
    meeting = cast.planned_meeting()
    secret = cast.item(meeting, title="비공개", visibility="officers")
    child = cast.item(meeting, title="공개", parent=secret)
    meetings.convene(meeting, by=cast.secretary)
    now = cast.prepared_consultation()
    now.agenda_item = secret
    now.save()
    opinions.open_consultation(now, by=cast.secretary)

    items = call(cast.supplier).get(f"/api/v1/agenda-items/?meeting={meeting.pk}").json()["results"]

    assert [item["title"] for item in items] == ["전략(안) 토의", "공개"]
    assert items[1]["parent"] is None
    assert call(cast.supplier).get(f"/api/v1/consultations/{now.pk}/").json()["agenda_item"] is None
    assert call(cast.chair).get(f"/api/v1/agenda-items/{child.pk}/").json()["parent"]["title"] == "비공개"


def test_papers_stand_with_their_item(cast, call):
    meeting = cast.planned_meeting()
    item = cast.item(meeting)
    meetings.add_paper(item, attachment=cast.attachment(), by=cast.secretary)
    meetings.add_paper(item, version=cast.document().versions.get(), by=cast.secretary)
    meetings.convene(meeting, by=cast.secretary)

    for user, seen in ((cast.secretary, 2), (cast.supplier, 1)):
        papers = call(user).get(f"/api/v1/agenda-items/{item.pk}/").json()["papers"]
        assert len(papers) == seen
        assert papers[0]["attachment"]["name"] == "자료.txt"


def test_one_finds_ones_own_invitation(cast, call):
    meeting = cast.meeting()
    mine = cast.invitation(meeting, cast.supplier)

    assert ids(call(cast.supplier).get("/api/v1/invitations/?mine=true")) == [str(mine.pk)]
    everyone = ids(call(cast.supplier).get(f"/api/v1/invitations/?meeting={meeting.pk}"))
    assert len(everyone) == 7


def test_what_is_lacking_is_said(cast, call):
    meeting = cast.planned_meeting(days=3)
    address = f"/api/v1/meetings/{meeting.pk}/lacking/"

    assert len(call(cast.secretary).get(address).json()["lacking"]) == 1
    assert call(cast.secretary).get(f"{address}?urgent=true").json() == {"lacking": []}
    assert call(cast.secretary).get(f"{address}?urgent=perhaps").status_code == 400
    assert call(cast.supplier).get(address).status_code == 404


# --- notices


def test_notices_say_what_happened_in_the_language_of_the_reader(cast, call, settings):
    cast.supplier.language = "en"
    cast.supplier.save()
    opinion = cast.published(cast.consultation())
    while notifications.dispatch():
        pass

    notices = call(cast.supplier).get("/api/v1/notices/?unread=true").json()["results"]

    assert notices[0]["verb"] == "opinion.answer_released"
    assert notices[0]["about"] == {"kind": "opinion", "id": str(opinion.pk)}
    assert notices[0]["url"] == f"{settings.SITE_URL}{opinion.get_absolute_url()}"


def test_a_notice_leads_nowhere_where_one_may_no_longer_go(cast, call):
    cast.published(cast.consultation())
    while notifications.dispatch():
        pass
    people.dismiss(cast.membership(cast.supplier), reason="사임", by=cast.secretary)

    notice = call(cast.supplier).get("/api/v1/notices/").json()["results"][-1]

    assert (notice["url"], notice["about"]) == (None, None)
