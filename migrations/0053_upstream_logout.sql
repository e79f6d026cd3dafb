-- A provider that ends a session may name it alone.
CREATE INDEX authentications_sid ON authentications (upstream, upstream_sid) WHERE upstream_sid IS NOT NULL;
