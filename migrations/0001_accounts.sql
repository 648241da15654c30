-- People who may sign in. `id` is a UUIDv7 made by the application; times are UTC.
CREATE TABLE accounts (
    id            BINARY(16)   NOT NULL PRIMARY KEY,
    -- As typed, for letters to the person.
    email         VARCHAR(254) NOT NULL,
    -- Trimmed and lower-cased by the application: what sign-in looks up.
    email_key     VARCHAR(254) NOT NULL UNIQUE,
    -- PHC string of argon2id; never the password.
    password_hash VARCHAR(255) NOT NULL,
    name          VARCHAR(80)  NOT NULL,
    birth_year    SMALLINT,
    gender        VARCHAR(16),
    -- E.164, with the leading plus.
    mobile        VARCHAR(16),
    created_at    DATETIME(6)  NOT NULL,
    updated_at    DATETIME(6)  NOT NULL
);
