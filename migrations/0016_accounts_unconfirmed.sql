-- Since when an account waits for its owner to follow the link in the first letter; NULL once they have, and
-- where addresses need not be confirmed.
ALTER TABLE accounts ADD COLUMN unconfirmed_since DATETIME(6);
