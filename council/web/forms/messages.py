"""The filters of the log of messages."""

from django import forms
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from council.notifications.announcements import verbs_of
from council.notifications.log import in_state
from council.notifications.models import Channel, Kind, Notification, Sending
from council.notifications.told import Knows
from council.web.forms.choosing import any_of
from council.web.forms.results import Filter


class MessageFilter(Filter):
    """Which messages are shown."""

    state = forms.ChoiceField(label=_("State"), choices=any_of(_("Any state"), Sending.State.choices), required=False)
    channel = forms.ChoiceField(label=_("Way"), choices=any_of(_("All ways"), Channel.choices), required=False)
    kind = forms.ChoiceField(label=_("Kind"), choices=any_of(_("All kinds"), Kind.choices), required=False)
    to = forms.CharField(label=_("To"), max_length=80, required=False)

    def narrow(self, rows: QuerySet[Notification]) -> QuerySet[Notification]:
        """The messages that are asked for."""
        chosen = self.chosen
        if state := chosen.get("state"):
            rows = in_state(rows, state)
        if channel := chosen.get("channel"):
            rows = rows.filter(channel=channel)
        if kind := chosen.get("kind"):
            rows = rows.filter(entry__verb__in=verbs_of(Kind(kind)))
        if to := chosen.get("to"):
            rows = rows.filter(Q(recipient__name__icontains=to) | Q(recipient__email__istartswith=to))
        return rows


class ToldFilter(Filter):
    """Whom of those who were told of something is shown."""

    knows = forms.ChoiceField(label=_("State"), choices=any_of(_("Everyone"), Knows.choices), required=False)
