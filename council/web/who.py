"""Who can do what one may not do oneself, in words, for the page that says no."""

import re

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from rules.permissions import permissions

PEOPLE = {
    "is_operator": gettext_noop("the operators of this site"),
    "runs_council": gettext_noop("the chair, the vice-chair and the secretary of the council"),
    "runs_council_of": gettext_noop("the chair, the vice-chair and the secretary of a council they sit on"),
    "runs_some_council": gettext_noop("the chair, the vice-chair or the secretary of a council"),
    "speaks_in_council": gettext_noop("the members of the council"),
    "is_invited": gettext_noop("the person who is invited"),
    "is_alternate": gettext_noop("who comes in their place"),
    "takes_part": gettext_noop("who comes to the meeting for a seat"),
    "raised_it": gettext_noop("the person who raised it"),
    "chairs_council": gettext_noop("the chair and the vice-chair of the council"),
    "comes_to": gettext_noop("who is invited to the meeting, and their alternates"),
    "speaks_at": gettext_noop("the members invited to the meeting, and their alternates"),
    "is_there": gettext_noop("the person themselves"),
    "wrote_statement": gettext_noop("the person who wrote it down"),
    "writes_document": gettext_noop("the office that writes the document"),
    "is_author": gettext_noop("the person who wrote it"),
    "is_someone_else": gettext_noop("somebody other than the member it is about"),
    "is_own": gettext_noop("the person it belongs to"),
    "is_responsible_for": gettext_noop("the person who answers for the system"),
    "looks_after": gettext_noop("the person who answers for the system"),
    "is_in_office": gettext_noop("the office that owes the answer"),
    "is_colleague": gettext_noop("the members of the same organisation"),
    "coordinates": gettext_noop("the coordinator of the organisation"),
    "speaks_officially": gettext_noop("the coordinator of the organisation"),
    "is_official": gettext_noop("the offices that answer in the council"),
    "coordinates_someone": gettext_noop("the coordinators of its organisations"),
    "uploaded_it": gettext_noop("the person who uploaded it"),
    "comes_for_another": gettext_noop("who comes to the meeting in place of a member"),
    "hears_of": gettext_noop("everyone who sits on the council"),
    "is_themself_or_looked_after": gettext_noop("the person themselves, or who answers for the system"),
    "sits_on_council": gettext_noop("everyone who sits on the council"),
    "recorded_it": gettext_noop("whoever wrote it down"),
    "speaks_in_body": gettext_noop("the members of the body that meets"),
    "proposed_it": gettext_noop("the person who proposed it"),
    "runs_receiver": gettext_noop("the chair, the vice-chair and the secretary of the council it was forwarded to"),
    "attended": gettext_noop("those who were at the meeting"),
    "votes_for_seat": gettext_noop("whoever votes for the seat"),
    "is_responsible": gettext_noop("the organisation that is responsible"),
    "answers_here": gettext_noop("the offices that owe answers"),
}


def who_can(permission: str) -> list[str]:
    """The people a named permission is given to, in words; empty for what is no permission."""
    if permission not in permissions:
        return []
    predicates = re.findall(r"\w+", permissions[permission].name)
    return list(dict.fromkeys(_(PEOPLE[name]) for name in predicates if name in PEOPLE))
