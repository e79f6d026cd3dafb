-- How often a device code is asked for (RFC 8628 section 3.5): beside the code, so that every process sees it.
ALTER TABLE artifacts
  ADD COLUMN polled_at    timestamptz,                  -- of a device code: when its client last asked
  ADD COLUMN poll_seconds integer;                      -- of a device code: to wait between two askings; null: the first interval
