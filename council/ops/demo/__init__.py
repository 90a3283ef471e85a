"""The demo: one council, its hearing of 5 September 2023, and what it does today, all through the actions of the rooms."""

from council.ops.demo.accounts import ACCOUNTS, PASSWORD
from council.ops.demo.loader import load

__all__ = ["ACCOUNTS", "PASSWORD", "load"]
