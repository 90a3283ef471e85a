"""Who may do what: each of the cast × each permission there is."""

from collections.abc import Callable
from typing import Any

import pytest
from rules.permissions import permissions

from council.meetings import actions as meetings
from council.people import actions as people
from tests.cast import Cast
from tests.decisions import outcomes, records
from tests.integrations import hooks
from tests.meetings import prepared
from tests.people.systems import client_of, system
from tests.things import (
    INSIDE,
    MEMBERS,
    OFFICE,
    PEOPLE,
    RUNNERS,
    inside,
    mailbox,
    message,
    objection,
    person,
    told_event,
    upload,
)

PERMISSIONS: dict[str, tuple[Callable[[Cast], Any], set[str]]] = {
    "people.establish_council": (lambda cast: None, {"operator"}),
    "people.revise_rules": (lambda cast: cast.council, RUNNERS | {"operator"}),
    "people.register_organisation": (lambda cast: None, RUNNERS | {"operator"}),
    "people.invite_user": (lambda cast: None, RUNNERS | {"operator"}),
    "people.form_subcommittee": (lambda cast: cast.council, RUNNERS | {"operator"}),
    "people.create_seat": (lambda cast: cast.council, RUNNERS | {"operator"}),
    "people.appoint": (lambda cast: cast.council, RUNNERS | {"operator"}),
    "people.dismiss": (lambda cast: cast.membership(cast.tp), RUNNERS | {"operator"}),
    "people.name_coordinator": (lambda cast: cast.membership(cast.tp), RUNNERS | {"operator"}),
    "people.make_service_account": (lambda cast: cast.council, RUNNERS | {"operator"}),
    "people.give_access": (system, RUNNERS | {"supplier"}),
    "people.disable_service_account": (system, RUNNERS | {"supplier", "operator"}),
    "people.revoke_client": (lambda cast: client_of(cast)[0], RUNNERS | {"supplier", "operator"}),
    "notifications.read_log": (lambda cast: cast.council, RUNNERS | {"operator"}),
    "notifications.read_told": (told_event, RUNNERS),
    "notifications.resend": (message, RUNNERS | {"operator"}),
    "notifications.confirm_address": (mailbox, RUNNERS | {"operator", "supplier"}),
    "notifications.review_mails": (lambda cast: None, RUNNERS | {"operator"}),
    "people.revoke_token": (lambda cast: people.create_token(name="연계", by=cast.supplier)[0], {"supplier"}),
    "documents.create_document": (lambda cast: cast.council, RUNNERS),
    "documents.attach": (lambda cast: cast.council, RUNNERS),
    "documents.start_version": (lambda cast: cast.version().document, OFFICE),
    "documents.edit_version": (lambda cast: cast.document().versions.get(), OFFICE),
    "documents.publish_version": (lambda cast: cast.document().versions.get(), RUNNERS),
    "meetings.plan_meeting": (lambda cast: cast.council, RUNNERS),
    "meetings.revise_meeting": (lambda cast: cast.meeting(), RUNNERS),
    "meetings.convene_meeting": (lambda cast: cast.planned_meeting(), RUNNERS),
    "meetings.cancel_meeting": (lambda cast: cast.meeting(), RUNNERS),
    "meetings.close_meeting": (lambda cast: cast.meeting(), RUNNERS),
    "meetings.edit_agenda": (lambda cast: cast.meeting(), RUNNERS),
    "meetings.answer_invitation": (
        lambda cast: cast.invitation(cast.meeting(), cast.supplier),
        RUNNERS | {"supplier"},
    ),
    "meetings.name_alternate": (lambda cast: cast.invitation(cast.meeting(), cast.supplier), RUNNERS | {"supplier"}),
    "meetings.withdraw_alternate": (
        lambda cast: cast.invitation(cast.meeting(), cast.supplier),
        RUNNERS | {"supplier"},
    ),
    "meetings.declare_interests": (lambda cast: cast.invitation(cast.meeting(), cast.supplier), {"supplier"}),
    "meetings.raise_recusal": (lambda cast: cast.meeting().items.get(), MEMBERS - {"observer"}),
    "meetings.establish_exclusion": (lambda cast: cast.invitation(cast.meeting(), cast.chair), RUNNERS - {"chair"}),
    "meetings.decide_recusal": (lambda cast: cast.recusal(cast.meeting(), "challenge", cast.adopter), RUNNERS),
    "meetings.decide_challenge": (lambda cast: cast.recusal(cast.meeting(), "challenge", cast.adopter), {"chair"}),
    "meetings.withdraw_recusal": (lambda cast: cast.recusal(cast.meeting(), "challenge", cast.adopter), {"adopter"}),
    "meetings.run_meeting": (lambda cast: cast.meeting(), RUNNERS),
    "meetings.note_attendance": (lambda cast: cast.meeting(), RUNNERS),
    "meetings.chair_floor": (lambda cast: cast.meeting(), RUNNERS),
    "meetings.record_statement": (lambda cast: cast.meeting(), RUNNERS),
    "meetings.check_in": (lambda cast: cast.meeting(), MEMBERS),
    "meetings.check_out": (lambda cast: cast.present(cast.running()), RUNNERS | {"supplier"}),
    "meetings.ask_for_floor": (lambda cast: cast.running(), MEMBERS - {"observer"}),
    "meetings.write_statement": (lambda cast: cast.running(), MEMBERS - {"observer"}),
    "meetings.withdraw_request": (lambda cast: cast.request_to_speak(cast.running()), RUNNERS | {"supplier"}),
    "meetings.end_speech": (lambda cast: cast.request_to_speak(cast.running()), RUNNERS | {"supplier"}),
    "meetings.revise_statement": (lambda cast: cast.statement(cast.running()), RUNNERS | {"supplier"}),
    "decisions.open_ballot": (lambda cast: cast.running(), RUNNERS),
    "decisions.cast": (outcomes.voter, {"supplier"}),
    "decisions.cast_on_paper": (outcomes.written_ballot, RUNNERS),
    "decisions.close_ballot": (outcomes.ballot, RUNNERS),
    "decisions.cancel_ballot": (outcomes.ballot, RUNNERS),
    "decisions.record_decision": (lambda cast: cast.running(), RUNNERS),
    "decisions.revise_decision": (outcomes.decision, RUNNERS),
    "decisions.repeal_decision": (outcomes.decision, RUNNERS),
    "decisions.assign_action": (lambda cast: cast.running(), RUNNERS),
    "decisions.revise_action": (outcomes.action, RUNNERS),
    "decisions.report_action": (outcomes.action, RUNNERS | INSIDE),
    "decisions.accept_action": (outcomes.action, RUNNERS),
    "decisions.reopen_action": (outcomes.action, RUNNERS),
    "decisions.drop_action": (outcomes.action, RUNNERS),
    "decisions.write_minutes": (records.held, RUNNERS),
    "decisions.circulate_minutes": (records.drafted, RUNNERS),
    "decisions.correct_minutes": (records.circulated, {"chair", "officer", "supplier", "adopter"}),
    "decisions.decide_correction": (records.corrected, RUNNERS),
    "decisions.approve_minutes": (records.circulated, RUNNERS),
    "decisions.add_annex": (records.approved, RUNNERS),
    "decisions.keep_recording": (records.held, RUNNERS),
    "meetings.revoke_feed": (
        lambda cast: meetings.create_feed(name="휴대전화", by=cast.supplier)[0],
        {"supplier"},
    ),
    "integrations.hear_of": (lambda cast: cast.council, MEMBERS),
    "integrations.make_webhook": (lambda cast: cast.supplier, {"supplier"}),
    "integrations.manage_webhook": (hooks.make, {"supplier"}),
    "exchange.take_dossier": (lambda cast: cast.meeting(), RUNNERS),
    "meetings.propose_item": (prepared.asking, MEMBERS - {"observer"}),
    "meetings.withdraw_proposal": (prepared.proposed, {"supplier"}),
    "meetings.receive_referral": (prepared.forwarded, RUNNERS),
    "opinions.prepare_consultation": (lambda cast: cast.council, RUNNERS),
    "opinions.open_consultation": (lambda cast: cast.prepared_consultation(), RUNNERS),
    "opinions.give": (lambda cast: cast.consultation(), MEMBERS - {"observer"}),
    "opinions.extend": (lambda cast: cast.consultation(), RUNNERS),
    "opinions.remind": (lambda cast: cast.consultation(), RUNNERS),
    "opinions.publish_result": (lambda cast: cast.consultation(), RUNNERS),
    "opinions.edit": (lambda cast: cast.submitted(cast.consultation()), INSIDE),
    "opinions.submit": (lambda cast: cast.drafted(cast.consultation()), {"supplier"}),
    "opinions.withdraw": (lambda cast: cast.submitted(cast.consultation()), INSIDE),
    "opinions.share": (lambda cast: cast.drafted(cast.consultation()), {"supplier"}),
    "opinions.remark": (inside, INSIDE),
    "opinions.coordinate": (inside, INSIDE),  # whoever speaks for it, where nobody is named
    "opinions.reply": (lambda cast: cast.membership(cast.supplier), {"supplier"}),
    "opinions.enter": (lambda cast: cast.consultation(), RUNNERS),
    "opinions.confirm": (lambda cast: cast.submitted(cast.consultation()), {"supplier"}),
    "opinions.react": (lambda cast: cast.submitted(cast.consultation()), MEMBERS - {"observer"}),
    "opinions.report": (lambda cast: cast.submitted(cast.consultation()), MEMBERS - {"observer"}),
    "findings.fix_terms": (lambda cast: cast.consultation(), RUNNERS),
    "opinions.moderate": (lambda cast: cast.submitted(cast.consultation()), RUNNERS),
    "opinions.redact": (lambda cast: cast.submitted(cast.consultation(), audience="confidential"), RUNNERS | INSIDE),
    "opinions.split": (lambda cast: cast.submitted(cast.consultation()), RUNNERS),
    "opinions.triage": (lambda cast: cast.submitted(cast.consultation()).points.get(), RUNNERS),
    "opinions.dispose": (lambda cast: cast.point(cast.consultation()), OFFICE),
    "opinions.tag": (lambda cast: cast.point(cast.consultation()), OFFICE),
    "opinions.see_board": (lambda cast: cast.consultation(), OFFICE),
    "opinions.keep_template": (lambda cast: cast.council, OFFICE),
    "opinions.release": (lambda cast: cast.consultation(), RUNNERS),
    "opinions.tell": (lambda cast: cast.published(cast.consultation()), RUNNERS),
    "opinions.object": (lambda cast: cast.published(cast.consultation()), {"supplier"}),
    "opinions.decide_objection": (objection, OFFICE),
    "exchange.upload": (lambda cast: cast.consultation(), MEMBERS - {"observer"}),
    "exchange.import": (lambda cast: upload(cast, "supplier"), RUNNERS | {"supplier"}),
    "exchange.export": (lambda cast: cast.consultation(), MEMBERS),
    "exchange.hand_out_forms": (lambda cast: cast.consultation(), RUNNERS),
}


