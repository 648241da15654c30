-- An analysis takes what was said of its lesions with it.
CREATE INDEX ix_pairings_second ON pairings (second_id);
