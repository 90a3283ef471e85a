"""What can happen to meetings: one function per verb."""

from council.meetings.actions.agenda import (
    add_item,
    add_paper,
    add_paper_file,
    arrangement,
    order_items,
    remove_item,
    remove_paper,
    revise_item,
)
from council.meetings.actions.alternates import hand_in_mandate, name_alternate, withdraw_alternate
from council.meetings.actions.attendance import (
    add_guest,
    check_in,
    check_in_at_door,
    check_out,
    note_all,
    note_attendance,
    remove_guest,
)
from council.meetings.actions.capacity import FITTING
from council.meetings.actions.coming import answer_invitation, fill_places
from council.meetings.actions.common import ALIVE, OPEN
from council.meetings.actions.convening import convene, invite, invite_latecomers, lacking
from council.meetings.actions.feeds import create_feed, note_feed_use, revoke_feed
from council.meetings.actions.floor import ask_for_floor, end_speech, give_floor, order_floor, withdraw_request
from council.meetings.actions.preparing import cancel, plan_meeting, revise_meeting
from council.meetings.actions.proposals import (
    accept_proposal,
    decline_proposal,
    merge_proposals,
    propose_item,
    withdraw_proposal,
)
from council.meetings.actions.recusals import (
    decide_by_ballot,
    decide_recusal,
    declare_no_interest,
    is_for_the_ballot,
    raise_recusal,
    withdraw_recusal,
)
from council.meetings.actions.referrals import carry_over, forward, return_referral, take_up_referral
from council.meetings.actions.running import (
    close,
    end_item,
    last_step,
    open_meeting,
    postpone_item,
    take_up,
    undo_step,
)
from council.meetings.actions.series import (
    copy_meeting,
    keep_template,
    plan_from_template,
    plan_series,
    remove_template,
)
from council.meetings.actions.statements import (
    record_statement,
    remove_statement,
    revise_statement,
    write_statement,
)

__all__ = [
    "ALIVE",
    "FITTING",
    "OPEN",
    "accept_proposal",
    "add_guest",
    "add_item",
    "add_paper",
    "add_paper_file",
    "answer_invitation",
    "arrangement",
    "ask_for_floor",
    "cancel",
    "carry_over",
    "check_in",
    "check_in_at_door",
    "check_out",
    "close",
    "convene",
    "copy_meeting",
    "create_feed",
    "decide_by_ballot",
    "decide_recusal",
    "declare_no_interest",
    "decline_proposal",
    "end_item",
    "end_speech",
    "fill_places",
    "forward",
    "give_floor",
    "hand_in_mandate",
    "invite",
    "invite_latecomers",
    "is_for_the_ballot",
    "keep_template",
    "lacking",
    "last_step",
    "merge_proposals",
    "name_alternate",
    "note_all",
    "note_attendance",
    "note_feed_use",
    "open_meeting",
    "order_floor",
    "order_items",
    "plan_from_template",
    "plan_meeting",
    "plan_series",
    "postpone_item",
    "propose_item",
    "raise_recusal",
    "record_statement",
    "remove_guest",
    "remove_item",
    "remove_paper",
    "remove_statement",
    "remove_template",
    "return_referral",
    "revise_item",
    "revise_meeting",
    "revise_statement",
    "revoke_feed",
    "take_up",
    "take_up_referral",
    "undo_step",
    "withdraw_alternate",
    "withdraw_proposal",
    "withdraw_recusal",
    "withdraw_request",
    "write_statement",
]
