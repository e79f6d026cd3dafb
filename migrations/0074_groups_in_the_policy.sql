-- Of groups the rules in memory know the default ones and those with capability sets, and clients know where they are members. Whatever
-- else happens to one of many thousand groups makes no process read the lake anew.
CREATE FUNCTION lock_lake_version() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  -- Before the rows, as where a change is announced before it is made: all writers lock in one order.
  PERFORM FROM lake_version FOR NO KEY UPDATE;
  RETURN NULL;
END $$;

CREATE FUNCTION announce_group_change() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  counts boolean;
BEGIN
  IF TG_OP = 'INSERT' THEN
    counts := EXISTS (SELECT FROM new_rows WHERE is_default OR capability_set IS NOT NULL);
  ELSIF TG_OP = 'DELETE' THEN
    counts := EXISTS (SELECT FROM old_rows WHERE is_default OR capability_set IS NOT NULL);
  ELSE
    counts := EXISTS (
      SELECT FROM new_rows n JOIN old_rows o ON o.id = n.id
      WHERE (n.path, n.position, n.is_default, n.capability_set) IS DISTINCT FROM (o.path, o.position, o.is_default, o.capability_set)
        AND (n.is_default OR o.is_default OR n.capability_set IS NOT NULL OR o.capability_set IS NOT NULL
          OR EXISTS (SELECT FROM client_memberships WHERE client_memberships.group_id = n.id)));
  END IF;
  IF counts THEN
    UPDATE lake_version SET version = version + 1, base_version = version + 1;
    PERFORM pg_notify('sluice_lake', '');
  END IF;
  RETURN NULL;
END $$;

DROP TRIGGER announce ON groups;
CREATE TRIGGER announce BEFORE TRUNCATE ON groups FOR EACH STATEMENT EXECUTE FUNCTION announce_lake_change('base');
CREATE TRIGGER lock_lake_version BEFORE INSERT OR UPDATE OR DELETE ON groups FOR EACH STATEMENT EXECUTE FUNCTION lock_lake_version();
CREATE TRIGGER announce_insert AFTER INSERT ON groups REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION announce_group_change();
CREATE TRIGGER announce_update AFTER UPDATE ON groups REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION announce_group_change();
CREATE TRIGGER announce_delete AFTER DELETE ON groups REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION announce_group_change();
