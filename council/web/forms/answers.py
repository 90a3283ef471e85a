"""The forms with which opinions are assigned and answered, and the filters of the board."""

from collections.abc import Iterable
from functools import reduce
from operator import or_
from typing import Any, cast
from uuid import UUID

from django import forms
from django.db.models import Exists, F, Func, Model, OuterRef, Q, QuerySet
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _

from council.documents.models import Passage
from council.opinions.models import (
    AnswerTemplate,
    Consultation,
    Disposition,
    Opinion,
    Phase,
    Point,
    PointQuerySet,
    Redaction,
)
from council.people.models import Council, Organisation, User
from council.web.forms.base import Choices, DayInput, Form, LongText
from council.web.forms.choosing import GroupedChoiceField, any_of, offer, offer_offices, office_field, sectors

LONGEST = 5000
TAB = ("state", "overdue")


class BoardFilter(Form):
    """What the board shows; kept in the address."""

    sector = forms.ChoiceField(label=_("Sector"), choices=sectors(_("All sectors")), required=False)
    phase = forms.ChoiceField(label=_("Phase"), choices=any_of(_("All phases"), Phase.Kind.choices), required=False)
    office = forms.ChoiceField(label=_("Office"), required=False)
    passage = forms.ChoiceField(label=_("Passage"), required=False)
    verdict = forms.ChoiceField(
        label=_("Answer"), choices=any_of(_("All answers"), Disposition.Verdict.choices), required=False
    )
    tag = forms.ChoiceField(label=_("Tag"), required=False)
    source = forms.ChoiceField(
        label=_("How it came in"), choices=any_of(_("All ways"), Opinion.Source.choices), required=False
    )
    q = forms.CharField(label=_("Words or number"), max_length=100, required=False)
    secret = forms.BooleanField(label=_("Needs a public form"), required=False)
    campaign = forms.UUIDField(required=False, widget=forms.HiddenInput)
    group = forms.BooleanField(required=False, widget=forms.HiddenInput)
    state = forms.ChoiceField(choices=any_of(_("All"), Point.State.choices), required=False, widget=forms.HiddenInput)
    overdue = forms.BooleanField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, consultation: Consultation, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        points = Point.objects.filter(consultation=consultation).order_by()
        offices = Organisation.objects.filter(Q(pk__in=points.values("office")) | Q(pk=consultation.office_id))
        given = Opinion.objects.given().filter(consultation=consultation).order_by()
        passages = Passage.objects.filter(pk__in=given.values("passage")).order_by("position").only("number", "heading")
        tags = points.annotate(tag=Func(F("tags"), function="unnest")).values_list("tag", flat=True).distinct()
        self._offer("office", _("All offices"), _named(offices.order_by("name").only("name", "name_en")))
        self._offer("passage", _("All passages"), _named(passages))
        self._offer("tag", _("All tags"), [(tag, tag) for tag in sorted(tags)])

    def _offer(self, name: str, every: Any, choices: Iterable[tuple[str, str]]) -> None:
        """Read the choices once, for showing them and for checking them."""
        cast("forms.ChoiceField", self.fields[name]).choices = any_of(every, list(choices))

    @property
    def chosen(self) -> dict[str, Any]:
        """What is filtered by; a value that is none of the choices is passed over."""
        self.is_valid()
        return {name: value for name, value in self.cleaned_data.items() if value}

    @property
    def query(self) -> str:
        """The filters as they stand in an address."""
        return urlencode({name: self.data[name] for name in self.chosen})

    @property
    def narrows(self) -> bool:
        """Whether anything but the tab is chosen."""
        return bool(self.chosen.keys() - {*TAB, "group"})

    def narrow(self, points: PointQuerySet, user: User) -> PointQuerySet:
        """The points that are asked for, in every tab. An answer counts only for those who may see it."""
        chosen = self.chosen
        for name in ("sector", "phase", "passage", "source", "campaign"):
            if name in chosen:
                points = points.filter(**{f"opinion__{name}": chosen[name]})
        if "office" in chosen:
            points = points.filter(office=chosen["office"])
        if "tag" in chosen:
            points = points.filter(tags__contains=[chosen["tag"]])
        if "verdict" in chosen:
            points = points.filter(
                disposition__in=Disposition.objects.visible_to(user).filter(verdict=chosen["verdict"])
            )
        if "secret" in chosen:
            approved = Redaction.objects.filter(opinion=OuterRef("opinion"), approved_at__isnull=False)
            points = points.filter(opinion__audience=Opinion.Audience.CONFIDENTIAL).exclude(Exists(approved))
        return _with_words(points, chosen["q"]) if "q" in chosen else points

    def in_tab(self, points: PointQuerySet) -> PointQuerySet:
        """Those of the chosen tab."""
        chosen = self.chosen
        if "state" in chosen:
            points = points.filter(state=chosen["state"])
        return points.overdue() if "overdue" in chosen else points


