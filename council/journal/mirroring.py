"""How the database itself keeps ``modified_at``, and notes what changed and what went: SQL for the rooms' migrations.

A room says once for each of its tables how the API calls what stands in it, and who may have seen a row as it was. From
then on every INSERT, UPDATE and DELETE, by whatever hand, stamps the row with the time of the transaction and leaves a
:class:`~council.journal.models.Change`, which the change feed gives out once it is sealed.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from django.db.migrations import RunSQL

STAMP = """
CREATE FUNCTION stamp_modified_at() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.modified_at := transaction_timestamp();
    RETURN NEW;
END $$;
"""
NOW = "modified_at = transaction_timestamp()"
UNSTAMP = "DROP FUNCTION stamp_modified_at();"


@dataclass(frozen=True)
class Mirrored:
    """A table whose rows other systems copy.

    Attributes:
        table: The table.
        noun: How the API calls its rows; nothing where they are only stamped.
        seen_by: Who may have seen a row, ``was``, besides those who made it: an expression for the id of a council, a
            meeting (whose closed part it is), an organisation or a person; NULL for those who run the council. They are
            told that it is gone when they no longer see it; nobody else learns that it was there.
        council: An expression for its council.
        quiet: Columns whose change is told nobody and does not count as one; not beside ``inside``.
        inside: Columns whose change is told those alone who answer opinions, and does not count as one to others.
        alike: Expressions that must stay the same besides for a change to stay inside, over ``{row}``.
        public: An expression for whether everybody, without an account, might read a row, ``was``.
    """

    table: str
    noun: str = ""
    seen_by: str = "was.council_id"
    council: str = "{row}.council_id"
    quiet: Sequence[str] = ()
    inside: Sequence[str] = ()
    alike: Sequence[str] = ()
    public: str = ""

    def operations(self) -> list[RunSQL]:
        """What a migration runs."""
        stamped = RunSQL(self._stamping(), self._dropped("stamped"))
        index = f"{self.table}_modified"
        ordered = RunSQL(f"CREATE INDEX {index} ON {self.table} (modified_at, id)", f"DROP INDEX {index}")
        return [stamped, ordered, RunSQL(self._noting(), self._dropped("noted"))] if self.noun else [stamped]

    def _unseen(self) -> str:
        """Whether an update changes only what others are not told of; a bare touch of ``modified_at`` changes all."""
        beside = ", ".join(f"'{column}'" for column in (*self.quiet, *self.inside))
        kept = [f"to_jsonb({{row}}) - ARRAY['modified_at', {beside}]::text[]", *self.alike]
        same = " AND ".join(f"{part.format(row='OLD')} IS NOT DISTINCT FROM {part.format(row='NEW')}" for part in kept)
        whole = "to_jsonb({row}) - 'modified_at'"
        return f"({whole.format(row='OLD')} <> {whole.format(row='NEW')} AND {same})"

    def _stamping(self) -> str:
        if not (self.quiet or self.inside):
            return (
                f"CREATE TRIGGER {self.table}_stamped BEFORE INSERT OR UPDATE ON {self.table} "
                "FOR EACH ROW EXECUTE FUNCTION stamp_modified_at();"
            )
        told = f"""
            INSERT INTO journal_change (noun, thing_id, council_id, seen_by, inside, at)
            VALUES ('{self.noun}', NEW.id, {self.council.format(row="NEW")}, NULL, true, transaction_timestamp());"""
        return f"""
CREATE FUNCTION {self.table}_stamp() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' THEN
        IF {self._unseen()} THEN
            NEW.modified_at := OLD.modified_at;{told if self.inside and self.noun else ""}
            RETURN NEW;
        END IF;
    END IF;
    NEW.modified_at := transaction_timestamp();
    RETURN NEW;
END $$;
CREATE TRIGGER {self.table}_stamped BEFORE INSERT OR UPDATE ON {self.table}
    FOR EACH ROW EXECUTE FUNCTION {self.table}_stamp();
