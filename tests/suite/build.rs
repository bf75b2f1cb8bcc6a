//! `build` writes files whole, keeps what somebody edited, and leaves nothing behind.

use crate::run::Folder;

fn stack(folder: &Folder, more: &str) {
    folder.write(
        "vpc.yaml",
        format!("stack: vpc\npattern: aws-private-vpn\n{more}"),
    );
}

const TEMPLATE: &str = "out/vpc/cloudformation/template.yaml";

#[test]
fn the_files_stand_where_scripts_look_for_them() {
    let folder = Folder::new();
    stack(&folder, "");
    folder.write("web.yaml", "stack: web\npattern: azure-public-web\n");
    folder.done(&["build", "vpc.yaml", "web.yaml"]);
    let files = folder.files();
    for path in [
        TEMPLATE,
        "out/vpc/terraform/versions.tf",
        "out/vpc/terraform/variables.tf",
        "out/vpc/terraform/main.tf",
        "out/vpc/terraform/outputs.tf",
        "out/web/arm/azuredeploy.json",
        "out/web/arm/azuredeploy.parameters.json",
        "out/web/terraform/main.tf",
    ] {
        assert!(
            files.iter().any(|file| file == path),
            "{path} is not in {files:#?}"
        );
    }
}

#[test]
fn one_format_can_be_asked_for_and_another_clouds_is_refused() {
    let folder = Folder::new();
    stack(&folder, "");
    folder.done(&["build", "vpc.yaml", "--format", "cloudformation"]);
    assert_eq!(
        folder.files(),
        [
            "out/vpc/cloudformation/template.yaml",
            "out/vpc/patternbook.sha256",
            "patternbook.lock",
            "vpc.yaml"
        ]
    );
    let refused = folder.run(&["build", "vpc.yaml", "--format", "arm"]);
    assert_eq!(refused.code, 2);
    assert!(refused.stderr.contains("PB403"), "{}", refused.stderr);
}

#[test]
fn a_second_build_keeps_what_is_the_same() {
    let folder = Folder::new();
    stack(&folder, "");
    folder.done(&["build", "vpc.yaml"]);
    let again = folder.done(&["build", "vpc.yaml"]);
    assert!(
        again.lines().skip(1).all(|line| line.starts_with("kept ")),
        "{again}"
    );
}

#[test]
fn a_file_that_was_edited_is_not_written_over() {
    let folder = Folder::new();
    stack(&folder, "");
    folder.done(&["build", "vpc.yaml"]);
    let built = folder.read(TEMPLATE);
    folder.write(TEMPLATE, format!("{built}# mine\n"));
    let variables = folder.read("out/vpc/terraform/variables.tf");

    stack(&folder, "parameters: { zones: 3 }\n");
    let refused = folder.run(&["build", "vpc.yaml"]);
    assert_eq!(refused.code, 2);
    assert!(
        refused.stderr.contains("PB501") && refused.stderr.contains(TEMPLATE),
        "{}",
        refused.stderr
    );
    assert!(folder.read(TEMPLATE).ends_with("# mine\n"));
    assert_eq!(
        folder.read("out/vpc/terraform/variables.tf"),
        variables,
        "nothing else is written either"
    );

    folder.done(&["build", "vpc.yaml", "--force"]);
    assert!(!folder.read(TEMPLATE).contains("# mine"));
}

#[test]
fn a_file_that_was_there_before_the_first_build_is_not_written_over() {
    let folder = Folder::new();
    stack(&folder, "");
    folder.write(TEMPLATE, "Resources: {}\n");
    assert_eq!(folder.run(&["build", "vpc.yaml"]).code, 2);
    assert_eq!(folder.read(TEMPLATE), "Resources: {}\n");
}

#[test]
fn a_file_that_no_output_needs_any_more_is_removed() {
    let folder = Folder::new();
    stack(&folder, "parameters: { instances: true }\n");
    folder.done(&["build", "vpc.yaml"]);
    assert!(folder.path("out/vpc/terraform/compute.tf").exists());
    stack(&folder, "");
    let lines = folder.done(&["build", "vpc.yaml"]);
    assert!(
        lines.contains("removed out/vpc/terraform/compute.tf"),
        "{lines}"
    );
    assert!(!folder.path("out/vpc/terraform/compute.tf").exists());
}

