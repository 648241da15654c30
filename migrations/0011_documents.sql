-- Saved analyses as they were sent: masks and figures, compressed.
CREATE TABLE documents (
    analysis_id BINARY(16) NOT NULL PRIMARY KEY,
    -- SHA-256 of the bytes.
    digest      BINARY(32) NOT NULL,
    size        INT        NOT NULL,
    content     MEDIUMBLOB NOT NULL,
    CONSTRAINT fk_documents_analysis FOREIGN KEY (analysis_id) REFERENCES analyses (id) ON DELETE CASCADE
);
