"""What every endpoint shares: reading is declared, and a verb is look up, act, answer."""

from collections.abc import Callable
from functools import wraps
from typing import Any, ClassVar, cast

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from django.http.response import HttpResponseBase
from django.utils import translation
from django.utils.cache import patch_vary_headers
from django.utils.translation.trans_real import parse_accept_lang_header
from rest_framework import mixins, status
from rest_framework.decorators import action
from rest_framework.generics import get_object_or_404
from rest_framework.permissions import SAFE_METHODS, IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import BaseSerializer
from rest_framework.viewsets import GenericViewSet

from council.api.filters import BESIDE_FILTERS, FilterBackend
from council.api.idempotency import once
from council.api.parsing import JSONParser
from council.api.preconditions import check_match, etag, is_guarded, lock, not_modified, refuse_match
from council.api.schema import Schema
from council.api.scopes import HasScope
from council.api.throttling import Limited
from council.people.models import User, knowing_seats

Serializer = type[BaseSerializer[Any]]

ROUTED = {
    "create": status.HTTP_201_CREATED,
    "partial_update": status.HTTP_200_OK,
    "destroy": status.HTTP_204_NO_CONTENT,
}


class Endpoint(Limited):
    """Speaks JSON, asks for the token's scope, counts calls, and answers in the language that was asked for."""

    parser_classes = [JSONParser]
    permission_classes = [IsAuthenticated, HasScope]
    http_method_names = ["get", "head", "post", "patch", "delete"]
    schema: Schema | None = Schema()

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Find out who calls, and answer in the language they ask for, or else in that of their account."""
        asked = self.speak(request)
        super().initial(request, *args, **kwargs)
        if not asked:
            translation.activate(cast(User, request.user).language)

    def speak(self, request: Request) -> bool:
        """Speak the first of our languages that ``Accept-Language`` names; whether it names one."""
        for code, _weight in parse_accept_lang_header(request.headers.get("Accept-Language", "")):
            if (language := code.partition("-")[0]) in dict(settings.LANGUAGES):
                translation.activate(language)
                return True
        return False

    def finalize_response(self, request: Request, response: Response, *args: Any, **kwargs: Any) -> Response:
        """Say which language it is, on what that depends, and which state of things it shows."""
        response = super().finalize_response(request, response, *args, **kwargs)
        response.headers.setdefault("Content-Language", translation.get_language())
        patch_vary_headers(response, ("Accept-Language", "Authorization"))
        return cast(Response, not_modified(request, response))


class Noun(Endpoint, GenericViewSet[Any]):
    """The endpoints of one noun.

    Attributes:
        reads: How it is represented, which also says which rows the caller may see.
        reads_one: How one of them is represented, if that says more than in a list.
        area: Which scope of a token opens it, see ``council.people.scopes``.
    """

    reads: ClassVar[Any]
    reads_one: ClassVar[Any] = None
    area: ClassVar[str] = ""
    filterset_class: ClassVar[Any] = None
    filter_backends = [FilterBackend]
    lookup_value_converter = "uuid"

    @property
    def user(self) -> User:
        """Whoever calls."""
        return cast(User, self.request.user)

    @property
    def order(self) -> str:
        """What pages go by, a field without equals: the newest first."""
        return "-id"

    def get_queryset(self) -> QuerySet[Any]:
        """What the caller may see."""
        if getattr(self, "swagger_fake_view", False):  # the OpenAPI document is written for nobody in particular
            rows = self.reads.Meta.model._default_manager.none()
        else:
            rows = self.reads.rows(self.user)
            rows = self.reads.narrowed(rows) if self.request.method in SAFE_METHODS else rows
        return cast(QuerySet[Any], rows)

    def get_serializer_class(self) -> Serializer:
        """Its representation."""
        return cast(Serializer, self.reads)

    def get_object(self) -> Any:
        """The one of the address; what one may not see does not exist."""
        return get_object_or_404(self.get_queryset(), pk=self.kwargs["pk"])

    def taken(self) -> Any:
        """The one of the address, to be written; where the caller names the state they know, still as they know it.

        Raises:
            Changed: It has changed meanwhile.
        """
        thing = self.get_object()
        if not is_guarded(self.request):
            return thing
        lock(thing)
        read = cast(Any, self).retrieve
        check_match(self.request, read(self.request, **self.kwargs).data)
        return self.get_object()

    def sent(self, shape: Serializer, data: Any = None) -> dict[str, Any]:
        """What was sent, in the shape that is asked for.

        Raises:
            ValidationError: It has another shape, or names what the caller may not see.
        """
        sent = self.request.data if data is None else data
        serializer = shape(data=sent, context=self.get_serializer_context())
        serializer.is_valid(raise_exception=True)
        return dict(serializer.validated_data)

    def answer(self, thing: Any, gives: Any = None, status: int = status.HTTP_200_OK) -> Response:
        """Represent a thing as it stands now; whoever made it sees it, even where nobody else would show it to them."""
        gives = gives or self.reads_one or self.reads
        with knowing_seats(self.user):
            fresh = gives.narrowed(gives.rows(self.user)).filter(pk=thing.pk).first() or thing
            shown = gives(fresh, context=self.get_serializer_context()).data
        return Response(shown, status, headers={"ETag": etag(shown)})


class Readable(mixins.ListModelMixin, mixins.RetrieveModelMixin, Noun):
    """A noun whose things can be listed and read."""


def question(
    gives: Any,
    *,
    asks: Serializer | None = None,
    many: bool = False,
    detail: bool = True,
    may_leave_nothing: bool = False,
    media_type: str = "application/octet-stream",
    **options: Any,
) -> Callable[[Callable[..., Any]], Callable[..., HttpResponseBase]]:
    """Make a GET below a thing, or below the noun, of a method that returns what to answer with.

    Args:
        gives: How the answer is represented; ``bytes`` for a response the method makes itself.
        asks: The shape of the query; its fields become the method's arguments, after the thing itself.
        many: Whether the answer is a page of rows that the method returns.
        detail: Whether it is asked of one thing.
        may_leave_nothing: Whether there may be nothing to answer with, which is a 204.
        media_type: Of a response the method makes itself.
        options: More attributes of the view, for this endpoint alone.
    """

    def decorate(method: Callable[..., Any]) -> Callable[..., HttpResponseBase]:
        @wraps(method)
        def endpoint(self: Noun, request: Request, **kwargs: Any) -> HttpResponseBase:
            things = [self.get_object()] if detail else []
            asked = {name: value for name, value in request.query_params.items() if name not in BESIDE_FILTERS}
            found = method(self, *things, **(self.sent(asks, asked) if asks else {}))
            if isinstance(found, HttpResponseBase):
                return found
            context = self.get_serializer_context()
            if many:
                page = self.paginate_queryset(found)
                return self.get_paginated_response(gives(page, many=True, context=context).data)
            return Response(gives(found, context=context).data)

        known: Any = endpoint
        known.asks, known.status = asks, (200, media_type) if gives is bytes else 200
        known.gives = gives(many=True) if many else gives
        known.may_leave_nothing = may_leave_nothing
        path = method.__name__.replace("_", "-")
        return action(detail=detail, url_path=path, filterset_class=None, **options)(endpoint)

    return decorate


def verb(
    takes: Serializer | None = None,
    *,
    gives: Any = None,
    status: int | None = None,
    detail: bool = True,
    path: str | None = None,
    may_leave_nothing: bool = False,
    keeps: bool = True,
    **options: Any,
) -> Callable[[Callable[..., Any]], Callable[..., HttpResponseBase]]:
    """Make an endpoint of a method that calls one action with what was sent, and returns what to answer with.

    ``create``, ``partial_update`` and ``destroy`` stand at the noun's own addresses; any other verb is a POST below
    the thing it is done to.

    Args:
        takes: The shape of what is sent; its fields become the method's arguments, after the thing itself.
        gives: How the answer is represented, if not like the noun.
        status: The answer's status, if it is not the usual one.
        detail: Whether it is done to one thing.
        path: The last part of the address, if it is not the method's name.
        may_leave_nothing: Whether there may be nothing left to answer with, which is a 204.
        keeps: Whether the answer may be kept for a request that comes twice; if not, the verb sees to that itself.
        options: More attributes of the view, for this endpoint alone.
    """

    def decorate(method: Callable[..., Any]) -> Callable[..., HttpResponseBase]:
        name = method.__name__
        code = status or ROUTED.get(name, 200)
        on_one = detail and name != "create"

        def act(self: Noun) -> Response:
            if not on_one:
                refuse_match(self.request)
            things = [self.taken()] if on_one else []
            sent = self.sent(takes) if takes else {}
            done = method(self, *things, **sent)
            if isinstance(done, Response):
                return done
            return Response(status=204) if done is None else self.answer(done, gives, code)

        @wraps(method)
        @transaction.atomic
        def endpoint(self: Noun, request: Request, **kwargs: Any) -> HttpResponseBase:
            return once(request, self.user, lambda: act(self)) if keeps else act(self)

        known: Any = endpoint
        known.takes, known.gives, known.status, known.may_leave_nothing = takes, gives, code, may_leave_nothing
        known.does, known.on_one, known.writes = method, on_one, True
        if name in ROUTED:
            return endpoint
        return action(detail=detail, methods=["post"], url_path=path or name.replace("_", "-"), **options)(endpoint)

    return decorate
