"""``manage.py token EMAIL``: a token for the REST API."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from council.people import actions
from council.people.models import User


class Command(BaseCommand):
    """Makes an access token for someone and prints its secret, once."""

    help = "Make an API token for the account with this e-mail address and print it. It is not shown again."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("email")
        parser.add_argument("--name", default="command line", help="what it is for (default: %(default)s)")

    def handle(self, *args: Any, **options: Any) -> None:
        user = User.objects.filter(email=options["email"].strip().lower(), is_active=True).first()
        if user is None:
            raise CommandError(f"There is no active account with the address {options['email']}.")
        _token, secret = actions.create_token(name=options["name"], by=user)
        self.stdout.write(secret)
