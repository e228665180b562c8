"""The limits that were business numbers are rules now: the same people, days, places, amounts."""

from django.db import migrations

# Whatever of the two rows was approved; what waited or was declined stays where it is, told of by
# its history. The words are those of the catalogue on the day of the change.
MOVE = """
SET LOCAL app.scope = '*';
INSERT INTO authorization_authrule
  (trade_code, institution_id, valid_from, "group", skill, grade, outlet_levels, centre_levels,
   bands, cash, transfer, scan_mode, weight_hundredths, always, amount_from_fen, customer_kinds,
   account_states, manual_id, correction, together, reason, proposed_by_id, proposed_at,
   approved_by_id, approved_at)
SELECT moved.code, number.institution_id, number.valid_from, moved.kind, '', 2, 1, 1, '{}',
  moved.cash, moved.transfer, 'now', 100, false, number.value::bigint, '{}', '{}', false, false,
  '{}', number.reason, number.proposed_by_id, number.proposed_at, number.approved_by_id,
  number.approved_at
FROM policy_policy number
JOIN (VALUES ('1002', 'CASH', 'out', false), ('1101', 'XFER', 'none', true))
  moved (code, kind, cash, transfer) ON number.code = 'authorization.limit_fen.' || moved.code
WHERE number.approved_by_id IS NOT NULL
ORDER BY number.id;
"""
# An item was held for its amount alone, at the limit that it keeps.
WHY = """
ALTER TABLE authorization_request DISABLE TRIGGER authorization_request_guard;
UPDATE authorization_request SET why = '{amount}' WHERE queued_at IS NOT NULL;
SET CONSTRAINTS ALL IMMEDIATE;
ALTER TABLE authorization_request ENABLE ALWAYS TRIGGER authorization_request_guard;
"""


class Migration(migrations.Migration):

    dependencies = [("authorization", "0007_rules"), ("policy", "0003_holidays")]

    operations = [migrations.RunSQL([MOVE, WHY], migrations.RunSQL.noop)]
