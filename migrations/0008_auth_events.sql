-- What happened to accounts, for their owners and for audits. An event outlives its account.
CREATE TABLE auth_events (
    id         BINARY(16)  NOT NULL PRIMARY KEY,
    -- None: there is no such account.
    account_id BINARY(16),
    event      VARCHAR(32) NOT NULL,
    -- The address's network only (/24 or /48).
    network    VARCHAR(45) NOT NULL,
    at         DATETIME(6) NOT NULL
);
