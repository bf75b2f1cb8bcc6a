//! From the parser's steps to the tree, with what aliases repeat.

use std::ops::Range;
use std::sync::Arc;

use crate::diag::{Code, Diagnostic, Diagnostics, Source};

use super::events::{Document, What, too_deep};
use super::tree::Tree;
use super::{Dialect, MAX_DEPTH, MAX_REPEATED, Node, span};

/// Builds the tree of a document: nothing when it has no steps. The result is an error only when going on would be too much.
pub(super) fn build(
    source: &Arc<Source>,
    document: &Document<'_>,
    dialect: Dialect,
) -> (Result<Option<Node>, Diagnostic>, Diagnostics) {
    let mut walk = Walk {
        tree: Tree::new(source, dialect),
        document,
        dialect,
        open: Vec::new(),
        repeating: None,
        repeated: 0,
        repeated_bytes: 0,
    };
    let all = (0..document.events.len()).try_for_each(|at| walk.step(at));
    let (root, diags) = walk.tree.finish();
    (all.map(|()| root), diags)
}

struct Walk<'a> {
    tree: Tree<'a>,
    document: &'a Document<'a>,
    dialect: Dialect,
    /// The steps that the lists and maps around began at.
    open: Vec<usize>,
    /// The alias in the text whose value is being repeated.
    repeating: Option<Range<usize>>,
    repeated: usize,
    repeated_bytes: usize,
}

impl Walk<'_> {
    fn step(&mut self, at: usize) -> Result<(), Diagnostic> {
        let event = &self.document.events[at];
        let (span, tag) = (&event.span, &event.tag);
        match &event.what {
            What::Scalar { text, style } => {
                self.count(text.len())?;
                let exact = span::scalar(self.tree.refusals.text(), text, *style, span);
                self.tree.scalar(text.as_ref().into(), *style, exact, tag);
            }
            What::List => {
                self.open(at, span)?;
                self.tree.open_list(span, tag);
            }
            What::Map => {
                self.open(at, span)?;
                self.tree.open_map(span, tag);
            }
            What::End => {
                self.open.pop();
                self.tree.close(span);
            }
            What::Alias(anchor) => self.alias(*anchor, span)?,
        }
        Ok(())
    }

    fn open(&mut self, at: usize, span: &Range<usize>) -> Result<(), Diagnostic> {
        self.count(0)?;
        if self.open.len() == MAX_DEPTH {
            let span = self.repeating.clone().unwrap_or_else(|| span.clone());
            return Err(too_deep(self.tree.refusals.place(span)));
        }
        self.open.push(at);
        Ok(())
    }

    /// What an anchor holds, once more.
    fn alias(&mut self, anchor: usize, given: &Range<usize>) -> Result<(), Diagnostic> {
        self.count(0)?;
        let target = self.document.anchors.get(anchor).copied();
        let target = target.filter(|target| !self.open.contains(target));
        let around = self.tree.depth();
        self.tree.open_alias(given);
        if let Some(target) = target {
            self.repeat(target, given)?;
        } else {
            let message = "the alias stands inside the value that it repeats";
            let place = self.tree.refusals.place(given.clone());
            let diagnostic = Diagnostic::new(Code::YamlSyntax, message).at(place);
            self.tree.refusals.refuse(diagnostic);
            self.tree.null(given);
        }
        debug_assert_eq!(self.tree.depth(), around + 1, "an alias is one value");
        self.tree.close(given);
        Ok(())
    }

    /// Goes once more through the value that begins at a step.
    fn repeat(&mut self, mut at: usize, given: &Range<usize>) -> Result<(), Diagnostic> {
        let outer = self.repeating.clone();
        self.repeating.get_or_insert_with(|| given.clone());
        self.tree.refusals.set_quiet(true);
        let depth = self.open.len();
        loop {
            self.step(at)?;
            at += 1;
            if self.open.len() == depth {
                break;
            }
        }
        self.repeating = outer;
        self.tree.refusals.set_quiet(self.repeating.is_some());
        Ok(())
    }

    /// Counts what is repeated, texts by their length: ten thousand times a long text is as bad as a million values.
    fn count(&mut self, bytes: usize) -> Result<(), Diagnostic> {
        let Some(alias) = &self.repeating else {
            return Ok(());
        };
        self.repeated += 1;
        self.repeated_bytes += bytes;
        if self.repeated <= MAX_REPEATED && self.repeated_bytes <= self.dialect.max_bytes {
            return Ok(());
        }
        let message = format!("the aliases of this file repeat more than {MAX_REPEATED} values");
        let place = self.tree.refusals.place(alias.clone());
        let diagnostic = Diagnostic::new(Code::TooComplex, message).at(place);
        Err(diagnostic.help("write a pattern with parameters instead of repeating values"))
    }
}
