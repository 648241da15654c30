-- What those lesions have together whose volume is known, where that of others is not. NULL for analyses that were
-- stored before there was this column, too.
ALTER TABLE analyses ADD COLUMN least_volume_ml DOUBLE;
