"""Files in and out as one walks through the pages."""

import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from council.exchange import actions
from council.exchange.columns import Field
from council.exchange.models import Export, Import
from council.exchange.reading import read
from council.opinions.models import Consultation, Opinion
from tests.cast import Cast
from tests.exchange.files import as_csv, as_xlsx
from tests.exchange.test_imports import FIRST, SECOND, table

HTMX = {"HX-Request": "true"}
UNKNOWN = ["3", "없는회사", "", "99", "수정", "", "새 글", "이유"]


@pytest.fixture
def consultation(cast: Cast) -> Consultation:
    return cast.consultation()


@pytest.fixture
def upload(cast: Cast, consultation: Consultation) -> Import:
    file = SimpleUploadedFile("의견.csv", as_csv(table(FIRST, SECOND, UNKNOWN)))
    return actions.upload(consultation, file=file, by=cast.secretary)


def post_file(client, consultation, data=None, name="의견.xlsx", **fields):
    file = SimpleUploadedFile(name, data if data is not None else as_xlsx(table(FIRST, SECOND)))
    return client.post(reverse("web:imports", args=[consultation.pk]), {"file": file, **fields}, follow=True)


class TestComingIn:
    def test_from_upload_to_opinions(self, cast, browse, consultation):
        client = browse(cast.secretary)
        response = post_file(client, consultation)
        upload = Import.objects.get()
        assert response.redirect_chain[0][0] == upload.get_absolute_url()
        assert "누리솔루션" in response.text
        client.post(reverse("web:start_import", args=[upload.pk]))
        waiting = client.get(upload.get_absolute_url())
        assert "every 1s" in waiting.text
        assert "HX-Refresh" not in client.get(reverse("web:import_progress", args=[upload.pk]))
        actions.run_imports()
        assert client.get(reverse("web:import_progress", args=[upload.pk]))["HX-Refresh"] == "true"
        done = client.get(upload.get_absolute_url())
        assert "every 1s" not in done.text
        assert Opinion.objects.get(number=1).get_absolute_url() in done.text

    def test_a_bad_file_is_said_beside_its_field(self, cast, browse, consultation):
        response = post_file(browse(cast.secretary), consultation, b"MZ not a table", name="의견.xlsx")
        assert response.status_code == 200
        assert response.context["form"].errors["file"]
        assert not Import.objects.exists()

    def test_another_encoding_is_chosen(self, cast, browse, consultation):
        data = as_csv(table(FIRST), encoding="cp949")
        client = browse(cast.secretary)
        assert post_file(client, consultation, data, name="의견.csv").context["form"].errors["file"]
        post_file(client, consultation, data, name="의견.csv", encoding="cp949")
        assert Import.objects.get().encoding == "cp949"

    def test_the_same_file_leads_to_the_earlier_one(self, cast, browse, consultation):
        client, data = browse(cast.secretary), as_csv(table(FIRST, SECOND))
        post_file(client, consultation, data, name="의견.csv")
        response = post_file(client, consultation, data, name="이름만 다른 의견.csv")
        assert response.redirect_chain[0][0] == Import.objects.get().get_absolute_url()
        assert [message.level_tag for message in response.context["messages"]] == ["warning"]

    def test_a_row_is_corrected_in_its_place(self, cast, browse, consultation, upload):
        client, row = browse(cast.secretary), upload.rows.get(state="problem")
        form = client.get(row.get_absolute_url(), headers=HTMX)
        assert f'id="row-{row.pk}"' in form.text
        assert "<html" not in form.text
        answers = {
            "organisation": cast.adopting.pk,
            "passage": consultation.version.passages.get(number="3").pk,
            "kind": "amend",
            "current": "",
            "proposed": "새 글",
            "reason": "이유",
            "audience": "council",
        }
        saved = client.post(row.get_absolute_url(), answers, headers=HTMX)
        assert f'id="row-{row.pk}"' in saved.text
        assert 'hx-swap-oob="true"' in saved.text
        row.refresh_from_db()
        assert (row.state, row.organisation) == ("ready", cast.adopting)

    def test_without_script_it_has_a_page(self, cast, browse, upload):
        client, row = browse(cast.secretary), upload.rows.get(state="problem")
        page = client.get(row.get_absolute_url())
        assert "<html" in page.text
        assert client.post(reverse("web:leave_out", args=[row.pk])).url == upload.get_absolute_url()
        row.refresh_from_db()
        assert row.state == "left_out"
        client.post(reverse("web:take_in", args=[row.pk]))
        row.refresh_from_db()
        assert row.state == "problem"

    def test_rows_are_shown_by_state(self, cast, browse, upload):
        response = browse(cast.secretary).get(f"{upload.get_absolute_url()}?state=problem")
        assert [row.state for row in response.context["rows"]] == ["problem"]
        assert browse(cast.secretary).get(f"{upload.get_absolute_url()}?state=nonsense").status_code == 200

    def test_it_is_discarded(self, cast, browse, upload):
        client = browse(cast.secretary)
        client.post(reverse("web:discard_import", args=[upload.pk]))
        upload.refresh_from_db()
        assert upload.state == "discarded"
        assert client.get(upload.get_absolute_url()).status_code == 200

    def test_who_may_not_see_it(self, cast, browse, consultation, upload):
        row = upload.rows.first()
        pages = [
            upload.get_absolute_url(),
            row.get_absolute_url(),
            *(reverse(f"web:{name}", args=[upload.pk]) for name in ("import_progress", "import_file")),
        ]
        for user in (cast.supplier, cast.stranger, cast.operator):
            assert {browse(user).get(page).status_code for page in pages} == {404}
        assert browse(cast.observer).get(reverse("web:imports", args=[consultation.pk])).status_code == 403
        assert browse(cast.supplier).get(reverse("web:imports", args=[consultation.pk])).status_code == 200
        assert browse(cast.stranger).get(reverse("web:imports", args=[consultation.pk])).status_code == 404

    def test_a_coordinator_brings_their_own_organisations_file(self, cast, browse, consultation):
        response = post_file(browse(cast.supplier), consultation)
        assert [row.state for row in response.context["rows"]] == ["ready", "problem"]

    def test_the_file_is_given_back_as_it_came(self, cast, browse, upload):
        response = browse(cast.secretary).get(reverse("web:import_file", args=[upload.pk]))
        assert response.getvalue() == as_csv(table(FIRST, SECOND, UNKNOWN))
        assert "attachment" in response["Content-Disposition"]

    def test_its_queries_do_not_grow(self, cast, browse, consultation, upload):
        rows = [[str(number), "누리솔루션", "", "1", "일반", "", "", f"{number}번째 이유"] for number in range(29)]
        file = SimpleUploadedFile("many.csv", as_csv(table(*rows)))
        many = actions.upload(consultation, file=file, by=cast.secretary)
        client = browse(cast.secretary)
        counts = []
        for page in (upload.get_absolute_url(), many.get_absolute_url()):
            with CaptureQueriesContext(connection) as queries:
                client.get(page)
            counts.append(len(queries))
        assert counts[0] == counts[1] <= 15


