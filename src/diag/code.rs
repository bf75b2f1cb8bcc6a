//! The stable codes, one per kind of error.

/// Defines [`Code`] with its id and title in one line each, so that none of the three can be forgotten.
macro_rules! codes {
    ($($variant:ident $id:literal $title:literal,)+) => {
        /// What kind of error it is. The id never changes its meaning: users put it into scripts and searches.
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
        #[non_exhaustive]
        pub enum Code {
            $(#[doc = concat!("`", $id, "`: ", $title)] $variant,)+
        }

        impl Code {
            /// Every code, in the order of their ids.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)+];

            /// The id, such as `PB101`.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $id,)+ }
            }

            /// What it means, in one line.
            #[must_use]
            pub const fn title(self) -> &'static str {
                match self { $(Self::$variant => $title,)+ }
            }
        }
    };
}

codes! {
    // 0xx: the command line.
    Usage "PB001" "a command line that is not understood",
    // 1xx: reading a file.
    FileUnreadable "PB100" "the file cannot be read from the disk",
    NotText "PB101" "the file is not UTF-8 text",
    TooLarge "PB102" "the file is too large",
    YamlSyntax "PB103" "the file is not the YAML that is read here",
    DuplicateKey "PB104" "a key is written twice in one map",
    TooComplex "PB105" "the file nests or repeats too much",
    Empty "PB106" "the file is empty",
    ForbiddenCharacter "PB107" "a character that cannot be seen or is not allowed",
    HclSyntax "PB108" "the file is not the HCL that is read here",
    NoConfiguration "PB109" "no file of a Terraform configuration",
    DuplicateAddress "PB110" "an address that two things of a configuration have",
    CsvSyntax "PB111" "the file is not the CSV that is read here",
    // 2xx: the shape of what was read.
    UnknownKey "PB201" "a key that has no meaning here",
    MissingKey "PB202" "a key that must be written is missing",
    WrongType "PB203" "a value of the wrong type",
    UnknownParameter "PB204" "a parameter that the pattern does not have",
    OutOfRange "PB205" "a value outside its bounds or choices",
    InvalidName "PB206" "a name that cannot be used",
    UnknownReference "PB207" "a name that nothing has",
    UnknownPattern "PB208" "a pattern that does not exist",
    MissingWhy "PB209" "a flow without its reason",
    SecretInFile "PB210" "a secret is written in a file",
    InvalidTraffic "PB211" "a text that names no traffic",
    InvalidCidr "PB212" "a text that is no CIDR block",
    MissingValue "PB213" "a parameter without a value",
    BrokenGuarantee "PB214" "a flow that a guarantee of the same pattern forbids",
    NoEffect "PB215" "a value that nothing uses",
    RevokedPattern "PB216" "a pattern that is not to be used any more",
    // 3xx: addresses.
    DoesNotFit "PB301" "the subnets do not fit into the network",
    Overlap "PB302" "two ranges of addresses overlap",
    NetworkSize "PB303" "a network or subnet of a size that the cloud refuses",
    LedgerLine "PB304" "a line of the ledger that is not understood",
    LedgerVersion "PB305" "a ledger that a newer version wrote",
    Recorded "PB306" "a subnet that cannot stay where the ledger says",
    Mirrored "PB307" "environments that cannot have the same addresses",
    // 4xx: the cloud.
    LimitExceeded "PB401" "a limit of the cloud is exceeded",
    TextNotAllowed "PB402" "a text that the cloud does not allow",
    Unsupported "PB403" "something that this cloud or format does not have",
    // 5xx: output.
    EditedByHand "PB501" "a written file was edited by hand",
    OutOfDate "PB502" "a written file is out of date",
    NotWritten "PB503" "a file cannot be written",
    TemplateBroken "PB504" "a template under templates/ fails",
    SamePlace "PB505" "two stacks write to the same place",
    LedgerOutOfDate "PB506" "a ledger that does not say what is built",
    NotBuilt "PB507" "a stack of which nothing was built yet",
    NotAllowed "PB508" "an update that opens or replaces what nobody allowed",
    // 6xx: proof.
    NotProved "PB601" "a template that lets something else pass than its design",
    NotUnderstood "PB602" "a template with something that is not understood",
    FlowMissing "PB603" "a template that does not let a flow of its design pass",
    GuaranteeBroken "PB604" "a template that breaks a guarantee",
    // 7xx: changes.
    FlowOpened "PB701" "something passes that did not",
    GuaranteeLost "PB702" "a guarantee is no longer given",
    FlowClosed "PB703" "something does not pass that did",
    SubnetMoved "PB704" "a subnet gets another block",
    ResourceReplaced "PB705" "the cloud makes a resource anew",
    ResourceRemoved "PB706" "a resource goes",
    ResourceAdded "PB707" "a resource comes",
    GuaranteeGained "PB708" "a guarantee is new",
    ResourceChanged "PB709" "a resource says something else where it stands",
    // 9xx: ourselves.
    Internal "PB900" "an error in patternbook itself",
}

impl Code {
    /// The code with this id, in capitals or not.
    #[must_use]
    pub fn from_id(id: &str) -> Option<Self> {
        let same = |code: &&Self| code.as_str().eq_ignore_ascii_case(id);
        Self::ALL.iter().find(same).copied()
    }
}

impl std::fmt::Display for Code {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.pad(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn ids_are_unique_and_in_order() {
        let ids: Vec<_> = Code::ALL.iter().map(|code| code.as_str()).collect();
        let sorted: Vec<_> = ids
            .iter()
            .copied()
            .collect::<BTreeSet<_>>()
            .into_iter()
            .collect();
        assert_eq!(ids, sorted);
        for id in ids {
            let digits = id.strip_prefix("PB").unwrap();
            assert!(
                digits.len() == 3 && digits.bytes().all(|byte| byte.is_ascii_digit()),
                "{id}"
            );
        }
    }

    #[test]
    fn titles_are_unique_lowercase_fragments() {
        let titles: BTreeSet<_> = Code::ALL.iter().map(|code| code.title()).collect();
        assert_eq!(titles.len(), Code::ALL.len());
        for title in titles {
            assert!(
                !title.is_empty() && !title.ends_with('.') && !title.contains('\n'),
                "{title}"
            );
            assert!(title.starts_with(char::is_lowercase), "{title}");
        }
    }

    #[test]
    fn an_id_leads_back_to_its_code() {
        for &code in Code::ALL {
            assert_eq!(Code::from_id(code.as_str()), Some(code));
            assert_eq!(Code::from_id(&code.as_str().to_lowercase()), Some(code));
        }
        assert_eq!(Code::from_id("PB999"), None);
    }
}
