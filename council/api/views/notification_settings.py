"""What one hears of, by which way, and when; what is muted; browsers that receive push messages."""

from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response

from council.api.preconditions import etag
from council.api.serializers import notification_settings as shapes
from council.api.views.base import Noun, Readable, verb
from council.notifications import actions
from council.notifications.causes import causes_of
from council.notifications.kinds import WAYS, is_duty
from council.notifications.models import Browser, Channel, Kind, Mute
from council.people.models import User
from council.people.scopes import Area


class NotificationSettings(Noun):
    """What you hear of, and by which way."""

    area = Area.ACCOUNT
    reads = shapes.SettingsSerializer

    def get_object(self) -> User:
        """Whose settings they are."""
        return self.user

    def retrieve(self, request: Request) -> Response:
        """Every switch, why each kind comes to you, your digest and your quiet hours."""
        return self.answer(self.user)

    @verb(shapes.SettingsChange)
    def partial_update(self, me: User, switches: Any = (), **habits: Any) -> User:
        """Turn some switches, or change your digest or quiet hours; what is not sent stays as it is."""
        choices = {(Kind(each["kind"]), Channel(each["channel"])): each["on"] for each in switches}
        try:
            actions.prefer(by=me, choices=choices)
        except ValidationError as error:
            problems = [f"{kind}: {text}" for kind, texts in error.message_dict.items() for text in texts]
            raise ValidationError({"switches": problems}) from error
        if habits:
            actions.change_habits(by=me, **habits)
        return me

    def answer(self, thing: Any, gives: Any = None, status: int = status.HTTP_200_OK) -> Response:
        """The settings as they stand."""
        shown = self.reads(_settings(self.user)).data
        return Response(shown, status, headers={"ETag": etag(shown)})


def _settings(user: User) -> dict[str, Any]:
    causes, habits = causes_of(user), actions.habits_of(user)
    return {
        "kinds": [
            {"kind": kind, "name": kind.label, "duty": is_duty(kind), "because": causes.get(kind, "")} for kind in WAYS
        ],
        "switches": [
            {"kind": kind, "channel": channel, "on": on, "locked": channel in WAYS[kind].locked}
            for (kind, channel), on in actions.switches(user).items()
        ],
        **{name: getattr(habits, name) for name in ("rhythm", "hour", "weekday", "quiet_from", "quiet_until")},
    }


class Mutes(Readable):
    """The councils, meetings and consultations of which you hear what is a duty, and nothing else."""

    area = Area.ACCOUNT
    reads = shapes.MuteSerializer
    lookup_value_converter = "int"

    @verb(shapes.NewMute)
    def create(self, **sent: Any) -> Mute:
        """Hear no more of a council, meeting or consultation, duties excepted."""
        things = [thing for thing in sent.values() if thing]
        if len(things) != 1:
            raise ValidationError(_("Name a council, a meeting or a consultation."))
        return actions.mute(things[0], by=self.user)

    @verb()
    def destroy(self, mute: Mute) -> None:
        """Hear of it again."""
        actions.unmute(mute.thing, by=self.user)


class PushBrowsers(Readable):
    """Your browsers that receive push messages."""

    area = Area.ACCOUNT
    reads = shapes.BrowserSerializer

    @verb(shapes.NewBrowser)
    def create(self, **sent: Any) -> Browser:
        """Let a browser receive push messages."""
        return actions.add_browser(by=self.user, **sent)

    @verb()
    def destroy(self, browser: Browser) -> None:
        """Send no more push messages to a browser."""
        actions.remove_browser(browser, by=self.user)
