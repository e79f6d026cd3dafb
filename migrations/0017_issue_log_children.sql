-- What came of a token or a chain, for revocation (RFC 7009 section 2.1): most rows have no parent and are not in the index.
CREATE INDEX issue_log_parent ON issue_log USING hash (parent_jti);
