-- The feed of changes as a copy's source: who asks from the beginning gets everything that is there.

CREATE INDEX changes_object ON changes (kind, id, group_id, xact, sequence);

-- One row. A cursor of another epoch, or from before what was cleaned away, is refused: its copy would miss removals.
CREATE TABLE change_feed (
  only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row),
  epoch    uuid NOT NULL DEFAULT gen_random_uuid(),    -- new when a restored database counts its transactions anew
  cleaned  xid8 NOT NULL DEFAULT '0'                   -- the last transaction of which a removal was cleaned away
);
INSERT INTO change_feed DEFAULT VALUES;

-- What was there before changes were noted.
INSERT INTO changes (kind, change, id) SELECT 'group', 'created', id::text FROM groups
  WHERE NOT EXISTS (SELECT FROM changes WHERE kind = 'group' AND changes.id = groups.id::text);
INSERT INTO changes (kind, change, id) SELECT 'account', 'created', id FROM accounts
  WHERE NOT EXISTS (SELECT FROM changes WHERE kind = 'account' AND changes.id = accounts.id);
INSERT INTO changes (kind, change, id, group_id) SELECT 'membership', 'created', account_id, group_id FROM memberships
  WHERE NOT EXISTS (SELECT FROM changes WHERE kind = 'membership' AND changes.id = account_id AND changes.group_id = memberships.group_id);
