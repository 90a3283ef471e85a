"""Versions, passages that stay themselves, and files."""

import hashlib

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.base import ContentFile
from django.db import IntegrityError, transaction

from council.core.errors import Refused
from council.documents import actions
from council.documents.comparison import compare, pair
from council.documents.models import Attachment, Document, Passage, Version
from council.people import actions as people
from council.people.models import User


def test_the_next_version_is_a_copy_in_which_every_passage_keeps_its_identity(cast):
    version = cast.version()
    following = actions.start_version(version.document, by=cast.secretary)
    assert list(following.passages.values_list("identity", "number", "text", "position")) == list(
        version.passages.values_list("identity", "number", "text", "position")
    )
    assert not set(following.passages.values_list("id")) & set(version.passages.values_list("id"))


def test_the_tree_is_copied_with_its_branches(cast):
    document = cast.document(passages=1)
    version = document.versions.get()
    parent = version.passages.get()
    child = actions.add_passage(version, number="1-가", text="하위 조항", parent=parent, by=cast.secretary)
    actions.publish_version(version, by=cast.secretary)
    copy = actions.start_version(document, by=cast.secretary).passages.get(identity=child.identity)
    assert copy.parent.identity == parent.identity
    assert copy.depth == 1


def test_a_published_version_never_changes(cast):
    passage = cast.version().passages.earliest("position")
    with pytest.raises(Refused):
        actions.change_passage(passage, text="다른 글", by=cast.secretary)
    with pytest.raises(Refused):
        actions.remove_passage(passage, by=cast.secretary)
    with pytest.raises(Refused):
        actions.add_passage(passage.version, number="9", text="새 글", by=cast.secretary)


def test_two_people_do_not_overwrite_each_other(cast):
    passage = cast.document().versions.get().passages.earliest("position")
    actions.change_passage(passage, text="먼저 고친 글", revision=1, by=cast.secretary)
    with pytest.raises(Refused):
        actions.change_passage(passage, text="나중에 고친 글", revision=1, by=cast.officer)
    passage.refresh_from_db()
    assert (passage.text, passage.revision) == ("먼저 고친 글", 2)


def test_only_one_version_is_in_work(cast):
    version = cast.version()
    actions.start_version(version.document, by=cast.secretary)
    with pytest.raises(Refused, match="2"):
        actions.start_version(version.document, by=cast.secretary)
    with pytest.raises(IntegrityError), transaction.atomic():
        Version.objects.create(council=cast.council, document=version.document, number=9)


def test_an_empty_version_is_not_published_and_a_published_one_not_twice(cast):
    document = cast.document(passages=0)
    with pytest.raises(Refused):
        actions.publish_version(document.versions.get(), by=cast.secretary)
    version = cast.version()
    with pytest.raises(Refused):
        actions.publish_version(version, by=cast.secretary)


def test_a_passage_put_in_the_middle_moves_the_others(cast):
    version = cast.document(passages=3).versions.get()
    first = version.passages.get(position=0)
    actions.add_passage(version, number="1-1", text="새 조항", after=first, by=cast.secretary)
    assert list(version.passages.order_by("position").values_list("number", flat=True)) == ["1", "1-1", "2", "3"]


def test_a_passage_with_parts_is_not_removed_before_them(cast):
    version = cast.document(passages=1).versions.get()
    parent = version.passages.get()
    child = actions.add_passage(version, number="1-가", text="하위 조항", parent=parent, by=cast.secretary)
    with pytest.raises(Refused):
        actions.remove_passage(parent, by=cast.secretary)
    actions.remove_passage(child, by=cast.secretary)
    actions.remove_passage(parent, by=cast.secretary)
    assert not version.passages.exists()


def test_a_passage_says_something_and_its_number_stands_once(cast):
    version = cast.document().versions.get()
    with pytest.raises(ValidationError):
        actions.add_passage(version, number="8", text=" ", by=cast.secretary)
    with pytest.raises(ValidationError):
        actions.add_passage(version, number="1", text="같은 번호", by=cast.secretary)


def test_a_version_in_work_is_for_those_who_write_it(cast):
    following = cast.next_version(cast.version())
    seen_by = [
        person
        for person in (cast.secretary, cast.chair, cast.officer, cast.supplier, cast.observer, cast.stranger)
        if Version.objects.visible_to(person).filter(pk=following.pk).exists()
    ]
    assert seen_by == [cast.secretary, cast.chair, cast.officer]
    assert not Passage.objects.visible_to(cast.supplier).filter(version=following).exists()


