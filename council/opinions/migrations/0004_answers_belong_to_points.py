import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("opinions", "0003_one_point_for_every_opinion")]

    operations = [
        migrations.AlterField(
            model_name="disposition",
            name="point",
            field=models.OneToOneField(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="disposition",
                to="opinions.point",
                verbose_name="point",
            ),
        ),
        migrations.RemoveField(
            model_name="disposition",
            name="opinion",
        ),
        migrations.RemoveField(
            model_name="opinion",
            name="due_on",
        ),
        migrations.RemoveField(
            model_name="opinion",
            name="office",
        ),
    ]
