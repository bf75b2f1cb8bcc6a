//! Both formats of Azure, rendered from plans.

use std::path::Path;

use super::{File, Library, arm, terraform_azurerm};
use crate::cloud::azure::{self, fixtures};
use crate::plan::Plan;

fn library() -> Library {
    Library::new(std::collections::BTreeMap::new())
}

fn both(plan: &Plan) -> [(&'static str, Vec<File>); 2] {
    let resources = azure::lower(plan).unwrap();
    let fail = |error: super::RenderError| format!("{error}: {:?}", error.source);
    [
        ("arm", arm(&resources, &library()).map_err(fail).unwrap()),
        (
            "terraform",
            terraform_azurerm(&resources, &library())
                .map_err(fail)
                .unwrap(),
        ),
    ]
}

#[test]
fn every_fixture_is_written() {
    for (name, plan) in fixtures::all() {
        for (format, files) in both(&plan) {
            assert!(!files.is_empty());
            let Some(out) = std::env::var_os("PATTERNBOOK_OUT") else {
                continue;
            };
            let folder = Path::new(&out).join(name).join(format);
            std::fs::create_dir_all(&folder).unwrap();
            for file in files {
                std::fs::write(folder.join(file.path), file.contents).unwrap();
            }
        }
    }
}
