"""What everybody may read, without an account: councils that are open to the public, their meetings and results."""

from typing import Any

from django.http import HttpResponse
from django_filters import rest_framework as filters
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response

from council.api.filters import Filters
from council.api.rendering import FileRenderer
from council.api.serializers import public as shapes
from council.api.views.base import Endpoint, Readable, question
from council.exchange import calendar, news
from council.meetings.models import AgendaItem, Meeting
from council.people.models import Council

ONE_MINUTE = 60


class ForEverybody(Endpoint):
    """Answers whoever asks the same, so that shared caches and pages of other sites may read it."""

    authentication_classes = []
    permission_classes = [AllowAny]
    http_method_names = ["get", "head"]

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Answer in the language that is asked for; there is no account that could have one."""
        self.speak(request)
        super(Endpoint, self).initial(request, *args, **kwargs)

    def finalize_response(self, request: Request, response: Response, *args: Any, **kwargs: Any) -> Response:
        """Let it be kept for a minute and read from anywhere."""
        response = super().finalize_response(request, response, *args, **kwargs)
        response["Access-Control-Allow-Origin"] = "*"
        if response.status_code == 200:
            response["Cache-Control"] = f"public, max-age={ONE_MINUTE}"
        return response


class OfCouncil(Filters):
    """By council."""

    council = filters.UUIDFilter(field_name="council")


class MeetingFilters(OfCouncil):
    """By council, state and kind."""

    state = filters.ChoiceFilter(choices=Meeting.State.choices)
    kind = filters.ChoiceFilter(choices=Meeting.Kind.choices)


class ItemFilters(OfCouncil):
    """By council, meeting and kind."""

    meeting = filters.UUIDFilter(field_name="meeting")
    kind = filters.ChoiceFilter(choices=AgendaItem.Kind.choices)


class DecisionFilters(OfCouncil):
    """By council and meeting."""

    meeting = filters.UUIDFilter(field_name="meeting")


class PublicCouncils(ForEverybody, Readable):
    """Councils that are open to the public."""

    reads = shapes.PublicCouncilSerializer
    filterset_class = None

    @question(bytes, media_type=calendar.MEDIA_TYPE, renderer_classes=[FileRenderer])
    def calendar(self, council: Council) -> HttpResponse:
        """Its open meetings as a calendar (iCalendar) that a program can subscribe to."""
        return HttpResponse(calendar.public_ics(council), content_type=f"{calendar.MEDIA_TYPE}; charset=utf-8")

    @question(bytes, media_type=news.MEDIA_TYPE, renderer_classes=[FileRenderer])
    def news(self, council: Council) -> HttpResponse:
        """What was announced and decided, the newest first, as an Atom feed."""
        return HttpResponse(news.atom(council), content_type=f"{news.MEDIA_TYPE}; charset=utf-8")


class PublicMeetings(ForEverybody, Readable):
    """Announced meetings with their open agenda."""

    reads = shapes.PublicMeetingSerializer
    filterset_class = MeetingFilters


class PublicAgendaItems(ForEverybody, Readable):
    """Open agenda items of announced meetings."""

    reads = shapes.PublicAgendaItemSerializer
    filterset_class = ItemFilters


class PublicDecisions(ForEverybody, Readable):
    """Decisions of open meetings."""

    reads = shapes.PublicDecisionSerializer
    filterset_class = DecisionFilters


class PublicResults(ForEverybody, Readable):
    """Published results of consultations."""

    reads = shapes.PublicResultSerializer
    filterset_class = OfCouncil
