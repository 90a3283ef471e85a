"""Questions about webhooks."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from council.integrations.models import Webhook
from council.integrations.subscribing import ALL
from council.people.models import Council, Membership, ServiceAccount, User
from council.web.forms.base import Choices, Form, MomentInput
from council.web.forms.choosing import offer

EVERYTHING, SOME = "all", "some"


class WebhookForm(Form):
    """Where it goes to, and what it is told of."""

    name = forms.CharField(
        label=_("Name of the system"),
        max_length=Webhook._meta.get_field("name").max_length,
        help_text=_("So that you know later what it was for."),
    )
    url = forms.CharField(
        label=_("Address"),
        max_length=Webhook._meta.get_field("url").max_length,
        help_text=_("Where that system waits for events; it begins with https://."),
        widget=forms.URLInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    councils = forms.ModelMultipleChoiceField(
        Council.objects.none(), label=_("Councils"), widget=forms.CheckboxSelectMultiple
    )
    reach = forms.ChoiceField(
        label=_("What it is told of"),
        choices=[(EVERYTHING, _("Everything the account may see")), (SOME, _("Only the events below"))],
        widget=Choices,
        initial=EVERYTHING,
    )
    events = forms.CharField(
        label=_("Events"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 4, "spellcheck": "false"}),
        help_text=_("One on each line: opinion.submitted, or opinion.* for all of one kind. All names are below."),
    )

    def __init__(self, *args: Any, user: User, account: User | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        accounts = [user.pk, *systems_of(user).values_list("user", flat=True)] if account is None else [account.pk]
        sits = Membership.objects.current().filter(user__in=accounts)
        offer(self, "councils", Council.objects.filter(pk__in=sits.values("council")).order_by("name"))

    @staticmethod
    def answers_of(webhook: Webhook) -> dict[str, Any]:
        """What the form shows of a webhook there is."""
        everything = webhook.events == [ALL]
        return {
            "name": webhook.name,
            "url": webhook.url,
            "councils": list(webhook.councils.all()),
            "reach": EVERYTHING if everything else SOME,
            "events": "" if everything else "\n".join(webhook.events),
        }

    def clean(self) -> dict[str, Any]:
        """Turn the lines into a list."""
        answers = super().clean() or {}
        everything = answers.pop("reach", "") == EVERYTHING
        return answers | {"events": [ALL] if everything else answers.get("events", "").split()}


class NewWebhookForm(WebhookForm):
    """A new one, in one's own name or in that of a system."""

    account = forms.ModelChoiceField(
        ServiceAccount.objects.none(),
        label=_("In whose name"),
        required=False,
        empty_label=_("My own"),
        help_text=_("It is told of what that account may see."),
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, user=user, **kwargs)
        systems = systems_of(user).select_related("user").order_by("user__name")
        if systems:
            offer(self, "account", systems)
        else:
            del self.fields["account"]


class SinceForm(Form):
    """From when on to send again."""

    since = forms.DateTimeField(label=_("Since"), widget=MomentInput())


def systems_of(user: User) -> Any:
    """The systems someone looks after that are in use."""
    return ServiceAccount.objects.run_by(user).filter(disabled_at=None)
