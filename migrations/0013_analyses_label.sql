-- The history of one patient label, and all labels, from the index alone.
CREATE INDEX ix_analyses_label ON analyses (account_id, label, examined_on, id, saved_at);
