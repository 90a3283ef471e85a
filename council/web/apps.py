from django.apps import AppConfig
from django.contrib.staticfiles.apps import StaticFilesConfig


class WebConfig(AppConfig):
    name = "council.web"
    default = True


class StaticFiles(StaticFilesConfig):
    """Leaves out what nobody uses of the design system; pictures that its ``component.css`` names are missing."""

    default = False
    ignore_patterns = [*StaticFilesConfig.ignore_patterns, "component.css", "ui-script_bak.js"]
