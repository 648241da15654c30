//! Tables as CSV.

use std::io::Write;
use std::path::Path;

use anyhow::{Context, Result};
use serde::Serialize;

/// Writes a table, the names of its columns first.
pub(crate) fn write<T: Serialize + Default>(path: &Path, lines: &[T]) -> Result<()> {
    let wrong = || format!("writing {}", path.display());
    let file = std::fs::File::create(path).with_context(wrong)?;
    csv(file, lines).with_context(wrong)
}

fn csv<T: Serialize + Default>(file: impl Write, lines: &[T]) -> Result<()> {
    let mut table = csv::Writer::from_writer(file);
    for line in lines {
        table.serialize(line)?;
    }
    if lines.is_empty() {
        table.write_record(&names(T::default())?)?;
    }
    Ok(table.flush()?)
}

/// The names of columns, which the writer of CSV gives away with a line only.
fn names(line: impl Serialize) -> Result<csv::StringRecord> {
    let mut table = csv::Writer::from_writer(Vec::new());
    table.serialize(line)?;
    let text = table.into_inner()?;
    Ok(csv::Reader::from_reader(text.as_slice()).headers()?.clone())
}

#[cfg(test)]
mod tests {
    use model::train::calibrate::judged::Judged;

    use super::*;
    use crate::evaluate::nodules::OfNodule;
    use crate::evaluate::patients::Means;
    use crate::evaluate::scored::Scored;

    /// The columns of a table without lines are those of one with a line.
    fn has_columns<T: Serialize + Default>() {
        let (mut none, mut one) = (Vec::new(), Vec::new());
        csv::<T>(&mut none, &[]).unwrap();
        csv(&mut one, &[T::default()]).unwrap();
        let (none, one) = (String::from_utf8(none), String::from_utf8(one));
        let (none, one) = (none.unwrap(), one.unwrap());
        assert!(none.starts_with("patient,") || none.starts_with("kind,"));
        assert_eq!((none.lines().count(), one.lines().count()), (1, 2));
        assert_eq!(none.lines().next(), one.lines().next());
    }

    #[test]
    fn a_table_without_lines_has_its_columns() {
        has_columns::<Means>();
        has_columns::<OfNodule>();
        has_columns::<Scored>();
        has_columns::<Judged>();
    }
}