def _named(rows: Iterable[Model]) -> list[tuple[str, str]]:
    return [(str(row.pk), str(row)) for row in rows]


def _with_words(points: PointQuerySet, words: str) -> PointQuerySet:
    number = words.lstrip("#")
    if number.isdecimal() and len(number) < 10:
        return points.filter(opinion__number=int(number))
    holds = "icontains" if words.upper() != words.lower() else "contains"  # Korean has no case: half the work
    places = "opinion__reason", "opinion__proposed_text", "gist", "opinion__organisation__name"
    return points.filter(reduce(or_, (Q(**{f"{place}__{holds}": words}) for place in places)))


class TriageForm(Form):
    """Who answers, and by when."""

    office = office_field(_("Office that answers"), empty_label=None)
    due_on = forms.DateField(label=_("Answer due"), widget=DayInput, required=False)

    def __init__(self, *args: Any, council: Council, offices: list[Any] | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer_offices(self, "office", council)
        share(self, "office", offices)


class TagForm(Form):
    """Tags to put on and to take off."""

    add = forms.CharField(label=_("Tag"), max_length=200, required=False, help_text=_("Several with commas between."))
    remove = forms.CharField(label=_("Take off"), max_length=200, required=False)

    def clean_add(self) -> list[str]:
        """The single tags."""
        return _tags(self.cleaned_data["add"])

    def clean_remove(self) -> list[str]:
        """The single tags."""
        return _tags(self.cleaned_data["remove"])


def _tags(text: str) -> list[str]:
    return [tag.strip() for tag in text.split(",") if tag.strip()]


class WaitForm(Form):
    """What an answer waits for."""

    waiting_for = forms.CharField(
        label=_("What is waited for, and from whom?"),
        max_length=Point._meta.get_field("waiting_for").max_length,
    )


def reason_field(**kwargs: Any) -> forms.CharField:
    """Why; the author reads it."""
    return forms.CharField(label=_("Reason"), max_length=LONGEST, widget=LongText(rows=4), **kwargs)


def changed_passage_field(**kwargs: Any) -> GroupedChoiceField:
    """Where something that was accepted can be read; offered with :func:`offer_passages`."""
    return GroupedChoiceField(
        label=_("Changed passage"),
        queryset=None,
        required=False,
        empty_label=_("None"),
        heading=lambda passage: _("Version %(number)d") % {"number": passage.version.number},
        **kwargs,
    )


class AnswerForm(Form):
    """What becomes of a point, and why; and, where the text can be changed, how it shall read."""

    verdict = forms.ChoiceField(label=_("Disposition"), choices=Disposition.Verdict.choices, widget=Choices)
    reason = reason_field(help_text=_("The author reads this. Say what was weighed, not only what was decided."))
    makes_change = forms.BooleanField(label=_("Make the change in the next version's draft"), required=False)
    text = forms.CharField(label=_("How the passage shall read"), widget=LongText(rows=5), required=False)
    suggested = forms.CharField(widget=forms.HiddenInput, required=False)
    changed_passage = changed_passage_field(help_text=_("Where it can be read. Needed when something is accepted."))

    def __init__(
        self,
        *args: Any,
        consultation: Consultation,
        user: User,
        passages: list[Any] | None = None,
        has_draft: bool = False,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "changed_passage", later_passages(consultation, user))
        share(self, "changed_passage", passages)
        if not has_draft:
            for name in ("makes_change", "text", "suggested"):
                del self.fields[name]

    def clean_text(self) -> str:
        """With the line breaks of the text, not those of forms."""
        return _plain(self.cleaned_data["text"])

    def clean_suggested(self) -> str:
        """See :meth:`clean_text`."""
        return _plain(self.cleaned_data["suggested"])

    def clean(self) -> dict[str, Any]:
        """Where the change is made here, it needs a text."""
        cleaned = super().clean() or self.cleaned_data
        if self.changes_draft and not cleaned.get("text"):
            self.add_error("text", _("Write how the passage shall read."))
        return cleaned

    @property
    def changes_draft(self) -> bool:
        """Whether something is accepted whose change is to be made with it."""
        cleaned = self.cleaned_data
        return bool(cleaned.get("makes_change")) and cleaned.get("verdict") in Disposition.CHANGES_TEXT

    @property
    def keeps_suggestion(self) -> bool:
        """Whether the proposed wording is taken over as it was suggested, word for word."""
        text, suggested = self.cleaned_data.get("text", ""), self.cleaned_data.get("suggested", "")
        return bool(suggested) and text.split() == suggested.split()


def _plain(text: str) -> str:
    return text.replace("\r\n", "\n")


class OwnAnswerForm(Form):
    """What one of many points is answered with beside what all of them share."""

    reason = reason_field()
    changed_passage = changed_passage_field()
    revision = forms.IntegerField(widget=forms.HiddenInput, min_value=0)

    def __init__(self, *args: Any, passages: list[Any], rows: QuerySet[Passage], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "changed_passage", rows)
        share(self, "changed_passage", passages)


class AnswerManyForm(Form):
    """What many points share in their answers."""

    verdict = forms.ChoiceField(label=_("Disposition"), choices=Disposition.Verdict.choices, widget=Choices)
    template = forms.ModelChoiceField(
        label=_("Template"),
        queryset=AnswerTemplate.objects.none(),
        required=False,
        empty_label=_("None"),
        help_text=_("Its text stands before each reason."),
    )

    def __init__(self, *args: Any, templates: QuerySet[AnswerTemplate], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "template", templates)


class TemplateForm(Form):
    """An opening that many answers share."""

    title = forms.CharField(label=_("Title"), max_length=80)
    verdict = forms.ChoiceField(label=_("Disposition"), choices=Disposition.Verdict.choices)
    text = forms.CharField(
        label=_("Text"),
        max_length=LONGEST,
        widget=LongText(rows=5),
        help_text=_("It stands before the reason of each answer; every answer still has a reason of its own."),
    )


def later_passages(consultation: Consultation, user: User) -> Any:
    """The passages of the later versions of the text that was asked about, the newest version first."""
    asked = consultation.version
    return (
        Passage.objects.visible_to(user)
        .filter(version__document=asked.document_id, version__number__gt=asked.number)
        .select_related("version")
        .order_by("-version__number", "position")
    )


def share(form: Form, name: str, choices: list[Any] | None) -> None:
    """Show choices that were read before, so that many forms on a page read them once."""
    if choices is not None:
        cast("forms.ChoiceField", form.fields[name]).choices = choices


def read_choices(form: Form, name: str) -> list[Any]:
    """The choices of a field, to be shared with :func:`share`."""
    choices = cast("Iterable[Any]", cast("forms.ChoiceField", form.fields[name]).choices)
    return [choice for choice in choices]  # noqa: C416 - list() would ask the database how many there are


def ids(values: Iterable[str]) -> list[UUID]:
    """Those of some words that are ids."""
    found = []
    for value in values:
        try:
            found.append(UUID(value))
        except ValueError:
            continue
    return found
