"""Organisations and the reference data they are described with."""

import datetime as dt
from typing import TYPE_CHECKING, Self, TypeVar

from django.db import models
from django.db.models import Exists
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from council.core.models import Resource, Sector
from council.people.business_number import formatted, validate_business_number

if TYPE_CHECKING:
    from council.people.models.accounts import User


Reference = TypeVar("Reference", bound=models.Model)


class Named(models.Model):
    """Something with a Korean name and an English one, shown in the reader's language."""

    name = models.CharField(_("name"), max_length=120)
    name_en = models.CharField(_("English name"), max_length=160, blank=True)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.local_name

    @property
    def local_name(self) -> str:
        """The English name for readers of English where there is one, otherwise the Korean."""
        return (translation.get_language() == "en" and self.name_en) or self.name


class ReferenceQuerySet(models.QuerySet[Reference]):
    """Reference data, which is for everybody."""

    def visible_to(self, user: "User") -> Self:
        """All of it."""
        return self.all()


class RegionQuerySet(ReferenceQuerySet["Region"]):
    """Regions by date."""

    def on(self, day: dt.date) -> "RegionQuerySet":
        """The regions as they stood on a day: 17 on 5 September 2023."""
        begun = models.Q(valid_from=None) | models.Q(valid_from__lte=day)
        unended = models.Q(valid_to=None) | models.Q(valid_to__gte=day)
        return self.filter(begun & unended)


class Region(Named):
    """시·도. The slug is ours, because the three numberings disagree: 26 is Busan in one and Ulsan in another."""

    slug = models.SlugField(primary_key=True, max_length=40)
    short_name = models.CharField(_("short name"), max_length=20)
    iso_code = models.CharField("ISO 3166-2", max_length=6, blank=True)
    admin_code = models.CharField(_("administrative code"), max_length=2, blank=True)
    kostat_code = models.CharField(_("statistics code"), max_length=2, blank=True)
    valid_from = models.DateField(_("valid from"), null=True, blank=True)
    valid_to = models.DateField(_("valid to"), null=True, blank=True)
    successor = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="predecessors")
    position = models.PositiveSmallIntegerField(default=0)

    objects = RegionQuerySet.as_manager()

    class Meta:
        verbose_name = _("region")
        verbose_name_plural = _("regions")
        ordering = ["position", "slug"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(valid_to=None)
                | models.Q(valid_from=None)
                | models.Q(valid_to__gte=models.F("valid_from")),
                name="region_ends_after_it_begins",
            )
        ]


class Industry(Named):
    """A division of the Korean standard industrial classification (KSIC), manufacturing."""

    code = models.CharField(_("code"), primary_key=True, max_length=3)

    objects = ReferenceQuerySet["Industry"].as_manager()

    class Meta:
        verbose_name = _("industry")
        verbose_name_plural = _("industries")
        ordering = ["code"]


class FactoryLevel(Named):
    """스마트공장 수준: a step of one of the three schemes in use, e.g. ``kosmo4-basic``."""

    slug = models.SlugField(primary_key=True, max_length=20)
    scheme = models.CharField(_("scheme"), max_length=10)
    ordinal = models.PositiveSmallIntegerField(_("step"))

    objects = ReferenceQuerySet["FactoryLevel"].as_manager()

    class Meta:
        verbose_name = _("smart-factory level")
        verbose_name_plural = _("smart-factory levels")
        ordering = ["scheme", "ordinal"]


class OrganisationQuerySet(models.QuerySet["Organisation"]):
    """Organisations by who may know of them."""

    def visible_to(self, user: "User") -> "OrganisationQuerySet":
        """All of them for whoever sits on some council today, and for the operators of the site."""
        if user.is_staff:
            return self.all()
        if user.known_memberships is not None:
            return self.all() if user.known_memberships else self.none()
        return self.filter(Exists(user.memberships.current()))


