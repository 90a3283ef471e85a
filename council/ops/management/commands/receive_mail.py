"""``manage.py receive_mail``: take what comes back, for a mail server on the same machine."""

import signal
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from council.ops.inbound import Listener


class Command(BaseCommand):
    """Listens for the mail server until it is stopped."""

    help = (
        "Take mail for the product's own addresses (bounces, complaints, answers to invitations, unsubscriptions) from "
        "the site's mail server. See docs/decisions/0025-inbound-mail.md."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--host", default="127.0.0.1", help="where to listen (default: %(default)s)")
        parser.add_argument("--port", type=int, default=8025, help="the port (default: %(default)s)")
        parser.add_argument("--lmtp", action="store_true", help="speak LMTP instead of SMTP")

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.BOUNCE_ADDRESS:
            raise CommandError("BOUNCE_ADDRESS is not set: there are no addresses to take mail for.")
        listener = Listener(options["host"], options["port"], lmtp=options["lmtp"])
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, lambda *_: None)  # ends the pause below
        try:
            listener.start()
        except OSError as error:
            raise CommandError(f"Cannot listen on {options['host']}:{options['port']}: {error}") from error
        self.stdout.write(f"Taking mail on {options['host']}:{options['port']}.")
        signal.pause()
        listener.stop()
