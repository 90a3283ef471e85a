"""Which evidence is closed to someone: that of the actions they may not see."""

from django.db.models import Q

from council.decisions.models.decisions import Action, ActionReport
from council.documents.access import closes
from council.people.models import User


@closes
def evidence_kept_from(user: User) -> Q:
    """What shows that an action was done is for those who see the action."""
    unseen = ActionReport.objects.filter(evidence__isnull=False).exclude(action__in=Action.objects.visible_to(user))
    return Q(pk__in=unseen.values("evidence"))
