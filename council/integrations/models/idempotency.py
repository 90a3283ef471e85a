"""Answers kept for requests that come twice."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from council.core import clock


class KeptAnswerQuerySet(models.QuerySet["KeptAnswer"]):
    """Kept answers by age."""

    def expired(self) -> "KeptAnswerQuerySet":
        """Those nobody needs any more."""
        return self.filter(kept_until__lte=clock.now())


class KeptAnswer(models.Model):
    """What a request was answered, for when it comes again with the same ``Idempotency-Key``.

    Neither key nor request nor answer can be read here: the row is found by a digest of the key, and its content is
    encrypted with a key made from it. Who sent the key has it; nobody else can open the row.
    """

    account = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    key = models.CharField(max_length=64)
    sealed = models.BinaryField()
    kept_until = models.DateTimeField(db_index=True)

    objects = KeptAnswerQuerySet.as_manager()

    class Meta:
        verbose_name = _("kept answer")
        verbose_name_plural = _("kept answers")
        constraints = [models.UniqueConstraint(fields=["account", "key"], name="one_answer_per_account_and_key")]
