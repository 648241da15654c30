//! What was read of an account and must still be so when it is acted on.
//!
//! Comparing a password takes long, and the account may be given another one meanwhile. Whatever a
//! password allows is therefore done in a transaction that first demands the very hash that it was
//! compared with.

/// Demands, within a transaction, that an account still has `$value` in the column `$column` and is
/// not disabled, and keeps others from changing it until the transaction ends;
/// [`StoreError::Outdated`](super::StoreError) if it does not.
///
/// What it writes, `updated_at`, is read by nothing: a row is kept from others by a statement that
/// changes it, on both engines.
///
/// Relies on MySQL reporting matched, not changed, rows; sqlx sets `CLIENT_FOUND_ROWS`.
macro_rules! demand {
    ($tx:ident, $account:expr, $column:literal, $value:expr) => {
        let met = sqlx::query(concat!(
            "UPDATE accounts SET updated_at = ? WHERE id = ? AND ",
            $column,
            " = ? AND disabled_since IS NULL"
        ))
        .bind($crate::clock::now())
        .bind($account)
        .bind($value)
        .execute(&mut *$tx)
        .await?;
        if met.rows_affected() == 0 {
            return Err($crate::store::StoreError::Outdated);
        }
    };
}
