-- Numbers of deleted analyses: a browser that did not hear that its analysis was stored may send it again
-- after it was deleted, and it must not come back.
CREATE TABLE deleted_analyses (
    id         BINARY(16)  NOT NULL PRIMARY KEY,
    account_id BINARY(16)  NOT NULL,
    deleted_at DATETIME(6) NOT NULL,
    CONSTRAINT fk_deleted_analyses_account FOREIGN KEY (account_id) REFERENCES accounts (id) ON DELETE CASCADE
);
