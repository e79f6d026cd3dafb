-- Members of a large group page by page, in the order of SCIM's lists, without sorting all of them.
CREATE INDEX memberships_of_group ON memberships (group_id, created_at, account_id COLLATE "C") INCLUDE (starts_at, ends_at);
DROP INDEX memberships_group;
