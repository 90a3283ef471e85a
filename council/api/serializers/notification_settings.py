"""What one hears of, and by which way, as it is read and changed."""

from typing import Any

from rest_framework import serializers

from council.api.fields import ById
from council.api.serializers.base import Read, Sent
from council.meetings.models import Meeting
from council.notifications.models import Browser, Channel, Habits, Kind, Mute
from council.opinions.models import Consultation
from council.people.models import Council

TIME = "%H:%M"


class SwitchSerializer(serializers.Serializer[Any]):
    """One switch; a locked one is on for good."""

    kind = serializers.ChoiceField(Kind.choices)
    channel = serializers.ChoiceField(Channel.choices)
    on = serializers.BooleanField()
    locked = serializers.BooleanField()


class KindSerializer(serializers.Serializer[Any]):
    """One kind of notice: whether it can be switched off altogether, and why it comes; empty where it does not."""

    kind = serializers.ChoiceField(Kind.choices)
    name = serializers.CharField()
    duty = serializers.BooleanField()
    because = serializers.CharField(allow_blank=True)


class SettingsSerializer(serializers.Serializer[Any]):
    """Every switch, and when one is written to. Times are Korean time; without quiet hours both are null."""

    kinds = KindSerializer(many=True)
    switches = SwitchSerializer(many=True)
    rhythm = serializers.ChoiceField(Habits.Rhythm.choices)
    hour = serializers.IntegerField()
    weekday = serializers.ChoiceField(Habits.Weekday.choices)
    quiet_from = serializers.TimeField(format=TIME, allow_null=True)
    quiet_until = serializers.TimeField(format=TIME, allow_null=True)


class SwitchChange(Sent):
    """A switch as it is to be."""

    kind = serializers.ChoiceField(Kind.choices)
    channel = serializers.ChoiceField(Channel.choices)
    on = serializers.BooleanField()


class SettingsChange(Sent):
    """Any of the settings, and only what is to change."""

    switches = SwitchChange(many=True, required=False, help_text="The switches to turn; the others stay as they are.")
    rhythm = serializers.ChoiceField(Habits.Rhythm.choices, required=False)
    hour = serializers.IntegerField(min_value=0, max_value=23, required=False)
    weekday = serializers.ChoiceField(Habits.Weekday.choices, required=False, help_text="1 is Monday.")
    quiet_from = serializers.TimeField(format=TIME, input_formats=[TIME], required=False, allow_null=True)
    quiet_until = serializers.TimeField(format=TIME, input_formats=[TIME], required=False, allow_null=True)


class MuteSerializer(Read):
    """A council, meeting or consultation of which one hears what is a duty, and nothing else."""

    class Meta:
        model = Mute
        fields = ("id", "council", "meeting", "consultation")


class NewMute(Sent):
    """What to mute: one of the three."""

    council = ById(Council, required=False)
    meeting = ById(Meeting, required=False)
    consultation = ById(Consultation, required=False)


class BrowserSerializer(Read):
    """A browser that receives push messages."""

    class Meta:
        model = Browser
        fields = ("id", "name", "added_at", "last_used_at")


class NewBrowser(Sent):
    """A subscription as the browser's ``PushManager`` gives it: ``endpoint``, ``p256dh`` as key and ``auth`` as secret."""

    endpoint = serializers.CharField(max_length=1000)
    key = serializers.CharField(max_length=88)
    secret = serializers.CharField(max_length=24)
    name = serializers.CharField(max_length=80, help_text="What to call it in the list.")
