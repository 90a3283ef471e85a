"""Told: who hears of what happened, on screen and by mail."""
