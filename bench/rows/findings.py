"""What unites and what divides, from the votes in the database to the stored result."""

import random
import time
from typing import Any

from bench.measure import Measured, Size, row
from bench.stage import stage

PEOPLE, OPINIONS, VOTES = 2_000, 900, 225_000


@row("findings-from-database-to-stored-result", goal=2.0, goal_for="figure")
def stored_result(size: Size) -> Measured:
    """Reading the votes, analysing them with the stability of the groups, releasing what may be shown, storing it."""
    consultation = stage().use("voted", _voted)
    from council.findings.actions import refresh  # noqa: PLC0415 - Django is set up by the stage

    start = time.perf_counter()
    refresh(consultation, force=True)
    return Measured(figure=time.perf_counter() - start)


def _voted() -> Any:
    """A consultation with its opinions and votes: three sectors that lean differently."""
    from council.opinions.models import Opinion, Reaction  # noqa: PLC0415 - as above
    from tests.cast import Cast  # noqa: PLC0415 - as above
    from tests.findings.crowd import crowd  # noqa: PLC0415 - as above

    cast, chance = Cast(), random.Random(0)
    members = crowd(cast, dict.fromkeys(("supplier", "adopter", "local_government"), PEOPLE // 3))
    consultation = cast.consultation(cast.version())
    one = cast.submitted(consultation)
    fields = {field.attname: getattr(one, field.attname) for field in Opinion._meta.concrete_fields}
    del fields["id"]
    others = [Opinion(**fields | {"number": number}) for number in range(2, OPINIONS + 1)]
    opinions = [one, *Opinion.objects.bulk_create(others)]
    people = [(member, sector) for sector, found in members.items() for member in found]
    lean = {(opinion.pk, sector): chance.uniform(-1, 1) for opinion in opinions for sector in members}
    pairs = chance.sample(range(len(people) * len(opinions)), VOTES)
    votes = []
    for pair in pairs:
        (member, sector), opinion = people[pair % len(people)], opinions[pair // len(people)]
        felt = lean[opinion.pk, sector] + chance.gauss(0, 1)
        votes.append(
            Reaction(
                council_id=consultation.council_id,
                consultation=consultation,
                opinion=opinion,
                organisation_id=member.organisation_id,
                sector=sector,
                by_id=member.user_id,
                value=(felt > 0.3) - (felt < -0.3),
            )
        )
    Reaction.objects.bulk_create(votes, batch_size=5000)
    return consultation
