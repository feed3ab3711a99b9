from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('audit', '0001_initial'),
    ]

    operations = [
        migrations.AddField(
            model_name='auditevent',
            name='subject_id',
            field=models.UUIDField(null=True),
        ),
        migrations.AddField(
            model_name='auditevent',
            name='subject_name',
            field=models.CharField(max_length=255, null=True),
        ),
    ]
