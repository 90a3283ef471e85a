"""The same tables once more, as plain models."""

from typing import Any, ClassVar

from django.db import models

from council.core.models import uuid7


class Row(models.Model):
    """A row of somebody else's table that is only named."""

    id = models.UUIDField(primary_key=True, default=uuid7)
    objects: ClassVar[Any] = models.Manager()

    class Meta:
        abstract = True


class Council(Row):
    """A council."""

    class Meta:
        managed = False
        db_table = "people_council"


class User(Row):
    """A person."""

    class Meta:
        managed = False
        db_table = "people_user"


class Membership(Row):
    """A seat."""

    class Meta:
        managed = False
        db_table = "people_membership"


class Organisation(Row):
    """An organisation."""

    name = models.CharField(max_length=200)

    class Meta:
        managed = False
        db_table = "people_organisation"


class Consultation(Row):
    """A consultation."""

    class Meta:
        managed = False
        db_table = "opinions_consultation"


class Passage(Row):
    """A passage."""

    version = models.UUIDField(db_column="version_id")
    position = models.IntegerField()
    number = models.CharField(max_length=20)
    heading = models.CharField(max_length=200)
    text = models.TextField()

    class Meta:
        managed = False
        db_table = "documents_passage"


class Opinion(Row):
    """An opinion."""

    council = models.ForeignKey(Council, models.DO_NOTHING)
    consultation = models.ForeignKey(Consultation, models.DO_NOTHING)
    passage = models.ForeignKey(Passage, models.DO_NOTHING)
    phase = models.CharField(max_length=6, blank=True, default="")
    number = models.IntegerField(null=True)
    kind = models.CharField(max_length=8)
    current_text = models.TextField()
    proposed_text = models.TextField(blank=True)
    reason = models.TextField()
    audience = models.CharField(max_length=12, default="council")
    state = models.CharField(max_length=10, default="submitted")
    revision = models.IntegerField(default=1)
    author = models.ForeignKey(User, models.DO_NOTHING, null=True, related_name="+")
    membership = models.ForeignKey(Membership, models.DO_NOTHING, null=True)
    organisation = models.ForeignKey(Organisation, models.DO_NOTHING)
    sector = models.CharField(max_length=20)
    submitted_at = models.DateTimeField(null=True)
    source = models.CharField(max_length=8, default="written")
    source_note = models.CharField(max_length=200, blank=True)
    submitter = models.CharField(max_length=80, blank=True)
    recorded_by = models.ForeignKey(User, models.DO_NOTHING, null=True, related_name="+")
    confirmed_at = models.DateTimeField(null=True)
    fingerprint = models.CharField(max_length=64, blank=True)
    merged_into = models.ForeignKey("self", models.DO_NOTHING, null=True)
    hidden_at = models.DateTimeField(null=True)
    hidden_reason = models.TextField(blank=True)
    campaign = models.UUIDField(null=True, db_column="campaign_id")
    created_at = models.DateTimeField(auto_now_add=True)
    modified_at = models.DateTimeField(auto_now=True)

    class Meta:
        managed = False
        db_table = "opinions_opinion"


class Point(Row):
    """A point to be answered."""

    consultation = models.ForeignKey(Consultation, models.DO_NOTHING)
    opinion = models.ForeignKey(Opinion, models.DO_NOTHING)
    number = models.SmallIntegerField()
    gist = models.TextField()
    state = models.CharField(max_length=10)
    office = models.ForeignKey(Organisation, models.DO_NOTHING, null=True)
    due_on = models.DateField(null=True)

    class Meta:
        managed = False
        db_table = "opinions_point"


class AgendaItem(Row):
    """An item of an agenda."""

    meeting = models.UUIDField(db_column="meeting_id")
    position = models.IntegerField()
    number = models.CharField(max_length=12)
    kind = models.CharField(max_length=12)
    title = models.CharField(max_length=200)
    note = models.TextField()
    presenter = models.CharField(max_length=120)
    minutes_planned = models.IntegerField()

    class Meta:
        managed = False
        db_table = "meetings_agendaitem"
