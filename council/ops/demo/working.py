"""The rest of collecting and answering, played after the story: inside an organisation, in the room, on the board."""

import datetime as dt
from collections.abc import Callable, Mapping
from itertools import count
from typing import TYPE_CHECKING, Any

from django.core.files.base import ContentFile
from django.db.models import QuerySet

from council.core import clock
from council.exchange import actions as exchange
from council.opinions import actions as opinions
from council.opinions.models import Consultation, Opinion, Point
from council.people.models import Membership

if TYPE_CHECKING:
    from council.ops.demo.loader import Demo

VALUES = (1, 1, 0, 1, -1, 1, -1, 0, 1, 1, -1)


class Working:
    """Plays ``working.toml`` on the consultation that runs now."""

    def __init__(self, demo: "Demo") -> None:
        self.demo = demo
        self.data = demo.data
        self.consultation: Consultation = demo.consultations["review-now"]
        self.minutes = count()

    def play(self) -> None:
        """Everything in the file, in its order."""
        self._inside()
        self._entered()
        self._confidential()
        self._disorderly()
        self._campaign()
        self._board()
        self._reactions()
        self._files()

    def _days_ago(self, days: int) -> Any:
        """A moment some days ago, each call a little later in that morning."""
        opens_at = self.consultation.opens_at
        assert opens_at is not None  # noqa: S101 - a consultation has phases
        at = (
            clock.now().replace(hour=1, minute=0)
            - dt.timedelta(days=days)
            + dt.timedelta(minutes=7 * next(self.minutes))
        )
        return clock.at(max(at, opens_at))

    def _give(self, row: Mapping[str, Any], act: Callable[..., Opinion] = opinions.give, **words: Any) -> Opinion:
        author = self.demo.users[row["author"]]
        said = {"kind": row.get("kind", "general"), "reason": row.get("reason") or row.get("text", ""), **words}
        passage = self.demo.passage(self.consultation, row["passage"])
        return act(self.consultation, passage, membership=self.demo.membership(row["author"]), by=author, **said)

    def _files(self) -> None:
        """A file that came by mail, one of its rows still to be corrected, and a table asked for."""
        row = self.data["file"]
        with self._days_ago(row["days_ago"]):
            file = ContentFile(row["text"].encode(), name=row["name"])
            exchange.upload(self.consultation, file=file, by=self.demo.secretary)
        exchange.request_export(
            kind="dispositions",
            format="xlsx",
            by=self.demo.secretary,
            consultation=self.demo.consultations["draft-2023"],
        )

    # --- inside an organisation

    def _inside(self) -> None:
        coordinator = self.demo.users["local"]
        for row in self.data["shared"]:
            words = {"current_text": row.get("current", ""), "proposed_text": row.get("proposed", "")}
            with self._days_ago(row["days_ago"]):
                opinion = opinions.share(self._give(row, opinions.draft, **words), by=self.demo.users[row["author"]])
            if "then" in row:
                with self._days_ago(row["days_ago"] - 1):
                    opinions.remark(opinion, text=row["remark"], by=coordinator)
                    decide = opinions.choose if row["then"] == "choose" else opinions.keep_inside
                    decide(opinion, by=coordinator)
        for author in self.data["none"]["authors"]:
            with self._days_ago(3):
                membership = self.demo.membership(author)
                opinions.reply_without_opinion(self.consultation, membership=membership, by=self.demo.users[author])

    # --- entered for others

    def _entered(self) -> None:
        for row in self.data["spoken"]:
            with self._days_ago(row["days_ago"]):
                opinion = self._enter(
                    row, source="spoken", membership=self.demo.membership(row["author"]), source_note=row["note"]
                )
            if row.get("confirmed"):
                with self._days_ago(row["days_ago"] - 1):
                    opinions.confirm(opinion, by=self.demo.users[row["author"]])
        for row in self.data["paper"]:
            with self._days_ago(row["days_ago"]):
                self._enter(
                    row,
                    source="paper",
                    organisation=self.demo.organisations[row["organisation"]],
                    submitter=row["submitter"],
                    source_note=row["note"],
                )

    def _enter(self, row: Mapping[str, Any], **fields: Any) -> Opinion:
        passage = self.demo.passage(self.consultation, row["passage"])
        words = {"kind": row["kind"], "reason": row["text"]}
        return opinions.enter(self.consultation, passage, by=self.demo.secretary, **words, **fields)

    # --- confidential, disorderly, near-identical

    def _confidential(self) -> None:
        for row in self.data["confidential"]:
            with self._days_ago(row["days_ago"]):
                opinion = self._give(row, audience="confidential")
            with self._days_ago(row["days_ago"] - 1):
                form = opinions.redact(opinion, reason=row["public"], by=self.demo.secretary)
                if row.get("approved"):
                    opinions.approve_redaction(form, by=self.demo.users[row["author"]])

    def _disorderly(self) -> None:
        for row in self.data["disorderly"]:
            with self._days_ago(row["days_ago"]):
                opinion = self._give(row)
            with self._days_ago(row["days_ago"] - 1):
                opinions.report(opinion, reason=row["report"], by=self.demo.users[row["reported_by"]])
                if "hidden" in row:
                    opinions.hide(opinion, reason=row["hidden"], by=self.demo.secretary)

    def _campaign(self) -> None:
        row = self.data["campaign"]
        for author, text in zip(row["authors"], row["texts"], strict=True):
            with self._days_ago(row["days_ago"]):
                self._give({"author": author, "passage": row["passage"], "text": text})
        while opinions.recognise_campaigns() >= 0:
            pass

    # --- on the board

    def _board(self) -> None:
        officer = self.demo.officer
        for row in self.data["template"]:
            opinions.keep_template(self.demo.council, by=officer, **row)
        for row in self.data["split"]:
            with self._days_ago(row["days_ago"]):
                points = opinions.split(self._give(row), gists=row["gists"], by=self.demo.secretary)
            for point, office in zip(points, row["offices"], strict=True):
                opinions.triage(point, office=self.demo.organisations[office], by=self.demo.secretary)
            opinions.tag_all(points, add=row["tags"], by=self.demo.secretary)
            opinions.await_input(points[0], waiting_for=row["waiting_for"], by=officer)
        self._accept_wording(self.data["accepted"])

    def _accept_wording(self, row: Mapping[str, Any]) -> None:
        opinion = self.consultation.opinions.get(
            author=self.demo.users[row["author"]], passage__identity=self.demo.identities[row["passage"]], kind="amend"
        )
        opinions.accept_wording(Point.objects.get(opinion=opinion), reason=row["reason"], by=self.demo.officer)

    def _reactions(self) -> None:
        """Votes of other organisations, always the same ones; the cast's own are left for whoever tries it."""
        cast = (
            "supplier",
            "adopter",
            "tp",
            "local",
            "local-staff",
            "two-supplier",
            "two-adopter",
            "officer",
            "secretary",
        )
        voters = [
            (self.demo.users[person["key"]], self.demo.membership(person["key"]))
            for person in self.data["person"]
            if person["role"] in Membership.SEATED and person["key"] not in (*cast, "expired")
        ]
        shown: QuerySet[Opinion] = self.consultation.opinions.given().filter(audience="council", hidden_at=None)
        for number, opinion in enumerate(shown.order_by("number")):
            for step in range(self.data["reactions"]["per_opinion"]):
                user, membership = voters[(number * 5 + step * 7) % len(voters)]
                if membership.organisation_id != opinion.organisation_id:
                    value = VALUES[(number + step * 3) % len(VALUES)]
                    opinions.react(opinion, value=value, membership=membership, by=user)
