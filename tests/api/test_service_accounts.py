"""Systems with accounts of their own: what they are, what they may, and that they end at once."""

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.urls import reverse
from rest_framework.test import APIClient

from council.decisions.models import Voter
from council.meetings.models import Invitation
from council.notifications import actions as notifications
from council.notifications.models import Notification
from council.people import actions as people
from council.people.models import ApiToken, Membership, Organisation, ServiceAccount, User
from tests.cast import PASSWORD
from tests.decisions import outcomes
from tests.people.systems import client_of, system, token_of
from tests.things import inside

ACCOUNTS = "/api/v1/service-accounts/"


def with_secret(secret: str) -> APIClient:
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {secret}")
    return client


def described(cast, **fields):
    return {
        "council": str(cast.council.pk),
        "name": "통계 연계",
        "purpose": "의견 수를 옮깁니다.",
        "organisation": str(cast.ministry.pk),
        "responsible": str(cast.supplier.pk),
        **fields,
    }


class TestMaking:
    def test_an_officer_makes_one_and_its_responsible_gives_it_a_token(self, cast, call):
        made = call(cast.secretary).post(ACCOUNTS, described(cast))

        assert made.status_code == 201
        assert made.json()["account"] == {
            "id": made.json()["account"]["id"],
            "name": "통계 연계",
            "is_system": True,
        }
        token = call(cast.supplier).post(f"{ACCOUNTS}{made.json()['id']}/tokens/", {"name": "x", "scopes": ["read"]})
        assert token.status_code == 201
        me = with_secret(token.json()["secret"]).get("/api/v1/me/").json()
        assert (me["name"], [seat["role"] for seat in me["memberships"]]) == ("통계 연계", ["observer"])

    @pytest.mark.parametrize("who", ["supplier", "officer", "observer"])
    def test_nobody_else_makes_one(self, cast, call, who):
        answer = call(getattr(cast, who)).post(ACCOUNTS, described(cast))

        assert answer.status_code == 403
        assert not ServiceAccount.objects.exists()

    @pytest.mark.parametrize("role", ["member", "chair", "vice_chair"])
    def test_a_system_holds_no_seat(self, cast, call, role):
        answer = call(cast.secretary).post(ACCOUNTS, described(cast, role=role))

        assert answer.status_code == 400
        assert list(answer.json()["errors"]) == ["role"]
        assert not User.objects.filter(is_system=True).exists()

    def test_nor_is_it_given_one_later(self, cast):
        account = system(cast)
        for given in (
            {"role": "member", "seat": people.create_seat(cast.council, sector="expert", by=cast.secretary)},
            {"role": "observer", "coordinates": True},
        ):
            with pytest.raises(ValidationError):
                people.appoint(cast.council, user=account.user, organisation=cast.office, by=cast.secretary, **given)

    def test_a_person_answers_for_it(self, cast, call):
        other = system(cast)
        answer = call(cast.secretary).post(ACCOUNTS, described(cast, responsible=str(other.user.pk)))

        assert answer.status_code == 400
        assert list(answer.json()["errors"]) == ["responsible"]

    def test_a_system_makes_no_system_and_gives_no_access(self, cast):
        account = system(cast, role="secretary")
        _token, secret = token_of(cast, "write", account=account)
        caller = with_secret(secret)

        assert caller.post(ACCOUNTS, described(cast)).status_code == 403
        assert caller.post("/api/v1/tokens/", {"name": "x"}).status_code == 403
        sent = {"name": "x", "scopes": ["read"]}
        assert caller.post(f"{ACCOUNTS}{account.pk}/tokens/", sent).status_code == 403
        assert caller.post(f"{ACCOUNTS}{account.pk}/clients/", sent).status_code == 403


