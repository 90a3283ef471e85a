"""The live view's doorbell: rings the watching processes once a change of a meeting is committed."""

from council.meetings.bell import changed
from council.web.push.bell import Bell

bell = Bell()
changed.connect(bell.ring)
