"""How the result of a ballot is computed, and how that is said."""

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from council.decisions.models import Ballot, Voter
from council.people.models import Share


@dataclass(frozen=True)
class Votes:
    """What was cast.

    Attributes:
        chair: What the chair voted; empty where that is not known or does not count.
    """

    in_favour: int
    against: int
    abstentions: int
    chair: str = ""

    @property
    def cast(self) -> int:
        """How many voted at all."""
        return self.in_favour + self.against + self.abstentions


def compute(ballot: Ballot, votes: Votes) -> dict[str, Any]:
    """Work out whether a question is adopted, and everything the result rests on.

    A written ballot needs a majority of all seats to have returned their form, and a majority of those returned to agree
    (the practice of written resolutions, 지방계약법 시행령). Otherwise the quorum is that of the moment in which the
    ballot opened, and the majority one of those present then, of the votes for and against, or of all seats. A tie is
    the chair's to break where the council's rules said so when the ballot opened.
    """
    written = ballot.base == Ballot.Base.RETURNED
    present = votes.cast if written else ballot.entitled
    quorum_needed = Share(ballot.quorum).needed(ballot.seats)
    met = 0 < quorum_needed <= present
    whole = {
        Ballot.Base.PRESENT: ballot.entitled,
        Ballot.Base.CAST: votes.in_favour + votes.against,
        Ballot.Base.SEATS: ballot.seats,
        Ballot.Base.RETURNED: votes.cast,
    }[Ballot.Base(ballot.base)]
    needed = Share(ballot.majority).needed(whole)
    reached = votes.in_favour >= max(needed, 1)
    tie = votes.in_favour == votes.against > 0
    may_break = ballot.computation.get("chair_breaks_ties", False) and not ballot.secret and not written
    breaks = tie and may_break and not reached and votes.chair in (Voter.Choice.FOR, Voter.Choice.AGAINST)
    agreed = reached or (breaks and votes.chair == Voter.Choice.FOR)
    required = written or ballot.computation.get("quorum_required", True)
    return {
        **ballot.computation,
        "written": written,
        "seats": ballot.seats,
        "entitled": ballot.entitled,
        "quorum": {
            "share": ballot.quorum,
            "needed": quorum_needed,
            "present": present,
            "met": met,
            "required": required,
        },
        "base": ballot.base,
        "base_count": whole,
        "majority": {"share": ballot.majority, "needed": needed, "reached": reached},
        "for": votes.in_favour,
        "against": votes.against,
        "abstain": votes.abstentions,
        "not_cast": ballot.entitled - votes.cast,
        "tie": tie,
        "casting_vote": votes.chair if breaks else "",
        "adopted": bool(agreed and (met or not required)),
    }


def in_words(computation: dict[str, Any]) -> list[str]:
    """How a result was computed, a sentence for each step, in the reader's language; empty before there is one."""
    if "adopted" not in computation:
        return []
    said = [_quorum_in_words(computation), _votes_in_words(computation), _majority_in_words(computation)]
    if computation["casting_vote"] == Voter.Choice.FOR:
        said.append(_("The votes were equal; the chair decided in favour."))
    elif computation["casting_vote"] == Voter.Choice.AGAINST:
        said.append(_("The votes were equal; the chair decided against."))
    elif computation["tie"] and not computation["majority"]["reached"]:
        said.append(_("The votes were equal."))
    said.append(_("The question is adopted.") if computation["adopted"] else _("The question is not adopted."))
    return said


def _quorum_in_words(computation: dict[str, Any]) -> str:
    quorum = computation["quorum"]
    figures = {
        "present": quorum["present"],
        "seats": computation["seats"],
        "needed": quorum["needed"],
        "share": Share(quorum["share"]).label,
    }
    if computation["written"] and quorum["met"]:
        return _("%(present)d of %(seats)d forms were returned; %(share)s, %(needed)d, had to be.") % figures
    if computation["written"]:
        return _("Only %(present)d of %(seats)d forms were returned; %(share)s, %(needed)d, had to be.") % figures
    if quorum["met"]:
        return _("%(present)d of %(seats)d seats were taken; the quorum of %(share)s is %(needed)d.") % figures
    return _("Only %(present)d of %(seats)d seats were taken; the quorum of %(share)s is %(needed)d.") % figures


def _votes_in_words(computation: dict[str, Any]) -> str:
    return _("%(for)d for, %(against)d against, %(abstain)d abstained, %(not_cast)d did not vote.") % computation


def _majority_in_words(computation: dict[str, Any]) -> str:
    return _("%(needed)d votes for it were needed: %(share)s of %(base)s (%(count)d).") % {
        "needed": max(computation["majority"]["needed"], 1),
        "share": Share(computation["majority"]["share"]).label,
        "base": Ballot.Base(computation["base"]).label,
        "count": computation["base_count"],
    }