#[test]
fn check_writes_nothing_and_says_what_differs() {
    let folder = Folder::new();
    stack(&folder, "");
    let missing = folder.run(&["build", "vpc.yaml", "--check"]);
    assert_eq!(missing.code, 1);
    assert!(
        missing.stdout.contains(&format!("{TEMPLATE} is missing")),
        "{}",
        missing.stdout
    );
    assert_eq!(folder.files(), ["vpc.yaml"]);

    folder.done(&["build", "vpc.yaml"]);
    assert_eq!(folder.done(&["build", "vpc.yaml", "--check"]), "");

    stack(&folder, "parameters: { zones: 3 }\n");
    let before = folder.read(TEMPLATE);
    let differs = folder.run(&["build", "vpc.yaml", "--check"]);
    assert_eq!(differs.code, 1);
    assert!(
        differs.stdout.contains(&format!("{TEMPLATE} differs")),
        "{}",
        differs.stdout
    );
    assert_eq!(folder.read(TEMPLATE), before);
}

#[test]
fn one_wrong_stack_among_many_leaves_the_disk_as_it_was() {
    let folder = Folder::new();
    stack(&folder, "");
    folder.write(
        "bad.yaml",
        "stack: bad\npattern: aws-private-vpn\nparameters: { zones: 7 }\n",
    );
    assert_eq!(folder.run(&["build", "vpc.yaml", "bad.yaml"]).code, 2);
    assert_eq!(folder.files(), ["bad.yaml", "vpc.yaml"]);
}

#[test]
fn one_edited_output_among_many_leaves_the_disk_as_it_was() {
    let folder = Folder::new();
    stack(&folder, "");
    folder.done(&["build", "vpc.yaml"]);
    folder.write(TEMPLATE, "Resources: {}\n");
    folder.write("new.yaml", "stack: new\npattern: aws-private-vpn\n");
    let refused = folder.run(&["build", "new.yaml", "vpc.yaml"]);
    assert_eq!(refused.code, 2);
    assert!(refused.stderr.contains("PB501"), "{}", refused.stderr);
    assert!(!folder.path("out/new").exists());
}

#[test]
fn a_limit_of_the_cloud_in_one_stack_among_many_leaves_the_disk_as_it_was() {
    let folder = Folder::new();
    stack(&folder, "");
    folder.write(
        "bad.yaml",
        "stack: bad\npattern: aws-private-vpn\ntags: { owner: \"<b>\" }\n",
    );
    assert_eq!(folder.run(&["build", "vpc.yaml", "bad.yaml"]).code, 2);
    assert!(!folder.path("out").exists());
}

#[test]
fn what_is_in_the_way_of_the_output_is_no_mistake_of_the_input() {
    let folder = Folder::new();
    stack(&folder, "");
    folder.write("afile", "mine\n");
    let outcome = folder.run(&["build", "vpc.yaml", "-o", "afile"]);
    assert_eq!(outcome.code, 3, "{}", outcome.stderr);
    assert!(outcome.stderr.contains("PB503"), "{}", outcome.stderr);
    assert_eq!(folder.read("afile"), "mine\n");
}

#[test]
fn two_stacks_of_one_name_are_refused() {
    let folder = Folder::new();
    stack(&folder, "");
    folder.write("other.yaml", folder.read("vpc.yaml"));
    let refused = folder.run(&["build", "vpc.yaml", "other.yaml"]);
    assert_eq!(refused.code, 2);
    assert!(refused.stderr.contains("PB505"), "{}", refused.stderr);
}

#[test]
fn the_sums_are_what_sha256sum_checks() {
    let folder = Folder::new();
    stack(&folder, "");
    folder.done(&["build", "vpc.yaml"]);
    let checked = std::process::Command::new("sha256sum")
        .args(["--check", "--strict", "patternbook.sha256"])
        .current_dir(folder.path("out/vpc"))
        .output();
    match checked {
        Ok(output) => assert!(output.status.success(), "{output:?}"),
        Err(error) => eprintln!("skipped: sha256sum does not run here: {error}"),
    }
}

