-- Attempts that are throttled, by account and by address.
CREATE TABLE attempts (
    -- SHA-256 of what is counted, so that neither addresses nor e-mails lie here in clear.
    subject       BINARY(32)  NOT NULL PRIMARY KEY,
    made          INT         NOT NULL,
    blocked_until DATETIME(6) NOT NULL,
    last_at       DATETIME(6) NOT NULL
);
