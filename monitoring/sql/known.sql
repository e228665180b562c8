-- What a rule of one line may know of both accounts of a line, wherever they are kept: whether they are the
-- teller's own or of staff, whether the account is the bank's own, and its age in days. Nothing else of them is told.
CREATE OR REPLACE FUNCTION monitoring_known(account text, counter text, teller text, day date,
    OUT own boolean, OUT of_staff boolean, OUT internal boolean, OUT age_days int
) LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    SELECT coalesce(bool_or(kept.holder_person = (SELECT person FROM people_staff WHERE number = teller)), false),
        coalesce(bool_or(EXISTS (SELECT FROM people_staff clerk WHERE clerk.person = kept.holder_person)), false),
        coalesce(bool_or(kept.kind = 'internal') FILTER (WHERE kept.number = account), false),
        -- As at night: the age of an account that is neither young nor the bank's own nor of staff is not asked.
        coalesce(min(day - kept.opened_on) FILTER (WHERE kept.number = account AND (kept.kind = 'internal'
            OR kept.opened_on > day - 90
            OR EXISTS (SELECT FROM people_staff clerk WHERE clerk.person = kept.holder_person))), 100000)
    INTO own, of_staff, internal, age_days
    FROM ledger_account kept WHERE kept.number IN (account, nullif(counter, ''));
END $$;
