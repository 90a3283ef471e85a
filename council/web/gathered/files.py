"""What may be taken away of a meeting."""

from typing import Any, NamedTuple

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from council.decisions.models import Minutes
from council.exchange.models import Export
from council.meetings.models import Meeting
from council.people.models import User

_ABOUT: dict[Export.Kind, str | Promise] = {
    Export.Kind.AGENDA_BOOK: _(
        "Invitation, agenda with times, and every paper you may read, with a table of contents."
    ),
    Export.Kind.ATTENDANCE: _("Who was invited, who came, and for whom."),
    Export.Kind.MINUTES: _("As they stand now, as far as you may read them."),
    Export.Kind.BALLOTS: _("Every ballot with how its result came about."),
    Export.Kind.DECISIONS: _("What was decided, and who does what until when."),
    Export.Kind.DOSSIER: _(
        "Everything as one PDF, or as a package with all parts, data (JSON) and checksums (SHA-256) for the records system."
    ),
}


class Offer(NamedTuple):
    """A document one may ask for."""

    kind: str
    label: str | Promise
    about: str | Promise
    formats: tuple[str, ...]


def of_meeting(user: User, meeting: Meeting) -> dict[str, Any]:
    """Whether there is anything to take away: not before a meeting is convened, but for who prepares it."""
    return {"has_files": meeting.convened_at is not None or user.has_perm("meetings.edit_agenda", meeting)}


def offered(user: User, meeting: Meeting) -> list[Offer]:
    """The documents of a meeting someone may ask for as it stands."""
    kinds = [Export.Kind.AGENDA_BOOK]
    if meeting.opened_at or meeting.state in (Meeting.State.RUNNING, Meeting.State.CLOSED):
        kinds += [Export.Kind.ATTENDANCE, Export.Kind.BALLOTS, Export.Kind.DECISIONS]
    if Minutes.objects.visible_to(user).filter(meeting=meeting).exists():
        kinds.append(Export.Kind.MINUTES)
    if user.has_perm("exchange.take_dossier", meeting):
        kinds.append(Export.Kind.DOSSIER)
    return [
        Offer(kind.value, kind.label, _ABOUT[kind], Export.FORMATS[kind]) for kind in Export.OF_MEETING if kind in kinds
    ]
