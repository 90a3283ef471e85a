"""Many opinions at once, for tests that only need them to be many."""

from council.core.models import uuid7
from council.opinions.models import Disposition, Opinion, Point
from council.people.models import User


def copies(opinion: Opinion, number: int, *, author: User | None = None) -> list[Opinion]:
    """More opinions like one, with points and answers like its own, numbered on from the last."""
    last = opinion.consultation.opinions.latest("number").number or 0
    more, points, answers = [], [], []
    for offset in range(number):
        copy = Opinion.objects.get(pk=opinion.pk)
        copy.pk, copy.number, copy.author = uuid7(), last + offset + 1, author or opinion.author
        more.append(copy)
        for point in Point.objects.filter(opinion=opinion):
            answer = Disposition.objects.filter(point=point).first()
            point.pk, point.opinion = uuid7(), copy
            points.append(point)
            if answer:
                answer.pk, answer.point = uuid7(), point
                answers.append(answer)
    Opinion.objects.bulk_create(more)
    Point.objects.bulk_create(points)
    Disposition.objects.bulk_create(answers)
    return more
