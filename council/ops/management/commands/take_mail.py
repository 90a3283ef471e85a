"""``manage.py take_mail --to ADDRESS < message``: take one mail, for a mail server that pipes."""

import sys
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from council.ops import inbound

EXITS = {inbound.TAKEN: 0, inbound.NOBODY: 67, inbound.BROKEN: 65, inbound.LATER: 75}
"""What sysexits.h calls it: EX_NOUSER, EX_DATAERR, EX_TEMPFAIL; the mail server keeps a mail for the last."""


class Command(BaseCommand):
    """Takes one mail from standard input."""

    help = "Take one mail from standard input; exits as sysexits.h has it, so that the mail server knows what to do."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--to", required=True, help="the address it came to, from the envelope")

    def handle(self, *args: Any, **options: Any) -> None:
        answer = inbound.take(sys.stdin.buffer.read(inbound.LARGEST), options["to"])
        self.stdout.write(answer)
        if EXITS[answer]:
            sys.exit(EXITS[answer])