#[test]
fn a_template_of_the_user_takes_the_place_of_a_built_in_one() {
    let folder = Folder::new();
    stack(&folder, "");
    let vpc =
        std::fs::read_to_string(crate::run::project().join("templates/cloudformation/vpc.yaml"))
            .unwrap();
    folder.write("mine/cloudformation/vpc.yaml", format!("  # ours\n{vpc}"));
    folder.done(&["build", "vpc.yaml", "--templates", "mine"]);
    assert!(folder.read(TEMPLATE).contains("  # ours\n"));
}

#[test]
fn a_template_that_takes_no_place_is_refused() {
    let folder = Folder::new();
    stack(&folder, "");
    folder.write("mine/cloudformatoin/vpc.yaml", "");
    let refused = folder.run(&["build", "vpc.yaml", "--templates", "mine"]);
    assert_eq!(refused.code, 2);
    assert!(
        refused.stderr.contains("cloudformatoin/vpc.yaml"),
        "{}",
        refused.stderr
    );
}

#[test]
fn a_template_that_writes_no_yaml_is_refused() {
    let folder = Folder::new();
    stack(&folder, "");
    folder.write("mine/cloudformation/vpc.yaml", "  {{ id }}: [\n");
    let refused = folder.run(&["build", "vpc.yaml", "--templates", "mine"]);
    assert_eq!(refused.code, 2);
    assert!(
        refused.stderr.contains("PB504") && refused.stderr.contains("template.yaml:"),
        "{}",
        refused.stderr
    );
    assert!(!folder.path("out").exists());
}

#[test]
fn a_broken_template_is_an_error_that_names_it() {
    let folder = Folder::new();
    stack(&folder, "");
    folder.write("mine/cloudformation/vpc.yaml", "{{ no_such_field }}");
    let broken = folder.run(&["build", "vpc.yaml", "--templates", "mine"]);
    assert_eq!(broken.code, 2);
    assert!(
        broken.stderr.contains("PB504") && broken.stderr.contains("vpc.yaml"),
        "{}",
        broken.stderr
    );
    assert!(!folder.path("out").exists());
}

/// What a build that was killed leaves: a folder whose lock nobody holds.
#[test]
fn what_a_killed_build_left_behind_is_removed_by_the_next_one() {
    let folder = Folder::new();
    stack(&folder, "");
    folder.write("out/.patternbook-a1b2c3/lock", "");
    folder.write(
        "out/.patternbook-a1b2c3/stacks/vpc/terraform/main.tf",
        "half",
    );
    folder.write("out/.patternbook-notes/mine.txt", "mine\n");
    folder.done(&["build", "vpc.yaml"]);
    let left: Vec<_> = folder
        .files()
        .into_iter()
        .filter(|file| file.contains(".patternbook-"))
        .collect();
    assert_eq!(left, ["out/.patternbook-notes/mine.txt"]);
}

/// Where the folder of all stacks is still to be made, files wait beside it.
#[test]
fn what_is_left_beside_the_folder_is_removed_as_well() {
    let folder = Folder::new();
    stack(&folder, "");
    for output in ["out", "deep/er/out"] {
        for _ in ["the folder is new", "it is there"] {
            let beside = output.strip_suffix("out").unwrap();
            folder.write(&format!("{beside}.patternbook-a1b2c3/lock"), "");
            folder.write(
                &format!("{beside}.patternbook-a1b2c3/stacks/vpc/a.tf"),
                "half",
            );
            folder.done(&["build", "vpc.yaml", "-o", output]);
            let files = folder.files();
            assert!(files.contains(&format!("{output}/vpc/patternbook.sha256")));
            let left = files.iter().find(|it| it.contains(".patternbook-"));
            assert_eq!(left, None);
        }
    }
}

#[test]
fn a_build_leaves_the_folder_of_one_that_is_at_work_alone() {
    let folder = Folder::new();
    stack(&folder, "");
    for place in ["out/.patternbook-a1b2c3", ".patternbook-a1b2c3"] {
        let name = format!("{place}/lock");
        folder.write(&name, "");
        let lock = std::fs::File::open(folder.path(&name)).unwrap();
        lock.lock().unwrap();
        folder.done(&["build", "vpc.yaml"]);
        assert!(folder.path(&name).exists());
    }
}

