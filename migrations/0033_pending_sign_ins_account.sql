-- Those of an account.
CREATE INDEX ix_pending_sign_ins_account ON pending_sign_ins (account_id);
