-- What a token was made from and who acts in it (policy-semantics 8; RFC 8693).
ALTER TABLE issue_log
  ADD COLUMN parent_jti    text COLLATE "C",            -- of the exchanged token; of a refresh, the id of its chain
  ADD COLUMN exchange_rule text COLLATE "C";            -- the rule that let an exchange widen; each use is here
