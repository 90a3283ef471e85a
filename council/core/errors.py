"""The one way an action says no.

Bad input raises Django's ``ValidationError`` with field names, missing permission ``PermissionDenied``;
:class:`Refused` is for what is well-formed and allowed, but cannot happen now.
"""

from collections.abc import Sequence

from django.utils.functional import Promise


class Refused(Exception):  # noqa: N818 - named as one says it: the action refused
    """The state of things does not allow it. Pages show it as a message, the API answers 409.

    Args:
        message: What is in the way and, where there is one, the way out; one sentence.
        problems: The single things that are missing, a sentence each.
    """

    def __init__(self, message: str | Promise, *, problems: Sequence[str | Promise] = ()) -> None:
        super().__init__(message)
        self._message = message
        self._problems = problems

    def __str__(self) -> str:
        return " ".join([self.message, *self.problems])

    @property
    def message(self) -> str:
        """The sentence in the reader's language."""
        return str(self._message)

    @property
    def problems(self) -> list[str]:
        """The single things that are missing, in the reader's language."""
        return [str(problem) for problem in self._problems]
