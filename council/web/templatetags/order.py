"""What the piece about order beside an opinion needs."""

from django import template
from django.template import Context

from council.opinions.models import Opinion
from council.web import acting
from council.web.gathered.order import Order, order_of

register = template.Library()


@register.simple_tag(takes_context=True)
def keeping_order(context: Context, opinion: Opinion) -> Order:
    """What the reader may see and do about an opinion's reports, hiding, public form and campaign."""
    request = context["request"]
    return order_of(opinion, request.user, acting.memberships(request))
