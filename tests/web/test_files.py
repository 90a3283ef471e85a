"""The page of a meeting's files, and the API's way to them."""

import pytest

from council.exchange import actions
from council.exchange.models import Export
from tests.cast import Cast


@pytest.fixture
def meeting(cast: Cast):
    return cast.meeting()


def address(meeting) -> str:
    return f"/meetings/{meeting.pk}/files/"


class TestPage:
    def test_a_file_is_asked_for_and_waited_for(self, cast, meeting, browse):
        client = browse(cast.supplier)
        sent = client.post(address(meeting), {"kind": "agenda_book", "format": "docx"})
        export = Export.objects.get()
        assert sent["Location"] == export.get_absolute_url()
        assert client.get(export.get_absolute_url()).status_code == 200
        actions.run_exports()
        assert str(export.pk) in client.get(address(meeting)).content.decode()
        download = client.get(f"/exports/{export.pk}/download/")
        assert download["Content-Type"].startswith("application/vnd.openxmlformats")
        assert download.getvalue()[:2] == b"PK"

    def test_the_dossier_is_offered_to_those_who_run_the_council(self, cast, meeting, browse):
        assert 'value="dossier"' in browse(cast.secretary).get(address(meeting)).content.decode()
        assert 'value="dossier"' not in browse(cast.supplier).get(address(meeting)).content.decode()
        refused = browse(cast.supplier).post(address(meeting), {"kind": "dossier", "format": "zip"})
        assert refused.status_code == 403

    def test_the_meetings_page_leads_there(self, cast, meeting, browse):
        assert address(meeting) in browse(cast.supplier).get(meeting.get_absolute_url()).content.decode()

    def test_to_a_stranger_it_does_not_exist(self, cast, meeting, browse):
        assert browse(cast.stranger).get(address(meeting)).status_code == 404

    def test_a_wrong_format_is_said(self, cast, meeting, browse):
        answer = browse(cast.supplier).post(address(meeting), {"kind": "agenda_book", "format": "xlsx"})
        assert answer.status_code == 200
        assert not Export.objects.exists()


class TestApi:
    def test_a_program_asks_for_it_and_downloads_it(self, cast, meeting, call):
        client = call(cast.supplier)
        asked = client.post(
            "/api/v1/exports/", {"kind": "agenda_book", "format": "docx", "meeting": str(meeting.pk)}, format="json"
        )
        assert asked.status_code == 201
        assert asked.json()["meeting"] == {"id": str(meeting.pk), "title": meeting.title}
        actions.run_exports()
        file = client.get(f"/api/v1/exports/{asked.json()['id']}/file/")
        assert file.getvalue()[:2] == b"PK"

    @pytest.mark.parametrize(("who", "status"), [("secretary", 201), ("supplier", 403), ("stranger", 400)])
    def test_the_dossier_over_the_api(self, cast, meeting, call, who, status):
        client = call(getattr(cast, who))
        body = {"kind": "dossier", "format": "zip", "meeting": str(meeting.pk)}
        assert client.post("/api/v1/exports/", body, format="json").status_code == status


class TestQueries:
    @pytest.mark.parametrize("who", ["secretary", "supplier", "chair"])
    def test_its_pages_ask_little_however_much_there_is(
        self, cast, meeting, browse, who, django_assert_max_num_queries
    ):
        client = browse(getattr(cast, who))
        for _ in range(3):
            actions.request_export(kind="agenda_book", format="pdf", meeting=meeting, by=getattr(cast, who))
            cast.meeting(days=12)
        for page in (address(meeting), "/calendar/", "/calendar/addresses/", meeting.get_absolute_url()):
            with django_assert_max_num_queries(15):
                assert client.get(page).status_code == 200
