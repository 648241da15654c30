//! A copy of the embedded database.

use std::path::Path;

use anyhow::{Context as _, bail};

use super::{Store, schema};
use crate::folder;

impl Store {
    /// Copies the embedded database to a new file, for this user alone, as it is at one moment. A
    /// server may go on serving and storing meanwhile.
    ///
    /// # Errors
    /// The database is a server's, was never used or cannot be read, or the file exists or cannot
    /// be written.
    pub async fn back_up(&self, file: &Path) -> anyhow::Result<()> {
        let Self::Sqlite(pool, _) = self else {
            bail!(
                "only an embedded database is backed up by this: use `mariadb-dump --single-transaction`, or \
                 `mysqldump --single-transaction`, for a server's"
            );
        };
        if schema::version(self).await? == 0 {
            bail!("the database is empty: do NEUROCARE_DATA and DATABASE_URL name the right one?");
        }
        let name = file.to_str().context("the file's name is no text")?;
        let cannot = || format!("cannot write {}", file.display());
        if !folder::make_private_file(file).with_context(cannot)? {
            bail!("{} exists already: name a new file", file.display());
        }
        // Not under the time limit of requests. It takes a name of an empty file, too, and leaves
        // its rights alone.
        let copied = sqlx::query("VACUUM INTO ?").bind(name).execute(pool).await;
        if let Err(error) = copied {
            std::fs::remove_file(file).with_context(cannot)?;
            return Err(error).with_context(cannot);
        }
        // SQLite leaves it to the system when the copy reaches the disk.
        let copy = std::fs::OpenOptions::new().write(true).open(file);
        copy.and_then(|copy| copy.sync_all()).with_context(cannot)
    }
}
