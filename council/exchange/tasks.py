"""The doorbells of files, rung by the clock."""

from celery import shared_task

from council.exchange import actions


@shared_task
def run_imports() -> None:
    """Enter the rows of files whose import was started."""
    actions.run_imports()


@shared_task
def run_exports() -> None:
    """Write the files that were asked for."""
    actions.run_exports()


@shared_task
def expire_exports() -> None:
    """Remove the files that have been kept long enough."""
    actions.expire_exports()
