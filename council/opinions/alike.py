"""Opinions that were given already and say what somebody is writing: support instead of repeat."""

from council.documents.models import Passage
from council.opinions import similarity
from council.opinions.models import Consultation, Opinion
from council.people.models import User

COMPARED = 500


def alike(
    text: str, passage: Passage, *, user: User, consultation: Consultation | None = None, limit: int = 5
) -> list[Opinion]:
    """The visible opinions given on a passage that say most of a text, the best first, each with its ``likeness``.

    Only the newest 500 are compared: it runs while somebody types.

    Args:
        consultation: In which they were given; in any that asked about the passage when left out.
    """
    given = Opinion.objects.visible_to(user).given().filter(passage=passage)
    if consultation is not None:
        given = given.filter(consultation=consultation)
    opinions = list(given.select_related("organisation").order_by("-id")[:COMPARED])
    said = [f"{opinion.proposed_text} {opinion.reason}" for opinion in opinions]
    found = []
    for index, likeness in similarity.most_alike(text, said, limit=limit):
        opinions[index].likeness = likeness  # type: ignore[attr-defined]  # how alike it is, for whoever shows it
        found.append(opinions[index])
    return found
