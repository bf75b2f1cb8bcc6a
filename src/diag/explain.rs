//! What the codes mean, at length: the sections of `docs/errors.md`, which is part of the program.

use super::Code;

const PAGE: &str = include_str!("../../docs/errors.md");

impl Code {
    /// What an error of this kind means, with an example and what to do, as Markdown without its heading.
    #[must_use]
    pub fn explanation(self) -> &'static str {
        let mut sections = PAGE.split("\n## ").skip(1);
        let section = sections.find(|section| section.starts_with(self.as_str()));
        let body = section.and_then(|section| section.split_once('\n'));
        // INVARIANT: every code has a section; a test walks them.
        body.map_or("", |(_, body)| body.trim())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_has_one_section_under_its_title_and_in_order() {
        let headings = PAGE.lines().filter_map(|line| line.strip_prefix("## "));
        let expected = Code::ALL
            .iter()
            .map(|code| format!("{}: {}", code.as_str(), code.title()));
        assert_eq!(headings.collect::<Vec<_>>(), expected.collect::<Vec<_>>());
        for code in Code::ALL {
            assert!(code.explanation().len() > 80, "{code} is explained");
        }
    }
}
