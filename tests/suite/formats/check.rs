//! What `build --check` says, and which names its `--format` takes.

use serde_json::Value as Json;

use super::{FORMS, TEMPLATE, built, run};

#[test]
fn a_form_is_for_a_check_and_there_is_one() {
    let folder = built();
    for form in FORMS {
        let refused = folder.run(&["build", "vpc.yaml", "--format", form]);
        assert_eq!(refused.code, 2);
        let said = refused.stdout + &refused.stderr;
        let message = format!("`--format {form}` is for `--check`");
        assert!(
            said.contains(&message) && said.contains("add `--check`"),
            "{said}"
        );
    }
    let two = [
        "build", "vpc.yaml", "--check", "--format", "text", "--format", "junit",
    ];
    let refused = folder.run(&two);
    assert_eq!(refused.code, 2);
    assert!(
        refused
            .stderr
            .contains("`--format text` and `--format junit` cannot both be printed"),
        "{}",
        refused.stderr
    );
    // Beside a form, formats of templates say what is checked.
    folder.write("out/vpc/terraform/main.tf", "");
    let check = |format: &str| {
        run(
            &folder,
            &format!("build vpc.yaml --check --format {format}"),
            "json",
        )
    };
    assert_eq!(check("terraform").code, 1);
    assert_eq!(check("cloudformation").code, 0);
}

#[test]
fn a_check_says_of_each_file_what_is_wrong_with_it_and_where() {
    let folder = built();
    folder.write(
        TEMPLATE,
        folder
            .read(TEMPLATE)
            .replacen("ToPort: 443", "ToPort: 445", 1),
    );
    std::fs::remove_file(folder.path("out/vpc/terraform/main.tf")).unwrap();
    let lock = folder.read("patternbook.lock");
    folder.write(
        "patternbook.lock",
        lock.replacen("10.0.0.0/22", "10.0.8.0/22", 1),
    );
    let told = run(&folder, "build vpc.yaml --check", "json");
    assert_eq!(told.code, 1, "{told:?}");
    let answer: Json = serde_json::from_str(&told.stdout).unwrap();
    assert_eq!(answer["schema_version"], 1);
    assert_eq!(answer["up_to_date"], false);
    let findings: Vec<_> = answer["findings"].as_array().unwrap().iter().collect();
    let of = |object: &str| *findings.iter().find(|it| it["object"] == object).unwrap();
    let missing = of("out/vpc/terraform/main.tf");
    assert_eq!(
        (&missing["code"], &missing["file"]),
        (&"PB502".into(), &"vpc.yaml".into())
    );
    let edited = of(TEMPLATE);
    assert_eq!(edited["code"], "PB501");
    assert!(edited["line"].as_u64().unwrap() > 1);
    let quiet = built();
    let told = run(&quiet, "build vpc.yaml --check", "json");
    let answer: Json = serde_json::from_str(&told.stdout).unwrap();
    assert_eq!(
        (&answer["up_to_date"], &answer["findings"]),
        (&true.into(), &serde_json::json!([]))
    );
    std::fs::remove_file(quiet.path("patternbook.lock")).unwrap();
    let told = run(&quiet, "build vpc.yaml --check", "github").stdout;
    assert!(
        told.starts_with("::error file=vpc.yaml,line=1,col=1,title=PB506%3A "),
        "{told}"
    );
}
