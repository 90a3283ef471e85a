"""The components pages are built of. Every template may use them without loading them; their inputs are declared here.

Tags that hold content are closed with ``end`` and their name: ``{% panel "…" %} … {% endpanel %}``.
"""

import datetime as dt
from collections.abc import Iterable, Sequence
from functools import cache
from typing import Any

from django import template
from django.forms import BaseForm
from django.forms.utils import flatatt
from django.template.context import Context
from django.template.defaultfilters import date as formatted
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.utils import translation
from django.utils.functional import Promise
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext, ngettext

from council.core import clock
from council.core.models import Sector
from council.documents.comparison import Span
from council.opinions.models import Consultation
from council.people.models import Council
from council.web import states, who

register = template.Library()

_NOTICES = {
    "info": ("information", "info"),
    "success": ("success", "check-circle"),
    "warning": ("warning", "warning"),
    "danger": ("danger", "danger"),
}
_WEEKDAYS_KO = "월화수목금토일"


# --- Icons and states ------------------------------------------------------------------------------------------------


@register.simple_tag
@cache
def icon(name: str) -> SafeString:
    """A drawing that takes colour and size from the text around it; says nothing to a screen reader."""
    return format_html(
        '<svg class="icon" aria-hidden="true" focusable="false"><use href="{}#{}"></use></svg>',
        static("council/icons.svg"),
        name,
    )


@register.simple_tag
def badge(kind: str, value: str) -> SafeString:
    """A state as icon, word and colour; ``kind`` is a key of ``council.web.states.LOOKS``."""
    return _known_badge(kind, value, translation.get_language())


@register.filter
def sector(value: str) -> str | Promise:
    """A sector's name."""
    return Sector(value).label


@register.filter
def openness(consultation: Consultation) -> states.Openness:
    """Whether a consultation takes opinions now, for ``{% badge "openness" … %}``."""
    return states.openness(consultation)


@cache
def _known_badge(kind: str, value: str, _language: str | None) -> SafeString:
    choices, looks = states.LOOKS[kind]
    return _badge(looks[value], choices(value).label)


def _badge(look: states.Look, word: object) -> SafeString:
    return format_html('<span class="krds-badge bg-light-{}">{}{}</span>', look.tone, icon(look.icon), word)


# --- Time ------------------------------------------------------------------------------------------------------------


@register.filter
def said(moment: dt.datetime | dt.date) -> str:
    """A moment or a day as plain text, the way people say it, in Seoul: 9월 5일(화) 14:00. For titles and mails."""
    if isinstance(moment, dt.datetime):
        local = moment.astimezone(clock.SEOUL)
        return f"{_day(local.date())} {local:%H:%M}"
    return _day(moment)


@register.simple_tag
def moment(when: dt.datetime) -> SafeString:
    """9월 5일(화) 14:00, with the year when it is not this one."""
    return _time(when, said(when))


@register.simple_tag
def day(date: dt.date, *, year: bool = True) -> SafeString:
    """2023년 9월 5일(화)."""
    return _time(date, _day(date, year=year))


@register.simple_tag
def period(start: dt.datetime, end: dt.datetime | None = None) -> SafeString:
    """9월 5일(화) 14:00–16:00; both days where they differ."""
    if end is None:
        return moment(start)
    same_day = clock.seoul_date(start) == clock.seoul_date(end)
    until = f"{end.astimezone(clock.SEOUL):%H:%M}" if same_day else said(end)
    dash = "–" if same_day else " – "
    return format_html("{}{}{}", moment(start), dash, _time(end, until))


@register.simple_tag
def hours(start: dt.datetime, end: dt.datetime) -> SafeString:
    """14:00–16:00, where the day is known."""
    return format_html("{}–{}", *(_time(each, f"{each.astimezone(clock.SEOUL):%H:%M}") for each in (start, end)))


