-- Events that have been kept long enough.
CREATE INDEX ix_auth_events_at ON auth_events (at);