"""

    def renoting(self) -> RunSQL:
        """What a later migration runs that makes a table's changes say whether the rows were ``public``."""
        return RunSQL(self._function(), replace(self, public="")._function())

    def _noting(self) -> str:
        return f"""{self._function()}
CREATE TRIGGER {self.table}_noted_insert AFTER INSERT ON {self.table} REFERENCING NEW TABLE AS after_it
    FOR EACH STATEMENT EXECUTE FUNCTION {self.table}_note();
CREATE TRIGGER {self.table}_noted_update AFTER UPDATE ON {self.table}
    REFERENCING OLD TABLE AS before_it NEW TABLE AS after_it FOR EACH STATEMENT EXECUTE FUNCTION {self.table}_note();
CREATE TRIGGER {self.table}_noted_delete AFTER DELETE ON {self.table} REFERENCING OLD TABLE AS before_it
    FOR EACH STATEMENT EXECUTE FUNCTION {self.table}_note();
"""

    def _function(self) -> str:
        column, was_public = (", public", f", {self.public}") if self.public else ("", "")
        columns = f"INSERT INTO journal_change (noun, thing_id, council_id, seen_by, inside, at{column})"
        now = "transaction_timestamp()"
        gone = f"SELECT '{self.noun}', was.id, {self.council.format(row='was')}, {self.seen_by}"
        new = f"{self.council.format(row='is_')}, is_.id, false, {now}{', false' if self.public else ''}"
        return f"""
CREATE OR REPLACE FUNCTION {self.table}_note() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        {columns}
        SELECT '{self.noun}', is_.id, {new} FROM after_it is_;
    ELSIF TG_OP = 'UPDATE' THEN
        {columns}
        {gone}, false, {now}{was_public} FROM before_it was JOIN after_it is_ USING (id)
        WHERE was.modified_at <> is_.modified_at;
    ELSE
        {columns} {gone}, false, {now}{was_public} FROM before_it was;
        INSERT INTO journal_tombstone (noun, thing_id, council_id, seen_by, deleted_at)
        {gone}, {now} FROM before_it was;
    END IF;
    RETURN NULL;
END $$;
"""

    def _dropped(self, what: str) -> str:
        if what == "noted":
            drops = [f"DROP TRIGGER {self.table}_noted_{on} ON {self.table};" for on in ("insert", "update", "delete")]
            return " ".join([*drops, f"DROP FUNCTION {self.table}_note();"])
        own = f" DROP FUNCTION {self.table}_stamp();" if self.quiet or self.inside else ""
        return f"DROP TRIGGER {self.table}_stamped ON {self.table};{own}"


def touching(name: str, statements: Sequence[str]) -> RunSQL:
    """Make a function that stamps, and so notes, whatever hangs on the thing with the id ``$1``.

    Args:
        name: Of the function.
        statements: Tables to touch with a condition, e.g. ``"meetings_agendaitem WHERE meeting_id = $1"``.
    """
    updates = "\n".join(f"    UPDATE {each.replace(' WHERE', f' SET {NOW} WHERE', 1)};" for each in statements)
    return RunSQL(
        f"CREATE FUNCTION {name}(uuid) RETURNS void LANGUAGE plpgsql AS $$\nBEGIN\n{updates}\nEND $$;",
        f"DROP FUNCTION {name}(uuid);",
    )


def reaching(table: str, columns: Sequence[str], call: str, *, name: str) -> RunSQL:
    """Touch what hangs on a row before one of some columns of it changes: who may see it, or how it reads there.

    Before, because who had seen those things until then is asked with the row still as it was.

    Args:
        columns: Columns, or expressions over ``{row}``.
        call: The statement, over ``OLD`` and ``NEW``.
        name: Of the trigger.
    """
    parts = [column if "{row}" in column else f"{{row}}.{column}" for column in columns]
    changed = " OR ".join(f"{part.format(row='OLD')} IS DISTINCT FROM {part.format(row='NEW')}" for part in parts)
    create = f"""
CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    {call};
    RETURN NEW;
END $$;
CREATE TRIGGER {name} BEFORE UPDATE ON {table} FOR EACH ROW WHEN ({changed}) EXECUTE FUNCTION {name}();
"""
    return RunSQL(create, f"DROP TRIGGER {name} ON {table}; DROP FUNCTION {name}();")


def part_of(table: str, parent: str, key: str) -> RunSQL:
    """Touch the row whose representation shows these rows, whenever one of them comes, changes or goes."""
    return after_each(
        f"{table}_of_{parent}", table, f"UPDATE {parent} SET {NOW} WHERE id IN (SELECT {key} FROM changed)"
    )


def after_each(name: str, table: str, *statements: str) -> RunSQL:
    """Run statements over ``changed``: the rows of a table that came or went, or were not merely touched.

    A touch goes down to what hangs on a row, and never up again.
    """
    really = "to_jsonb(was) - 'modified_at' <> to_jsonb(is_) - 'modified_at'"
    pairs = f"FROM before_it was JOIN after_it is_ USING (id) WHERE {really}"
    sources = {
        "INSERT": "SELECT * FROM after_it",
        "UPDATE": f"SELECT was.* {pairs} UNION ALL SELECT is_.* {pairs}",
        "DELETE": "SELECT * FROM before_it",
    }
    seen = {"INSERT": "NEW TABLE AS after_it", "DELETE": "OLD TABLE AS before_it"}
    seen["UPDATE"] = f"{seen['DELETE']} {seen['INSERT']}"
    create, drop = "", ""
    for event, source in sources.items():
        own = f"{name}_{event.lower()}"
        run = "\n    ".join(f"WITH changed AS ({source}) {each};" for each in statements)
        create += f"""
CREATE FUNCTION {own}() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    {run}
    RETURN NULL;
END $$;
CREATE TRIGGER {own} AFTER {event} ON {table} REFERENCING {seen[event]} FOR EACH STATEMENT EXECUTE FUNCTION {own}();
"""
        drop += f"DROP TRIGGER {own} ON {table}; DROP FUNCTION {own}(); "
    return RunSQL(create, drop)
