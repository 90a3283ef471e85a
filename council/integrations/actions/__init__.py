"""What is done with webhooks and kept answers: one function per verb."""

from council.integrations.actions.deliveries import (
    deliver,
    forget_deliveries,
    replay,
    replay_failed,
    replay_since,
    write_deliveries,
)
from council.integrations.actions.idempotency import claim, forget_expired, keep, recall
from council.integrations.actions.webhooks import (
    end_old_secret,
    make_webhook,
    pause_webhook,
    remove_webhook,
    resume_webhook,
    revise_webhook,
    rotate_secret,
    send_test,
)

__all__ = [
    "claim",
    "deliver",
    "end_old_secret",
    "forget_deliveries",
    "forget_expired",
    "keep",
    "make_webhook",
    "pause_webhook",
    "recall",
    "remove_webhook",
    "replay",
    "replay_failed",
    "replay_since",
    "resume_webhook",
    "revise_webhook",
    "rotate_secret",
    "send_test",
    "write_deliveries",
]
