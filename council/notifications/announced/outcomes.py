"""Who hears of ballots, decisions, actions and minutes, how, and in which words."""

from django.utils.translation import gettext_lazy as _

from council.journal.verbs import Verb
from council.notifications.announcing import Announcement
from council.notifications.hearing import (
    attendees_of,
    head,
    head_of_open,
    members,
    on_roll,
    readers_of_minutes,
    requester_of_correction,
    responsible,
    responsible_for_open,
    secretaries,
)
from council.notifications.models import Kind

OUTCOMES: dict[Verb, Announcement] = {
    Verb.BALLOT_OPENED: Announcement(
        Kind.LIVE,
        on_roll,
        _("A vote is open: %(title)s"),
        _("you vote at this meeting"),
        _("Vote"),
        tells_actor=True,
    ),
    Verb.FORMS_ASKED_FOR: Announcement(
        Kind.TASKS,
        on_roll,
        _("Your vote in writing is asked for: %(title)s"),
        _("you vote in this written review; it counts when your form is returned in time"),
        _("Vote"),
        tells_actor=True,
    ),
    Verb.DECISION_RECORDED: Announcement(
        Kind.DECISIONS,
        members,
        _("Decision %(number)s has been taken: %(title)s"),
        _("you sit on this council"),
    ),
    Verb.DECISION_REPEALED: Announcement(
        Kind.DECISIONS,
        members,
        _("Decision %(number)s is no longer in force: %(title)s"),
        _("you sit on this council"),
    ),
    Verb.ACTION_ASSIGNED: Announcement(
        Kind.TASKS,
        responsible,
        _("An action is assigned to you, due %(due_on)s: %(title)s"),
        _("you are responsible for it, or your organisation is"),
    ),
    Verb.ACTION_REVISED: Announcement(
        Kind.TASKS,
        responsible,
        _("An action of yours has changed, due %(due_on)s: %(title)s"),
        _("you are responsible for it, or your organisation is"),
    ),
    Verb.ACTION_REPORTED: Announcement(
        Kind.SECRETARIAT,
        secretaries,
        _("There is a report on an action: %(title)s"),
        _("you are the secretary"),
    ),
    Verb.ACTION_ACCEPTED: Announcement(
        Kind.DECISIONS,
        responsible,
        _("Your action is accepted as done: %(title)s"),
        _("you are responsible for it, or your organisation is"),
    ),
    Verb.ACTION_REOPENED: Announcement(
        Kind.TASKS,
        responsible,
        _("There is still something to do, due %(due_on)s: %(title)s"),
        _("you are responsible for it, or your organisation is"),
    ),
    Verb.ACTION_DROPPED: Announcement(
        Kind.DECISIONS,
        responsible,
        _("Your action was given up: %(title)s. Reason: %(reason)s"),
        _("you were responsible for it, or your organisation was"),
    ),
    Verb.ACTION_DUE_SOON: Announcement(
        Kind.TASKS,
        responsible,
        _("Due soon, on %(due_on)s: %(title)s"),
        _("you are responsible for it, or your organisation is"),
        _("Report on it"),
        tells_actor=True,
        still_owes=responsible_for_open,
    ),
    Verb.ACTION_OVERDUE: Announcement(
        Kind.TASKS,
        responsible,
        _("Overdue since %(due_on)s: %(title)s"),
        _("you are responsible for it, or your organisation is"),
        _("Report on it"),
        tells_actor=True,
        still_owes=responsible_for_open,
    ),
    Verb.ACTION_ESCALATED: Announcement(
        Kind.TASKS,
        head,
        _("Still undone, due on %(due_on)s: %(title)s"),
        _("whoever is responsible for it has not reported it as done"),
        tells_actor=True,
        still_owes=head_of_open,
    ),
    Verb.MINUTES_CIRCULATED: Announcement(
        Kind.TASKS,
        attendees_of,
        _("Please check the minutes until %(until)s: %(title)s"),
        _("you were at this meeting; say what is not as it was said, or that you have nothing to correct"),
        _("Read the minutes"),
    ),
    Verb.MINUTES_RECALLED: Announcement(
        Kind.MINUTES,
        attendees_of,
        _("The minutes are being worked on again: %(title)s. Reason: %(reason)s"),
        _("you were at this meeting; you will be asked again"),
    ),
    Verb.CORRECTION_REQUESTED: Announcement(
        Kind.TASKS,
        secretaries,
        _("A correction of the minutes is asked for: %(title)s"),
        _("you are the secretary"),
        _("Decide on it"),
    ),
    Verb.CORRECTION_DECIDED: Announcement(
        Kind.PERSONAL,
        requester_of_correction,
        _("Your correction of the minutes was decided on: %(title)s"),
        _("you asked for this correction"),
        _("Read the answer"),
        tells_actor=True,
    ),
    Verb.MINUTES_APPROVED: Announcement(
        Kind.MINUTES,
        readers_of_minutes,
        _("The minutes are approved: %(title)s"),
        _("you were invited to this meeting"),
        _("Read the minutes"),
    ),
    Verb.ANNEX_ADDED: Announcement(
        Kind.MINUTES,
        readers_of_minutes,
        _("Annex %(number)s was added to the minutes: %(title)s"),
        _("you were invited to this meeting"),
    ),
    Verb.RECORDING_RELEASED: Announcement(
        Kind.MINUTES,
        readers_of_minutes,
        _("A recording of the meeting is open to you: %(title)s"),
        _("you were invited to this meeting"),
        _("Listen to it"),
    ),
}
