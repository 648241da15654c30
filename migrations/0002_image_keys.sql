-- Key of the digests by which an account's images are recognised; 32 random bytes.
ALTER TABLE accounts ADD COLUMN image_key BINARY(32);
