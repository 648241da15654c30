-- The sign-ins of an account.
CREATE INDEX ix_sessions_account ON sessions (account_id, created_at);
