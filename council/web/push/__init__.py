"""What the server tells by itself: meetings as they go on, and how many notices one has unread.

``hub`` knows what a process watches and reads each change once; ``entry`` says who may watch; ``events`` is the stream
one watcher holds; ``bell`` is rung through Redis; ``pages`` runs everything else, Django's WSGI application, in threads.
"""
