"""The way from what was said to what was decided on it."""

from typing import Any

from django import template
from django.template.context import Context

from council.web.gathered.decisions import resting_on

register = template.Library()


@register.inclusion_tag("decisions/_resting.html", takes_context=True)
def decisions_on(context: Context, thing: Any) -> dict[str, Any]:
    """The decisions that rest on a passage, an opinion or a consultation, as far as the reader may see them."""
    user = context["request"].user
    return {"decisions": list(resting_on(user, thing)) if thing and user.is_authenticated else []}
