"""Who hears of what happened: one question per kind of reader, asked when an entry is dispatched."""

from django.db.models import Q, QuerySet

from council.decisions.models import Action, Correction, Minutes, Recording
from council.decisions.models.minutes import attendees
from council.exchange.models import Export, Import
from council.journal.models import Entry
from council.meetings.models import Invitation, Meeting, Proposal, Recusal, Referral
from council.opinions.models import Consultation, Objection, Opinion, Redaction, Remark, Reply
from council.people.models import ApiToken, Membership, User


def _holding(memberships: Q) -> QuerySet[User]:
    return User.objects.filter(pk__in=Membership.objects.current().filter(memberships).values("user"))


def subject_of(entry: Entry) -> QuerySet[User]:
    """The person an account's own entry is about."""
    return User.objects.filter(pk=entry.target_id)


def appointee(entry: Entry) -> QuerySet[User]:
    """Who was appointed or dismissed."""
    return User.objects.filter(memberships=entry.target_id)


def owner_of_token(entry: Entry) -> QuerySet[User]:
    """Whose token it is, or who answers for the system whose it is."""
    return User.objects.filter(Q(tokens=entry.target_id) | Q(systems__user__tokens=entry.target_id))


def owner_of_usable_token(entry: Entry) -> QuerySet[User]:
    """The same, as long as the token works."""
    usable = ApiToken.objects.usable().filter(pk=entry.target_id).exists()
    return owner_of_token(entry) if usable else User.objects.none()


def owner_of_client(entry: Entry) -> QuerySet[User]:
    """Who answers for the system whose OAuth client it is."""
    return User.objects.filter(systems__user__clients=entry.target_id)


def owner_of_webhook(entry: Entry) -> QuerySet[User]:
    """In whose name a webhook is told, or who answers for the system in whose name."""
    return User.objects.filter(Q(webhooks=entry.target_id) | Q(systems__user__webhooks=entry.target_id))


def responsible_for_system(entry: Entry) -> QuerySet[User]:
    """Who answers for a system."""
    return User.objects.filter(systems=entry.target_id)


def members(entry: Entry) -> QuerySet[User]:
    """Everyone who sits on the council today."""
    return _holding(Q(council=entry.council_id))


def at_first_and_last(entry: Entry) -> QuerySet[User]:
    """Those who sit there, when there is something to see for the first time and when voting has ended."""
    seen = entry.data["number"] == 1 or entry.data["is_last"]
    return members(entry) if seen else User.objects.none()


def secretaries(entry: Entry) -> QuerySet[User]:
    """The council's secretaries."""
    return _holding(Q(council=entry.council_id, role=Membership.Role.SECRETARY))


def invited(entry: Entry) -> QuerySet[User]:
    """Who was invited to a meeting, and who comes in place of one of them; nobody before it was convened."""
    members = _holding(Q(invitations__meeting=entry.target_id))
    alternates = Q(mandates__invitation__meeting=entry.target_id)
    return User.objects.filter(alternates | Q(pk__in=members.values("pk")))


def of_invitation(entry: Entry) -> QuerySet[User]:
    """Who is invited, and who comes in their place."""
    seat = Q(memberships__invitations=entry.target_id) | Q(mandates__invitation=entry.target_id)
    return User.objects.filter(seat)


def represented(entry: Entry) -> QuerySet[User]:
    """Who comes in place of a member, and the member."""
    seat = Q(mandates=entry.target_id) | Q(memberships__invitations__alternate=entry.target_id)
    return User.objects.filter(seat)


def no_longer_represented(entry: Entry) -> QuerySet[User]:
    """Who was to come in place of a member, and the member."""
    return User.objects.filter(Q(pk=entry.data["user_id"]) | Q(memberships__invitations=entry.target_id))


def concerned(entry: Entry) -> QuerySet[User]:
    """Who is to keep out of an item, who comes in their place, and who raised it."""
    recusal = Recusal.objects.filter(pk=entry.target_id)
    seat = Q(memberships__in=recusal.values("membership")) | Q(mandates__invitation__in=recusal.values("invitation"))
    return User.objects.filter(seat | Q(pk__in=recusal.values("raised_by")))


def concerned_and_secretaries(entry: Entry) -> QuerySet[User]:
    """Those, and the council's secretaries and chair, who see that it is decided."""
    deciding = _holding(Q(council=entry.council_id, role__in=Membership.OFFICERS))
    return User.objects.filter(Q(pk__in=concerned(entry).values("pk")) | Q(pk__in=deciding.values("pk")))


def entitled(entry: Entry) -> QuerySet[User]:
    """Who sits on the body that meets."""
    return User.objects.filter(pk__in=Meeting.objects.get(pk=entry.target_id).entitled().values("user"))


def proposer(entry: Entry) -> QuerySet[User]:
    """Who proposed an agenda item."""
    return User.objects.filter(pk__in=Proposal.objects.filter(pk=entry.target_id).values("proposed_by"))


def sending_officers(entry: Entry) -> QuerySet[User]:
    """Who runs the council that forwarded an item."""
    return _holding(Q(council=entry.council_id, role__in=Membership.OFFICERS))


def receiving_officers(entry: Entry) -> QuerySet[User]:
    """Who runs the council to which an item was forwarded."""
    receiver = Referral.objects.filter(pk=entry.target_id).values("to_council")
    return _holding(Q(council__in=receiver, role__in=Membership.OFFICERS))


def on_roll(entry: Entry) -> QuerySet[User]:
    """Who votes in a ballot."""
    return User.objects.filter(votes__ballot=entry.target_id)


