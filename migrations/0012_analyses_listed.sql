-- The history, newest examination first.
CREATE INDEX ix_analyses_listed ON analyses (account_id, examined_on, id);
