-- The events of an account.
CREATE INDEX ix_auth_events_account ON auth_events (account_id, at);
