"""Who may do what with opinions: members give them for a seat, the secretariat triages, the office answers."""

from council.core import clock
from council.core.permissions import allow, predicate
from council.opinions.models import Consultation, Opinion
from council.people.models import Membership, User
from council.people.rules import runs_council


@predicate
def speaks_in_council(user: User, consultation: Consultation) -> bool:
    """Whether someone may give opinions here: whoever sits on the council, observers apart."""
    seats = Membership.objects.current().filter(user=user.pk, council=consultation.council_id)
    return seats.exclude(role=Membership.Role.OBSERVER).exists()


@predicate
def is_author(user: User, opinion: Opinion) -> bool:
    """Whether an opinion is one's own and the membership it was given under still runs."""
    return opinion.author_id == user.pk and opinion.membership.covers(clock.today())


@predicate
def is_in_office(user: User, opinion: Opinion) -> bool:
    """Whether someone speaks in the council for the office an opinion was triaged to."""
    seats = Membership.objects.current().filter(user=user.pk, council=opinion.council_id)
    return opinion.office_id is not None and seats.filter(organisation=opinion.office_id).exists()


@predicate
def answers_here(user: User, consultation: Consultation) -> bool:
    """Whether someone speaks for an office that owes answers in a consultation."""
    offices = Membership.objects.current().filter(user=user.pk, council=consultation.council_id).values("organisation")
    return (
        offices.filter(organisation=consultation.office_id).exists()
        or consultation.opinions.filter(office__in=offices).exists()
    )


allow("opinions.prepare_consultation", runs_council)
allow("opinions.open_consultation", runs_council)
allow("opinions.give", speaks_in_council)
allow("opinions.edit", is_author)
allow("opinions.submit", is_author)
allow("opinions.withdraw", is_author)
allow("opinions.triage", runs_council)
allow("opinions.dispose", runs_council | is_in_office)
allow("opinions.see_board", runs_council | answers_here)
allow("opinions.release", runs_council)
