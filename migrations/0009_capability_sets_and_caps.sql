-- What a group's capability set stands for (W-CAP-4), and which limit set the end of a token (policy-semantics 8).

ALTER TABLE groups ADD COLUMN capability_set text[];   -- scopes in logical paths; null: the group has no set
ALTER TABLE issue_log ADD COLUMN cap jsonb;            -- {at, kind, rule} of what set `expires_at`; null for refusals
