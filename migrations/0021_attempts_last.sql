-- Attempts that are forgotten.
CREATE INDEX ix_attempts_last ON attempts (last_at);
