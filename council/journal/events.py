"""The events other systems are told of: one catalogue for the change feed, the webhooks and their documentation.

An event is named like its verb. Its name stays as long as what it says stays; should one ever have to say something
else, that is a new version with a name of its own (``opinion.submitted.v2``), given beside the old one for a year.
"""

from dataclasses import dataclass
from enum import StrEnum

from council.journal.verbs import Verb

GONE = "thing.gone"
"""The one event that is no verb: a change has taken a thing out of somebody's sight."""


class Told(StrEnum):
    """Who of those who may see the thing is told of the event."""

    EVERYBODY = "everybody"
    OFFICE = "office"  # those who answer it, and those who run the council
    OFFICERS = "officers"  # those who run the council
    ORGANISATION = "organisation"  # those who speak for the organisation it happened in


@dataclass(frozen=True)
class Event:
    """A kind of event.

    Attributes:
        verb: What happened: the verb of an entry, or :data:`GONE`.
        noun: The API's name for the kind of thing it happened to; ``*`` for any.
        description: One sentence for the documentation.
        told: Who of those who may see the thing is told.
        version: Of what the event says.
    """

    verb: str
    noun: str
    description: str
    told: Told = Told.EVERYBODY
    version: int = 1

    @property
    def name(self) -> str:
        """The name under which it is given out."""
        return self.verb if self.version == 1 else f"{self.verb}.v{self.version}"


# What nobody outside is told of: who voted when, accounts and their secrets, mailboxes, one's own addresses and work.
_INTERNAL = frozenset({Verb.VOTE_CAST, Verb.IMPORT_ROW_CORRECTED})
_OF_ACCOUNTS = ("user.", "token.", "service_account.", "client.", "calendar_feed.", "mailbox.", "message.", "webhook.")


def is_internal(verb: Verb) -> bool:
    """Whether a verb is for the journal alone."""
    return verb in _INTERNAL or verb.startswith(_OF_ACCOUNTS)


