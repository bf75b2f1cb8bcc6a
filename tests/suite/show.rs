//! `show` can be read in a terminal of ordinary width.

use crate::run::Folder;

#[test]
fn no_line_is_wider_than_a_hundred_columns() {
    let folder = Folder::new();
    let listed = folder.done(&["list"]);
    for pattern in listed
        .lines()
        .skip(1)
        .filter_map(|line| line.split(' ').next())
    {
        let shown = folder.done(&["show", pattern]);
        for line in shown.lines() {
            // What cannot be broken, as a web address, stays whole.
            let one_word = line.split_whitespace().count() == 1;
            assert!(line.chars().count() <= 100 || one_word, "{pattern}: {line}");
        }
        assert!(
            shown.contains("Parameters\n") && shown.contains("Flows\n"),
            "{shown}"
        );
    }
    assert!(listed.lines().count() > 4, "{listed}");
}
