"""Settings, addresses, and Celery; nothing of the product itself."""

from config import live
from config.celery import app as celery_app

__all__ = ["celery_app", "live"]
