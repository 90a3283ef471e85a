"""Many opinions at once, for tests that only need them to be many."""

from council.core.models import uuid7
from council.opinions.models import Disposition, Opinion
from council.people.models import User


def copies(opinion: Opinion, number: int, *, author: User | None = None) -> list[Opinion]:
    """More opinions like one, with answers like its answer, numbered on from the last."""
    last = opinion.consultation.opinions.latest("number").number or 0
    answer = Disposition.objects.filter(opinion=opinion).first()
    more = []
    for offset in range(number):
        copy = Opinion.objects.get(pk=opinion.pk)
        copy.pk, copy.number, copy.author = uuid7(), last + offset + 1, author or opinion.author
        more.append(copy)
    Opinion.objects.bulk_create(more)
    if answer:
        fields = ("council_id", "verdict", "reason", "changed_passage_id", "prepared_by_id", "office_id", "released_at")
        values = {name: getattr(answer, name) for name in fields}
        Disposition.objects.bulk_create(Disposition(opinion=copy, **values) for copy in more)
    return more
