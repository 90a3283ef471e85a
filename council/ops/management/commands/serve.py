"""`manage.py serve`: the whole product with one command."""

import os
import signal
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from council.ops import engines, processes
from council.ops.serve import PortTakenError, ServeError, Supervisor


def port_number(text: str) -> int:
    """A port from the command line or the environment."""
    if not text.isdecimal() or not 1 <= int(text) <= 65535:
        raise CommandError(f"PORT={text} is not a port: use a number from 1 to 65535.", returncode=2)
    return int(text)


class Command(BaseCommand):
    """Starts everything, and stops everything it started."""

    help = "Run everything: embedded PostgreSQL and Valkey (unless the environment names others), web, worker, beat."
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the port from the environment too."""
        parser.add_argument("--port", default=os.environ.get("PORT") or "8000", help="default: $PORT or 8000")
        parser.add_argument("--demo", action="store_true", help="load the demo into an empty database")
        parser.add_argument("--with-parent", action="store_true", help="stop when the program that started this ends")

    def handle(self, *args: Any, port: str, demo: bool, with_parent: bool, **options: Any) -> None:
        """Run until asked to stop; 2 means nothing was started, 1 that something failed."""
        if with_parent:
            processes.die_with_parent(os.getppid(), signal.SIGTERM)
        try:
            Supervisor(port_number(port), demo=demo, say=self.say).run()
        except (PortTakenError, engines.FolderInUseError) as error:
            raise CommandError(str(error), returncode=2) from error
        except (ServeError, engines.EngineError) as error:
            raise CommandError(str(error), returncode=1) from error

    def say(self, text: str) -> None:
        """Print now: who waits wants to see it."""
        self.stdout.write(text)
        self.stdout.flush()
