"""``manage.py verify_journal``: has anyone tampered with the journal."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from council.journal import actions
from council.journal.models import Seal


class Command(BaseCommand):
    """Recomputes the chain of seals over the journal."""

    help = "Check that no sealed journal entry was changed, added or removed."

    def handle(self, *args: Any, **options: Any) -> None:
        if broken := actions.broken_seals():
            raise CommandError(f"These seals do not fit their entries: {', '.join(map(str, broken))}")
        last = Seal.objects.order_by("id").last()
        digest = bytes(last.digest).hex() if last else "none"
        self.stdout.write(f"The journal is whole. Last seal: {last.pk if last else 0}, digest {digest}")
