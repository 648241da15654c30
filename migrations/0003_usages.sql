-- What an account has stored, kept in step with its analyses in the same transaction: the
-- quota is checked without counting rows, and its row is what two saves of an account wait for.
CREATE TABLE usages (
    account_id BINARY(16) NOT NULL PRIMARY KEY,
    analyses   INT        NOT NULL,
    bytes      BIGINT     NOT NULL,
    CONSTRAINT fk_usages_account FOREIGN KEY (account_id) REFERENCES accounts (id) ON DELETE CASCADE
);
