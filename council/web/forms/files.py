"""Asking for a file of a meeting."""

from django import forms

from council.exchange.models import Export
from council.web.forms.base import Form


class MeetingFileForm(Form):
    """What, and in which format."""

    kind = forms.ChoiceField(choices=[(each.value, each.label) for each in Export.OF_MEETING])
    format = forms.ChoiceField(
        choices=[(each, each) for each in sorted({name for kind in Export.OF_MEETING for name in Export.FORMATS[kind]})]
    )
