"""Background jobs and the items of every queue."""

from django.db import models


class Job(models.Model):
    """Work to be done by a worker, written in the transaction that wants it done."""

    kind = models.CharField(max_length=120)
    args = models.JSONField(default=dict)
    dedup_key = models.CharField(max_length=120, null=True, unique=True)
    created_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return f"{self.pk} {self.kind}"
