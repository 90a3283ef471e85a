"""Who may do what with opinions: members give them for a seat, the secretariat assigns, the office answers."""

from uuid import UUID

from council.core import clock
from council.core.permissions import allow, predicate
from council.opinions.models import Consultation, Disposition, Objection, Opinion, Point, Redaction
from council.people.models import Membership, Organisation, User
from council.people.rules import runs_council, seats_in


def _opinion(thing: Opinion | Redaction | Point | Disposition) -> Opinion:
    if isinstance(thing, Disposition):
        return thing.point.opinion
    return thing if isinstance(thing, Opinion) else thing.opinion


def _speaking(user: User, council: UUID, organisation: UUID | None = None) -> list[Membership]:
    """The seats through which someone speaks, for an organisation if it is said; observers and systems have none."""
    seats = [] if user.is_system else seats_in(user, council)
    return [
        seat for seat in seats if seat.role != Membership.Role.OBSERVER and organisation in (None, seat.organisation_id)
    ]


@predicate
def speaks_in_council(user: User, thing: Consultation | Opinion) -> bool:
    """Whether someone may give opinions here: whoever sits on the council, observers and systems apart."""
    return bool(_speaking(user, thing.council_id))


@predicate
def is_author(user: User, thing: Opinion | Disposition) -> bool:
    """Whether an opinion is one's own and the membership it was given under still runs."""
    opinion = _opinion(thing)
    return opinion.author_id == user.pk and opinion.membership is not None and opinion.membership.covers(clock.today())


@predicate
def is_colleague(user: User, thing: Opinion | Redaction) -> bool:
    """Whether someone speaks in the council for the organisation an opinion is from."""
    opinion = _opinion(thing)
    return bool(_speaking(user, opinion.council_id, opinion.organisation_id))


@predicate
def coordinates(user: User, opinion: Opinion) -> bool:
    """Whether someone gives the official word of the organisation an opinion is from."""
    own = _speaking(user, opinion.council_id, opinion.organisation_id)
    return any(seat.speaks_officially for seat in own)


@predicate
def speaks_officially(user: User, membership: Membership) -> bool:
    """Whether a membership is one's own and gives its organisation's official word."""
    return (
        membership.user_id == user.pk
        and membership.covers(clock.today())
        and membership.role != Membership.Role.OBSERVER
        and membership.speaks_officially
    )


@predicate
def is_in_office(user: User, thing: Point | Disposition | Objection) -> bool:
    """Whether someone speaks in the council for the office a point was assigned to."""
    if isinstance(thing, Objection):
        thing = thing.disposition
    point = thing.point if isinstance(thing, Disposition) else thing
    return any(seat.organisation_id == point.office_id for seat in seats_in(user, point.council_id))


@predicate
def answers_here(user: User, consultation: Consultation) -> bool:
    """Whether someone speaks for an office that owes answers in a consultation."""
    offices = Membership.objects.current().filter(user=user.pk, council=consultation.council_id).values("organisation")
    return (
        offices.filter(organisation=consultation.office_id).exists()
        or consultation.points.filter(office__in=offices).exists()
    )


@predicate
def is_official(user: User, council: object) -> bool:
    """Whether someone sits on a council for a body of the central government, which answers there."""
    seats = Membership.objects.current().speaking().filter(user=user.pk, council=council.council_id)  # type: ignore[attr-defined]  # whatever belongs to a council
    return seats.filter(organisation__kind=Organisation.Kind.CENTRAL_GOVERNMENT).exists()


@predicate
def recorded_it(user: User, opinion: Opinion) -> bool:
    """Whether someone who runs the council entered it for somebody without an account, or who has not confirmed it yet."""
    unconfirmed = opinion.author_id is None or opinion.needs_confirming
    return opinion.recorded_by_id == user.pk and unconfirmed and runs_council(user, opinion)


allow("opinions.prepare_consultation", runs_council)
allow("opinions.open_consultation", runs_council)
allow("opinions.extend", runs_council)
allow("opinions.remind", runs_council)
allow("opinions.publish_result", runs_council)
allow("opinions.give", speaks_in_council)
allow("opinions.edit", is_author | coordinates | recorded_it)
allow("opinions.submit", is_author)
allow("opinions.withdraw", is_author | coordinates | recorded_it)
allow("opinions.share", is_author)
allow("opinions.remark", is_colleague)
allow("opinions.coordinate", coordinates)
allow("opinions.reply", speaks_officially)
allow("opinions.enter", runs_council)
allow("opinions.confirm", is_author)
allow("opinions.react", speaks_in_council)
allow("opinions.report", speaks_in_council)
allow("opinions.moderate", runs_council)
allow("opinions.redact", runs_council | is_colleague)
allow("opinions.split", runs_council)
allow("opinions.triage", runs_council)
allow("opinions.dispose", runs_council | is_in_office)
allow("opinions.tag", runs_council | is_in_office)
allow("opinions.see_board", runs_council | answers_here)
allow("opinions.keep_template", runs_council | is_official)
allow("opinions.release", runs_council)
allow("opinions.tell", runs_council)
allow("opinions.object", is_author)
allow("opinions.decide_objection", runs_council | is_in_office)
