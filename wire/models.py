"""What the API's manners keep in the database."""

from django.db import models


class RateWindow(models.Model):
    """How many requests one key made in the window that began at `starts_at` (Unix time)."""

    key = models.CharField(max_length=96, primary_key=True)
    starts_at = models.BigIntegerField(db_index=True)
    count = models.PositiveIntegerField()

    def __str__(self) -> str:
        return f"{self.key}: {self.count}"
