-- Since when the operator keeps an account from being used; NULL if they do not.
ALTER TABLE accounts ADD COLUMN disabled_since DATETIME(6);
