"""The documents of a council: read, written, published, compared, downloaded."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils.html import escape

from council.documents import actions
from council.documents.models import Attachment, Document, Passage, Version
from tests.cast import TEXT, Cast


def level(response) -> list[str]:
    """The tones of the messages the page that follows shows."""
    return [message.level_tag for message in response.context["messages"]]


@pytest.fixture
def version(cast: Cast) -> Version:
    return cast.version()


@pytest.fixture
def draft(cast: Cast) -> Version:
    return cast.document().versions.get()


def pages(version: Version) -> list[str]:
    return [
        reverse("web:documents", args=[version.council_id]),
        reverse("web:document", args=[version.document_id]),
        reverse("web:version", args=[version.pk]),
        reverse("web:changes", args=[version.pk]),
    ]


class TestWhoSees:
    def test_every_member_reads_what_is_published(self, cast, browse, version):
        for user in (cast.secretary, cast.officer, cast.supplier, cast.observer):
            assert {browse(user).get(page).status_code for page in pages(version)} == {200}

    def test_a_stranger_gets_404(self, cast, browse, version):
        for user in (cast.stranger, cast.expired):
            assert {browse(user).get(page).status_code for page in pages(version)} == {404}

    def test_nobody_is_asked_to_log_in(self, browse, version):
        for page in pages(version):
            assert browse(None).get(page).url.startswith(reverse("account_login"))

    def test_a_version_in_work_is_for_its_writers(self, cast, browse, draft):
        page = reverse("web:version", args=[draft.pk])
        assert browse(cast.officer).get(page).status_code == 200
        assert browse(cast.supplier).get(page).status_code == 404
        assert browse(cast.supplier).get(reverse("web:document", args=[draft.document_id])).status_code == 404

    def test_members_are_offered_no_tools(self, cast, browse, version):
        response = browse(cast.supplier).get(reverse("web:document", args=[version.document_id]))
        assert reverse("web:start_version", args=[version.document_id]) not in response.text
        assert reverse("web:attach", args=[version.document_id]) not in response.text
        offered = browse(cast.secretary).get(reverse("web:document", args=[version.document_id])).text
        assert reverse("web:start_version", args=[version.document_id]) in offered
        assert reverse("web:attach", args=[version.document_id]) in offered

    @pytest.mark.parametrize("name", ["create_document", "attach", "start_version", "add_passage", "edit_passage"])
    def test_the_forms_are_not_for_members(self, cast, browse, version, name):
        thing = {
            "create_document": cast.council,
            "attach": version.document,
            "start_version": version.document,
            "add_passage": version,
            "edit_passage": version.passages.first(),
        }[name]
        assert browse(cast.supplier).get(reverse(f"web:{name}", args=[thing.pk])).status_code == 403
        assert browse(cast.secretary).get(reverse(f"web:{name}", args=[thing.pk])).status_code == 200


class TestWriting:
    def test_a_document_is_created_and_written(self, cast, browse):
        client = browse(cast.secretary)
        created = client.post(reverse("web:create_document", args=[cast.council.pk]), {"title": "새 문서"})
        version = Version.objects.get(document__title="새 문서")
        assert created.url == reverse("web:version", args=[version.pk])
        client.post(reverse("web:add_passage", args=[version.pk]), {"number": "1", "heading": "목표", "text": "본문"})
        part = {
            "number": "1-가",
            "text": "세부",
            "parent": version.passages.get().pk,
            "after": version.passages.get().pk,
        }
        client.post(reverse("web:add_passage", args=[version.pk]), part)
        assert list(version.passages.values_list("number", "depth")) == [("1", 0), ("1-가", 1)]

    def test_what_is_wrong_stands_beside_its_field_and_nothing_is_lost(self, cast, browse, draft):
        page = reverse("web:add_passage", args=[draft.pk])
        response = browse(cast.secretary).post(page, {"number": "1", "heading": "", "text": "이미 있는 번호의 글"})
        assert response.status_code == 200
        assert response.context["form"].errors
        assert "이미 있는 번호의 글" in response.text
        assert draft.passages.count() == 3

    def test_a_passage_is_changed_and_removed(self, cast, browse, draft):
        client, passage = browse(cast.secretary), draft.passages.first()
        client.post(
            reverse("web:edit_passage", args=[passage.pk]), {"number": "1", "heading": "새 제목", "text": "새 글"}
        )
        passage.refresh_from_db()
        assert (passage.heading, passage.text) == ("새 제목", "새 글")
        client.post(reverse("web:remove_passage", args=[passage.pk]))
        assert not Passage.objects.filter(pk=passage.pk).exists()

    def test_a_published_version_refuses_a_change_and_keeps_what_was_typed(self, cast, browse, version):
        page = reverse("web:edit_passage", args=[version.passages.first().pk])
        response = browse(cast.secretary).post(page, {"number": "1", "heading": "", "text": "고친 글"})
        assert response.status_code == 200
        assert response.context["form"].non_field_errors()
        assert "고친 글" in response.text

    def test_who_was_slower_sees_both_texts_and_can_still_save(self, cast, browse, draft):
        passage = draft.passages.first()
        page = reverse("web:edit_passage", args=[passage.pk])
        actions.change_passage(passage, text="먼저 고친 글", by=cast.officer)
        words = {"number": "1", "heading": "", "text": "나중에 고친 글"}
        response = browse(cast.secretary).post(page, {**words, "revision": "1"})
        assert "먼저 고친 글" in response.text
        assert "나중에 고친 글" in response.text
        assert '<input type="hidden" name="revision" value="2">' in response.text
        browse(cast.secretary).post(page, {**words, "revision": "2"})
        passage.refresh_from_db()
        assert passage.text == "나중에 고친 글"

    def test_a_refusal_to_remove_is_a_message(self, cast, browse, draft):
        parent = draft.passages.first()
        actions.add_passage(draft, number="1-가", text="부분", parent=parent, by=cast.secretary)
        page, here = reverse("web:remove_passage", args=[parent.pk]), reverse("web:version", args=[draft.pk])
        response = browse(cast.secretary).post(page, headers={"referer": f"http://testserver{here}"}, follow=True)
        assert response.redirect_chain == [(f"http://testserver{here}", 303)]
        assert level(response) == ["error"]

    def test_it_is_published_once(self, cast, browse, draft):
        page = reverse("web:publish_version", args=[draft.pk])
        assert browse(cast.officer).post(page).status_code == 403
        assert level(browse(cast.secretary).post(page, follow=True)) == ["success"]
        assert browse(cast.secretary).get(page).status_code == 405
        draft.refresh_from_db()
        assert draft.is_published

    def test_the_next_version_begins_as_a_copy(self, cast, browse, version):
        page = reverse("web:start_version", args=[version.document_id])
        browse(cast.secretary).post(page, {"note": "간담회 반영"})
        assert version.document.versions.get(number=2).passages.count() == 3
        again = browse(cast.secretary).post(page, {"note": "두 번째"})
        assert again.context["form"].non_field_errors()
        assert "두 번째" in again.text


class TestChanges:
    def test_both_sides_stand_side_by_side(self, cast, browse, version):
        following = cast.next_version(version)
        page = reverse("web:changes", args=[following.pk])
        response = browse(cast.secretary).get(page)
        assert [change.kind for change in response.context["changes"]] == ["changed"]
        assert "<del>" in response.text
        assert "30" in response.text
        assert len(browse(cast.secretary).get(f"{page}?show=all").context["changes"]) == 3

    def test_a_changed_passage_names_the_published_opinions_behind_it(self, cast, browse, version):
        consultation = cast.consultation(version)
        opinion = cast.triaged(consultation)
        following = cast.next_version(version)
        actions.publish_version(following, by=cast.secretary)
        cast.answer(opinion, verdict="accepted", changed_passage=following.passages.earliest("position"))
        page = reverse("web:changes", args=[following.pk])
        for user in (cast.secretary, cast.supplier):
            assert opinion.get_absolute_url() not in browse(user).get(page).text
        browse(cast.secretary).post(reverse("web:release", args=[consultation.pk]))
        assert opinion.get_absolute_url() in browse(cast.adopter).get(page).text

    def test_an_answer_to_what_one_may_not_see_stays_hidden(self, cast, browse, version):
        consultation = cast.consultation(version)
        opinion = cast.triaged(consultation, audience="office")
        following = cast.next_version(version)
        actions.publish_version(following, by=cast.secretary)
        cast.answer(opinion, verdict="accepted", changed_passage=following.passages.earliest("position"))
        browse(cast.secretary).post(reverse("web:release", args=[consultation.pk]))
        page = reverse("web:changes", args=[following.pk])
        assert opinion.get_absolute_url() not in browse(cast.adopter).get(page).text
        assert opinion.get_absolute_url() in browse(cast.supplier).get(page).text

    def test_the_first_version_has_nothing_before_it(self, cast, browse, version):
        response = browse(cast.supplier).get(reverse("web:changes", args=[version.pk]))
        assert response.context["before"] is None

    def test_it_compares_only_what_one_may_see(self, cast, browse, version):
        following = cast.next_version(version)
        page = reverse("web:changes", args=[version.pk])
        assert browse(cast.supplier).get(f"{page}?from={following.pk}").status_code == 404
        assert browse(cast.secretary).get(f"{page}?from={following.pk}").status_code == 200


class TestFiles:
    def attach(self, client, document: Document, name: str, content: bytes, **fields: str):
        page = reverse("web:attach", args=[document.pk])
        file = SimpleUploadedFile(name, content)
        return client.post(page, {"file": file, "visibility": "council", **fields}, follow=True)

    def test_a_file_comes_back_as_it_was_given(self, cast, browse, version):
        self.attach(browse(cast.secretary), version.document, "검토 의견.html", b"<script>alert(1)</script>")
        attachment = Attachment.objects.get()
        response = browse(cast.supplier).get(reverse("web:attachment", args=[attachment.pk]))
        assert response.getvalue() == b"<script>alert(1)</script>"
        assert response["Content-Type"].partition(";")[0] == attachment.media_type
        assert response["Content-Disposition"].startswith("attachment;")
        assert "%EA%B2%80%ED%86%A0" in response["Content-Disposition"]
        assert response["X-Content-Type-Options"] == "nosniff"
        assert response["Content-Length"] == "25"
        page = browse(cast.supplier).get(reverse("web:document", args=[version.document_id]))
        assert attachment.sha256 in page.text

    def test_an_empty_file_is_objected_to(self, cast, browse, version):
        response = self.attach(browse(cast.secretary), version.document, "빈 파일.txt", b"")
        assert "file" in response.context["form"].errors
        assert not Attachment.objects.exists()

    def test_what_is_for_officers_is_not_there_for_others(self, cast, browse, version):
        self.attach(browse(cast.secretary), version.document, "내부.txt", b"x", visibility="officers")
        page = reverse("web:attachment", args=[Attachment.objects.get().pk])
        assert browse(cast.secretary).get(page).getvalue() == b"x"
        assert browse(cast.supplier).get(page).status_code == 404
        assert browse(cast.stranger).get(page).status_code == 404
        listed = browse(cast.supplier).get(reverse("web:document", args=[version.document_id]))
        assert "내부.txt" not in listed.text


class TestQueries:
    """The same number of queries for one row and for thirty."""

    def count(self, client, page: str, django_assert_max_num_queries) -> int:
        client.get(page)
        with django_assert_max_num_queries(15) as queries:
            assert client.get(page).status_code == 200
        return len(queries)

    def test_documents(self, cast, browse, django_assert_max_num_queries):
        cast.consultation(cast.version())
        client, page = browse(cast.secretary), reverse("web:documents", args=[cast.council.pk])
        one = self.count(client, page, django_assert_max_num_queries)
        for _ in range(9):
            cast.consultation(cast.version(passages=1))
        assert self.count(client, page, django_assert_max_num_queries) == one

    def test_document_with_versions_and_files(self, cast, browse, django_assert_max_num_queries):
        document = cast.version(passages=1).document
        cast.attachment(document=document)
        client, page = browse(cast.secretary), reverse("web:document", args=[document.pk])
        one = self.count(client, page, django_assert_max_num_queries)
        for _ in range(9):
            following = actions.start_version(document, by=cast.secretary)
            actions.publish_version(following, by=cast.secretary)
            cast.attachment(document=document)
        assert self.count(client, page, django_assert_max_num_queries) == one

    @pytest.mark.parametrize("name", ["version", "changes"])
    def test_text(self, cast, browse, name, django_assert_max_num_queries):
        counts = []
        for passages in (1, 12):
            version = cast.next_version(cast.version(passages=passages))
            for passage in version.passages.all():
                actions.change_passage(passage, text=f"{TEXT} 수정", by=cast.secretary)
            page = reverse(f"web:{name}", args=[version.pk])
            counts.append(self.count(browse(cast.secretary), page, django_assert_max_num_queries))
        assert counts[0] == counts[1]


def test_what_people_typed_is_text_and_never_markup(cast, browse, draft):
    wicked = "<img src=x onerror=alert(1)>"
    actions.change_passage(draft.passages.first(), heading=wicked, text=wicked, by=cast.secretary)
    text = browse(cast.secretary).get(reverse("web:version", args=[draft.pk])).text
    assert wicked not in text
    assert escape(wicked) in text
