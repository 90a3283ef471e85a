"""The doorbell of the streams: rings the watching processes once a change is committed."""

from council.meetings.bell import changed
from council.notifications.bell import told
from council.web.push.bell import Bell

bell = Bell()
changed.connect(bell.ring)
told.connect(bell.ring_for_notices)
