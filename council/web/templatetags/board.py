"""What one can do with a point, for the pieces of pages that show one."""

from django import template
from django.template import Context

from council.opinions.models import Opinion, Point
from council.web.gathered.points import Work, work_on

register = template.Library()


@register.simple_tag(takes_context=True)
def work(context: Context, point: Point, opinion: Opinion) -> Work:
    """A point with its answer and forms; as a view prepared it (``work``), or else as its reader may have it."""
    prepared: Work | None = context.get("work")
    if prepared is not None and prepared.point.pk == point.pk:
        return prepared
    return work_on(context["request"], point, opinion)
