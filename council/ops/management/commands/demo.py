"""``manage.py demo``: a council with everything in it, to look at and to try."""

from argparse import ArgumentParser
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError

from council.ops import demo
from council.people.models import Council, User


class Command(BaseCommand):
    """Loads the demo into an empty database, and says with whom one logs in."""

    help = "Load the demo: the council of the 5 September 2023 hearing, and what it is doing now."

    def add_arguments(self, parser: ArgumentParser) -> None:
        choice = parser.add_mutually_exclusive_group()
        choice.add_argument("--if-empty", action="store_true", help="do nothing where there is data already")
        choice.add_argument("--add", action="store_true", help="load beside the data that is there")
        choice.add_argument("--accounts", action="store_true", help="only print the demo's accounts")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["accounts"]:
            self._print_accounts()
            return
        if User.objects.exists() or Council.objects.exists():
            if options["if_empty"]:
                return
            if not options["add"]:
                raise CommandError("The database is not empty. Use --add to load the demo beside what is there.")
        try:
            demo.load(progress=lambda line: self.stdout.write(f"  demo: {line}"))
        except ValidationError as error:
            raise CommandError(f"The demo does not fit beside what is there: {'; '.join(error.messages)}") from error
        if not options["if_empty"]:
            self._print_accounts()

    def _print_accounts(self) -> None:
        if not User.objects.filter(email=demo.ACCOUNTS[0][0]).exists():
            return
        self.stdout.write(f"Demo accounts, password {demo.PASSWORD}")
        for email, who in demo.ACCOUNTS:
            self.stdout.write(f"  {email:<28} {who}")
