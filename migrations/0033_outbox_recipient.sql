-- Mails are counted by their recipient, and looked for by it.

CREATE INDEX outbox_recipient ON outbox (lower(recipient) text_pattern_ops, created_at);
