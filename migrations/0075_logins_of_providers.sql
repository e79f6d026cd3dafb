-- How many logins came by each upstream provider lately.
CREATE INDEX login_history_upstream ON login_history (upstream, at) WHERE upstream IS NOT NULL;
