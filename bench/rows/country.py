"""Making a country-sized database."""

from bench.measure import Measured, Size, row
from bench.stage import stage

PART = 20
"""In a usual run so small a part of the country is made; the figure is what all of it would take at that rate."""


@row("country-made", goal=300, goal_for="figure")
def made(size: Size) -> Measured:
    """40 councils, 2,000 consultations, 20,000 people, 1,000,000 opinions, 10,000,000 reactions and what follows from them."""
    stage()  # Django has to be set up before its models are looked at
    from bench.country import Shape, build  # noqa: PLC0415 - as above

    if size == "full":
        return Measured(figure=stage().use("country", lambda: build(Shape.country())).took)
    shape = Shape.country().part(PART)
    return Measured(figure=stage().use("part", lambda: build(shape)).took * PART)
