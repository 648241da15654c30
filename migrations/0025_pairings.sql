-- What a reader says of two lesions of two analyses: that they are one, or are not. The analysis with the lower number
-- comes first.
CREATE TABLE pairings (
    first_id      BINARY(16)  NOT NULL,
    -- Number of the lesion in it.
    first_lesion  INT         NOT NULL,
    second_id     BINARY(16)  NOT NULL,
    second_lesion INT         NOT NULL,
    is_one        BOOLEAN     NOT NULL,
    said_at       DATETIME(6) NOT NULL,
    CONSTRAINT pk_pairings PRIMARY KEY (first_id, second_id, first_lesion, second_lesion),
    CONSTRAINT fk_pairings_first FOREIGN KEY (first_id) REFERENCES analyses (id) ON DELETE CASCADE,
    CONSTRAINT fk_pairings_second FOREIGN KEY (second_id) REFERENCES analyses (id) ON DELETE CASCADE
);
