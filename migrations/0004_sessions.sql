-- Browsers that are signed in.
CREATE TABLE sessions (
    id         BINARY(16)   NOT NULL PRIMARY KEY,
    account_id BINARY(16)   NOT NULL,
    -- SHA-256 of the cookie's token; never the token.
    token_hash BINARY(32)   NOT NULL UNIQUE,
    -- The browser in words, from its user agent.
    browser    VARCHAR(80)  NOT NULL,
    created_at DATETIME(6)  NOT NULL,
    -- Written every few minutes at most.
    seen_at    DATETIME(6)  NOT NULL,
    CONSTRAINT fk_sessions_account FOREIGN KEY (account_id) REFERENCES accounts (id) ON DELETE CASCADE
);
