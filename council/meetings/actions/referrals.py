"""What becomes of an item beyond its meeting: carried over to a later one, or forwarded to another body (이송)."""

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from council.core import clock
from council.core.errors import Refused
from council.core.permissions import require
from council.core.saving import change, create
from council.documents import actions as documents
from council.journal.actions import record
from council.journal.verbs import Verb
from council.meetings.actions.agenda import OVER, put
from council.meetings.actions.common import ALIVE, OPEN, lock
from council.meetings.actions.series import OF_AN_ITEM, lay_again
from council.meetings.bell import touched
from council.meetings.models import AgendaItem, Meeting, Paper, Referral
from council.people.models import Council, Subcommittee, User

_STATE = AgendaItem.State
UNDEALT = (_STATE.PLANNED, _STATE.POSTPONED)


@transaction.atomic
def carry_over(item: AgendaItem, *, to: Meeting, by: User) -> AgendaItem:
    """Take an item that was not dealt with to a later meeting of the same body, with its papers and its open parts.

    Returns:
        The item on the other agenda; the old one counts as postponed and says where it went.

    Raises:
        ValidationError: The other meeting is of another body.
        Refused: The item was dealt with or carried over already, or the other meeting is over.
    """
    require(by, "meetings.edit_agenda", item)
    if to.pk == item.meeting_id or body_of(to) != body_of(item.meeting):
        raise ValidationError({"to": _("Choose another meeting of the same body.")})
    lock(to, OPEN, OVER)
    item = AgendaItem.objects.select_for_update().select_related("meeting").get(pk=item.pk)
    if item.state not in UNDEALT:
        raise Refused(_("Only what has not been dealt with can be carried over."))
    if AgendaItem.objects.filter(carried_from=item).exists():
        raise Refused(_("This item has been carried over already."))
    carried = _carry(item, to, None)
    record(
        Verb.ITEM_CARRIED_OVER, carried, by=by, title=item.title, carried_from=item.pk, from_meeting=item.meeting.title
    )
    touched(item.meeting_id)
    return carried


def body_of(meeting: Meeting) -> tuple[object, object]:
    """The council, or the subcommittee of it, that meets."""
    return meeting.council_id, meeting.subcommittee_id


def _carry(item: AgendaItem, to: Meeting, parent: AgendaItem | None) -> AgendaItem:
    fields = {name: getattr(item, name) for name in OF_AN_ITEM}
    carried = put(to, parent=parent, carried_from=item, follow_up=item.follow_up, **fields)
    lay_again(item, carried)
    for part in item.children.filter(state__in=UNDEALT, carried_to=None).order_by("position"):
        _carry(part, to, carried)
    change(item, state=_STATE.POSTPONED)
    return carried


@transaction.atomic
def forward(
    item: AgendaItem,
    *,
    request: str,
    by: User,
    council: Council | None = None,
    subcommittee: Subcommittee | None = None,
) -> Referral:
    """Hand an item to another body, a council or a subcommittee, with what is asked of it; its officers hear.

    Raises:
        ValidationError: No body or an impossible one is named, nothing is asked, or it has the item already.
    """
    require(by, "meetings.edit_agenda", item)
    if (council is None) == (subcommittee is None):
        raise ValidationError({"body": _("Choose the body it goes to.")})
    receiver = subcommittee.council if subcommittee else council
    assert receiver is not None  # one of the two was named  # noqa: S101
    if (receiver.pk, subcommittee and subcommittee.pk) == body_of(item.meeting):
        raise ValidationError({"body": _("This body has the item on its own agenda.")})
    referral = create(
        Referral(
            council_id=item.council_id,
            item=item,
            to_council=receiver,
            to_subcommittee=subcommittee,
            request=request.strip(),
        )
    )
    record(
        Verb.ITEM_FORWARDED,
        referral,
        by=by,
        title=item.title,
        sender=str(item.meeting.subcommittee or item.council),
        receiver=str(subcommittee or receiver),
    )
    touched(item.meeting_id)
    return referral


@transaction.atomic
def take_up_referral(referral: Referral, *, meeting: Meeting, by: User, parent: AgendaItem | None = None) -> AgendaItem:
    """Put a forwarded item on the agenda of a meeting of the body it was forwarded to.

    Its papers lie on the new table too. Another council gets copies of the files; versions of documents stay with the
    council that writes them.

    Raises:
        ValidationError: The meeting is of another body.
        Refused: The item has been taken up or returned already, or the meeting is over.
    """
    require(by, "meetings.receive_referral", referral)
    referral = _whole(referral)
    if body_of(meeting) != (referral.to_council_id, referral.to_subcommittee_id):
        raise ValidationError({"meeting": _("Choose a meeting of the body it was forwarded to.")})
    lock(meeting, ALIVE, OVER)
    if not Referral.objects.filter(pk=referral.pk, state=Referral.State.SENT).update(
        state=Referral.State.TAKEN_UP, modified_at=clock.now()
    ):
        raise Refused(_("This item has been taken up or returned already."))
    item = referral.item
    fields = {name: getattr(item, name) for name in OF_AN_ITEM}
    note = "\n\n".join(filter(None, [referral.request, item.note]))
    taken = put(meeting, parent=parent, **{**fields, "note": note})
    if item.council_id == taken.council_id:
        lay_again(item, taken)
    else:
        _copy_papers(item, taken, by)
    referral.refresh_from_db(fields=["state", "modified_at"])
    change(referral, taken_up_as=taken)
    record(Verb.REFERRAL_TAKEN_UP, referral, by=by, title=item.title, receiver=_receiver(referral))
    touched(meeting)
    return taken


def _copy_papers(item: AgendaItem, taken: AgendaItem, by: User) -> None:
    for paper in item.papers.filter(attachment__isnull=False).select_related("attachment"):
        given = paper.attachment
        if given is not None:
            with given.file.open("rb") as file:
                kept = documents.attach(taken.council, file=file, name=given.name, visibility=taken.visibility, by=by)
            create(Paper(item=taken, attachment=kept))


def _whole(referral: Referral) -> Referral:
    """A forwarded item as it stands, with its item: a door may have left out what its caller does not see."""
    whole = Referral.objects.select_related("item__council", "item__meeting", "to_council", "to_subcommittee")
    return whole.get(pk=referral.pk)


def _receiver(referral: Referral) -> str:
    return str(referral.to_subcommittee or referral.to_council)


@transaction.atomic
def return_referral(referral: Referral, *, result: str, by: User, declined: bool = False) -> Referral:
    """Tell the body that forwarded an item what became of it, or why nothing did; its officers hear.

    Args:
        result: What was decided or advised; the reason where it is declined.
        declined: Whether the item goes back undone.

    Raises:
        ValidationError: Nothing is said.
        Refused: It has been returned already.
    """
    require(by, "meetings.receive_referral", referral)
    if not result.strip():
        raise ValidationError({"result": _("Say what became of it.")})
    state = Referral.State.DECLINED if declined else Referral.State.RETURNED
    waiting = (Referral.State.SENT, Referral.State.TAKEN_UP)
    if not Referral.objects.filter(pk=referral.pk, state__in=waiting).update(
        state=state, result=result.strip(), returned_at=clock.now(), modified_at=clock.now()
    ):
        raise Refused(_("This item has been returned already."))
    referral = _whole(referral)
    record(Verb.REFERRAL_RETURNED, referral, by=by, title=referral.item.title, receiver=_receiver(referral))
    touched(referral.item.meeting_id)
    return referral
