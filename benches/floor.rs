//! The floor that `benches/process` holds patternbook against: a plain program that writes the same bytes.
//!
//! `floor ARCHIVE FOLDER` reads one file that has every path and every byte, makes the folders, and writes each file with
//! one plain write: no temporary file, no rename, no look at what is there. The archive has one line for each file, with the
//! file's length and path, an empty line, and then the bytes of all files.

use std::collections::BTreeSet;
use std::fs;
use std::io::{Error, ErrorKind, Result};
use std::path::PathBuf;

fn main() -> Result<()> {
    let mut arguments = std::env::args_os().skip(1).map(PathBuf::from);
    let (Some(archive), Some(folder)) = (arguments.next(), arguments.next()) else {
        return Err(Error::new(ErrorKind::InvalidInput, "floor ARCHIVE FOLDER"));
    };
    let archive = fs::read(archive)?;
    let (lines, mut bytes) = split(&archive).ok_or(ErrorKind::InvalidData)?;
    let mut folders = BTreeSet::new();
    for line in lines.lines() {
        let (length, path) = line.split_once(' ').ok_or(ErrorKind::InvalidData)?;
        let length = length.parse().map_err(|_| ErrorKind::InvalidData)?;
        let (contents, rest) = bytes
            .split_at_checked(length)
            .ok_or(ErrorKind::InvalidData)?;
        let path = folder.join(path);
        if let Some(parent) = path.parent()
            && folders.insert(parent.to_owned())
        {
            fs::create_dir_all(parent)?;
        }
        fs::write(path, contents)?;
        bytes = rest;
    }
    Ok(())
}

/// The lines of an archive, and the bytes after them.
fn split(archive: &[u8]) -> Option<(&str, &[u8])> {
    let end = archive.windows(2).position(|pair| pair == b"\n\n")?;
    let lines = str::from_utf8(archive.get(..end)?).ok()?;
    Some((lines, archive.get(end + 2..)?))
}