def responsible(entry: Entry) -> QuerySet[User]:
    """Who has an action to do, as things stand at the moment of telling: its owner, or all who speak for the body."""
    action = Action.objects.get(pk=entry.target_id)
    seats = Q(council=action.council_id, organisation=action.organisation_id)
    people = _holding(seats & ~Q(role=Membership.Role.OBSERVER))
    owner = people.filter(actions=action)
    return owner if owner.exists() else people


def head(entry: Entry) -> QuerySet[User]:
    """Whom to tell of an action that stays undone: its head, or else the organisation's coordinators, or the chair."""
    action = Action.objects.get(pk=entry.target_id)
    coordinating = Q(council=action.council_id, organisation=action.organisation_id, coordinates=True)
    chair = Q(council=action.council_id, role=Membership.Role.CHAIR)
    choices = (_holding(Q(council=action.council_id, user=action.head_id)), _holding(coordinating), _holding(chair))
    return next((people for people in choices if people.exists()), User.objects.none())


def responsible_for_open(entry: Entry) -> QuerySet[User]:
    """Who has an action still to do."""
    return responsible(entry) if _undone(entry) else User.objects.none()


def head_of_open(entry: Entry) -> QuerySet[User]:
    """Whom an action that is still undone was escalated to."""
    return head(entry) if _undone(entry) else User.objects.none()


def _undone(entry: Entry) -> bool:
    return Action.objects.filter(
        pk=entry.target_id, state__in=(Action.State.ASSIGNED, Action.State.IN_PROGRESS)
    ).exists()


def office(entry: Entry) -> QuerySet[User]:
    """Who speaks in the council for the office that was asked to answer."""
    return _holding(Q(council=entry.council_id, organisation=entry.data["office_id"]))


def answering(entry: Entry) -> QuerySet[User]:
    """Who speaks in the council for the office whose answer was objected to."""
    responsible = Objection.objects.filter(pk=entry.target_id).values("disposition__office")
    return _holding(Q(council=entry.council_id, organisation__in=responsible))


def author(entry: Entry) -> QuerySet[User]:
    """Who gave the opinion."""
    return User.objects.filter(opinions=entry.target_id)


def objector(entry: Entry) -> QuerySet[User]:
    """Who replied to an answer."""
    return User.objects.filter(pk__in=Objection.objects.filter(pk=entry.target_id).values("raised_by"))


def owing(entry: Entry) -> QuerySet[User]:
    """Who speaks for an organisation that still owes a reply, asked at the moment of telling: its coordinators, or all."""
    consultation = Consultation.objects.get(pk=entry.target_id)
    replied = Reply.objects.filter(consultation=consultation).values("organisation")
    owing = consultation.asked().exclude(pk__in=replied)
    seats = Membership.objects.current().speaking().filter(council=entry.council_id)
    coordinated = seats.filter(coordinates=True).values("organisation")
    asked = Q(organisation__in=owing) & (Q(coordinates=True) | ~Q(organisation__in=coordinated))
    return User.objects.filter(pk__in=seats.filter(asked).values("user"))


def coordinators(entry: Entry) -> QuerySet[User]:
    """Who gives the word of the organisation in which a draft was shared."""
    return _holding(Q(council=entry.council_id, organisation=entry.organisation_id, coordinates=True))


def discussing(entry: Entry) -> QuerySet[User]:
    """Who wrote a shared draft, or commented on it."""
    opinion = Opinion.objects.filter(pk=entry.target_id)
    remarks = Remark.objects.filter(opinion=entry.target_id)
    return User.objects.filter(Q(pk__in=opinion.values("author")) | Q(pk__in=remarks.values("by")))


def other_side(entry: Entry) -> QuerySet[User]:
    """Who approves a redacted form: the secretaries, or the people of the organisation whose opinion it stands for."""
    by_officers = Redaction.objects.filter(pk=entry.target_id, by_officers=True).exists()
    own = _holding(Q(council=entry.council_id, organisation=entry.organisation_id))
    return own if by_officers else secretaries(entry)


def importer(entry: Entry) -> QuerySet[User]:
    """Who uploaded a file of opinions, and the council's secretaries."""
    own = Import.objects.filter(pk=entry.target_id).values("by")
    return User.objects.filter(Q(pk__in=own) | Q(pk__in=secretaries(entry).values("pk")))


def whose_export(entry: Entry) -> QuerySet[User]:
    """Who asked for a file."""
    return User.objects.filter(pk__in=Export.objects.filter(pk=entry.target_id).values("by"))


def attendees_of(entry: Entry) -> QuerySet[User]:
    """Who was at the meeting whose minutes these are, as a member or as an alternate."""
    own = Invitation.objects.none()
    for minutes in Minutes.objects.filter(pk=entry.target_id).select_related("meeting"):
        own = attendees(minutes.meeting)
    members = Q(pk__in=own.filter(attendance__alternate=None).values("membership__user"))
    return User.objects.filter(members | Q(pk__in=own.values("attendance__alternate__user")))


def readers_of_minutes(entry: Entry) -> QuerySet[User]:
    """Who was invited to the meeting whose minutes, annex or recording this is."""
    of = (Minutes.objects.filter(pk=entry.target_id), Recording.objects.filter(pk=entry.target_id))
    annexed = Minutes.objects.filter(annexes=entry.target_id)
    meetings = Q(invitations__meeting__in=annexed.values("meeting"))
    for rows in of:
        meetings |= Q(invitations__meeting__in=rows.values("meeting"))
    return _holding(meetings)


def requester_of_correction(entry: Entry) -> QuerySet[User]:
    """Who asked for the correction."""
    return User.objects.filter(pk__in=Correction.objects.filter(pk=entry.target_id).values("requested_by"))
