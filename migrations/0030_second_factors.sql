-- What an account's authenticator app makes its codes from; at most one an account.
CREATE TABLE second_factors (
    account_id    BINARY(16) NOT NULL PRIMARY KEY,
    -- Key of the codes (RFC 6238). In clear: checking a code needs it.
    secret        BINARY(20) NOT NULL,
    -- The step of the last code that was used; no code of it or of an earlier one is good any more.
    last_step     BIGINT     NOT NULL,
    -- Since when it waits for its first code; NULL once it is on.
    waiting_since DATETIME(6),
    CONSTRAINT fk_second_factors_account FOREIGN KEY (account_id) REFERENCES accounts (id) ON DELETE CASCADE
);
