//! Ranges in a CSV file: a line with the names of the columns, and then a line for each range.

use std::sync::Arc;

use csv::{ErrorKind, ReaderBuilder, StringRecord, Trim};

use super::{
    Forbidden, RANGE_COLUMNS, STACK_COLUMN, WHY_COLUMNS, block, is_column, no_range, no_reason,
    reason,
};
use crate::diag::{Code, Diagnostic, Diagnostics, Place, Source};

/// What may stand between two values. Where a comma is the decimal point, spreadsheets write semicolons.
const DELIMITERS: [char; 3] = [',', ';', '\t'];

/// Reads every line, and names all that are wrong.
pub(super) fn read(source: &Arc<Source>) -> Result<Vec<Forbidden>, Diagnostics> {
    let text = &*source.text;
    let first = text
        .lines()
        .find(|line| !line.trim().is_empty())
        .unwrap_or("");
    let delimiter = DELIMITERS
        .into_iter()
        .rev()
        .max_by_key(|delimiter| first.matches(*delimiter).count());
    let mut reader = ReaderBuilder::new()
        .has_headers(false)
        .trim(Trim::All)
        .delimiter(
            delimiter
                .and_then(|it| u8::try_from(it).ok())
                .unwrap_or(b','),
        )
        .from_reader(text.as_bytes());
    let mut table: Option<Table> = None;
    let mut found = Vec::new();
    let mut diags = Diagnostics::new();
    loop {
        let mut record = StringRecord::new();
        match reader.read_record(&mut record) {
            Ok(false) => break,
            Ok(true) => {}
            Err(error) => {
                diags.push(not_read(&error, source));
                // After a line of another length the next one is read as if nothing had been.
                if matches!(error.kind(), ErrorKind::UnequalLengths { .. }) {
                    continue;
                }
                break;
            }
        }
        let start = record.position().map_or(0, csv::Position::byte);
        let row = Row::new(source, start, reader.position().byte(), &record);
        if row.runs_on() {
            let message = "a quotation mark is opened here and not closed";
            let diagnostic = Diagnostic::new(Code::CsvSyntax, message).at(row.place.clone());
            diags.push(diagnostic.help("close it, or write two of them for one that is meant"));
            break;
        }
        if let Some(table) = &table {
            found.extend(table.read(&row, source, &mut diags));
            continue;
        }
        table = Table::new(&record);
        if table.is_none() {
            let message = format!("no column of `{}` has ranges", source.name);
            return Err(no_range(&message, row.place).into());
        }
    }
    if table.is_none() && diags.is_empty() {
        let diagnostic = Diagnostic::new(Code::Empty, "the file is empty");
        diags.push(diagnostic.at(Place::start_of(source)));
    }
    diags.into_result(found)
}

/// Which column is which.
struct Table {
    range: usize,
    whys: Vec<usize>,
    stack: Option<usize>,
}

impl Table {
    fn new(names: &StringRecord) -> Option<Self> {
        let column = |name: &&str| names.iter().position(|given| is_column(given, name));
        Some(Self {
            range: RANGE_COLUMNS.iter().find_map(column)?,
            whys: WHY_COLUMNS.iter().filter_map(column).collect(),
            stack: column(&STACK_COLUMN),
        })
    }

    fn read(&self, row: &Row<'_>, source: &Source, diags: &mut Diagnostics) -> Option<Forbidden> {
        // A spreadsheet leaves lines of nothing but delimiters.
        if row.cells.iter().all(str::is_empty) {
            return None;
        }
        let cell = |column: usize| row.cells.get(column).filter(|text| !text.is_empty());
        let Some(text) = cell(self.range) else {
            diags.push(no_range("this line has no range", row.place.clone()));
            return None;
        };
        let place = row.place_of(self.range);
        let range = block(text, &place, diags)?;
        let why = self.whys.iter().find_map(|column| cell(*column));
        Some(Forbidden {
            range,
            why: why.map_or_else(|| no_reason(source), reason),
            stack: self.stack.and_then(cell).map(ToOwned::to_owned),
            place,
        })
    }
}

/// A line with its place.
struct Row<'a> {
    cells: &'a StringRecord,
    place: Place,
}

impl<'a> Row<'a> {
    fn new(source: &Arc<Source>, start: u64, end: u64, cells: &'a StringRecord) -> Self {
        let byte = |at: u64| usize::try_from(at).unwrap_or(usize::MAX);
        let whole = Place::new(source, byte(start)..byte(end));
        // Empty lines before it are passed over by the reader, and belong to it.
        let text = whole.text();
        let from =
            whole.clamped().start + (text.len() - text.trim_start_matches(['\r', '\n']).len());
        let place = Place::new(source, from..from + text.trim_matches(['\r', '\n']).len());
        Self { cells, place }
    }

    /// Whether a quotation mark that nobody closed took the lines that follow.
    fn runs_on(&self) -> bool {
        let text = self.place.text();
        text.contains('\n') && text.matches('"').count() % 2 == 1
    }

    /// Where the value of a column stands; the whole line when it is not there as it is read.
    fn place_of(&self, column: usize) -> Place {
        let text = self.place.text();
        let mut from = 0;
        for (at, cell) in self.cells.iter().enumerate() {
            let Some(found) = text.get(from..).and_then(|rest| rest.find(cell)) else {
                break;
            };
            let start = from + found;
            from = start + cell.len();
            if at == column {
                let begin = self.place.clamped().start;
                return Place::new(&self.place.source, begin + start..begin + from);
            }
        }
        self.place.clone()
    }
}

fn not_read(error: &csv::Error, source: &Arc<Source>) -> Diagnostic {
    let start = error.position().map_or(0, csv::Position::byte);
    let start = usize::try_from(start).unwrap_or(usize::MAX);
    let rest = source.text.get(start..).unwrap_or_default();
    let skipped = rest.len() - rest.trim_start_matches(['\r', '\n']).len();
    let line = rest.trim_start_matches(['\r', '\n']).lines().next();
    let start = start.saturating_add(skipped);
    let place = Place::new(
        source,
        start..start.saturating_add(line.unwrap_or_default().len()),
    );
    let message = match error.kind() {
        ErrorKind::UnequalLengths {
            expected_len, len, ..
        } => format!("this line has {len} values, and the first one names {expected_len}"),
        _ => format!("the file cannot be read as CSV: {error}"),
    };
    Diagnostic::new(Code::CsvSyntax, message)
        .at(place)
        .help("put a value that has the delimiter in it into quotation marks")
}
