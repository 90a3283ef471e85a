"""Who hears of accounts and memberships, how, and in which words."""

from django.utils.translation import gettext_lazy as _

from council.journal.verbs import Verb
from council.notifications.announcing import Announcement
from council.notifications.hearing import (
    appointee,
    owner_of_client,
    owner_of_token,
    owner_of_usable_token,
    owner_of_webhook,
    responsible_for_system,
    secretaries,
    subject_of,
)
from council.notifications.kinds import DIGEST, MAIL, SCREEN
from council.notifications.models import Kind

ACCOUNTS: dict[Verb, Announcement] = {
    Verb.USER_INVITED: Announcement(
        Kind.SECURITY,
        subject_of,
        _("Your account is ready; set a password"),
        _("someone who runs a council, or in whose place you come, made an account for you"),
        only=(MAIL,),
        template="set_password",
        tells_actor=True,
    ),
    Verb.PASSWORD_RESET_REQUESTED: Announcement(
        Kind.SECURITY,
        subject_of,
        _("Set a new password"),
        _("a new password was asked for with your address; if it was not you, nothing has changed"),
        only=(MAIL,),
        template="set_password",
        tells_actor=True,
    ),
    Verb.TOKEN_CREATED: Announcement(
        Kind.SECURITY,
        owner_of_token,
        _("An access token was made: %(name)s"),
        _("it is for your account, or for a system you answer for; revoke it if you know nothing of it"),
        tells_actor=True,
    ),
    Verb.TOKEN_END_ANNOUNCED: Announcement(
        Kind.SECURITY,
        owner_of_token,
        _("The access token “%(name)s” runs out on %(until)s"),
        _("it is yours, or of a system you answer for; what uses it stops working then"),
        _("Make a new one"),
        tells_actor=True,
        still_owes=owner_of_usable_token,
    ),
    Verb.SERVICE_ACCOUNT_MADE: Announcement(
        Kind.SECURITY,
        responsible_for_system,
        _("You answer for the system “%(name)s” in “%(council)s”"),
        _("someone who runs the council named you; you make its access tokens"),
        _("Make its first token"),
        tells_actor=True,
    ),
    Verb.SERVICE_ACCOUNT_CHANGED: Announcement(
        Kind.SECURITY,
        responsible_for_system,
        _("A system you answer for was changed: %(name)s"),
        _("you answer for it"),
    ),
    Verb.SERVICE_ACCOUNT_DISABLED: Announcement(
        Kind.SECURITY,
        responsible_for_system,
        _("A system you answer for was switched off: %(name)s"),
        _("you answer for it"),
    ),
    Verb.CLIENT_MADE: Announcement(
        Kind.SECURITY,
        owner_of_client,
        _("An OAuth client was made: %(name)s"),
        _("it is for a system you answer for; revoke it if you know nothing of it"),
        tells_actor=True,
    ),
    Verb.CLIENT_SECRET_RENEWED: Announcement(
        Kind.SECURITY,
        owner_of_client,
        _("An OAuth client has a new secret: %(name)s"),
        _("it is for a system you answer for; revoke it if you know nothing of it"),
        tells_actor=True,
    ),
    Verb.WEBHOOK_MADE: Announcement(
        Kind.SECURITY,
        owner_of_webhook,
        _("Another system is told of events: %(name)s, at %(host)s"),
        _("it is told in your name, or in that of a system you answer for; remove it if you know nothing of it"),
        tells_actor=True,
    ),
    Verb.WEBHOOK_DISABLED: Announcement(
        Kind.INTEGRATIONS,
        owner_of_webhook,
        _("A webhook was switched off, because it takes nothing any more: %(name)s"),
        _("it is told in your name, or in that of a system you answer for"),
        _("See what it answered"),
    ),
    Verb.SECRET_ROTATED: Announcement(
        Kind.SECURITY,
        owner_of_webhook,
        _("A webhook has a new secret: %(name)s"),
        _("it is told in your name, or in that of a system you answer for"),
        tells_actor=True,
    ),
    Verb.MEMBER_APPOINTED: Announcement(
        Kind.MEMBERSHIP,
        appointee,
        _("You have been appointed to “%(council)s” for %(organisation)s"),
        _("you hold this seat"),
    ),
    Verb.MEMBER_DISMISSED: Announcement(
        Kind.MEMBERSHIP,
        appointee,
        _("Your membership in “%(council)s” has ended"),
        _("you held a seat there"),
        only=(MAIL,),
        template="plain",
    ),
    Verb.MAILBOX_FAILED: Announcement(
        Kind.SECRETARIAT,
        secretaries,
        _("Mail to %(person)s comes back; the address does not work"),
        _("you are the secretary"),
        _("See the members"),
        only=(SCREEN, DIGEST),
    ),
}
