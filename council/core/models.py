"""Words every room uses for its tables; no tables of its own."""

from uuid import UUID

from django.db import models
from django.utils.translation import gettext_lazy as _
from uuid_utils.compat import uuid7 as _uuid7

from council.core import clock


def uuid7() -> UUID:
    """A new id for what has a page or an API resource: unique, and in order of making (RFC 9562, version 7)."""
    return _uuid7()


class Resource(models.Model):
    """Something with a page or an API resource of its own."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    created_at = models.DateTimeField(_("created"), default=clock.now, editable=False)
    modified_at = models.DateTimeField(_("modified"), default=clock.now, editable=False)

    class Meta:
        abstract = True


class Sector(models.TextChoices):
    """부문: the side of the table someone speaks from."""

    GOVERNMENT = "government", _("Central government")
    LOCAL_GOVERNMENT = "local_government", _("Local government")
    TECHNOPARK = "technopark", _("Techno Park")
    SUPPLIER = "supplier", _("Supplier")
    ADOPTER = "adopter", _("Adopter")
    LARGE_ENTERPRISE = "large_enterprise", _("Large enterprise")
    ASSOCIATION = "association", _("Association")
    EXPERT = "expert", _("Expert")
    AGENCY = "agency", _("Public agency")


class Visibility(models.TextChoices):
    """Who in a council may see a paper or an agenda item."""

    COUNCIL = "council", _("All members of the council")
    OFFICERS = "officers", _("Chair and secretary only")
