"""A draft with what is said about it: prepared, opened, read, replied to."""

from functools import partial
from typing import Any, NamedTuple
from uuid import UUID

from django.contrib import messages
from django.db.models import Exists, OuterRef
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from council.core import clock
from council.core.permissions import require
from council.documents.models import Passage, Version
from council.meetings.models import AgendaItem
from council.opinions import actions
from council.opinions.models import Consultation, ConsultationQuerySet, Extension, Opinion, Point
from council.opinions.models.consultations import ExtensionQuerySet
from council.people.models import Membership, User
from council.web import acting
from council.web.beginning import begun
from council.web.forms.consultations import ConsultationForm
from council.web.forms.opinions import OpinionFilter
from council.web.gathered.standing import standing
from council.web.gathered.turnout import turnout, with_figures
from council.web.gathered.voices import Said, counts, voices
from council.web.may import may
from council.web.requests import Request
from council.web.submitting import filled, submitted

SHOWN = "version", "depth", "number", "heading", "text"
SOME = str(UUID(int=0))
"""Stands for any passage in an address."""


def prepare(request: Request, pk: UUID) -> HttpResponse:
    """Prepare to ask the council about a version."""
    versions = Version.objects.visible_to(request.user).select_related("document__council")
    version = get_object_or_404(versions, pk=pk)
    council = version.document.council
    require(request.user, "opinions.prepare_consultation", version)
    form = filled(ConsultationForm, request, council=council, user=request.user)
    if consultation := submitted(
        form, partial(actions.prepare_consultation, council, version=version, by=request.user)
    ):
        messages.success(request, _("The consultation is prepared. Members see it once you open it."))
        return redirect(consultation)
    return render(
        request,
        "consultations/prepare.html",
        {"council": council, "place": "documents", "version": version, "form": form},
    )


def consultation(request: Request, pk: UUID) -> HttpResponseBase:
    """The text, with a count of the opinions beside each passage and those of the chosen one at the side."""
    consultation = _counted(request, pk)
    membership = acting.acting_membership(request, consultation.council)
    context = {
        **inside(consultation),
        "turnout": turnout(consultation),
        "may": _may(request, consultation, membership),
    }
    text = partial(_text, request, consultation, membership)
    return begun(request, "consultations/consultation.html", context, "consultations/_text.html", text)


def _text(request: Request, consultation: Consultation, membership: Membership | None) -> dict[str, Any]:
    """What the page of a consultation shows below its heading."""
    chosen = OpinionFilter(request.GET)
    lines = _lines(consultation, request, chosen)
    current = next((line for line in lines if line.is_chosen), None)
    return {
        "item": _item(consultation, request.user),
        "extensions": _extensions(consultation, request.user) if vars(consultation)["is_extended"] else [],
        "lines": lines,
        "give_url": reverse("web:give_opinion", args=[consultation.pk, SOME]),
        "most": sorted((line for line in lines if line.said.total), key=_by_count)[:5],
        "filter": chosen,
        "drafts": _drafts(consultation, request.user),
        "lacks": _lacks(consultation),
        "running": consultation.phase_at(clock.now()),
        "standing": standing(consultation, membership),
        **(_passage(request, consultation, current.passage, chosen, current.said) if current else {}),
    }


@require_POST
def open_(request: Request, pk: UUID) -> HttpResponse:
    """Put the version before the council."""
    consultation = actions.open_consultation(found(request, pk), by=request.user)
    messages.success(request, _("The consultation is open; every member is told."))
    return redirect(consultation)


def passage(request: Request, pk: UUID, passage: UUID) -> HttpResponse:
    """One passage and the opinions on it; with htmx what stands at the side of the text."""
    consultation = found(request, pk)
    current = get_object_or_404(consultation.version.passages.all(), pk=passage)
    chosen = OpinionFilter(request.GET)
    said = counts(consultation, request.user, chosen).get(current.pk, Said())
    template = "consultations/_opinions.html" if request.htmx else "consultations/passage.html"
    return render(
        request,
        template,
        {
            **inside(consultation),
            "may": may(request.user, consultation, "opinions.give"),
            **_passage(request, consultation, current, chosen, said),
        },
    )


def inside(consultation: Consultation) -> dict[str, Any]:
    """Where the pages of a consultation stand."""
    return {"council": consultation.council, "place": "documents", "consultation": consultation}


