-- Codes for whoever has lost their authenticator app, gone once used.
CREATE TABLE recovery_codes (
    account_id BINARY(16) NOT NULL,
    -- SHA-256 of the code, which has 120 random bits; never the code.
    code_hash  BINARY(32) NOT NULL,
    CONSTRAINT pk_recovery_codes PRIMARY KEY (account_id, code_hash),
    CONSTRAINT fk_recovery_codes_account FOREIGN KEY (account_id) REFERENCES accounts (id) ON DELETE CASCADE
);
