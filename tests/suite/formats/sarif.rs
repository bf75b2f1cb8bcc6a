//! SARIF: places and fingerprints.

use serde_json::Value as Json;

use super::{TEMPLATE, edited, sarif};

#[test]
fn a_fingerprint_stays_when_lines_move_and_the_place_goes_with_them() {
    let folder = edited();
    let of = |run: &Json| -> Vec<(String, u64)> {
        let results = run["results"].as_array().unwrap().iter();
        results
            .map(|it| {
                let print = it["partialFingerprints"]["patternbook/v1"]
                    .as_str()
                    .unwrap();
                let region = &it["locations"][0]["physicalLocation"]["region"];
                (print.to_owned(), region["startLine"].as_u64().unwrap())
            })
            .collect()
    };
    let before = of(&sarif(&folder, "prove vpc.yaml out/vpc"));
    let text = folder.read(TEMPLATE);
    folder.write(TEMPLATE, format!("# one\n# two\n{text}"));
    let after = of(&sarif(&folder, "prove vpc.yaml out/vpc"));
    assert_eq!(before.len(), 2);
    assert_ne!(before[0].0, before[1].0);
    let moved: Vec<_> = before
        .into_iter()
        .map(|(it, line)| (it, line + 2))
        .collect();
    assert_eq!(after, moved);
}

#[test]
fn sarif_names_files_from_the_folder_of_the_run_and_explains_its_rules() {
    let folder = edited();
    folder.write("50% a:b.yaml", folder.read(TEMPLATE));
    let whole = folder.path("50% a:b.yaml").canonicalize().unwrap();
    let whole = whole.to_str().unwrap();
    for path in ["50% a:b.yaml", "./50% a:b.yaml", whole] {
        let told = folder.run(&["prove", "vpc.yaml", path, "--format", "sarif"]);
        let log: Json = serde_json::from_str(&told.stdout).unwrap();
        let run = &log["runs"][0];
        let place = &run["results"][0]["locations"][0]["physicalLocation"]["artifactLocation"];
        assert_eq!(place["uri"], "50%25%20a%3Ab.yaml", "{path}");
        let driver = &run["tool"]["driver"];
        assert_eq!(driver["version"], env!("CARGO_PKG_VERSION"));
        let rule = &driver["rules"][0];
        assert_eq!(rule["id"], "PB601");
        let explained = folder.done(&["explain", "PB601"]);
        assert!(explained.contains(rule["help"]["text"].as_str().unwrap()));
    }
}
