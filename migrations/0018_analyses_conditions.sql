-- What else follow-up must know: settings, places of what the reader rejected, how much was segmented. NULL
-- for analyses that were stored before there was this column.
ALTER TABLE analyses ADD COLUMN conditions MEDIUMBLOB;
