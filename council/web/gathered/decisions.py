"""What came of meetings, walked both ways: from a decision to what it rests on, and back."""

import datetime as dt
from functools import partial
from typing import Any

from django.db.models import Count, Prefetch, Q, QuerySet
from django.utils.functional import SimpleLazyObject

from council.core import clock
from council.decisions.actions import open_actions_before
from council.decisions.models import Action, ActionReport, Ballot, Decision
from council.documents.models import Attachment, Passage
from council.meetings.models import AgendaItem, Meeting
from council.opinions.models import Consultation, Opinion
from council.people.models import User

STATE = Action.State


def of_meeting(user: User, meeting: Meeting) -> dict[str, Any]:
    """Ballots, decisions and actions of a meeting, for its page; nothing for one that did not begin."""
    is_ahead = meeting.state == Meeting.State.CONVENED and meeting.kind != Meeting.Kind.WRITTEN
    open_actions = SimpleLazyObject(partial(open_before, user, meeting))  # where an item of the agenda asks for them
    if meeting.state == Meeting.State.PLANNED or is_ahead:
        return {"open_actions": open_actions}
    matters = {"meeting": meeting}
    ballots = Ballot.objects.visible_to(user).filter(**matters).select_related("item").order_by("pk")
    decisions = Decision.objects.visible_to(user).filter(**matters).order_by("pk")
    actions = Action.objects.visible_to(user).filter(**matters).select_related("organisation", "owner")
    return {
        "ballots": ballots.annotate(voted=Count("roll", filter=Q(roll__has_voted=True))),
        "decisions": decisions,
        "meeting_actions": actions,
        "open_actions": open_actions,
        "may_decide": user.has_perm("decisions.record_decision", meeting),
    }


def open_before(user: User, meeting: Meeting) -> QuerySet[Action]:
    """What earlier meetings of the same body left open, as it stands now; listed below its agenda item."""
    visible = Action.objects.visible_to(user).filter(pk__in=open_actions_before(meeting).values("pk"))
    return visible.select_related("organisation", "owner")


def resting_on(user: User, thing: Passage | Opinion | Consultation) -> QuerySet[Decision]:
    """The decisions that rest on a passage in any of its versions, on an opinion, or on what a consultation brought."""
    if isinstance(thing, Passage):
        behind = Q(passages__identity=thing.identity)
    elif isinstance(thing, Opinion):
        behind = Q(opinions=thing)
    else:
        behind = Q(opinions__consultation=thing) | Q(passages__version=thing.version_id)
    return Decision.objects.visible_to(user).filter(behind).distinct().order_by("pk")


def behind(user: User, decision: Decision) -> dict[str, Any]:
    """Everything a decision rests on and everything that follows from it, as far as someone may see it."""
    passages = Passage.objects.visible_to(user).filter(decisions=decision)
    opinions = Opinion.objects.visible_to(user).filter(decisions=decision)
    named = list(opinions.select_related("organisation", "passage", "consultation").order_by("number"))
    actions = Action.objects.visible_to(user).filter(decision=decision).select_related("organisation", "owner")
    return {
        "item": AgendaItem.objects.visible_to(user).filter(decisions=decision).first(),
        "ballot": Ballot.objects.visible_to(user).filter(decision=decision).first(),
        "passages": passages.select_related("version__document").order_by("version", "position"),
        "opinions": named,
        "unnamed": decision.opinions.count() - len(named),
        "actions": actions,
    }


def tabs(actions: QuerySet[Action], chosen: str) -> list[tuple[str, int, bool]]:
    """How many actions there are to each view of the board: its name, its figure, whether it is the one shown."""
    today = clock.today()
    counts = actions.order_by().aggregate(
        open=Count("pk", filter=Q(state__in=Action.OPEN)),
        overdue=Count("pk", filter=_overdue(today)),
        reported=Count("pk", filter=Q(state=STATE.REPORTED)),
        ended=Count("pk", filter=~Q(state__in=Action.OPEN)),
    )
    return [(name, counts[name or "open"], name == chosen) for name in ("", "overdue", "reported", "ended")]


def in_tab(actions: QuerySet[Action], chosen: str) -> QuerySet[Action]:
    """The actions of one view: what is open, late or reported as done, or what has ended."""
    if chosen == "ended":
        return actions.exclude(state__in=Action.OPEN)
    narrowed = {"overdue": _overdue(clock.today()), "reported": Q(state=STATE.REPORTED)}
    return actions.filter(narrowed.get(chosen, Q(state__in=Action.OPEN)))


def _overdue(today: dt.date) -> Q:
    return Q(state__in=Action.OPEN, due_on__lt=today)


def by_organisation(actions: QuerySet[Action]) -> list[dict[str, Any]]:
    """How many open actions each organisation has, and how many of them are late."""
    counted = actions.order_by().filter(state__in=Action.OPEN).values("organisation", "organisation__name")
    late = Count("pk", filter=_overdue(clock.today()))
    return list(counted.annotate(open=Count("pk"), late=late).order_by("-late", "-open", "organisation__name"))


def reports(user: User, action: Action) -> QuerySet[ActionReport]:
    """What was reported on an action, with the evidence one may see."""
    seen = Attachment.objects.visible_to(user)
    rows = ActionReport.objects.visible_to(user).filter(action=action).select_related("by")
    return rows.prefetch_related(Prefetch("evidence", seen)).order_by("pk")
