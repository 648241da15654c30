-- Links for a new password that have been sent and not been used.
CREATE TABLE password_resets (
    -- SHA-256 of the link's token; never the token.
    token_hash BINARY(32)  NOT NULL PRIMARY KEY,
    -- One link an account: a newer one replaces it.
    account_id BINARY(16)  NOT NULL UNIQUE,
    expires_at DATETIME(6) NOT NULL,
    CONSTRAINT fk_password_resets_account FOREIGN KEY (account_id) REFERENCES accounts (id) ON DELETE CASCADE
);