class Organisation(Resource, Named):
    """A body that sits on councils and speaks through its people.

    A Techno Park counts as a public institution under the smart manufacturing Act (Act 2 no. 8 (d), Decree 2).
    """

    class Kind(models.TextChoices):
        CENTRAL_GOVERNMENT = "central_government", _("Central government")
        LOCAL_GOVERNMENT = "local_government", _("Local government")
        TECHNOPARK = "technopark", _("Techno Park")
        SUPPLIER = "supplier", _("Supplier")
        ADOPTER = "adopter", _("Adopter")
        LARGE_ENTERPRISE = "large_enterprise", _("Large enterprise")
        ASSOCIATION = "association", _("Association")
        EXPERT_BODY = "expert_body", _("Expert body")
        PUBLIC_AGENCY = "public_agency", _("Public agency")

    class Size(models.TextChoices):
        MICRO = "micro", _("Micro-enterprise")
        SMALL = "small", _("Small enterprise")
        MEDIUM = "medium", _("Medium enterprise")
        MIDSIZE = "midsize", _("Middle-market enterprise")
        LARGE = "large", _("Large enterprise")
        NOT_A_FIRM = "na", _("Not a firm")

    kind = models.CharField(_("kind"), max_length=20, choices=Kind.choices)
    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="offices", verbose_name=_("part of")
    )
    region = models.ForeignKey(Region, models.PROTECT, null=True, blank=True, verbose_name=_("region"))
    size = models.CharField(_("company size"), max_length=8, choices=Size.choices, default=Size.NOT_A_FIRM)
    industry = models.ForeignKey(Industry, models.PROTECT, null=True, blank=True, verbose_name=_("industry (KSIC)"))
    level = models.ForeignKey(
        FactoryLevel, models.PROTECT, null=True, blank=True, verbose_name=_("smart-factory level")
    )
    level_source = models.CharField(_("source of the level"), max_length=120, blank=True)
    level_on = models.DateField(_("level as of"), null=True, blank=True)
    business_number = models.CharField(
        _("business registration number"),
        max_length=10,
        unique=True,
        null=True,
        blank=True,
        validators=[validate_business_number],
        help_text=_("Ten digits, e.g. 124-81-00998."),
    )

    objects = OrganisationQuerySet.as_manager()

    class Meta:
        verbose_name = _("organisation")
        verbose_name_plural = _("organisations")
        ordering = ["name"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(level=None) | (models.Q(level_on__isnull=False) & ~models.Q(level_source="")),
                name="a_level_names_its_source_and_date",
            ),
            models.CheckConstraint(
                condition=models.Q(business_number=None)
                | (models.Q(business_number__regex=r"^\d{10}$") & ~models.Q(business_number="0000000000")),
                name="business_number_is_ten_digits",
            ),
        ]

    @property
    def business_number_formatted(self) -> str:
        """The number as people write it, e.g. ``124-81-00998``; empty where there is none."""
        return formatted(self.business_number) if self.business_number else ""

    @property
    def sector(self) -> Sector:
        """The side of the table a body of this kind speaks from by default."""
        return SECTOR_OF_KIND[self.Kind(self.kind)]


SECTOR_OF_KIND = {
    Organisation.Kind.CENTRAL_GOVERNMENT: Sector.GOVERNMENT,
    Organisation.Kind.LOCAL_GOVERNMENT: Sector.LOCAL_GOVERNMENT,
    Organisation.Kind.TECHNOPARK: Sector.TECHNOPARK,
    Organisation.Kind.SUPPLIER: Sector.SUPPLIER,
    Organisation.Kind.ADOPTER: Sector.ADOPTER,
    Organisation.Kind.LARGE_ENTERPRISE: Sector.LARGE_ENTERPRISE,
    Organisation.Kind.ASSOCIATION: Sector.ASSOCIATION,
    Organisation.Kind.EXPERT_BODY: Sector.EXPERT,
    Organisation.Kind.PUBLIC_AGENCY: Sector.AGENCY,
}
