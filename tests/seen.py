"""A page as someone sees it."""

from typing import Any

from django.urls import reverse

Seen = tuple[str, str, str]  # who, the name of the page, its address


def page(who: str, name: str, *args: Any, **query: Any) -> Seen:
    """A page of ours, as someone sees it."""
    return who, name, reverse(f"web:{name}", args=args, query=query or None)
