"""Sentences of the libraries that our own catalogue says better in Korean; naming them here puts them into it."""

from django.utils.translation import gettext_noop

SAID_BETTER = (
    gettext_noop("This field is required."),
    gettext_noop("Select a valid choice. That choice is not one of the available choices."),
    gettext_noop("Enter a valid date/time."),
    gettext_noop("Enter a valid date."),
    gettext_noop("Enter a valid email address."),
    gettext_noop("Authentication credentials were not provided."),
)
