-- What goes with an account.
CREATE INDEX ix_deleted_analyses_account ON deleted_analyses (account_id, id);
