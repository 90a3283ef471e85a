"""Minutes are a thing of their own now, in the room above."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [
        ("meetings", "0002_from_idea_to_result"),
        ("decisions", "0002_minutes_of_items"),
    ]
    operations = [migrations.RemoveField(model_name="agendaitem", name="minutes")]
