"""The one door for an ASGI server: live streams natively, pages and API as the WSGI application in threads."""

import gc

from django.urls import get_resolver

from config.wsgi import application as pages  # first: it sets Django up
from council.web.gathered import live, unread
from council.web.push.application import Application

application = Application(pages, live.states, unread.counts)

# Every page and endpoint is read now, not at the first request, and what is there now stays: the search for garbage,
# a fifth of a request's time over all these objects, need not go through it.
_ = get_resolver().url_patterns
gc.collect()
gc.freeze()
