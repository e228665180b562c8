"""Who did what to what, when: rows are added, never changed; names, not keys."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from foundation.trail import rules


class Event(models.Model):
    """One thing that happened to one subject, told with the names of the moment.

    `institution_id` is the subject's institution, a plain number so that nothing audited ties the
    trail down; row-level security reads it. `tx` is the number of the transaction, given by the
    database, by which events are gathered into seals.
    """

    institution_id = models.BigIntegerField()
    at = models.DateTimeField(_("time"))
    actor = models.CharField(_("who"), max_length=60)
    action = models.CharField(_("what"), max_length=60)
    subject = models.CharField(_("to what"), max_length=80)
    result = models.CharField(_("result"), max_length=20, default="ok")
    where = models.CharField(_("terminal"), max_length=60, blank=True)
    request_id = models.CharField(max_length=40, blank=True)
    detail = models.JSONField(default=dict)
    tx = models.BigIntegerField(db_default=models.Func(function="trail_tx"))

    class Meta:
        verbose_name = _("event of the trail")
        indexes = [
            models.Index(fields=["subject", "id"]),
            models.Index(fields=["actor", "id"]),
            models.Index(fields=["institution_id", "id"], name="trail_event_place_idx"),
            models.Index(fields=["institution_id", "tx", "id"], name="trail_event_sealing_idx"),
            models.Index(fields=["tx"]),
            # What was looked at on a day; few of the rows, and nothing else is asked by the hour.
            models.Index(
                fields=["at", "id"],
                condition=models.Q(action__contains=rules.LOOKED),
                name="trail_event_looked_idx",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.at:%F %T} {self.actor} {self.action} {self.subject}"

    @property
    def label(self) -> str:
        """Return what was done, in the language of the page, or its name in plain words."""
        word = gettext(self.action)
        return word if word != self.action else rules.plain_action(self.action)

    @property
    def items(self) -> tuple[tuple[str, str], ...]:
        """Return the detail as pairs to be shown."""
        return rules.items(self.detail)


class Seal(models.Model):
    """The seal over all events of one institution whose transactions lie in one stretch.

    Seals of an institution follow one another by `seq` and hold the hash of the former one. The
    stretch is [from_tx, upto_tx) of transaction numbers, all finished when the seal was made.
    """

    institution_id = models.BigIntegerField()
    seq = models.BigIntegerField()
    from_tx = models.BigIntegerField()
    upto_tx = models.BigIntegerField()
    count = models.PositiveIntegerField()
    former = models.CharField(max_length=64)
    digest = models.CharField(max_length=64)
    sealed_at = models.DateTimeField()

    class Meta:
        verbose_name = _("seal of the trail")
        constraints = [
            models.UniqueConstraint(fields=["institution_id", "seq"], name="trail_seal_in_order"),
            models.CheckConstraint(
                condition=models.Q(from_tx__lt=models.F("upto_tx"), count__gt=0, seq__gt=0),
                name="trail_seal_over_something",
            ),
        ]
        indexes = [models.Index(fields=["upto_tx"])]

    def __str__(self) -> str:
        return f"{self.institution_id} {self.seq} {self.digest[:12]}"


class Look(models.Model):
    """One time that the books were looked through, whole or from a date on; rows are added only.

    `watermark` is the date from which the next partial look begins: all before it was closed
    everywhere, and looked through. What was found where is in `LookDifference`.
    """

    began_at = models.DateTimeField(_("began at"))
    ended_at = models.DateTimeField(_("ended at"))
    whole = models.BooleanField(_("everything"))
    first = models.DateField(_("from day"))
    last = models.DateField(_("to day"))
    watermark = models.DateField(null=True)
    differences = models.IntegerField(_("differences"))

    class Meta:
        verbose_name = _("look at the books")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(
                    began_at__lte=models.F("ended_at"),
                    first__lte=models.F("last"),
                    differences__gte=0,
                ),
                name="trail_look_in_order",
            )
        ]

    def __str__(self) -> str:
        return f"{self.began_at:%F %T} {self.differences}"


class LookCheck(models.Model):
    """What one check of a look went through: how many rows, how many differences."""

    look = models.ForeignKey(Look, on_delete=models.PROTECT, related_name="checks")
    code = models.CharField(_("check"), max_length=40)
    rows = models.BigIntegerField(_("rows"))
    differences = models.IntegerField(_("differences"))

    class Meta:
        verbose_name = _("check of a look")
        constraints = [
            models.UniqueConstraint(fields=["look", "code"], name="trail_look_check_once")
        ]

    def __str__(self) -> str:
        return f"{self.look_id} {self.code}"


class LookDifference(models.Model):
    """One thing that a look found wrong, seen by whoever may see its institution."""

    look = models.ForeignKey(Look, on_delete=models.PROTECT, related_name="found")
    institution_id = models.BigIntegerField()
    code = models.CharField(_("check"), max_length=40)
    kind = models.CharField(_("what is wrong"), max_length=60)
    subject = models.CharField(_("to what"), max_length=120)
    detail = models.CharField(_("found"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("difference")
        indexes = [models.Index(fields=["look", "id"])]

    def __str__(self) -> str:
        return f"{self.kind} {self.subject}"

    @property
    def words(self) -> str:
        """Return what is wrong in plain words, in English; a kind of former days as it is kept."""
        known = rules.DIFFERENCE_KINDS.get(self.kind)
        return known.text if known else self.kind

    @property
    def address(self) -> str:
        """Return where the account or entry can be seen, nothing for anything else."""
        return rules.address_of(self.subject)
