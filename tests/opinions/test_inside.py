"""An organisation finds one voice, and nobody outside hears it think."""

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from council.core.errors import Refused
from council.notifications import actions as notifications
from council.notifications.models import Notification
from council.opinions import actions
from council.opinions.models import Opinion, Remark, Reply

OUTSIDE = ("chair", "secretary", "officer", "tp", "adopter", "observer", "expired", "stranger", "operator")


@pytest.fixture
def colleague(cast):
    return cast.colleague()


@pytest.fixture
def coordinator(cast):
    return cast.colleague("총괄", coordinates=True)


def shared(cast, consultation, **words) -> Opinion:
    return actions.share(cast.drafted(consultation, **words), by=words.get("by", cast.supplier))


def test_a_draft_is_its_authors_alone_until_it_is_shared(cast, colleague):
    draft = cast.drafted(cast.consultation())
    assert draft not in Opinion.objects.visible_to(colleague)
    actions.share(draft, by=cast.supplier)
    assert draft in Opinion.objects.visible_to(colleague)


def test_nobody_outside_sees_what_an_organisation_discusses(cast, coordinator):
    consultation = cast.consultation()
    kept, chosen = shared(cast, consultation), shared(cast, consultation)
    actions.remark(kept, text="우리 입장과 다릅니다.", by=coordinator)
    actions.keep_inside(kept, by=coordinator)
    actions.choose(chosen, by=coordinator)
    actions.submit_set(consultation, membership=cast.membership(coordinator), by=coordinator)
    for name in OUTSIDE:
        person = getattr(cast, name)
        assert kept not in Opinion.objects.visible_to(person), name
        assert not Remark.objects.visible_to(person), name
    consultation.refresh_from_db()
    assert consultation.submitted == 1


def test_where_there_is_a_coordinator_members_share_instead_of_submitting(cast, coordinator):
    draft = cast.drafted(cast.consultation())
    with pytest.raises(Refused):
        actions.submit(draft, by=cast.supplier)
    actions.share(draft, by=cast.supplier)
    assert draft in Opinion.objects.visible_to(coordinator)


def test_the_official_set_is_given_whole_under_the_names_of_its_authors(cast, coordinator):
    consultation = cast.consultation()
    first = actions.choose(shared(cast, consultation), by=coordinator)
    second = actions.choose(shared(cast, consultation), by=coordinator)
    reply = actions.submit_set(consultation, membership=cast.membership(coordinator), by=coordinator)
    given = Opinion.objects.filter(pk__in=[first.pk, second.pk])
    assert {opinion.state for opinion in given} == {"submitted"}
    assert {opinion.author for opinion in given} == {cast.supplier}
    assert (reply.kind, reply.by) == (Reply.Kind.OPINIONS, coordinator)


def test_one_opinion_with_something_missing_holds_the_whole_set_back(cast, coordinator):
    consultation = cast.consultation()
    actions.choose(shared(cast, consultation), by=coordinator)
    actions.choose(shared(cast, consultation, reason=""), by=coordinator)
    with pytest.raises(ValidationError):
        actions.submit_set(consultation, membership=cast.membership(coordinator), by=coordinator)
    assert not Opinion.objects.given().exists()


def test_a_coordinator_edits_and_merges_what_members_wrote(cast, coordinator):
    consultation = cast.consultation()
    first, second = shared(cast, consultation), shared(cast, consultation, reason="전문 인력도 부족합니다.")
    actions.edit(first, reason="소기업은 자부담이 어렵습니다.", by=coordinator)
    merged = actions.merge([first, second], by=coordinator)
    assert merged.reason == "소기업은 자부담이 어렵습니다.\n\n전문 인력도 부족합니다."
    assert merged.state == Opinion.State.CHOSEN
    assert set(merged.merged.values_list("state", flat=True)) == {"merged"}


def test_only_the_coordinator_decides_what_goes_into_the_set(cast, coordinator, colleague):
    opinion = shared(cast, cast.consultation())
    for person in (colleague, cast.secretary, cast.adopter):
        with pytest.raises(PermissionDenied):
            actions.choose(opinion, by=person)


def test_no_opinion_is_a_reply_and_a_later_opinion_replaces_it(cast):
    consultation = cast.consultation()
    membership = cast.membership(cast.supplier)
    actions.reply_without_opinion(consultation, membership=membership, by=cast.supplier)
    with pytest.raises(Refused):
        actions.reply_without_opinion(consultation, membership=membership, by=cast.supplier)
    opinion = cast.submitted(consultation)
    assert Reply.objects.get(organisation=cast.supplying).kind == Reply.Kind.OPINIONS
    with pytest.raises(Refused):
        actions.reply_without_opinion(consultation, membership=membership, by=cast.supplier)
    actions.withdraw(opinion, by=cast.supplier)
    assert not Reply.objects.filter(organisation=cast.supplying).exists()


def test_who_owes_a_reply_is_reminded_and_nobody_else(cast, coordinator, colleague):
    consultation = cast.consultation()
    cast.submitted(consultation, by=cast.adopter)
    actions.remind(consultation, by=cast.secretary)
    actions.reply_without_opinion(consultation, membership=cast.membership(cast.tp), by=cast.tp)
    while notifications.dispatch():
        pass
    reminded = Notification.objects.filter(entry__verb="consultation.reminded", channel="mail")
    assert {notice.recipient for notice in reminded} == {coordinator}


def test_when_everyone_has_replied_there_is_nobody_to_remind(cast):
    consultation = cast.consultation()
    for person in (cast.supplier, cast.adopter, cast.tp):
        actions.reply_without_opinion(consultation, membership=cast.membership(person), by=person)
    with pytest.raises(Refused):
        actions.remind(consultation, by=cast.secretary)
