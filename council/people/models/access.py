"""With what programs come in: service accounts, their OAuth clients, and access tokens of people and systems."""

import datetime as dt
import hashlib
import secrets

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from council.core import clock
from council.core.models import Resource
from council.people.models.accounts import User
from council.people.models.councils import Council, sits
from council.people.models.organisations import Organisation
from council.people.scopes import EVERYTHING, in_words


class ServiceAccountQuerySet(models.QuerySet["ServiceAccount"]):
    """Service accounts by who looks after them."""

    def run_by(self, user: User) -> "ServiceAccountQuerySet":
        """Those someone answers for, or that belong to a council they run; all of them for operators."""
        if user.is_staff:
            return self.all()
        return self.filter(Q(responsible=user.pk) | sits(user, officer=True))

    def visible_to(self, user: User) -> "ServiceAccountQuerySet":
        """Those, and oneself."""
        return self.filter(Q(user=user.pk) | Q(pk__in=self.model.objects.run_by(user).values("pk")))


class ServiceAccount(Resource):
    """A system with an account of its own: what it is for, whose it is, and who answers for it.

    What it may do comes from the memberships that officers give to its ``user``, like anybody's.
    """

    user = models.OneToOneField(User, models.PROTECT, related_name="service", verbose_name=_("account"))
    council = models.ForeignKey(Council, models.PROTECT, related_name="service_accounts", verbose_name=_("council"))
    organisation = models.ForeignKey(
        Organisation, models.PROTECT, related_name="service_accounts", verbose_name=_("organisation")
    )
    responsible = models.ForeignKey(
        User,
        models.PROTECT,
        related_name="systems",
        limit_choices_to={"is_system": False},
        verbose_name=_("responsible person"),
    )
    purpose = models.CharField(_("what it does"), max_length=300)
    disabled_at = models.DateTimeField(_("switched off"), null=True, editable=False)

    objects = ServiceAccountQuerySet.as_manager()

    class Meta:
        verbose_name = _("service account")
        verbose_name_plural = _("service accounts")

    def __str__(self) -> str:
        return self.user.name

    def get_absolute_url(self) -> str:
        """Its page."""
        return reverse("web:system", args=[self.pk])


class ApiTokenQuerySet(models.QuerySet["ApiToken"]):
    """Tokens by what may be done with them."""

    def visible_to(self, user: User) -> "ApiTokenQuerySet":
        """One's own, and those of the systems one looks after; never another person's."""
        return self.filter(of_oneself_or_systems_run_by(user))

    def usable(self) -> "ApiTokenQuerySet":
        """Neither revoked nor run out, of people who may still log in."""
        unexpired = Q(expires_at=None) | Q(expires_at__gt=clock.now())
        return self.filter(unexpired, revoked_at=None, user__is_active=True)

    def running_out(self, before: dt.datetime) -> "ApiTokenQuerySet":
        """Usable ones that end soon and whose owner has not been told so; none made for just a few days."""
        lasts = models.F("created_at") + 2 * (before - clock.now())
        return self.usable().filter(expires_at__lte=before, expires_at__gt=lasts, warned_at=None)

    def matching(self, secret: str) -> "ApiTokenQuerySet":
        """The usable token of this secret, if there is one."""
        return self.usable().filter(digest=ApiToken.digest_of(secret))


def of_oneself_or_systems_run_by(user: User) -> Q:
    """What belongs to someone's own account, or to a system they look after."""
    return Q(user=user.pk) | Q(user__service__in=ServiceAccount.objects.run_by(user))


def all_scopes() -> list[str]:
    """What a token may do that was made before there were scopes."""
    return list(EVERYTHING)


class ApiToken(Resource):
    """Lets a program call the API as a person or a system. Only a digest is kept; the secret is shown once.

    The secret carries 256 random bits, so a plain SHA-256 protects it as well as a slow hash would.
    """

    PREFIX = "council_"

    user = models.ForeignKey(User, models.CASCADE, related_name="tokens")
    name = models.CharField(_("what it is for"), max_length=80)
    hint = models.CharField(_("begins with"), max_length=16)
    digest = models.CharField(max_length=64, unique=True)
    scopes = ArrayField(models.CharField(max_length=40), verbose_name=_("what it may do"), default=all_scopes)
    expires_at = models.DateTimeField(_("runs out"), null=True, blank=True)
    warned_at = models.DateTimeField(_("end announced"), null=True, editable=False)
    last_used_at = models.DateTimeField(_("last used"), null=True, editable=False)
    revoked_at = models.DateTimeField(_("revoked"), null=True, editable=False)

    objects = ApiTokenQuerySet.as_manager()

    class Meta:
        verbose_name = _("access token")
        verbose_name_plural = _("access tokens")

    def __str__(self) -> str:
        return f"{self.name} ({self.hint}…)"

    @property
    def opens(self) -> str:
        """What it may do, in words."""
        return in_words(self.scopes)

    def get_absolute_url(self) -> str:
        """The page where tokens are made and revoked."""
        return self.user.service.get_absolute_url() if self.user.is_system else reverse("web:tokens")

    @classmethod
    def new_secret(cls) -> str:
        """A secret nobody can guess, recognisable by secret scanners."""
        return cls.PREFIX + secrets.token_urlsafe(32)

    @staticmethod
    def digest_of(secret: str) -> str:
        """What is stored of a secret."""
        return hashlib.sha256(secret.encode()).hexdigest()


class ApiClientQuerySet(models.QuerySet["ApiClient"]):
    """OAuth clients by whose they are."""

    def visible_to(self, user: User) -> "ApiClientQuerySet":
        """Those of the systems one looks after, and one's own where one is a system."""
        return self.filter(of_oneself_or_systems_run_by(user))

    def usable(self) -> "ApiClientQuerySet":
        """Not revoked, of systems that are not switched off."""
        return self.filter(revoked_at=None, user__is_active=True)


class ApiClient(Resource):
    """An OAuth client (RFC 6749) of a service account, which gets short-lived tokens for id and secret.

    ``registration`` is the OAuth server's own row with the secret's digest; revoking deletes it with every token it got.
    """

    PREFIX = "council_client_"

    user = models.ForeignKey(User, models.CASCADE, related_name="clients")
    registration = models.OneToOneField(
        "allauth_idp_oidc.Client", models.SET_NULL, null=True, editable=False, related_name="api_client"
    )
    name = models.CharField(_("what it is for"), max_length=80)
    client_id = models.CharField(_("client id"), max_length=100, unique=True)
    scopes = ArrayField(models.CharField(max_length=40), verbose_name=_("what it may do"))
    last_used_at = models.DateTimeField(_("last used"), null=True, editable=False)
    revoked_at = models.DateTimeField(_("revoked"), null=True, editable=False)

    objects = ApiClientQuerySet.as_manager()

    class Meta:
        verbose_name = _("OAuth client")
        verbose_name_plural = _("OAuth clients")
        constraints = [
            models.CheckConstraint(
                condition=Q(revoked_at=None) | Q(registration=None), name="a_revoked_client_has_no_registration"
            )
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.client_id})"

    @property
    def opens(self) -> str:
        """What its tokens may do at most, in words."""
        return in_words(self.scopes)

    def get_absolute_url(self) -> str:
        """The page of its system."""
        return self.user.service.get_absolute_url()

    @classmethod
    def new_secret(cls) -> str:
        """A secret nobody can guess, recognisable by secret scanners."""
        return cls.PREFIX + secrets.token_urlsafe(32)