def test_the_office_writes_and_the_secretariat_publishes(cast):
    version = cast.version()
    following = actions.start_version(version.document, by=cast.officer)
    actions.change_passage(following.passages.earliest("position"), text="고친 글", by=cast.officer)
    with pytest.raises(PermissionDenied):
        actions.publish_version(following, by=cast.officer)
    with pytest.raises(PermissionDenied):
        actions.change_passage(following.passages.earliest("position"), text="글", by=cast.supplier)


def test_a_document_without_a_published_version_is_unknown_to_members(cast):
    document = cast.document()
    assert document not in Document.objects.visible_to(cast.supplier)
    actions.publish_version(document.versions.get(), by=cast.secretary)
    assert document in Document.objects.visible_to(cast.supplier)


# --- comparison


def test_words_are_told_apart_not_letters():
    spans = compare("자부담 비율은 50%로 한다.", "자부담 비율은 30%로 한다.")
    assert [(span.kind, span.text) for span in spans if span.kind != "same"] == [("removed", "50"), ("added", "30")]


def test_changed_words_that_only_a_space_separates_read_as_one_change():
    spans = compare("결과는 해당 연도의 사업에 쓴다.", "결과는 통보일부터 2년간 사업에 쓴다.")
    assert [(span.kind, span.text) for span in spans if span.kind != "same"] == [
        ("removed", "해당 연도의"),
        ("added", "통보일부터 2년간"),
    ]


@pytest.mark.parametrize(
    ("old", "new"),
    [("", ""), ("", "새 글"), ("옛 글", ""), ("가 나 다", "다 나 가"), ("줄\n바꿈", "줄 바꿈"), ("a" * 50, "b" * 50)],
)
def test_both_texts_can_be_read_back_from_the_comparison(old: str, new: str):
    spans = compare(old, new)
    assert "".join(span.text for span in spans if span.kind != "added") == old
    assert "".join(span.text for span in spans if span.kind != "removed") == new


def test_versions_are_paired_by_identity_and_removed_passages_stand_where_they_stood(cast):
    version = cast.version(passages=3)
    following = actions.start_version(version.document, by=cast.secretary)
    first, second, third = following.passages.order_by("position")
    actions.change_passage(first, text="고친 글", by=cast.secretary)
    actions.remove_passage(second, by=cast.secretary)
    actions.add_passage(following, number="4", text="새 조항", after=third, by=cast.secretary)
    changes = pair(version.passages.order_by("position"), following.passages.order_by("position"))
    assert [(change.kind, (change.before or change.after).number) for change in changes] == [
        ("changed", "1"),
        ("removed", "2"),
        ("same", "3"),
        ("added", "4"),
    ]


# --- files


def test_a_file_is_kept_as_given_with_size_type_and_digest(cast):
    content = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj"
    attachment = actions.attach(cast.council, file=ContentFile(content, name="검토.pdf"), by=cast.secretary)
    assert (attachment.name, attachment.size, attachment.media_type, attachment.sha256) == (
        "검토.pdf",
        len(content),
        "application/pdf",
        hashlib.sha256(content).hexdigest(),
    )
    with attachment.file.open() as file:
        assert file.read() == content


def test_an_empty_and_an_oversized_file_are_refused(cast, settings):
    with pytest.raises(ValidationError):
        actions.attach(cast.council, file=ContentFile(b"", name="a.txt"), by=cast.secretary)
    settings.ATTACHMENT_MAX_BYTES = 10
    with pytest.raises(ValidationError):
        actions.attach(cast.council, file=ContentFile(b"x" * 11, name="a.txt"), by=cast.secretary)


def test_what_is_for_officers_only_is_unknown_to_members(cast):
    attachment = cast.attachment(visibility="officers")
    assert attachment in Attachment.objects.visible_to(cast.chair)
    assert attachment not in Attachment.objects.visible_to(cast.officer)


def test_those_who_run_another_council_run_nothing_here(cast):
    other = people.establish_council(by=cast.operator, name="다른 협의체", operator=cast.ministry)
    cast.member("elsewhere", "남의 간사", cast.ministry, role="secretary", seated=False, council=other)
    foreign = User.objects.get(email="elsewhere@council.example")
    assert not Document.objects.visible_to(foreign).exists()
    with pytest.raises(PermissionDenied):
        actions.publish_version(cast.document().versions.get(), by=foreign)
