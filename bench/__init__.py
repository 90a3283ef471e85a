"""Speed beside its physical limit: ``make bench``, ``make bench ONLY=name``, ``make bench SIZE=full``.

A row is a decorated function in a module of ``bench/rows/``; adding a module adds its rows. Absolute times mean nothing on a shared
machine, so where there is a limit both are run in turns and what counts is the median of the ratios of neighbours.
"""
