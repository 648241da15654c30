-- E-mail addresses that accounts are to have once their owner follows the link in a letter to the new one.
CREATE TABLE address_changes (
    -- SHA-256 of the link's token; never the token.
    token_hash BINARY(32)   NOT NULL PRIMARY KEY,
    -- One change an account: a newer one replaces it.
    account_id BINARY(16)   NOT NULL UNIQUE,
    email      VARCHAR(254) NOT NULL,
    email_key  VARCHAR(254) NOT NULL,
    expires_at DATETIME(6)  NOT NULL,
    CONSTRAINT fk_address_changes_account FOREIGN KEY (account_id) REFERENCES accounts (id) ON DELETE CASCADE
);