def found(request: Request, pk: UUID) -> Consultation:
    """A consultation one may see, with what its pages name."""
    return get_object_or_404(_consultations(request.user).prefetch_related("phases"), pk=pk)


def _consultations(user: User) -> ConsultationQuerySet:
    """With what their pages name."""
    return Consultation.objects.visible_to(user).select_related("council", "office", "version__document")


def _counted(request: Request, pk: UUID) -> Any:
    """A consultation with its phases and all that its own page says of it."""
    own = [membership.organisation_id for membership in acting.memberships(request)]
    consultations = with_figures(_consultations(request.user)).annotate(
        is_extended=Exists(Extension.objects.filter(phase__consultation=OuterRef("pk"))),
        is_answered_here=Exists(Point.objects.filter(consultation=OuterRef("pk"), office__in=own)),
    )
    return get_object_or_404(consultations.prefetch_related("phases"), pk=pk)


def _may(request: Request, consultation: Any, membership: Membership | None) -> dict[str, bool]:
    """What the page of a consultation offers, from what was read for it already; the actions ask again."""
    runs = acting.runs(request, consultation.council)
    own = {each.organisation_id for each in acting.memberships(request) if each.council_id == consultation.council_id}
    return {
        "give": membership is not None and membership.role != Membership.Role.OBSERVER,
        "see_board": runs or consultation.is_answered_here or consultation.office_id in own,
        "extend": runs,
        "open_consultation": runs and not consultation.opened_at,
    }


def _lacks(consultation: Consultation) -> list[Any]:
    """What is missing before it can be opened; one in preparation is seen by those alone who can open it."""
    return [] if consultation.opened_at else actions.why_not_open(consultation)


def _item(consultation: Consultation, user: User) -> AgendaItem | None:
    """Where it is discussed, for those who may see that."""
    if consultation.agenda_item_id is None:
        return None
    items = AgendaItem.objects.visible_to(user).filter(pk=consultation.agenda_item_id)
    return items.select_related("meeting").first()


def _extensions(consultation: Consultation, user: User) -> ExtensionQuerySet:
    return Extension.objects.visible_to(user).filter(phase__consultation=consultation).select_related("phase")


def _drafts(consultation: Consultation, user: User) -> list[Opinion]:
    own = Opinion.objects.visible_to(user).filter(consultation=consultation, author=user, state=Opinion.State.DRAFT)
    return list(own.select_related("passage"))


class Line(NamedTuple):
    """A passage, what is said of it, and where one reads that and comes back to it; in the words the page has for them."""

    passage: Passage
    pk: str
    depth: str
    said: Said
    total: str
    is_chosen: bool
    url: str
    here: str

    @property
    def spoken(self) -> str:
        """The figure in words."""
        words = ngettext("%(n)s opinion on %(number)s", "%(n)s opinions on %(number)s", self.said.total)
        return words % {"n": self.total, "number": self.passage.number}


def _lines(consultation: Consultation, request: Request, chosen: OpinionFilter) -> list[Line]:
    """The passages in reading order. Their addresses differ in one place, so that each is put together only once."""
    given, query, named = counts(consultation, request.user, chosen), chosen.query, request.GET.get("passage")
    read = reverse("web:passage", args=[consultation.pk, SOME])
    read, here = (f"{read}?{query}", f"?{query}&passage={SOME}") if query else (read, f"?passage={SOME}")
    return [
        Line(
            each,
            pk,
            str(each.depth),
            said,
            str(said.total),
            pk == named,
            read.replace(SOME, pk),
            here.replace(SOME, pk),
        )
        for each in consultation.version.passages.order_by("position").only(*SHOWN)
        for pk, said in [(str(each.pk), given.get(each.pk) or Said())]
    ]


def _by_count(line: Line) -> int:
    return -line.said.total


def _passage(
    request: Request, consultation: Consultation, current: Passage, chosen: OpinionFilter, said: Said
) -> dict[str, Any]:
    """What the piece with a passage's opinions needs."""
    here = reverse("web:passage", args=[consultation.pk, current.pk])
    membership = acting.acting_membership(request, consultation.council)
    heard = voices(current, consultation, request.user, membership, chosen, said, request.GET.get("after"))
    return {
        "passage": current,
        "voices": heard.rows,
        "more_url": f"{here}?{chosen.query}&after={heard.after}" if heard.after else None,
        "said": said,
        "filter": chosen,
    }
