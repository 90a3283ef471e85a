"""Who hears of meetings before they begin, how, and in which words."""

from django.utils.translation import gettext_lazy as _

from council.journal.verbs import Verb
from council.notifications.announcing import Announcement
from council.notifications.hearing import (
    concerned,
    concerned_and_secretaries,
    entitled,
    invited,
    no_longer_represented,
    of_invitation,
    proposer,
    receiving_officers,
    represented,
    secretaries,
    sending_officers,
)
from council.notifications.models import Kind

MEETINGS: dict[Verb, Announcement] = {
    Verb.MEETING_CONVENED: Announcement(
        Kind.SUMMONS,
        invited,
        _("You are invited: %(title)s"),
        _("you sit on this council; please say whether you come"),
        _("Answer the invitation"),
        invites=True,
    ),
    Verb.MEETING_REVISED: Announcement(
        Kind.SUMMONS,
        invited,
        _("A meeting has changed: %(title)s"),
        _("you are invited to it"),
        invites=True,
    ),
    Verb.MEETING_OPENED: Announcement(
        Kind.LIVE,
        invited,
        _("The meeting has begun: %(title)s"),
        _("you are invited to it"),
        _("Follow it live"),
    ),
    Verb.MEETING_CANCELLED: Announcement(
        Kind.SUMMONS,
        invited,
        _("A meeting has been cancelled: %(title)s"),
        _("you were invited to it"),
        invites=True,
    ),
    Verb.MEMBER_INVITED: Announcement(
        Kind.SUMMONS,
        of_invitation,
        _("You are invited: %(title)s"),
        _("you sit on this council; please say whether you come"),
        _("Answer the invitation"),
        invites=True,
    ),
    Verb.PLACE_FREED: Announcement(
        Kind.SUMMONS,
        of_invitation,
        _("A place is free for you: %(title)s"),
        _("you were on the waiting list; if you cannot come after all, please say so"),
        _("See the meeting"),
        tells_actor=True,
        invites=True,
    ),
    Verb.ALTERNATE_NAMED: Announcement(
        Kind.SUMMONS,
        represented,
        _("%(person)s comes in place of %(member)s: %(title)s"),
        _("you come in place of a member, or someone comes in your place"),
        _("See agenda and papers"),
        tells_actor=True,
        invites=True,
    ),
    Verb.ALTERNATE_WITHDRAWN: Announcement(
        Kind.SUMMONS,
        no_longer_represented,
        _("%(person)s no longer comes in place of %(member)s: %(title)s"),
        _("you were to come in place of a member, or someone in your place"),
        template="plain",
        invites=True,
    ),
    Verb.RECUSAL_RAISED: Announcement(
        Kind.TASKS,
        concerned_and_secretaries,
        _("%(title)s: whether %(person)s keeps out of item %(number)s"),
        _("you run the council, or it concerns you"),
        _("See how it stands"),
    ),
    Verb.RECUSAL_DECIDED: Announcement(
        Kind.PERSONAL,
        concerned,
        _("%(title)s: it is decided whether %(person)s keeps out of item %(number)s"),
        _("you raised it, or it concerns you"),
        _("Read the decision"),
    ),
    Verb.RECUSAL_WITHDRAWN: Announcement(
        Kind.MEETINGS,
        concerned_and_secretaries,
        _("%(title)s: it was taken back that %(person)s keeps out of item %(number)s"),
        _("you run the council, or it concerns you"),
    ),
    Verb.PROPOSALS_INVITED: Announcement(
        Kind.CONSULTATIONS,
        entitled,
        _("You can propose agenda items: %(title)s"),
        _("you sit on the body that meets"),
        _("Propose an agenda item"),
    ),
    Verb.ITEM_PROPOSED: Announcement(
        Kind.SECRETARIAT,
        secretaries,
        _("%(organisation)s proposes an agenda item: %(title)s"),
        _("you are the secretary"),
    ),
    Verb.PROPOSAL_WITHDRAWN: Announcement(
        Kind.SECRETARIAT,
        secretaries,
        _("A proposed agenda item has been withdrawn: %(title)s"),
        _("you are the secretary"),
    ),
    Verb.PROPOSAL_ACCEPTED: Announcement(
        Kind.PERSONAL,
        proposer,
        _("What you proposed is on the agenda of %(meeting)s: %(title)s"),
        _("you proposed it"),
    ),
    Verb.PROPOSAL_MERGED: Announcement(
        Kind.PERSONAL,
        proposer,
        _("What you proposed is part of another item of %(meeting)s: %(title)s"),
        _("you proposed it"),
    ),
    Verb.PROPOSAL_DECLINED: Announcement(
        Kind.PERSONAL,
        proposer,
        _("What you proposed is not taken up by %(meeting)s: %(title)s"),
        _("you proposed it"),
        _("Read the reason"),
    ),
    Verb.ITEM_FORWARDED: Announcement(
        Kind.TASKS,
        receiving_officers,
        _("%(sender)s forwards an item to %(receiver)s: %(title)s"),
        _("you run the council it was forwarded to"),
        _("Take it up, or return it"),
    ),
    Verb.REFERRAL_TAKEN_UP: Announcement(
        Kind.MEETINGS,
        sending_officers,
        _("%(receiver)s takes up the item you forwarded: %(title)s"),
        _("you run the council that forwarded it"),
    ),
    Verb.REFERRAL_RETURNED: Announcement(
        Kind.PERSONAL,
        sending_officers,
        _("%(receiver)s has returned the item you forwarded: %(title)s"),
        _("you run the council that forwarded it"),
        _("Read what became of it"),
    ),
}
