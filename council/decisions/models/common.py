"""Who may know what came of a meeting."""

from django.db.models import Q

from council.meetings.models import AgendaItem, Meeting
from council.people.models import User


def of_open_matters(user: User) -> Q:
    """What came of meetings someone may see: of closed meetings and closed items for those entitled alone."""
    visible, entitled = Meeting.objects.visible_to(user), Meeting.objects.entitled_to(user)
    whole = Q(item=None) & (Q(meeting__closed=False) | Q(meeting__in=entitled))
    return Q(meeting__in=visible) & (whole | Q(item__in=AgendaItem.objects.open_to(user)))
