"""A world in which there is much of everything."""

from collections.abc import Iterable, Iterator

from django.apps import apps
from django.db import connection, models

MORE = 29
"""How many like it stand beside each row."""
ALONE = ("auth.", "sessions.", "journal.seal")  # what the product has, not what happens in it
REFERENCE = ("contenttypes.contenttype", "people.region", "people.industry", "people.factorylevel")
SAME = {"people.membership.organisation"}  # who sits on a council speaks for one organisation there
WHOLE = {"opinions.point": "opinion"}  # the like of an opinion has the like of its point, as each has one
# then more points, with their answers, to the opinions there are
PARTS: dict[str, dict[str, str]] = {"opinions.point": {"gist": "n::text"}, "opinions.disposition": {}}


def grow() -> None:
    """Put more rows beside each row there is, like it in all but what makes it unique.

    They hang on what it hangs on, unless two may not: an invitation's meeting has one for each member, so that some of
    its likes invite a like of the member, and some to a like of the meeting.
    """
    with connection.cursor() as cursor:
        for model in apps.get_models(include_auto_created=True):
            if not model._meta.label_lower.startswith((*ALONE, *REFERENCE)):
                cursor.execute(_more_of(model))


def _more_of(model: type[models.Model]) -> str:
    label, table = model._meta.label_lower, f'"{model._meta.db_table}"'
    fields = [field for field in model._meta.concrete_fields if not field.generated]
    kinds = [_changed(model)]
    if label in PARTS:
        kinds.append(_changed(model, whole=False) | PARTS[label])
    likes = []
    for number, changed in enumerate(kinds):
        values = ", ".join(changed.get(field.name, _column(field)) for field in fields)
        numbers = f"generate_series({number * MORE + 1}, {(number + 1) * MORE})"
        likes.append(f"SELECT {values} FROM {table} CROSS JOIN {numbers} AS n")
    names = ", ".join(f'"{field.column}"' for field in fields)
    deferred = any(getattr(each, "deferrable", None) for each in model._meta.constraints)
    alone = "" if deferred else " ON CONFLICT DO NOTHING"  # of some, under a condition, there is only one
    return f"INSERT INTO {table} ({names}) {' UNION ALL '.join(likes)}{alone}"


def _changed(model: type[models.Model], *, whole: bool = True) -> dict[str, str]:
    """What is different in the rows like one, by the name of the field, in SQL."""
    changed: dict[str, str] = {}
    for together in _unique(model):
        if not changed.keys() & {field.name for field in together}:
            chosen = _chosen(model, together, whole=whole)
            for turn, field in enumerate(chosen):
                like = f"CASE n % {len(chosen)} WHEN {turn} THEN {_like(field)} ELSE {_column(field)} END"
                changed[field.name] = like
    return changed


def _chosen(model: type[models.Model], together: list[models.Field], *, whole: bool) -> list[models.Field]:
    """The fields of which one differs, in turn: a number or a name, else what it hangs on, else a date."""
    label = model._meta.label_lower
    if whole and (named := [field for field in together if WHOLE.get(label) == field.name]):
        return named
    related = [field for field in together if field.is_relation and f"{label}.{field.name}" not in SAME]
    own = [field for field in together if not field.is_relation and not isinstance(field, models.BooleanField)]
    counted = [field for field in own if not isinstance(field, models.DateField)]
    return counted[-1:] or related or own[-1:]


def _unique(model: type[models.Model]) -> Iterator[list[models.Field]]:
    meta = model._meta
    groups: list[Iterable[str]] = [[field.name] for field in meta.concrete_fields if field.unique]
    groups += meta.unique_together
    for each in meta.constraints:
        if isinstance(each, models.UniqueConstraint) and (len(each.fields) > 1 or not each.condition):
            groups.append(each.fields)
    for names in groups:
        yield [field for field in meta.concrete_fields if field.name in names]


def _column(field: models.Field) -> str:
    return f'"{field.model._meta.db_table}"."{field.column}"'


def _like(field: models.Field) -> str:
    """The value of a field in the row like one with number ``n``; of a relation, the row like the one it leads to."""
    column, of = _column(field), field.target_field if field.is_relation else field
    if field.is_relation and of.model._meta.label_lower in REFERENCE:
        return column
    if isinstance(of, models.UUIDField):
        return f"overlay({column}::text PLACING 'f' || lpad(n::text, 3, '0') FROM 15)::uuid"  # 7 is that of the others
    if isinstance(of, models.DateField):
        return f"{column} + n * interval '1 day'"
    if isinstance(of, models.CharField | models.TextField):
        longest = f"left(n || {column}, {of.max_length})" if of.max_length else f"n || {column}"
        return f"CASE {column} WHEN '' THEN '' ELSE {longest} END"
    return f"{column} + n * {1_000_000 if of.primary_key else 500}"
