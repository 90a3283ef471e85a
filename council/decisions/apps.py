from importlib import import_module

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class DecisionsConfig(AppConfig):
    name = "council.decisions"
    verbose_name = _("Decisions")

    def ready(self) -> None:
        """Let meetings know, in every process, what is to be asked before one closes and brought in when one is planned."""
        import_module("council.decisions.actions")
