-- What may be followed of a large value, now that it is kept by currency (OP065, aml_guard.sql).
DROP TRIGGER monitoring_largevalue_guard ON monitoring_largevalue;
CREATE TRIGGER monitoring_largevalue_guard BEFORE INSERT OR UPDATE OR DELETE ON monitoring_largevalue
    FOR EACH ROW EXECUTE FUNCTION monitoring_aml_guard('OP065',
    '{state,customer_name,amount_fen,amount_cents,basis,sums,evidence,exemption_id,id_number,counterparty,purpose,filled_by_id,filled_person,filled_at,reviewed_by_id,reviewed_person,reviewed_at,report_id}',
    '{gaps>filled,gaps>exempt,filled>gaps,filled>passed,passed>reported}', '{filled,reviewed}');
ALTER TABLE monitoring_largevalue ENABLE ALWAYS TRIGGER monitoring_largevalue_guard;

CREATE TRIGGER monitoring_customerrating_guard BEFORE INSERT OR UPDATE OR DELETE ON monitoring_customerrating
    FOR EACH ROW EXECUTE FUNCTION monitoring_aml_guard('OP082',
    '{state,review_on,decided_by_id,decided_person,decided_at}',
    '{proposed>active,proposed>declined,active>replaced}', '{proposed,decided}');
ALTER TABLE monitoring_customerrating ENABLE ALWAYS TRIGGER monitoring_customerrating_guard;

-- Placed by two, and lifted by two: the second pair may be the first one again.
CREATE TRIGGER monitoring_freezerequest_guard BEFORE INSERT OR UPDATE OR DELETE ON monitoring_freezerequest
    FOR EACH ROW EXECUTE FUNCTION monitoring_aml_guard('OP083',
    '{state,hold_id,decided_by_id,decided_person,decided_at,lift_by_id,lift_person,lift_at,lifted_by_id,lifted_person,lifted_at}',
    '{proposed>placed,proposed>declined,placed>lifting,lifting>placed,lifting>lifted}', '{proposed,decided}');
ALTER TABLE monitoring_freezerequest ENABLE ALWAYS TRIGGER monitoring_freezerequest_guard;
CREATE TRIGGER monitoring_freezerequest_lifting BEFORE INSERT OR UPDATE OR DELETE ON monitoring_freezerequest
    FOR EACH ROW EXECUTE FUNCTION monitoring_aml_guard('OP083',
    '{state,hold_id,decided_by_id,decided_person,decided_at,lift_by_id,lift_person,lift_at,lifted_by_id,lifted_person,lifted_at}',
    '{proposed>placed,proposed>declined,placed>lifting,lifting>placed,lifting>lifted}', '{lift,lifted}');
ALTER TABLE monitoring_freezerequest ENABLE ALWAYS TRIGGER monitoring_freezerequest_lifting;
