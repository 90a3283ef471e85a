"""Who may watch a meeting: those who may see it, by the session of their browser or the token of their program."""

from http import HTTPStatus
from importlib import import_module
from typing import NamedTuple
from uuid import UUID

from django.conf import settings
from django.contrib.auth import get_user
from django.contrib.auth.models import AnonymousUser
from django.db.models import Exists, OuterRef
from django.http import HttpRequest, parse_cookie

from council.meetings.models import Meeting
from council.people.bearers import bearer
from council.people.models import User
from council.people.scopes import Area, needed

Headers = dict[bytes, bytes]
INSIDE, OUTSIDE = "inside", "outside"
FOLLOWING = needed(Area.MEETINGS, writing=False)


class Admission(NamedTuple):
    """Whether someone may watch, and as whom."""

    status: HTTPStatus
    audience: str = ""


def admission(headers: Headers, meeting: UUID) -> Admission:
    """OK, UNAUTHORIZED for nobody, NOT_FOUND for someone who may not see the meeting.

    A closed meeting is followed by those entitled to it alone; they also see inside the closed items of others.
    """
    user = _who(headers)
    if isinstance(user, AnonymousUser):
        return Admission(HTTPStatus.UNAUTHORIZED)
    audience = audience_of(user, meeting)
    return Admission(HTTPStatus.OK, audience) if audience else Admission(HTTPStatus.NOT_FOUND)


def admission_to_notices(headers: Headers) -> Admission:
    """OK, with the person's id as the audience, for a logged-in browser; UNAUTHORIZED for anyone else."""
    user = AnonymousUser() if b"authorization" in headers else _who(headers)
    if isinstance(user, AnonymousUser):
        return Admission(HTTPStatus.UNAUTHORIZED)
    return Admission(HTTPStatus.OK, str(user.pk))


def audience_of(user: User, meeting: UUID) -> str:
    """As whom someone follows a meeting: INSIDE, OUTSIDE, or not at all ("")."""
    is_entitled = Exists(Meeting.objects.entitled_to(user).filter(pk=OuterRef("pk")))
    found = Meeting.objects.visible_to(user).filter(pk=meeting).values_list(is_entitled, "closed").first()
    if found is None:
        return ""
    entitled, closed = found
    return INSIDE if entitled else "" if closed else OUTSIDE


def _who(headers: Headers) -> User | AnonymousUser:
    scheme, _space, secret = headers.get(b"authorization", b"").decode("latin-1").partition(" ")
    if scheme.lower() == "bearer":
        found = bearer(secret.strip())
        return found.user if found and FOLLOWING in found.scopes else AnonymousUser()
    request = HttpRequest()
    request.COOKIES = parse_cookie(headers.get(b"cookie", b"").decode("latin-1"))
    sessions = import_module(settings.SESSION_ENGINE)
    request.session = sessions.SessionStore(request.COOKIES.get(settings.SESSION_COOKIE_NAME))
    user = get_user(request)
    return user if isinstance(user, User) and user.is_active else AnonymousUser()
