-- Sessions that have ended because nobody used them.
CREATE INDEX ix_sessions_seen ON sessions (seen_at);
