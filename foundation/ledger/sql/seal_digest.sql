-- The seal of a closing: the hash over its figures, what it carries, its content and the seal
-- before it.
CREATE FUNCTION ledger_seal_digest(c ledger_dayclosing) RETURNS text
LANGUAGE sql STABLE SET search_path = public, pg_temp AS $$
  SELECT encode(sha256(convert_to(jsonb_build_array(
    'day 1', c.institution_id, c.business_date, c.round, c.seq, c.entries, c.legs, c.last_no,
    c.figures, c.carried, c.content, c.former, extract(epoch FROM c.sealed_at), c.sealed_by
  )::text, 'UTF8')), 'hex')
$$;
