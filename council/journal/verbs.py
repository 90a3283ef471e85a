"""Everything that can happen in a council. One line per verb; the journal and the notices both speak these words."""

from enum import StrEnum


class Verb(StrEnum):
    """A thing that happened, named in the past tense."""

    # people
    COUNCIL_ESTABLISHED = "council.established"
    SUBCOMMITTEE_FORMED = "subcommittee.formed"
    SEAT_CREATED = "seat.created"
    MEMBER_APPOINTED = "member.appointed"
    MEMBER_DISMISSED = "member.dismissed"
    ORGANISATION_REGISTERED = "organisation.registered"
    USER_INVITED = "user.invited"
    PROFILE_CHANGED = "user.profile_changed"
    PASSWORD_RESET_REQUESTED = "user.password_reset_requested"  # noqa: S105 - a verb's name, no password
    TOKEN_CREATED = "token.created"  # noqa: S105 - a verb's name, no password
    TOKEN_REVOKED = "token.revoked"  # noqa: S105 - a verb's name, no password
    # documents
    DOCUMENT_CREATED = "document.created"
    VERSION_STARTED = "version.started"
    VERSION_PUBLISHED = "version.published"
    PASSAGE_ADDED = "passage.added"
    PASSAGE_CHANGED = "passage.changed"
    PASSAGE_REMOVED = "passage.removed"
    ATTACHMENT_ADDED = "attachment.added"
    # meetings
    MEETING_PLANNED = "meeting.planned"
    MEETING_REVISED = "meeting.revised"
    MEETING_CONVENED = "meeting.convened"
    MEETING_CANCELLED = "meeting.cancelled"
    MEETING_CLOSED = "meeting.closed"
    INVITATION_ANSWERED = "meeting.invitation_answered"
    ITEM_ADDED = "agenda_item.added"
    ITEM_REVISED = "agenda_item.revised"
    ITEM_REMOVED = "agenda_item.removed"
    PAPER_ADDED = "agenda_item.paper_added"
    # opinions
    CONSULTATION_PREPARED = "consultation.prepared"
    CONSULTATION_OPENED = "consultation.opened"
    ANSWERS_RELEASED = "consultation.answers_released"
    OPINION_DRAFTED = "opinion.drafted"
    DRAFT_DELETED = "opinion.draft_deleted"
    OPINION_SUBMITTED = "opinion.submitted"
    OPINION_EDITED = "opinion.edited"
    OPINION_WITHDRAWN = "opinion.withdrawn"
    OPINION_TRIAGED = "opinion.triaged"
    OPINION_ANSWERED = "opinion.answered"
    ANSWER_RELEASED = "opinion.answer_released"
