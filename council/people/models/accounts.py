"""People as they log in, and systems that never do."""

from typing import TYPE_CHECKING, ClassVar

from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX
from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from council.core.models import Resource

if TYPE_CHECKING:
    from council.people.models.councils import Membership


class UserManager(BaseUserManager["User"]):
    """Makes accounts; without a password until the person sets one."""

    def visible_to(self, user: "User") -> models.QuerySet["User"]:
        """Whoever ever sat on a council one sits on today, and who sat on none yet; all for the operators of the site."""
        if user.is_staff:
            return self.all()
        councils = user.memberships.current().values("council")
        met = self.filter(memberships__council__in=councils).values("pk")
        new = self.filter(memberships=None).values("pk")
        return self.filter(Q(pk__in=met) | Q(pk__in=new))

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
    """A person; or a system, which has a :class:`ServiceAccount` besides and can never log in.

    Which organisations they speak for stands in their memberships.

    Attributes:
        known_memberships: Their current ones, where a request that only shows something has read them.
    """

    class Language(models.TextChoices):
        KOREAN = "ko", "한국어"
        ENGLISH = "en", "English"

    email = models.EmailField(_("e-mail"), unique=True, error_messages={"unique": _("This address has an account.")})
    name = models.CharField(_("name"), max_length=80)
    language = models.CharField(_("language"), max_length=2, choices=Language.choices, default=Language.KOREAN)
    is_staff = models.BooleanField(_("may use the back office"), default=False)
    is_active = models.BooleanField(_("active"), default=True)
    is_system = models.BooleanField(_("system"), default=False, editable=False)

    objects: ClassVar[UserManager] = UserManager()

    known_memberships: "list[Membership] | None" = None

    EMAIL_FIELD = "email"
    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name"]

    class Meta:
        verbose_name = _("person")
        verbose_name_plural = _("people")
        constraints = [
            models.CheckConstraint(condition=Q(email=Lower("email")), name="email_is_lower_case"),
            models.CheckConstraint(
                condition=Q(is_system=False)
                | Q(password__startswith=UNUSABLE_PASSWORD_PREFIX, is_staff=False, is_superuser=False),
                name="a_system_has_no_password_and_no_back_office",
            ),
        ]

    def __str__(self) -> str:
        if self.is_system:
            return gettext("%(name)s (system)") % {"name": self.name}
        return self.name or self.email

    def get_full_name(self) -> str:
        """The name, one field, family name first."""
        return self.name