_EVENTS = (
    # people
    Event(Verb.COUNCIL_ESTABLISHED, "councils", "A council was set up."),
    Event(Verb.RULES_REVISED, "councils", "A council changed its rules."),
    Event(Verb.SUBCOMMITTEE_FORMED, "subcommittees", "A subcommittee was formed."),
    Event(Verb.SEAT_CREATED, "seats", "A seat was added."),
    Event(Verb.MEMBER_APPOINTED, "memberships", "Someone was appointed."),
    Event(Verb.MEMBER_DISMISSED, "memberships", "Someone's term ended early."),
    Event(Verb.COORDINATOR_NAMED, "memberships", "An organisation's coordinator was named."),
    Event(Verb.ORGANISATION_REGISTERED, "organisations", "An organisation was entered."),
    # documents
    Event(Verb.DOCUMENT_CREATED, "documents", "A document was begun."),
    Event(Verb.VERSION_STARTED, "versions", "A new version of a document was begun."),
    Event(Verb.VERSION_PUBLISHED, "versions", "A version was given out; it never changes again."),
    Event(Verb.PASSAGE_ADDED, "passages", "A passage was added to a version in work."),
    Event(Verb.PASSAGE_CHANGED, "passages", "A passage of a version in work was changed."),
    Event(Verb.PASSAGE_REMOVED, "passages", "A passage of a version in work was removed."),
    Event(Verb.ATTACHMENT_ADDED, "attachments", "A file was added."),
    # meetings
    Event(Verb.MEETING_PLANNED, "meetings", "A meeting was planned."),
    Event(Verb.MEETING_REVISED, "meetings", "A meeting's time, place or other particulars were changed."),
    Event(Verb.MEETING_CONVENED, "meetings", "A meeting was convened and its members were invited."),
    Event(Verb.MEETING_CANCELLED, "meetings", "A meeting was called off."),
    Event(Verb.MEETING_CLOSED, "meetings", "A meeting ended."),
    Event(Verb.INVITATION_ANSWERED, "invitations", "A member said whether they come."),
    Event(Verb.ITEM_ADDED, "agenda-items", "An item was put on the agenda."),
    Event(Verb.ITEM_REVISED, "agenda-items", "An agenda item was changed."),
    Event(Verb.ITEM_REMOVED, "agenda-items", "An item was taken off the agenda."),
    Event(Verb.PAPER_ADDED, "agenda-items", "A paper was put on the table for an item."),
    Event(Verb.PAPER_REMOVED, "agenda-items", "A paper was taken off the table."),
    Event(Verb.SERIES_PLANNED, "series", "Meetings that come back were planned together."),
    Event(Verb.MEETING_COPIED, "meetings", "A meeting was planned after an earlier one."),
    Event(Verb.MEETING_TEMPLATE_KEPT, "meeting-templates", "A meeting was kept as a template."),
    Event(Verb.MEETING_TEMPLATE_REMOVED, "meeting-templates", "A template for meetings was removed."),
    Event(Verb.PROPOSALS_INVITED, "meetings", "Members were asked to propose agenda items."),
    Event(Verb.ITEM_PROPOSED, "proposals", "A member proposed an agenda item."),
    Event(Verb.PROPOSAL_WITHDRAWN, "proposals", "A proposed item was withdrawn."),
    Event(Verb.PROPOSAL_ACCEPTED, "proposals", "A proposed item was put on the agenda."),
    Event(Verb.PROPOSAL_MERGED, "proposals", "A proposed item was merged into another one."),
    Event(Verb.PROPOSAL_DECLINED, "proposals", "A proposed item was not taken up."),
    Event(Verb.AGENDA_ORDERED, "meetings", "The agenda was put in another order."),
    Event(Verb.ITEM_CARRIED_OVER, "agenda-items", "An item was carried over from an earlier meeting."),
    Event(Verb.ITEM_FORWARDED, "referrals", "An item was forwarded to another body."),
    Event(Verb.REFERRAL_TAKEN_UP, "referrals", "The other body put a forwarded item on its agenda."),
    Event(Verb.REFERRAL_RETURNED, "referrals", "The other body returned a forwarded item."),
    Event(Verb.MEMBER_INVITED, "invitations", "A member appointed after convening was invited."),
    Event(Verb.PLACE_FREED, "invitations", "A place became free for a member on the waiting list."),
    Event(Verb.ALTERNATE_NAMED, "alternates", "A member named someone to come in their place."),
    Event(Verb.MANDATE_HANDED_IN, "alternates", "A letter of mandate was handed in."),
    Event(Verb.ALTERNATE_WITHDRAWN, "invitations", "A member comes themself after all."),
    Event(Verb.INTERESTS_DECLARED, "invitations", "A member declared their interests.", Told.OFFICERS),
    Event(Verb.RECUSAL_RAISED, "recusals", "A member is to keep out of an item."),
    Event(Verb.RECUSAL_DECIDED, "recusals", "A challenge was decided."),
    Event(Verb.RECUSAL_WITHDRAWN, "recusals", "A recusal was withdrawn."),
    Event(Verb.MEETING_OPENED, "meetings", "A meeting began."),
    Event(Verb.MEETING_STEP_UNDONE, "meetings", "A step of a running meeting was taken back."),
    Event(Verb.CHECKED_IN, "attendance", "Someone arrived."),
    Event(Verb.CHECKED_OUT, "attendance", "Someone left."),
    Event(Verb.ATTENDANCE_NOTED, "invitations", "The secretary noted who is there."),
    Event(Verb.GUEST_NOTED, "attendance", "A guest was noted, or struck off."),
    Event(Verb.ITEM_TAKEN_UP, "agenda-items", "The meeting took up an item."),
    Event(Verb.ITEM_ENDED, "agenda-items", "The meeting finished an item."),
    Event(Verb.ITEM_POSTPONED, "agenda-items", "The meeting put an item off."),
    Event(Verb.FLOOR_REQUESTED, "floor-requests", "Someone asked for the floor."),
    Event(Verb.FLOOR_WITHDRAWN, "floor-requests", "Someone no longer wants to speak."),
    Event(Verb.FLOOR_GIVEN, "floor-requests", "Someone was given the floor."),
    Event(Verb.FLOOR_ENDED, "floor-requests", "Someone finished speaking."),
    Event(Verb.FLOOR_ORDERED, "meetings", "The chair put the speakers in another order."),
    Event(Verb.STATEMENT_RECORDED, "statements", "The gist of a statement was written down."),
    Event(Verb.STATEMENT_REVISED, "statements", "The gist of a statement was changed."),
    Event(Verb.STATEMENT_REMOVED, "statements", "The gist of a statement was removed."),
    # decisions
    Event(Verb.BALLOT_OPENED, "ballots", "A ballot was opened."),
    Event(Verb.FORMS_ASKED_FOR, "ballots", "A written ballot was opened and its forms were sent out."),
    Event(Verb.BALLOT_CLOSED, "ballots", "A ballot was closed; it has its result."),
    Event(Verb.BALLOT_CANCELLED, "ballots", "A ballot was called off."),
    Event(Verb.DECISION_RECORDED, "decisions", "A decision was recorded."),
    Event(Verb.DECISION_REVISED, "decisions", "The words of a decision were changed."),
    Event(Verb.DECISION_REPEALED, "decisions", "A decision was repealed."),
    Event(Verb.ACTION_ASSIGNED, "actions", "An action was assigned to an organisation."),
    Event(Verb.ACTION_REVISED, "actions", "An action was changed."),
    Event(Verb.ACTION_REPORTED, "actions", "An organisation reported on an action."),
    Event(Verb.ACTION_ACCEPTED, "actions", "An action was accepted as done."),
    Event(Verb.ACTION_REOPENED, "actions", "An action reported as done was opened again."),
    Event(Verb.ACTION_DROPPED, "actions", "An action was dropped."),
    Event(Verb.ACTION_DUE_SOON, "actions", "An action will be due soon."),
    Event(Verb.ACTION_OVERDUE, "actions", "An action is overdue."),
    Event(Verb.ACTION_ESCALATED, "actions", "An action has been overdue for long."),
    Event(Verb.MINUTES_DRAFTED, "minutes", "Minutes were drafted."),
    Event(Verb.SECTION_REVISED, "sections", "A section of the minutes was changed."),
    Event(Verb.MINUTES_CIRCULATED, "minutes", "Minutes were sent to those who were there."),
    Event(Verb.MINUTES_RECALLED, "minutes", "Circulated minutes were recalled."),
    Event(Verb.MINUTES_CONFIRMED, "minutes", "Someone who was there confirmed the minutes."),
    Event(Verb.CORRECTION_REQUESTED, "corrections", "Someone who was there asked for a correction."),
    Event(Verb.CORRECTION_DECIDED, "corrections", "A requested correction was decided."),
    Event(Verb.MINUTES_APPROVED, "minutes", "Minutes were approved and locked."),
    Event(Verb.ANNEX_ADDED, "minutes", "A correction was annexed to approved minutes."),
    Event(Verb.RECORDING_ADDED, "recordings", "A recording of a meeting was added."),
    Event(Verb.RECORDING_RELEASED, "recordings", "A recording was opened to those invited."),
    Event(Verb.RECORDING_REMOVED, "recordings", "A recording was removed."),
    Event(Verb.TRANSCRIPT_READ, "recordings", "The transcript of a recording was read in."),
    # opinions
    Event(Verb.CONSULTATION_PREPARED, "consultations", "A consultation was prepared."),
    Event(Verb.CONSULTATION_OPENED, "consultations", "A consultation was opened."),
    Event(Verb.PHASE_EXTENDED, "consultations", "A phase of a consultation was given more time."),
    Event(Verb.CONSULTATION_REMINDED, "consultations", "Those who still owe a reply were reminded."),
    Event(Verb.RESULT_MADE_PUBLIC, "consultations", "The result of a consultation was made public."),
    Event(Verb.RESULT_MADE_PRIVATE, "consultations", "The result of a consultation is no longer public."),
    Event(Verb.ANSWERS_RELEASED, "consultations", "The answers of a consultation were published."),
    Event(Verb.CAMPAIGNS_RECOGNISED, "consultations", "Similar opinions were linked."),
    Event(Verb.OPINIONS_ENTERED, "consultations", "Opinions from a file were entered."),
    Event(Verb.OPINIONS_ASSIGNED, "consultations", "Opinions were assigned to their offices."),
    Event(Verb.OPINION_DRAFTED, "opinions", "You began an opinion."),
    Event(Verb.DRAFT_DELETED, "opinions", "You deleted a draft."),
    Event(Verb.OPINION_SHARED, "opinions", "A colleague shared a draft in your organisation.", Told.ORGANISATION),
    Event(Verb.OPINION_REMARKED, "opinions", "A colleague commented on a draft.", Told.ORGANISATION),
    Event(Verb.OPINION_CHOSEN, "opinions", "Your organisation took a draft into its set.", Told.ORGANISATION),
    Event(Verb.OPINION_KEPT_INSIDE, "opinions", "Your organisation left a draft out of its set.", Told.ORGANISATION),
    Event(Verb.OPINION_MERGED, "opinions", "Drafts of your organisation became one.", Told.ORGANISATION),
    Event(Verb.SET_SUBMITTED, "replies", "An organisation gave its opinions."),
    Event(Verb.NO_OPINION_REPLIED, "replies", "An organisation replied that it has no opinion."),
    Event(Verb.OPINION_SUBMITTED, "opinions", "An opinion was given."),
    Event(Verb.OPINION_ENTERED, "opinions", "An opinion that came by mail, on paper or in a file was entered."),
    Event(Verb.OPINION_RECORDED, "opinions", "An opinion voiced at a meeting was written down."),
    Event(Verb.OPINION_CONFIRMED, "opinions", "The speaker confirmed what was written down."),
    Event(Verb.OPINION_EDITED, "opinions", "A given opinion was changed."),
    Event(Verb.OPINION_WITHDRAWN, "opinions", "An opinion was withdrawn."),
    Event(Verb.OPINION_REPORTED, "opinions", "An opinion was reported.", Told.OFFICERS),
    Event(Verb.REPORT_DISMISSED, "opinions", "A reported opinion was left as it is.", Told.OFFICERS),
    Event(Verb.OPINION_HIDDEN, "opinions", "An opinion was hidden."),
    Event(Verb.OPINION_RESTORED, "opinions", "A hidden opinion was shown again."),
    Event(Verb.REDACTION_PREPARED, "redactions", "The public form of a confidential opinion was prepared."),
    Event(Verb.REDACTION_APPROVED, "redactions", "The public form of a confidential opinion was approved."),
    Event(Verb.OPINION_SPLIT, "opinions", "An opinion was split into points."),
    Event(Verb.POINTS_JOINED, "opinions", "The points of an opinion were joined again."),
    Event(Verb.OPINION_TRIAGED, "opinions", "An opinion was assigned to an office."),
    Event(Verb.OPINION_TRIAGED_TOGETHER, "opinions", "An opinion was assigned together with others."),
    Event(Verb.OPINION_WAITING, "opinions", "An answer waits for something.", Told.OFFICE),
    Event(Verb.OPINION_ANSWERED, "opinions", "An answer was prepared.", Told.OFFICE),
    Event(Verb.POINT_TAGGED, "opinions", "A point was tagged.", Told.OFFICE),
    Event(Verb.STEP_UNDONE, "opinions", "A step on the board was taken back.", Told.OFFICE),
    Event(Verb.ANSWER_RELEASED, "opinions", "The answer to an opinion was published."),
    Event(Verb.AUTHOR_TOLD, "opinions", "An author was told of the answer outside the product.", Told.OFFICERS),
    Event(Verb.OBJECTION_RAISED, "objections", "An author replied to an answer."),
    Event(Verb.OBJECTION_DECIDED, "objections", "The office decided on an author's reply."),
    Event(Verb.TEMPLATE_KEPT, "answer-templates", "A template for answers was kept."),
    Event(Verb.TEMPLATE_REMOVED, "answer-templates", "A template for answers was removed."),
    # findings
    Event(Verb.TERMS_FIXED, "consultations", "It was fixed how the votes of a consultation are worked out."),
    Event(Verb.FINDINGS_RELEASED, "consultations", "Findings on a consultation were released."),
    # exchange
    Event(Verb.IMPORT_UPLOADED, "imports", "A file of opinions was brought in."),
    Event(Verb.IMPORT_STARTED, "imports", "The rows of a file are being entered."),
    Event(Verb.IMPORT_FINISHED, "imports", "The rows of a file were entered, or the work stopped."),
    Event(Verb.IMPORT_DISCARDED, "imports", "A file that was brought in was discarded."),
    Event(Verb.EXPORT_REQUESTED, "exports", "You asked for a file."),
    Event(Verb.EXPORT_READY, "exports", "A file you asked for is ready."),
    Event(Verb.EXPORT_FAILED, "exports", "A file you asked for could not be written."),
    # whatever it was that happened: said only to those whom its own event may not be told
    Event(GONE, "*", "Something you could see is gone for you: deleted, withdrawn, hidden or closed."),
)

EVENTS: dict[str, Event] = {str(event.verb): event for event in _EVENTS}


def undescribed() -> list[Verb]:
    """The verbs that nobody has decided on: neither in the catalogue nor kept inside."""
    return [verb for verb in Verb if verb not in EVENTS and not is_internal(verb)]