class TestWhoSeesIt:
    def test_those_who_look_after_it_and_itself(self, cast, call):
        account = system(cast)
        _token, secret = token_of(cast, account=account)
        url = f"{ACCOUNTS}{account.pk}/"
        for who in (cast.secretary, cast.chair, cast.supplier, cast.operator):
            assert call(who).get(url).status_code == 200
        for who in (cast.adopter, cast.officer, cast.stranger):
            assert call(who).get(url).status_code == 404
        assert with_secret(secret).get(url).status_code == 200

    def test_its_tokens_and_clients_are_theirs_to_see_and_to_revoke(self, cast, call):
        account = system(cast)
        token, _secret = token_of(cast, account=account)
        client, _secret = client_of(cast, account=account)
        assert call(cast.adopter).delete(f"/api/v1/tokens/{token.pk}/").status_code == 404
        assert call(cast.adopter).delete(f"/api/v1/clients/{client.pk}/").status_code == 404
        assert call(cast.secretary).delete(f"/api/v1/tokens/{token.pk}/").status_code == 204
        assert call(cast.operator).delete(f"/api/v1/clients/{client.pk}/").status_code == 204
        assert call(cast.supplier).delete(f"/api/v1/clients/{client.pk}/").status_code == 409

    def test_no_answer_holds_a_secret_or_a_digest(self, cast, call):
        account = system(cast)
        token, secret = token_of(cast, account=account)
        client, client_secret = client_of(cast, account=account)
        caller = call(cast.supplier)
        shown = "".join(
            caller.get(f"/api/v1/{noun}/").content.decode() for noun in ("tokens", "clients", "service-accounts")
        )
        for kept in (secret, token.digest, client_secret, client.registration.secret):
            assert kept not in shown

    def test_an_operator_gives_no_access_to_what_they_may_not_read(self, cast, call):
        account = system(cast)
        answer = call(cast.operator).post(f"{ACCOUNTS}{account.pk}/tokens/", {"name": "x", "scopes": ["read"]})
        client, _secret = client_of(cast, account=account)
        assert answer.status_code == 403
        assert call(cast.operator).post(f"/api/v1/clients/{client.pk}/renew-secret/").status_code == 403


class TestNoBrowser:
    def test_it_cannot_log_in(self, cast, client):
        account = system(cast)
        sent = {"login": account.user.email, "password": PASSWORD}
        client.post(reverse("account_login"), sent)
        assert "_auth_user_id" not in client.session

    def test_no_password_can_be_given_to_it(self, cast):
        account = system(cast)
        account.user.set_password(PASSWORD)
        with pytest.raises(IntegrityError), transaction.atomic():
            account.user.save()

    def test_nor_the_back_office(self, cast):
        account = system(cast)
        with pytest.raises(IntegrityError), transaction.atomic():
            User.objects.filter(pk=account.user.pk).update(is_staff=True)

    def test_asking_for_a_new_password_leads_nowhere(self, cast):
        account = system(cast)
        notifications.dispatch()
        people.request_password_reset(account.user.email)
        while notifications.dispatch():
            pass
        assert not Notification.objects.filter(recipient=account.user).exists()


