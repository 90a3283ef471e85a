"""Doing many times at once what a verb does once: each row by itself, with a result of its own."""

from collections.abc import Callable
from typing import Any, cast

from django.db import transaction
from django.http.response import HttpResponseBase
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers
from rest_framework.exceptions import ValidationError
from rest_framework.generics import get_object_or_404
from rest_framework.response import Response

from council.api.problems import Problem, problem_of
from council.api.serializers.base import Sent
from council.api.serializers.bulk import BulkResultSerializer, Id, Rows
from council.api.views.base import Noun, verb

PLACES = {"create": "bulk", "partial_update": "bulk/change"}


class NotApplied(Problem):
    """Some rows cannot be done, and it was to be all or nothing."""

    status_code = 409
    kind = "not-applied"
    title = _("Not possible now")
    default_detail = _("Nothing was done, because some rows cannot be; see results.")

    def __init__(self, results: list[dict[str, Any]]) -> None:
        super().__init__()
        self.more = {"results": [each for each in results if "problem" in each]}


def bulk(endpoint: Callable[..., HttpResponseBase], *, of_one: bool = False) -> Callable[..., HttpResponseBase]:
    """Make an endpoint that does many times what another endpoint of the same noun does once; same action, same rules.

    It is called ``bulk_…`` and stands at ``bulk/`` below the noun for ``create``, else at ``bulk/…/``. A row is what
    the other one takes, with the ``id`` of the thing it is done to.

    Args:
        endpoint: Made by :func:`council.api.views.base.verb`.
        of_one: Whether all rows are done to the one thing of the address, and name none.
    """
    single: Any = endpoint
    name = single.__name__
    named = single.on_one and not of_one

    def many(noun: Noun, *things: Any, rows: list[Any], atomic: bool) -> Response:
        results = [_result(noun, single, things, row, index, named=named) for index, row in enumerate(rows)]
        applied = sum("problem" not in each for each in results)
        if atomic and applied < len(rows):
            raise NotApplied(results)
        return Response({"applied": applied, "of": len(rows), "results": results})

    many.__name__, many.__doc__ = f"bulk_{name}", f"Many at once: {single.does.__doc__}"
    path = PLACES.get(name) or f"bulk/{single.url_path}"
    return verb(_body(single, named=named), gives=BulkResultSerializer, detail=of_one, path=path)(many)


def _body(single: Any, *, named: bool) -> type[Sent]:
    """The shape of what is sent; its rows are checked one by one later."""
    called = single.does.__qualname__.title().replace(".", "").replace("_", "")
    row = _row(f"{called}Row", single.takes) if named else single.takes
    fields = {
        "__doc__": "Rows, each done by itself.",
        "rows": Rows(child=row()),
        "atomic": serializers.BooleanField(default=False, help_text="All rows or none: if one fails, none is done."),
    }
    return cast(type[Sent], type(f"{called}Bulk", (Sent,), fields))


def _row(called: str, takes: Any) -> Any:
    if takes is None:
        return Id
    more = (
        {"Meta": type("Meta", (takes.Meta,), {"fields": ("id", *takes.Meta.fields)})} if hasattr(takes, "Meta") else {}
    )
    return type(called, (Id, takes), {"__doc__": takes.__doc__, **more})


def _result(noun: Noun, single: Any, things: tuple[Any, ...], row: Any, index: int, *, named: bool) -> dict[str, Any]:
    try:
        with transaction.atomic():
            done = _do(noun, single, things, row, named=named)
    except Exception as error:
        problem = problem_of(error)
        if problem is None:
            raise
        return {"index": index, "status": problem["status"], "problem": problem}
    if done is None:
        return {"index": index, "status": 204}
    return {"index": index, "status": single.status, "id": str(done.pk)}


def _do(noun: Noun, single: Any, things: tuple[Any, ...], row: Any, *, named: bool) -> Any:
    if not isinstance(row, dict):
        raise ValidationError({"non_field_errors": [_("A row is an object.")]})
    if named:
        pk = noun.sent(Id, {name: row[name] for name in row if name == "id"})["id"]
        things = (get_object_or_404(noun.get_queryset(), pk=pk),)
        row = {name: value for name, value in row.items() if name != "id"}
    return single.does(noun, *things, **noun.sent(single.takes or Sent, row))
