"""For whom somebody speaks, where they did not say."""

from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext as _
from rest_framework.exceptions import ValidationError

from council.meetings.models import Meeting
from council.opinions.models import Consultation, Opinion
from council.people.models import Membership, User


def speaking(user: User, thing: Consultation | Opinion | Meeting, membership: Membership | None) -> Membership:
    """The membership that was named, or else the one somebody can speak through in the council of a thing.

    Raises:
        PermissionDenied: There is none.
        ValidationError: There are several; which, is said.
    """
    if membership is not None:
        return membership
    own = Membership.objects.current().speaking().filter(user=user, council=thing.council_id)
    choices = list(own.select_related("organisation"))
    if not choices:
        raise PermissionDenied("opinions.give")
    if len(choices) > 1:
        ask = _("Say for whom you speak: %(membership)s is your membership for %(organisation)s.")
        names = [ask % {"membership": one.pk, "organisation": one.organisation} for one in choices]
        raise ValidationError({"membership": names})
    return choices[0]