@pytest.mark.parametrize("permission", PERMISSIONS)
def test_who_may_do_it(cast: Cast, permission: str):
    make, allowed = PERMISSIONS[permission]
    cast.colleague()
    thing = make(cast)
    assert {name for name in PEOPLE if person(cast, name).has_perm(permission, thing)} == allowed


def test_where_a_coordinator_is_named_nobody_else_gives_the_organisations_word(cast: Cast):
    colleague, coordinator = cast.colleague(), cast.colleague("총괄", coordinates=True)
    shared = inside(cast)
    allowed = {
        permission: {who.name for who in (cast.supplier, colleague, coordinator) if who.has_perm(permission, shared)}
        for permission in ("opinions.edit", "opinions.withdraw", "opinions.coordinate", "opinions.remark")
    }
    author, named = cast.supplier.name, coordinator.name
    assert allowed == {
        "opinions.edit": {author, named},
        "opinions.withdraw": {author, named},
        "opinions.coordinate": {named},
        "opinions.remark": {author, colleague.name, named},
    }
    assert not cast.supplier.has_perm("opinions.reply", cast.membership(cast.supplier))
    assert coordinator.has_perm("opinions.reply", cast.membership(coordinator))


def test_no_permission_is_left_out_of_the_table():
    assert set(permissions) == set(PERMISSIONS)
