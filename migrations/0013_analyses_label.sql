-- The history of one patient label.
CREATE INDEX ix_analyses_label ON analyses (account_id, label, examined_on, id);
