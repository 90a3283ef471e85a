"""The doorbells of decisions, rung by the clock."""

from celery import shared_task

from council.decisions import actions


@shared_task
def close_due_ballots() -> None:
    """Close the ballots of written reviews whose time is over."""
    actions.close_due_ballots()


@shared_task
def follow_up() -> None:
    """Remind of open actions, and tell their heads of what stays undone."""
    actions.follow_up()
