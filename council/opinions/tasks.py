"""The doorbells of opinions, rung by the clock."""

from celery import shared_task

from council.opinions import actions


@shared_task
def remind_before_closing() -> None:
    """Remind whoever still owes a reply to a consultation that closes soon."""
    actions.remind_before_closing()


@shared_task
def recognise_campaigns() -> None:
    """Link near-identical opinions, a consultation at a time."""
    while actions.recognise_campaigns() >= 0:
        pass
