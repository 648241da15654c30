-- Letters that are under way, so that none is lost with the server that sends it; gone once sent or given up.
CREATE TABLE letters (
    id         BINARY(16)   NOT NULL PRIMARY KEY,
    recipient  VARCHAR(254) NOT NULL,
    -- What it says, by name.
    kind       VARCHAR(32)  NOT NULL,
    -- SHA-256 of the token of its link, if it has one; never the token.
    token_hash BINARY(32),
    tries      INT          NOT NULL,
    -- Who sends it: another number for every server that takes it over.
    holder     BINARY(16)   NOT NULL,
    -- When others may take its holder for dead.
    ends_at    DATETIME(6)  NOT NULL,
    created_at DATETIME(6)  NOT NULL
);
