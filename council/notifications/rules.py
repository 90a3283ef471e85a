"""Who may look after what is told: who runs a council, for their council; the operators, for the machinery."""

from council.core.permissions import allow, is_operator, predicate
from council.notifications.models import Mailbox
from council.people.models import Membership, User
from council.people.rules import is_own, runs_council, runs_some_council


@predicate
def runs_council_of(user: User, mailbox: Mailbox) -> bool:
    """Whether someone runs a council on which the person sits."""
    councils = Membership.objects.current().filter(user=mailbox.user_id).values("council")
    return Membership.objects.current().officers().filter(user=user.pk, council__in=councils).exists()


allow("notifications.read_log", is_operator | runs_council)
allow("notifications.resend", is_operator | runs_council)
allow("notifications.read_told", runs_council)
allow("notifications.confirm_address", is_own | is_operator | runs_council_of)
allow("notifications.review_mails", is_operator | runs_some_council)
