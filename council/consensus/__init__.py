"""What unites and what divides, from how people react to opinions: agree, disagree or pass.

Plain numpy and scipy, of no other room and no web framework; scipy's parts are loaded where they are first used
(``scipy.optimize``), because a web worker, which draws and shows, needs none of them::

    from council.consensus import Votes, analyse

    votes = Votes.from_rows(participants, opinions, values)
    result = analyse(votes, moderated_out=hidden, sectors=sector_of_body, sector_sizes=registered_bodies)
    result.opinions.unites, result.opinions.weakest_sector      # what unites: rank by U, with the weakest sector
    result.opinions.divides, result.opinions.dividing_pair      # what divides, and whom
    result.groups.shown, result.groups.stability                # groups only where they are real

The way a product goes with it:

1. Per consultation read the votes in the order in which they were cast. Where bodies are the members, make one vote of each with
   ``votes.by_body``. Name every registered sector in ``sector_sizes``, silent ones too.
2. ``analyse`` in a background job; keep the result with its parameters and ``VERSION``. The same votes in any order, parameters
   and version give the same figures again. ``result.groups.stability`` costs several times the analysis and is found when asked for.
3. While votes come in, keep a ``Tally``: it knows the voter's own position, and when the next full analysis is due
   (``refresh_due``). ``draw`` chooses what to show next. ``matched`` keeps the numbers of groups from one analysis to the next, and
   ``smoothed`` how many there are: ``result.groups.at(smoothed(history))``.
4. In a consultation whose reactions are confidential nothing leaves a door but what ``release`` put into the ``Ledger``, to
   administrators' pages and exports neither. Fix ``units`` before voting; release in batches from the background job, the ``last`` when
   voting has closed; keep the ledger and each batch's votes. ``ledger.shown`` gives a band or None ("not enough answers"), and U, D
   and ranks come from ``public_counts``, how much a sector reacts alike from ``likeness``, what it is like from ``setting_apart``.
   ``ledger.findings()`` proves, for everything ever released, that no vote can be derived.
   Where groups are shown, ``crossed`` says once, at the end, how sectors and groups go together.

Shapes: n people, m opinions; every array is in the order of ``result.participants.ids`` and ``result.opinions.ids``, ascending.
Formulas and their sources stand where they are computed: statistics.py, mapping.py, grouping.py, sectors.py, priority.py,
disclosure.py, portraits.py, crossing.py, audit.py.
"""

from council.consensus.analysis import analyse
from council.consensus.audit import audit
from council.consensus.continuity import matched, smoothed
from council.consensus.crossing import association, crossed, guessed
from council.consensus.disclosure import Ledger, crowded, leaning, public_counts, release, squares_of, units
from council.consensus.portraits import likeness, setting_apart
from council.consensus.priority import draw
from council.consensus.results import Result
from council.consensus.tally import Tally
from council.consensus.votes import Votes

VERSION = "3"
"""Goes up whenever the same votes would give other figures."""

__all__ = [
    "VERSION",
    "Ledger",
    "Result",
    "Tally",
    "Votes",
    "analyse",
    "association",
    "audit",
    "crossed",
    "crowded",
    "draw",
    "guessed",
    "leaning",
    "likeness",
    "matched",
    "public_counts",
    "release",
    "setting_apart",
    "smoothed",
    "squares_of",
    "units",
]
