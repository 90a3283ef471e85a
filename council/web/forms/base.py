"""How forms look, and how an action's objections come to stand beside the right field."""

from typing import Any

from django import forms
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.forms.renderers import TemplatesSetting

_KRDS_CLASSES: tuple[tuple[type[forms.Widget], str], ...] = (
    (forms.CheckboxInput, ""),
    (forms.RadioSelect, ""),
    (forms.CheckboxSelectMultiple, ""),
    (forms.FileInput, "file-input"),
    (forms.Select, "krds-form-select"),
    (forms.Widget, "krds-input"),
)


class BoundField(forms.BoundField):
    """A field in the clothes of the design system."""

    def build_widget_attrs(self, attrs: dict[str, Any], widget: forms.Widget | None = None) -> dict[str, Any]:
        """Add the classes, and leave out placeholders: they vanish while one types, a help text stays."""
        widget = widget or self.field.widget
        attrs = super().build_widget_attrs(attrs, widget)
        css = next(css for kind, css in _KRDS_CLASSES if isinstance(widget, kind))
        if css and not widget.is_hidden:
            attrs["class"] = " ".join(filter(None, [css, widget.attrs.get("class")]))
        return attrs | {"placeholder": False}


class Renderer(TemplatesSetting):
    """Renders forms with the project's own templates (``templates/django/forms``) and tags."""

    bound_field_class = BoundField


class Form(forms.Form):
    """A form whose questions are checked here and whose answers an action judges."""

    def accept_problems(self, error: ValidationError) -> None:
        """Put what an action objects to beside the fields it names, and above the form where it names none of them."""
        problems: dict[str, Any] = error.error_dict if hasattr(error, "error_dict") else {NON_FIELD_ERRORS: [error]}
        for name, each in problems.items():
            self.add_error(name if name in self.fields else None, each)


class LongText(forms.Textarea):
    """Several lines of text with the number of characters that are left."""

    def __init__(self, *, rows: int = 6, attrs: dict[str, Any] | None = None) -> None:
        super().__init__({"rows": rows, "data-count": True, **(attrs or {})})


class Choices(forms.RadioSelect):
    """A few choices, all of them to be seen at once."""


class DayInput(forms.DateInput):
    """A day, picked in the browser's own calendar."""

    input_type = "date"

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs, format="%Y-%m-%d")


class MomentInput(forms.DateTimeInput):
    """A day and a time, picked in the browser's own calendar."""

    input_type = "datetime-local"

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs, format="%Y-%m-%dT%H:%M")
