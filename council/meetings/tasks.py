"""The doorbells of meetings, rung by the clock."""

from celery import shared_task

from council.meetings import actions


@shared_task
def keep_invitations() -> None:
    """Invite who was appointed since a meeting was convened, and give free places to who waits for one."""
    actions.invite_latecomers()
    actions.fill_places()
