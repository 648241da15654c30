-- Browsers that have given the right password and have yet to give the second factor.
CREATE TABLE pending_sign_ins (
    -- SHA-256 of the cookie's token; never the token.
    token_hash BINARY(32)  NOT NULL PRIMARY KEY,
    account_id BINARY(16)  NOT NULL,
    -- Codes tried so far.
    tries      INT         NOT NULL,
    expires_at DATETIME(6) NOT NULL,
    CONSTRAINT fk_pending_sign_ins_account FOREIGN KEY (account_id) REFERENCES accounts (id) ON DELETE CASCADE
);
