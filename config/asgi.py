"""The one door for an ASGI server: live streams natively, pages and API as the WSGI application in threads."""

from config.wsgi import application as pages  # first: it sets Django up
from council.web.gathered import live, unread
from council.web.push.application import Application

application = Application(pages, live.states, unread.counts)
