"""Who did what to what, when: rows are added, never changed; names, not keys."""

from django.db import models


class Event(models.Model):
    """One thing that happened to one subject, told with the names of the moment.

    `institution_id` is the subject's institution, a plain number so that nothing audited ties the
    trail down; row-level security reads it.
    """

    institution_id = models.BigIntegerField()
    at = models.DateTimeField()
    actor = models.CharField(max_length=60)
    action = models.CharField(max_length=60)
    subject = models.CharField(max_length=80)
    result = models.CharField(max_length=20, default="ok")
    where = models.CharField(max_length=60, blank=True)
    request_id = models.CharField(max_length=40, blank=True)
    detail = models.JSONField(default=dict)

    class Meta:
        indexes = [models.Index(fields=["subject", "id"]), models.Index(fields=["actor", "id"])]

    def __str__(self) -> str:
        return f"{self.at:%F %T} {self.actor} {self.action} {self.subject}"