class TestGoingOut:
    def test_from_asking_to_downloading(self, cast, browse, consultation):
        cast.published(consultation)
        client, page = browse(cast.secretary), reverse("web:files", args=[consultation.pk])
        asked = client.post(page, {"ask": "document", "kind": "dispositions", "format": "csv"})
        export = Export.objects.get()
        assert asked.url == export.get_absolute_url()
        assert "every 1s" in client.get(export.get_absolute_url(), headers=HTMX).text
        assert client.get(reverse("web:download", args=[export.pk])).status_code == 404
        actions.run_exports()
        ready = client.get(export.get_absolute_url()).text
        export.refresh_from_db()
        assert export.sha256 in ready
        response = client.get(reverse("web:download", args=[export.pk]))
        assert "누리솔루션" in response.getvalue().decode()
        assert response["X-Content-Type-Options"] == "nosniff"
        assert export.name in client.get(page).text

    def test_nobody_else_gets_it(self, cast, browse, consultation):
        export = actions.request_export(kind="opinions", format="csv", consultation=consultation, by=cast.secretary)
        actions.run_exports()
        for user in (cast.chair, cast.supplier, cast.stranger, cast.operator):
            for name in ("export", "download"):
                assert browse(user).get(reverse(f"web:{name}", args=[export.pk])).status_code == 404

    def test_a_format_that_does_not_go_with_it_is_said(self, cast, browse, consultation):
        page = reverse("web:files", args=[consultation.pk])
        response = browse(cast.supplier).post(page, {"ask": "document", "kind": "iso", "format": "hwpx"})
        assert response.status_code == 200
        assert response.context["forms"]["document"].errors["format"]
        assert not Export.objects.exists()

    def test_two_versions_are_compared(self, cast, browse, consultation):
        following = cast.next_version(consultation.version)
        page = reverse("web:files", args=[consultation.pk])
        answers = {"ask": "comparison", "before": consultation.version.pk, "version": following.pk, "format": "docx"}
        assert browse(cast.supplier).post(page, answers).context["forms"]["comparison"].errors["version"]
        browse(cast.secretary).post(page, answers)
        actions.run_exports()
        assert Export.objects.get().state == "done"

    def test_blank_forms_are_handed_out(self, cast, browse, consultation):
        page = reverse("web:files", args=[consultation.pk])
        assert browse(cast.supplier).post(page, {"ask": "forms", "format": "xlsx"}).status_code == 403
        browse(cast.secretary).post(page, {"ask": "forms", "format": "xlsx", "organisation": cast.adopting.pk})
        actions.run_exports()
        assert "한빛정밀" in Export.objects.get().name

    def test_everyone_gets_the_form_of_their_own_organisation(self, cast, browse, consultation):
        response = browse(cast.supplier).get(reverse("web:blank_form", args=[consultation.pk]))
        sheet = read(io.BytesIO(response.getvalue()), "form.xlsx")
        assert len(sheet.rows) == 3
        assert sheet.rows[0].values[Field.ORGANISATION] == "누리솔루션"
        assert browse(cast.stranger).get(reverse("web:blank_form", args=[consultation.pk])).status_code == 404
        nonsense = f"{reverse('web:blank_form', args=[consultation.pk])}?format=exe"
        assert browse(cast.supplier).get(nonsense).status_code == 404

    def test_its_queries_do_not_grow(self, cast, browse, consultation):
        client, page = browse(cast.secretary), reverse("web:files", args=[consultation.pk])
        counts = []
        for number in (1, 15):
            for _ in range(number):
                actions.request_export(kind="opinions", format="csv", consultation=consultation, by=cast.secretary)
            with CaptureQueriesContext(connection) as queries:
                client.get(page)
            counts.append(len(queries))
        assert counts[0] == counts[1] <= 15
