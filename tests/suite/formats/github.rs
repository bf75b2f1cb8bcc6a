//! Annotations and summaries of GitHub.

use super::{TEMPLATE, built, edited, run};

#[test]
fn annotations_point_at_the_rule_and_the_text_stands_in_a_group() {
    let folder = edited();
    let told = run(&folder, "prove vpc.yaml out/vpc", "github");
    let text = folder.run(&["prove", "vpc.yaml", "out/vpc"]).stdout;
    let lines: Vec<_> = told.stdout.lines().collect();
    let template = folder.read(TEMPLATE);
    for line in &lines[..2] {
        let (_, place) = line
            .split_once(&format!("::error file={TEMPLATE},line="))
            .unwrap();
        let at: usize = place.split(',').next().unwrap().parse().unwrap();
        let rule: Vec<_> = template.lines().skip(at - 1).take(5).collect();
        assert!(rule.concat().contains("ToPort: 44"), "{line}: {rule:?}");
    }
    assert_eq!(lines[2], "::group::patternbook prove: 2 findings");
    assert!(told.stdout.contains(&text), "{}", told.stdout);
    assert_eq!(lines.last(), Some(&"::endgroup::"));
    let again = run(&folder, "prove vpc.yaml out/vpc", "github");
    assert_eq!(told.stdout, again.stdout);
    let quiet = run(&built(), "prove vpc.yaml out/vpc", "github").stdout;
    assert!(
        quiet.starts_with("::group::patternbook prove: nothing found\n"),
        "{quiet}"
    );
}

#[test]
fn the_summary_of_a_workflow_gets_a_table_beside_what_it_has() {
    let folder = edited();
    folder.write("summary.md", "before\n");
    let with = |path: &str, form: &str| {
        let arguments = ["build", "vpc.yaml", "--check", "--format", form];
        folder.run_with(&arguments, |it| it.env("GITHUB_STEP_SUMMARY", path))
    };
    assert_eq!(with("summary.md", "github").code, 1);
    let summary = folder.read("summary.md");
    let expected = "before\n### patternbook build: 1 finding\n\n| | what | where |\n| --- | --- | --- |\n| error PB501 | ";
    assert!(summary.starts_with(expected), "{summary}");
    // Other forms write none, and for want of one nothing fails.
    with("other.md", "sarif");
    assert!(!folder.path("other.md").exists());
    let refused = with("no/such/folder.md", "github");
    assert_eq!(refused.code, 1);
    assert!(
        refused.stderr.contains("no/such/folder.md"),
        "{}",
        refused.stderr
    );
}
