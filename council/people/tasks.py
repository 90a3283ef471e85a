"""The clock's doorbell for access: each rings one action."""

from celery import shared_task

from council.people import actions


@shared_task
def announce_ends() -> int:
    """Tell of tokens that end soon."""
    return actions.announce_ends()


@shared_task
def forget_ended_access_tokens() -> int:
    """Clear away OAuth tokens that are over."""
    return actions.forget_ended_access_tokens()
