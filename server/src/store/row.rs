//! Rows as values, by the names of their columns.
//!
//! sqlx derives this, too. Its derive brings all of sqlx along, and SQLite a second time, compiled
//! for the compiler's own use: minutes of every build from nothing.

/// `sqlx::FromRow` for a struct whose fields are named after the columns; `field: ..Kind` is
/// another such struct, out of the same row.
macro_rules! from_row {
    ($name:ident { $($field:ident: $kind:ty),+ $(; $inner:ident: ..$part:ty)? }) => {
        impl<'r, R> sqlx::FromRow<'r, R> for $name
        where
            R: sqlx::Row,
            &'static str: sqlx::ColumnIndex<R>,
            $($kind: sqlx::Decode<'r, R::Database> + sqlx::Type<R::Database>,)+
            $($part: sqlx::FromRow<'r, R>,)?
        {
            fn from_row(row: &'r R) -> sqlx::Result<Self> {
                Ok(Self {
                    $($field: row.try_get(stringify!($field))?,)+
                    $($inner: <$part>::from_row(row)?,)?
                })
            }
        }
    };
}
