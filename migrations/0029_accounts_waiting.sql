-- Accounts that nobody has confirmed in time.
CREATE INDEX ix_accounts_unconfirmed ON accounts (unconfirmed_since);
