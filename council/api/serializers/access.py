"""Access tokens, service accounts and OAuth clients, as they are read and sent."""

from typing import Any

from rest_framework import serializers

from council.api.fields import ById, Moment
from council.api.serializers.base import Change, Read, Sent
from council.api.serializers.people import CouncilRefSerializer, OrganisationRefSerializer, PersonSerializer
from council.people.models import ApiClient, ApiToken, Council, Membership, Organisation, ServiceAccount, User
from council.people.scopes import SCOPES

# --- Read ------------------------------------------------------------------------------------------------------------


class Scopes(serializers.ListField):
    """Scopes, at least one."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(child=serializers.ChoiceField(SCOPES), allow_empty=False, **kwargs)


class TokenSerializer(Read):
    """An access token of one's own or of a system one looks after; its secret was shown when it was made."""

    related = ("user",)
    owner = PersonSerializer(source="user")
    scopes = Scopes()

    class Meta:
        model = ApiToken
        fields: tuple[str, ...] = (
            "id",
            "owner",
            "name",
            "hint",
            "scopes",
            "created_at",
            "expires_at",
            "last_used_at",
            "revoked_at",
        )


class FreshTokenSerializer(TokenSerializer):
    """A new access token, with the secret that is shown this once."""

    secret = serializers.CharField()

    class Meta(TokenSerializer.Meta):
        fields = (*TokenSerializer.Meta.fields, "secret")


class ServiceAccountSerializer(Read):
    """A system with an account of its own."""

    related = ("user", "council", "organisation", "responsible")
    account = PersonSerializer(source="user")
    council = CouncilRefSerializer()
    organisation = OrganisationRefSerializer()
    responsible = PersonSerializer()

    class Meta:
        model = ServiceAccount
        fields = (
            "id",
            "account",
            "council",
            "organisation",
            "responsible",
            "purpose",
            "created_at",
            "modified_at",
            "disabled_at",
        )


class ClientSerializer(Read):
    """An OAuth client of a system one looks after; its secret was shown when it was made."""

    related = ("user",)
    owner = PersonSerializer(source="user")
    scopes = Scopes()

    class Meta:
        model = ApiClient
        fields: tuple[str, ...] = (
            "id",
            "owner",
            "name",
            "client_id",
            "scopes",
            "created_at",
            "last_used_at",
            "revoked_at",
        )


class FreshClientSerializer(ClientSerializer):
    """An OAuth client with the secret that is shown this once."""

    client_secret = serializers.CharField()

    class Meta(ClientSerializer.Meta):
        fields = (*ClientSerializer.Meta.fields, "client_secret")


# --- Sent ------------------------------------------------------------------------------------------------------------


class NewToken(Sent):
    """An access token to make."""

    name = serializers.CharField(max_length=80)
    scopes = Scopes(required=False, help_text="All that the token has with which it is asked for, when left out.")
    expires_at = Moment(required=False, allow_null=True, help_text="In a year when left out; in two years at most.")


class NewClient(Sent):
    """An OAuth client to make."""

    name = serializers.CharField(max_length=80)
    scopes = Scopes(help_text="What its tokens may do at most, and do when it asks for nothing in particular.")


class NewServiceAccount(Sent):
    """A system to give an account to; it observes the council, or works for its secretary."""

    council = ById(Council)
    name = serializers.CharField(max_length=80)
    purpose = serializers.CharField(max_length=300)
    organisation = ById(Organisation)
    responsible = ById(User)
    role = serializers.ChoiceField(Membership.Role.choices, required=False, help_text="Observer when left out.")


class ServiceAccountChange(Change):
    """What is to change of a system."""

    name = serializers.CharField(max_length=80)
    organisation = ById(Organisation)
    responsible = ById(User)

    class Meta(Change.Meta):
        model = ServiceAccount
        fields = ("name", "purpose", "organisation", "responsible")
