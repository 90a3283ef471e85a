"""People as they log in, and the tokens with which other systems act in their name."""

import hashlib
import secrets
from typing import TYPE_CHECKING, ClassVar

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.db import models
from django.db.models.functions import Lower
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from council.core import clock
from council.core.models import Resource

if TYPE_CHECKING:
    from council.people.models.councils import Membership


class UserManager(BaseUserManager["User"]):
    """Makes accounts; without a password until the person sets one."""

    def create_user(self, email: str, password: str | None = None, **fields: object) -> "User":
        """Make an account for an e-mail address, kept in lower case."""
        user = self.model(email=email.strip().lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: object) -> "User":
        """Make an account that may use the back office."""
        return self.create_user(email, password, is_staff=True, is_superuser=True, **fields)

    def get_by_natural_key(self, username: str | None) -> "User":
        """Find an account by e-mail, whatever its case."""
        return self.get(email=(username or "").strip().lower())


class User(Resource, AbstractBaseUser, PermissionsMixin):
    """A person. Which organisations they speak for stands in their memberships."""

    class Language(models.TextChoices):
        KOREAN = "ko", "한국어"
        ENGLISH = "en", "English"

    email = models.EmailField(_("e-mail"), unique=True, error_messages={"unique": _("This address has an account.")})
    name = models.CharField(_("name"), max_length=80)
    language = models.CharField(_("language"), max_length=2, choices=Language.choices, default=Language.KOREAN)
    is_staff = models.BooleanField(_("may use the back office"), default=False)
    is_active = models.BooleanField(_("active"), default=True)

    objects: ClassVar[UserManager] = UserManager()

    known_memberships: "list[Membership] | None" = None

    EMAIL_FIELD = "email"
    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name"]

    class Meta:
        verbose_name = _("person")
        verbose_name_plural = _("people")
        constraints = [models.CheckConstraint(condition=models.Q(email=Lower("email")), name="email_is_lower_case")]

    def __str__(self) -> str:
        return self.name or self.email

    def get_full_name(self) -> str:
        """The name, one field, family name first."""
        return self.name


class ApiTokenQuerySet(models.QuerySet["ApiToken"]):
    """Tokens by what may be done with them."""

    def visible_to(self, user: User) -> "ApiTokenQuerySet":
        """One's own, never anyone else's."""
        return self.filter(user=user)

    def usable(self) -> "ApiTokenQuerySet":
        """Neither revoked nor run out, of people who may still log in."""
        unexpired = models.Q(expires_at=None) | models.Q(expires_at__gt=clock.now())
        return self.filter(unexpired, revoked_at=None, user__is_active=True)

    def matching(self, secret: str) -> "ApiTokenQuerySet":
        """The usable token of this secret, if there is one."""
        return self.usable().filter(digest=ApiToken.digest_of(secret))


class ApiToken(Resource):
    """Lets another system call the API as a person. Only a digest is kept; the secret is shown once.

    The secret carries 256 random bits, so a plain SHA-256 protects it as well as a slow hash would.
    """

    PREFIX = "council_"

    user = models.ForeignKey(User, models.CASCADE, related_name="tokens")
    name = models.CharField(_("what it is for"), max_length=80)
    hint = models.CharField(_("begins with"), max_length=16)
    digest = models.CharField(max_length=64, unique=True)
    expires_at = models.DateTimeField(_("runs out"), null=True, blank=True)
    last_used_at = models.DateTimeField(_("last used"), null=True, editable=False)
    revoked_at = models.DateTimeField(_("revoked"), null=True, editable=False)

    objects = ApiTokenQuerySet.as_manager()

    class Meta:
        verbose_name = _("access token")
        verbose_name_plural = _("access tokens")

    def __str__(self) -> str:
        return f"{self.name} ({self.hint}…)"

    def get_absolute_url(self) -> str:
        """The page where tokens are made and revoked."""
        return reverse("web:tokens")

    @classmethod
    def new_secret(cls) -> str:
        """A secret nobody can guess, recognisable by secret scanners."""
        return cls.PREFIX + secrets.token_urlsafe(32)

    @staticmethod
    def digest_of(secret: str) -> str:
        """What is stored of a secret."""
        return hashlib.sha256(secret.encode()).hexdigest()
