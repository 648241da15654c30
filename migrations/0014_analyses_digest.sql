-- The analyses of one image.
CREATE INDEX ix_analyses_digest ON analyses (account_id, digest);