@register.simple_tag
def date_left(when: dt.datetime) -> SafeString:
    """9월 5일(화) 14:00 · 3일 남음."""
    hurry = " is-near" if dt.timedelta(0) <= when - clock.now() < dt.timedelta(days=3) else ""
    return format_html('{} · <span class="left{}">{}</span>', moment(when), hurry, left(when))


@register.filter
def left(when: dt.datetime) -> str:
    """How long there is until a moment, or how long ago it was: 3일 남음, 2시간 남음, 어제."""
    days = (clock.seoul_date(when) - clock.today()).days
    minutes = int((when - clock.now()).total_seconds() // 60)
    if days > 0:
        return ngettext("%(n)d day left", "%(n)d days left", days) % {"n": days}
    if minutes >= 60:
        return ngettext("%(n)d hour left", "%(n)d hours left", minutes // 60) % {"n": minutes // 60}
    if minutes >= 0:
        return ngettext("%(n)d minute left", "%(n)d minutes left", minutes) % {"n": minutes}
    if days == 0:
        return gettext("over since today")
    return ngettext("%(n)d day ago", "%(n)d days ago", -days) % {"n": -days}


def _day(date: dt.date, *, year: bool | None = None) -> str:
    """A date as people say it. These are formats and not words, so they stand here and not among the translations."""
    with_year = date.year != clock.today().year if year is None else year
    if (translation.get_language() or "ko").startswith("ko"):
        said_day = f"{date.month}월 {date.day}일({_WEEKDAYS_KO[date.weekday()]})"
        return f"{date.year}년 {said_day}" if with_year else said_day
    return formatted(date, "j F Y (D)" if with_year else "j F (D)")


def _time(when: dt.datetime | dt.date, text: str) -> SafeString:
    machine = when.astimezone(clock.SEOUL).isoformat("T", "minutes") if isinstance(when, dt.datetime) else when
    return format_html('<time datetime="{}">{}</time>', machine, text)


# --- Text ------------------------------------------------------------------------------------------------------------


@register.simple_tag
def diff(spans: Iterable[Span]) -> SafeString:
    """Words kept, added and removed; what colour shows is also spoken."""
    marks = {"added": ("ins", gettext("added")), "removed": ("del", gettext("removed"))}
    return format_html_join("", "{}", ((_span(span, marks),) for span in spans))


def _span(span: Span, marks: dict[str, tuple[str, str]]) -> SafeString:
    if span.kind == "same":
        return format_html("{}", span.text)
    tag, word = marks[span.kind]
    return format_html(
        '<{0}><span class="sr-only">[{1}: </span>{2}<span class="sr-only">]</span></{0}>', tag, word, span.text
    )


# --- Blocks ----------------------------------------------------------------------------------------------------------


@register.simple_block_tag
def panel(
    content: str, title: str, *, anchor: str = "", level: int = 2, link: str = "", link_label: str = ""
) -> SafeString:
    """A part of the page under its own heading, with a ``link`` beside it to where there is more."""
    return _component(
        "panel", content=content, title=title, anchor=anchor, level=level, link=link, link_label=link_label
    )


@register.simple_block_tag
def card(content: str, title: str, *, url: str = "", meta: str = "", level: int = 3) -> SafeString:
    """One thing in a ``<ul class="cards">``: its title, a line about it (``meta``), and what is to be done with it."""
    return _component("card", content=content, title=title, url=url, meta=meta, level=level)


@register.simple_block_tag
def empty(content: str, title: str, *, icon: str = "inbox") -> SafeString:
    """Nothing here yet: what will appear, and how to begin."""
    return _component("empty", content=content, title=title, icon=icon)


@register.simple_block_tag
def notice(content: str, tone: str = "info", *, title: str = "") -> SafeString:
    """Something to know before going on; ``tone`` is one of info, success, warning, danger."""
    css, icon_name = _NOTICES[tone]
    return _component("notice", content=content, css=css, icon=icon_name, word=_tone_word(tone), title=title)


@register.simple_block_tag
def disclosure(content: str, summary: str, *, opened: bool = False) -> SafeString:
    """Details one click away; works without script."""
    return _component("disclosure", content=content, summary=summary, opened=opened)


@register.simple_block_tag
def timeline(content: str) -> SafeString:
    """What happened, in order; holds ``event``s."""
    return format_html('<ol class="timeline">{}</ol>', content)


@register.simple_block_tag
def event(content: str, when: dt.datetime, title: str, *, icon: str = "dot-circle") -> SafeString:
    """One thing that happened, in a ``timeline``."""
    return _component("event", content=content, when=when, title=title, icon=icon)


@register.simple_block_tag
def tabs(content: str, label: str) -> SafeString:
    """Views of the same thing, each with an address of its own; holds ``tab``s. ``label`` is read out, not shown."""
    return format_html('<nav class="tabs" aria-label="{}"><ul>{}</ul></nav>', label, content)


@register.inclusion_tag("components/tab.html")
def tab(label: str, url: str, current: object = "", *, count: int | None = None) -> dict[str, Any]:
    """One view among ``tabs``; ``current`` is true for the one that is shown."""
    return {"label": label, "url": url, "current": current, "count": count}


@register.simple_block_tag
def datatable(content: str, caption: str, *, dense: bool = False, show_caption: bool = False) -> SafeString:
    """A table; its ``thead`` and ``tbody`` are the content. Wider than a phone it scrolls by itself."""
    return _component("datatable", content=content, caption=caption, dense=dense, show_caption=show_caption)


@register.simple_block_tag
def sheet(content: str, anchor: str, title: str) -> SafeString:
    """The side of a ``<div class="with-side">``: right of the text, and on a phone a sheet from below."""
    return _component("sheet", content=content, anchor=anchor, title=title)


# --- Figures ---------------------------------------------------------------------------------------------------------


@register.inclusion_tag("components/share_bar.html")
def share_bar(parts: Iterable[tuple[str, int, str]], caption: str) -> dict[str, Any]:
    """One bar divided into parts, and the same in words. Parts are (label, count, tone of a badge)."""
    known = [part for part in parts if part[1]]
    total = sum(count for _, count, _ in known)
    rows, x = [], 0.0
    for label, count, tone in known:
        width = count * 100 / total
        rows.append(
            {"label": label, "count": count, "tone": tone, "x": _svg(x), "width": _svg(width), "percent": round(width)}
        )
        x += width
    return {"rows": rows, "total": total, "caption": caption}


@register.inclusion_tag("components/bar_table.html")
def bar_table(rows: Iterable[tuple[str, int]], caption: str, head: str, *, unit: str = "") -> dict[str, Any]:
    """A table of counts with a bar in each row, longest the largest. ``head`` names the first column."""
    rows = list(rows)
    total, largest = sum(count for _, count in rows), max((count for _, count in rows), default=0)
    drawn = [
        {
            "label": label,
            "count": count,
            "width": _svg(count * 100 / largest if largest else 0),
            "percent": round(count * 100 / total) if total else 0,
        }
        for label, count in rows
    ]
    return {"rows": drawn, "total": total, "caption": caption, "head": head, "unit": unit}


@register.inclusion_tag("components/progress.html")
def progress(done: int, total: int, label: str) -> dict[str, Any]:
    """How far something is: 31 of 46 and a bar."""
    return {"done": done, "total": total, "label": label, "width": _svg(done * 100 / total if total else 0)}


@register.inclusion_tag("components/steps.html")
def steps(labels: Sequence[str], current: int) -> dict[str, Any]:
    """The stages something goes through; ``current`` counts from 1, one more than there are means all are done."""
    return {"labels": labels, "current": current}


def _svg(number: float) -> str:
    """A number as SVG wants it, whatever the language of the page."""
    return f"{number:.2f}".rstrip("0").rstrip(".")


# --- Acting ----------------------------------------------------------------------------------------------------------


@register.inclusion_tag("components/post_button.html", takes_context=True)
def post_button(
    context: Context,
    url: str,
    label: str,
    *,
    tone: str = "primary",
    size: str = "medium",
    icon: str = "",
    confirm: str = "",
    name: str = "",
    value: Any = "",
    about: str = "",
) -> dict[str, Any]:
    """A form of one button that does one thing.

    Args:
        context: The page's, for its CSRF token.
        url: Where it posts to.
        label: What the button says.
        tone: primary, secondary, tertiary, text or danger.
        size: xsmall, small, medium or large.
        icon: A drawing before the label.
        confirm: A question that is asked first.
        name: Together with ``value`` one field that is sent along.
        value: See ``name``.
        about: What it is about, read out after the label where several buttons say the same.
    """
    return {
        "csrf_token": context.get("csrf_token"),
        "url": url,
        "label": label,
        "tone": tone,
        "size": size,
        "icon": icon,
        "confirm": confirm,
        "name": name,
        "value": value,
        "about": about,
    }


@register.inclusion_tag("components/form_errors.html")
def form_errors(form: BaseForm) -> dict[str, Any]:
    """Everything a form objects to, with links to the fields; goes above ``{{ form }}``, which has the fields alone."""
    return {"form": form, "fields": [field for field in form if field.errors]}


@register.inclusion_tag("components/more.html")
def more(url: str | None, *, label: str = "", target: str = "") -> dict[str, Any]:
    """The way to the next page of a long list; ``target`` names the list that htmx lets grow (``#rows``)."""
    return {"url": url, "label": label or gettext("Show more"), "target": target}


# --- The frame -------------------------------------------------------------------------------------------------------


@register.inclusion_tag("components/crumb.html")
def crumb(label: str, url: str) -> dict[str, Any]:
    """One step of the way to this page."""
    return {"label": label, "url": url}


@register.inclusion_tag("components/head.html", takes_context=True)
def head(context: Context) -> dict[str, Any]:
    """The header of every page: product, councils, notices, for whom one acts, oneself."""
    council: Council | None = context.get("council")
    frame = context["frame"]
    return {
        "frame": frame,
        "council": council,
        "user": context["user"],
        "csrf_token": context.get("csrf_token"),
        "acting": frame.acting_in(council),
        "organisations": frame.organisations_in(council),
        "request": context["request"],
    }


@register.simple_tag
def options(groups: Iterable[tuple[str | None, list[dict[str, Any]], int]]) -> SafeString:
    """What a select offers (``widget.optgroups``), written as Django's own templates do; there are lists of hundreds."""
    return format_html_join("", "{}", ((_optgroup(name, choices),) for name, choices, _index in groups))


def _optgroup(name: str | None, choices: Iterable[dict[str, Any]]) -> SafeString:
    inside = format_html_join("", '<option value="{}"{}>{}</option>', map(_option, choices))
    return format_html('<optgroup label="{}">{}</optgroup>', name, inside) if name else inside


def _option(choice: dict[str, Any]) -> tuple[object, str, object]:
    value, attrs = choice["value"], choice["attrs"]
    return "" if value is None else value, flatatt(attrs) if attrs else "", choice["label"]


@register.filter
def who_can(permission: str) -> list[str]:
    """The people who hold a named permission, in words."""
    return who.who_can(permission)


@register.simple_tag
def message_tone(tags: str) -> str:
    """The tone in which one of Django's messages is shown, from its tags."""
    tones = {"success": "success", "warning": "warning", "error": "danger"}
    return next((tones[tag] for tag in tags.split() if tag in tones), "info")


def _tone_word(tone: str) -> str:
    return {
        "info": gettext("Note"),
        "success": gettext("Done"),
        "warning": gettext("Attention"),
        "danger": gettext("Not possible"),
    }[tone]


def _component(name: str, *, content: str, **inputs: Any) -> SafeString:
    return render_to_string(f"components/{name}.html", {"content": content, **inputs})
