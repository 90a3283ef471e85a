"""Who hears of ballots, decisions and actions, how, and in which words."""

from django.utils.translation import gettext_lazy as _

from council.journal.verbs import Verb
from council.notifications.announcing import SCREEN, Announcement
from council.notifications.hearing import head, members, on_roll, responsible, secretaries

OUTCOMES: dict[Verb, Announcement] = {
    Verb.BALLOT_OPENED: Announcement(
        on_roll,
        _("A vote is open: %(title)s"),
        _("you vote at this meeting"),
        _("Vote"),
        channels=(SCREEN,),
        tells_actor=True,
    ),
    Verb.FORMS_ASKED_FOR: Announcement(
        on_roll,
        _("Your vote in writing is asked for: %(title)s"),
        _("you vote in this written review; it counts when your form is returned in time"),
        _("Vote"),
        tells_actor=True,
    ),
    Verb.DECISION_RECORDED: Announcement(
        members,
        _("Decision %(number)s has been taken: %(title)s"),
        _("you sit on this council"),
        channels=(SCREEN,),
    ),
    Verb.DECISION_REPEALED: Announcement(
        members,
        _("Decision %(number)s is no longer in force: %(title)s"),
        _("you sit on this council"),
        channels=(SCREEN,),
    ),
    Verb.ACTION_ASSIGNED: Announcement(
        responsible,
        _("An action is assigned to you, due %(due_on)s: %(title)s"),
        _("you are responsible for it, or your organisation is"),
    ),
    Verb.ACTION_REVISED: Announcement(
        responsible,
        _("An action of yours has changed, due %(due_on)s: %(title)s"),
        _("you are responsible for it, or your organisation is"),
        channels=(SCREEN,),
    ),
    Verb.ACTION_REPORTED: Announcement(
        secretaries,
        _("There is a report on an action: %(title)s"),
        _("you are the secretary"),
        channels=(SCREEN,),
    ),
    Verb.ACTION_ACCEPTED: Announcement(
        responsible,
        _("Your action is accepted as done: %(title)s"),
        _("you are responsible for it, or your organisation is"),
        channels=(SCREEN,),
    ),
    Verb.ACTION_REOPENED: Announcement(
        responsible,
        _("There is still something to do, due %(due_on)s: %(title)s"),
        _("you are responsible for it, or your organisation is"),
    ),
    Verb.ACTION_DROPPED: Announcement(
        responsible,
        _("Your action was given up: %(title)s. Reason: %(reason)s"),
        _("you were responsible for it, or your organisation was"),
        channels=(SCREEN,),
    ),
    Verb.ACTION_DUE_SOON: Announcement(
        responsible,
        _("Due soon, on %(due_on)s: %(title)s"),
        _("you are responsible for it, or your organisation is"),
        _("Report on it"),
        tells_actor=True,
    ),
    Verb.ACTION_OVERDUE: Announcement(
        responsible,
        _("Overdue since %(due_on)s: %(title)s"),
        _("you are responsible for it, or your organisation is"),
        _("Report on it"),
        tells_actor=True,
    ),
    Verb.ACTION_ESCALATED: Announcement(
        head,
        _("Still undone, due on %(due_on)s: %(title)s"),
        _("whoever is responsible for it has not reported it as done"),
        tells_actor=True,
    ),
}
