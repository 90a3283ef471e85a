"""Offsets in recordings."""

from django import template

register = template.Library()


@register.filter
def offset(ms: int) -> str:
    """1:02:03, or 2:03 within the first hour."""
    minutes, seconds = divmod(ms // 1000, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{seconds:02}" if hours else f"{minutes}:{seconds:02}"


@register.filter
def seconds(ms: int) -> str:
    """Seconds with tenths, as media fragments have them."""
    return f"{ms / 1000:.1f}"
