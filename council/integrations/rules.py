"""Who may have another system told: whoever sits on a council, and a system that was let in, each for themselves."""

from council.core.permissions import allow, predicate
from council.people.models import Council, Membership, ServiceAccount, User
from council.people.rules import is_own, looks_after


@predicate
def hears_of(user: User, council: Council) -> bool:
    """Whether an account sits on a council, if only to observe."""
    return Membership.objects.current().filter(user=user.pk, council=council.pk).exists()


@predicate
def is_themself_or_looked_after(user: User, account: User) -> bool:
    """Whether an account is one's own, or that of a system one looks after."""
    return account.pk == user.pk or ServiceAccount.objects.run_by(user).filter(user=account.pk).exists()


allow("integrations.hear_of", hears_of)
allow("integrations.make_webhook", is_themself_or_looked_after)
allow("integrations.manage_webhook", is_own | looks_after)
