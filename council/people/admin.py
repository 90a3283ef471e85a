"""The back office for reference data, organisations and accounts."""

from allauth.idp.oidc.models import Client as Registration
from allauth.idp.oidc.models import Token as AccessToken
from django.contrib import admin
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.db.models import QuerySet
from django.forms import ModelForm
from django.http import HttpRequest

from council.people.bell import address_changed
from council.people.models import (
    Council,
    FactoryLevel,
    Industry,
    Membership,
    Organisation,
    Region,
    Seat,
    Subcommittee,
    User,
)

admin.site.unregister([Registration, AccessToken])  # they come and go with a service account's clients


@admin.register(User)
class UserAdmin(DjangoUserAdmin[User]):  # type: ignore[type-var]  # stubs ask for AbstractUser, Django does not
    """Accounts, by e-mail."""

    list_display = ["email", "name", "is_active", "is_staff", "last_login"]
    list_filter = ["is_active", "is_staff"]
    search_fields = ["email", "name"]
    ordering = ["email"]
    filter_horizontal = []
    fieldsets = [
        (None, {"fields": ["email", "password", "name", "language"]}),
        (None, {"fields": ["is_active", "is_staff", "is_superuser"]}),
    ]
    add_fieldsets = [(None, {"fields": ["email", "name", "usable_password", "password1", "password2"]})]

    def get_queryset(self, request: HttpRequest) -> QuerySet[User]:
        """People alone; systems have pages of their own, which know what they must not have."""
        return super().get_queryset(request).filter(is_system=False)

    def save_model(self, request: HttpRequest, obj: User, form: ModelForm[User], change: bool) -> None:  # noqa: FBT001 - Django's
        """Ring when the address is another one."""
        super().save_model(request, obj, form, change)
        if change and "email" in form.changed_data:
            address_changed.send(sender=User, user=obj, by=request.user)


@admin.register(Region)
class RegionAdmin(admin.ModelAdmin[Region]):
    """Regions with their codes and dates."""

    list_display = ["slug", "name", "iso_code", "admin_code", "kostat_code", "valid_from", "valid_to"]
    search_fields = ["slug", "name", "name_en"]


@admin.register(Industry)
class IndustryAdmin(admin.ModelAdmin[Industry]):
    """Divisions of the industrial classification."""

    list_display = ["code", "name", "name_en"]
    search_fields = ["code", "name"]


@admin.register(FactoryLevel)
class FactoryLevelAdmin(admin.ModelAdmin[FactoryLevel]):
    """Steps of the smart-factory schemes."""

    list_display = ["slug", "scheme", "ordinal", "name", "name_en"]


@admin.register(Organisation)
class OrganisationAdmin(admin.ModelAdmin[Organisation]):
    """Organisations."""

    list_display = ["name", "kind", "region", "size", "business_number"]
    list_filter = ["kind", "region"]
    list_select_related = ["region"]
    search_fields = ["name", "name_en", "business_number"]
    autocomplete_fields = ["parent"]


class SeatInline(admin.TabularInline[Seat, Council]):
    """Seats, shown with their council."""

    model = Seat
    extra = 0


@admin.register(Council)
class CouncilAdmin(admin.ModelAdmin[Council]):
    """Councils with their rules."""

    list_display = ["name", "operator", "founded_on", "sunset_on"]
    list_select_related = ["operator"]
    inlines = [SeatInline]


@admin.register(Subcommittee)
class SubcommitteeAdmin(admin.ModelAdmin[Subcommittee]):
    """Subcommittees."""

    list_display = ["name", "council"]
    list_select_related = ["council"]
    filter_horizontal = ["members"]


@admin.register(Membership)
class MembershipAdmin(admin.ModelAdmin[Membership]):
    """Who holds which seat for how long."""

    list_display = ["user", "organisation", "council", "role", "sector", "starts_on", "ends_on", "dismissed_on"]
    list_filter = ["council", "role", "sector"]
    list_select_related = ["user", "organisation", "council"]
    search_fields = ["user__name", "user__email", "organisation__name"]
    autocomplete_fields = ["user", "organisation"]
