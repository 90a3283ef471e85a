"""``manage.py audit_findings``: proves that no vote can be derived from what was released."""

from argparse import ArgumentParser
from typing import Any
from uuid import UUID

from django.core.management.base import BaseCommand, CommandError

from council.consensus import VERSION
from council.findings import actions
from council.findings.models import Finding
from council.opinions.models import Consultation


class Command(BaseCommand):
    """Goes over everything ever released, and computes the newest figures again."""

    help = (
        "Check, over everything ever released of a consultation (or of all), that no vote can be derived from it, and that "
        "the figures of this version can be computed again from what is stored. Exits with 1 if not."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("consultation", nargs="?", type=UUID, help="its id; all with findings when left out")

    def handle(self, *args: Any, **options: Any) -> None:
        found = Finding.objects.order_by("consultation", "number")
        if options["consultation"]:
            found = found.filter(consultation=options["consultation"])
        checked = Consultation.objects.filter(pk__in=found.values("consultation")).order_by("pk")
        failures = [problem for consultation in checked for problem in self.problems(consultation)]
        if failures:
            raise CommandError("\n".join(failures))
        self.stdout.write(f"{checked.count()} consultations, {found.count()} batches: no vote can be derived.")
        if earlier := found.exclude(code_version=VERSION).count():
            self.stdout.write(f"{earlier} batches were computed by an earlier version, and not again by this one.")

    def problems(self, consultation: Consultation) -> list[str]:
        """What is wrong with a consultation, a sentence each."""
        derived = [
            f"{consultation.pk}: {one.opinion}, {one.unit}, batch {one.batch}: {one.possible} counts possible"
            for one in actions.given_away(consultation)
        ]
        return derived + [
            f"{consultation.pk}: batch {finding.number} computed again gives other figures"
            for finding in Finding.objects.filter(consultation=consultation, code_version=VERSION).order_by("number")
            if actions.recomputed(finding) != finding.released
        ]
