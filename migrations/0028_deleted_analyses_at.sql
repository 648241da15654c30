-- Numbers of deleted analyses that have been kept long enough.
CREATE INDEX ix_deleted_analyses_at ON deleted_analyses (deleted_at);