class TestTakingPart:
    def test_it_reads_what_its_role_may_read_and_nothing_else(self, cast):
        observing = with_secret(token_of(cast)[1])
        meeting, prepared = cast.meeting(), cast.planned_meeting()

        assert observing.get(f"/api/v1/meetings/{meeting.pk}/").status_code == 200
        assert observing.get(f"/api/v1/meetings/{prepared.pk}/").status_code == 404
        assert observing.post(f"/api/v1/meetings/{meeting.pk}/cancel/", {"reason": "x"}).status_code == 403

    def test_it_is_not_invited_and_does_not_vote(self, cast):
        account = system(cast, role="secretary")
        ballot = outcomes.ballot(cast)

        assert not Invitation.objects.filter(membership__user=account.user).exists()
        assert not Voter.objects.filter(ballot=ballot, user=account.user).exists()

    def test_it_speaks_for_nobody(self, cast):
        account = system(cast, role="secretary", organisation=cast.supplying)
        shared = inside(cast)
        consultation = cast.consultation()
        caller = with_secret(token_of(cast, "write", account=account)[1])

        assert caller.get(f"/api/v1/opinions/{shared.pk}/").status_code == 404
        assert not account.user.has_perm("opinions.give", consultation)
        assert not account.user.has_perm("opinions.edit", cast.submitted(consultation))

    def test_it_is_told_of_nothing(self, cast):
        account = system(cast, role="secretary")
        cast.meeting()
        cast.submitted(cast.consultation())
        while notifications.dispatch():
            pass
        assert Notification.objects.filter(recipient=cast.secretary).exists()
        assert not Notification.objects.filter(recipient=account.user).exists()

    def test_what_it_does_is_shown_as_done_by_a_system(self, cast, browse):
        account = system(cast, role="secretary")
        caller = with_secret(token_of(cast, "write", account=account)[1])
        consultation = cast.consultation()
        passage = consultation.version.passages.earliest("position")
        sent = {"passage": str(passage.pk), "source": "paper", "source_note": "3", "submitter": "홍", "reason": "찬성"}
        entered = caller.post(
            f"/api/v1/consultations/{consultation.pk}/enter/", {**sent, "organisation": str(cast.adopting.pk)}
        )
        assert entered.status_code == 201, entered.json()
        page = browse(cast.secretary).get(f"/opinions/{entered.json()['id']}/", headers={"accept-language": "en"})
        assert str(account.user) in page.content.decode()
        assert str(account.user) != account.user.name

    def test_an_officer_lets_it_into_another_council(self, cast, call):
        account = system(cast)
        ministry = Organisation.objects.create(name="다른 부처", kind="central_government")
        other = people.establish_council(by=cast.operator, name="다른 협의체", operator=ministry)
        people.appoint(other, user=account.user, organisation=cast.ministry, role="observer", by=cast.operator)

        seats = with_secret(token_of(cast, account=account)[1]).get("/api/v1/me/").json()["memberships"]
        assert {seat["council"]["name"] for seat in seats} == {cast.council.name, "다른 협의체"}


class TestChanging:
    def test_another_person_answers_for_it(self, cast, call):
        account = system(cast)
        sent = {"responsible": str(cast.adopter.pk), "name": "통계 연계 2"}

        changed = call(cast.secretary).patch(f"{ACCOUNTS}{account.pk}/", sent)

        assert changed.status_code == 200
        assert (changed.json()["responsible"]["name"], changed.json()["account"]["name"]) == (
            "도입 대표",
            "통계 연계 2",
        )
        assert call(cast.supplier).get(f"{ACCOUNTS}{account.pk}/").status_code == 404

    def test_the_responsible_does_not_pass_it_on_by_themselves(self, cast, call):
        account = system(cast)
        answer = call(cast.supplier).patch(f"{ACCOUNTS}{account.pk}/", {"responsible": str(cast.adopter.pk)})
        assert answer.status_code == 403


class TestSwitchingOff:
    def test_everything_it_had_is_useless_at_once(self, cast, call, client):
        account = system(cast)
        _token, secret = token_of(cast, account=account)
        oauth, client_secret = client_of(cast, account=account)
        sent = {"grant_type": "client_credentials", "client_id": oauth.client_id, "client_secret": client_secret}
        got = client.post("/identity/o/api/token", sent).json()["access_token"]
        assert with_secret(secret).get("/api/v1/me/").status_code == 200
        assert with_secret(got).get("/api/v1/me/").status_code == 200

        off = call(cast.supplier).post(f"{ACCOUNTS}{account.pk}/disable/")

        assert off.status_code == 200
        assert off.json()["disabled_at"]
        assert with_secret(secret).get("/api/v1/me/").status_code == 401
        assert with_secret(got).get("/api/v1/me/").status_code == 401
        assert client.post("/identity/o/api/token", sent).status_code == 401
        assert not ApiToken.objects.usable().filter(user=account.user).exists()
        assert not Membership.objects.current().filter(user=account.user).exists()

    def test_it_is_for_good(self, cast, call):
        account = system(cast)
        people.disable_service_account(account, by=cast.secretary)
        caller = call(cast.secretary)
        for way, sent in {"disable": {}, "tokens": {"name": "x"}, "clients": {"name": "x", "scopes": ["read"]}}.items():
            assert caller.post(f"{ACCOUNTS}{account.pk}/{way}/", sent).status_code == 409
        assert caller.patch(f"{ACCOUNTS}{account.pk}/", {"name": "y"}).status_code == 409