/// Builds that make the same new folder at once do not stand in each other's way.
#[test]
fn builds_of_other_stacks_make_one_folder_together() {
    let folder = Folder::new();
    let names: Vec<_> = (0..6).map(|number| format!("stack-{number}")).collect();
    let start = |name: &String| {
        let file = format!("{name}/stack.yaml");
        let stack = format!("stack: {name}\npattern: aws-private-vpn\n");
        folder.write(&file, stack);
        std::process::Command::new(env!("CARGO_BIN_EXE_patternbook"))
            .args(["build", &file])
            .current_dir(folder.path(""))
            .stdout(std::process::Stdio::null())
            .spawn()
            .unwrap()
    };
    let running: Vec<_> = names.iter().map(start).collect();
    for mut build in running {
        assert!(build.wait().unwrap().success());
    }
    let files = folder.files();
    for name in &names {
        assert!(
            files.contains(&format!("out/{name}/terraform/main.tf")),
            "{name}"
        );
    }
    assert!(!files.iter().any(|it| it.contains(".patternbook-")));
}

#[test]
fn a_build_leaves_nothing_but_the_files_of_the_stacks() {
    let folder = Folder::new();
    stack(&folder, "");
    for zones in [2, 3] {
        stack(&folder, &format!("parameters: {{ zones: {zones} }}\n"));
        folder.done(&["build", "vpc.yaml", "-o", "deep/er/out"]);
        let entries = std::fs::read_dir(folder.path("deep/er/out")).unwrap();
        let names: Vec<_> = entries.map(|entry| entry.unwrap().file_name()).collect();
        assert_eq!(names, ["vpc"]);
    }
    stack(&folder, "parameters: { zones: 7 }\n");
    assert_eq!(folder.run(&["build", "vpc.yaml", "-o", "not/here"]).code, 2);
    assert!(!folder.path("not").exists());
}

#[test]
fn what_is_not_proved_is_not_written() {
    let folder = Folder::new();
    stack(&folder, "");
    let built_in = include_str!("../../templates/cloudformation/security_group.yaml");
    let wider = built_in.replacen("CidrIp: {{ rule.peer.cidr }}", "CidrIp: 0.0.0.0/0", 1);
    assert_ne!(wider, built_in);
    folder.write("own/cloudformation/security_group.yaml", wider);
    let refused = folder.run(&["build", "vpc.yaml", "--templates", "own"]);
    assert_eq!(refused.code, 1, "{}", refused.stderr);
    assert!(
        refused.stderr.contains("PB601") && refused.stderr.contains("-> servers  tcp/443"),
        "{}",
        refused.stderr
    );
    assert!(
        refused.stderr.contains("--> template.yaml:"),
        "the rule is shown: {}",
        refused.stderr
    );
    assert!(folder.files().iter().all(|file| !file.starts_with("out")));
}

#[test]
fn it_says_what_was_proved() {
    let folder = Folder::new();
    stack(&folder, "");
    let done = folder.done(&["build", "vpc.yaml"]);
    let first = done.lines().next().unwrap_or_default();
    assert!(
        first.starts_with("proved vpc: 2 flows, no more and no less, and 4 guarantees"),
        "{first}"
    );
}

#[test]
fn the_parts_of_a_build_are_together_the_whole() {
    let folder = Folder::new();
    let stacks = ["a.yaml", "b.yaml", "c.yaml", "d.yaml", "e.yaml"];
    for (at, name) in stacks.iter().enumerate() {
        let stack = format!(
            "stack: {}\npattern: azure-public-web\nparameters: {{ network: 10.{at}.0.0/16 }}\n",
            &name[..1]
        );
        folder.write(name, stack);
    }
    let build = |more: &[&str]| {
        let mut arguments = vec!["build"];
        arguments.extend(stacks);
        arguments.extend(more);
        folder.done(&arguments)
    };
    for part in ["1/3", "2/3", "3/3"] {
        build(&["--shard", part, "-o", "parts"]);
    }
    let parts = folder.read("patternbook.lock");
    build(&["-o", "whole"]);
    assert_eq!(folder.read("patternbook.lock"), parts);
    let files = folder.files();
    let below = |name: &str| -> Vec<String> {
        let below = files
            .iter()
            .filter_map(|path| path.strip_prefix(&format!("{name}/")));
        below.map(str::to_owned).collect()
    };
    assert_eq!(below("parts"), below("whole"));
    assert_eq!(folder.run(&["build", "a.yaml", "--shard", "4/3"]).code, 2);
}
