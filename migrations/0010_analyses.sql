-- What the history shows of saved analyses; the analyses themselves are in `documents`.
CREATE TABLE analyses (
    -- Made by the browser, so that saving again changes nothing.
    id              BINARY(16)  NOT NULL PRIMARY KEY,
    account_id      BINARY(16)  NOT NULL,
    label           VARCHAR(80) NOT NULL,
    -- YYYY-MM-DD, as the user says it.
    examined_on     CHAR(10)    NOT NULL,
    -- Keyed digest of the image.
    digest          BINARY(32)  NOT NULL,
    network         VARCHAR(16) NOT NULL,
    weights_version VARCHAR(64) NOT NULL,
    slices          INT         NOT NULL,
    lesions         INT         NOT NULL,
    longest_mm      DOUBLE,
    volume_ml       DOUBLE,
    confidence      DOUBLE,
    -- The largest lesions as follow-up needs them.
    followed        MEDIUMBLOB  NOT NULL,
    saved_at        DATETIME(6) NOT NULL,
    CONSTRAINT fk_analyses_account FOREIGN KEY (account_id) REFERENCES accounts (id) ON DELETE CASCADE
);
