"""The second round as it stands beside an answer."""

from dataclasses import dataclass

from django import template
from django.template.context import Context

from council.core import clock
from council.opinions.models import Disposition, Objection, Point
from council.web.forms.results import ObjectionForm

register = template.Library()


@dataclass(frozen=True)
class SecondRound:
    """The reply to an answer, and what the reader may do about it."""

    answer: Disposition
    objection: Objection | None
    may_object: bool
    may_decide: bool
    form: ObjectionForm | None


@register.simple_tag(takes_context=True)
def second_round(context: Context, point: Point) -> SecondRound | None:
    """What there is of a second round for a point's answer; nothing before the answer is published.

    Rights are asked for only where there is something to do: the author's until someone replied, the office's after.
    """
    answer: Disposition | None = getattr(point, "disposition", None)
    if answer is None or answer.released_at is None:
        return None
    user = context["user"]
    objection: Objection | None = getattr(answer, "objection", None)
    until = answer.objections_until
    is_open = objection is None and until is not None and clock.today() <= until
    may_object = is_open and point.opinion.author_id == user.pk and user.has_perm("opinions.object", point.opinion)
    may_decide = (
        objection is not None and objection.decided_at is None and user.has_perm("opinions.decide_objection", objection)
    )
    form = ObjectionForm(auto_id=f"id_{point.number}_%s") if may_object else None
    return SecondRound(answer, objection, may_object, may_decide, form)
