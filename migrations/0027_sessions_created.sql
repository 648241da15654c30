-- Sessions that have ended because they are old.
CREATE INDEX ix_sessions_created ON sessions (created_at);
