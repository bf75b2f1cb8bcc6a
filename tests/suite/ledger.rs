//! What a stack was given never moves by itself, and two people who add stacks do not get into each other's way.

use std::process::Command;

use crate::run::{Folder, project};

const VPC: &str = "stack: vpc\npattern: aws-private-vpn\nparameters: { zones: 2 }\n";

fn web(name: &str) -> String {
    format!("stack: {name}\npattern: azure-public-web\n")
}

fn shop(hosts: &str) -> String {
    format!("stack: shop\npattern: azure-hybrid-web-app\nparameters: {{ {hosts} }}\n")
}

/// The line of a ledger that begins like this.
fn line(folder: &Folder, start: &str) -> String {
    let ledger = folder.read("patternbook.lock");
    let found = ledger.lines().find(|line| line.starts_with(start));
    found
        .unwrap_or_else(|| panic!("{start}: {ledger}"))
        .to_owned()
}

#[test]
fn a_subnet_that_others_would_push_away_stays() {
    let folder = Folder::new();
    folder.write("shop.yaml", shop("web_hosts: 200, app_hosts: 200"));
    folder.done(&["build", "shop.yaml"]);
    let before = line(&folder, "subnet shop - main app");
    // The biggest block is placed first: without a ledger, `app` would move behind `web`.
    folder.write("shop.yaml", shop("web_hosts: 200, app_hosts: 100"));
    folder.done(&["build", "shop.yaml"]);
    assert_eq!(line(&folder, "subnet shop - main app"), before);
    assert!(folder.done(&["plan", "shop.yaml"]).contains("10.20.0.0/24"));
}

#[test]
fn a_subnet_that_outgrows_its_block_is_an_error_and_moves_when_it_is_released() {
    let folder = Folder::new();
    folder.write("shop.yaml", shop("app_hosts: 200"));
    folder.done(&["build", "shop.yaml"]);
    let ledger = folder.read("patternbook.lock");
    folder.write("shop.yaml", shop("app_hosts: 500"));
    let refused = folder.run(&["build", "shop.yaml"]);
    assert_eq!(refused.code, 2);
    assert!(refused.stderr.contains("PB306"), "{}", refused.stderr);
    assert!(
        refused
            .stderr
            .contains("subnet shop - main app 10.20.0.0/24"),
        "{}",
        refused.stderr
    );
    assert_eq!(folder.read("patternbook.lock"), ledger);

    let freed = folder.done(&["release", "shop", "app"]);
    assert_eq!(freed, "freed 10.20.0.0/24 of app\n");
    folder.done(&["build", "shop.yaml"]);
    assert!(line(&folder, "subnet shop - main app").ends_with("/23"));
}

#[test]
fn a_subnet_that_is_gone_keeps_its_block_until_it_is_released() {
    let folder = Folder::new();
    let text =
        std::fs::read_to_string(project().join("patterns/azure-hybrid-web-app.yaml")).unwrap();
    let subnets = "  subnets:\n";
    let more = text.replacen(subnets, "  subnets:\n    cache: { size: /26 }\n", 1);
    assert_ne!(more, text);
    folder.write("patterns/azure-hybrid-web-app.yaml", more);
    folder.write("shop.yaml", shop(""));
    let build = ["build", "shop.yaml", "--patterns", "patterns"];
    folder.done(&build);
    let block = line(&folder, "subnet shop - main cache").replace("subnet", "gone");
    folder.write("patterns/azure-hybrid-web-app.yaml", text);
    folder.done(&build);
    assert_eq!(line(&folder, "gone shop - main cache"), block);
    folder.done(&["release", "shop", "cache"]);
    assert!(!folder.read("patternbook.lock").contains("cache"));
}

#[test]
fn locked_writes_nothing_and_says_what_is_missing() {
    let folder = Folder::new();
    folder.write("vpc.yaml", VPC);
    let locked = folder.run(&["build", "vpc.yaml", "--locked"]);
    assert_eq!(locked.code, 1);
    assert!(locked.stderr.contains("PB506"), "{}", locked.stderr);
    assert_eq!(folder.files(), ["vpc.yaml"]);

    folder.done(&["build", "vpc.yaml"]);
    folder.done(&["build", "vpc.yaml", "--locked"]);
    folder.write("vpc.yaml", VPC.replace('2', "3"));
    let before = folder.read("patternbook.lock");
    let locked = folder.run(&["build", "vpc.yaml", "--locked"]);
    assert_eq!(locked.code, 1);
    let missing = "`zone vpc - main private 3 10.0.8.0/22` is missing";
    assert!(locked.stderr.contains(missing), "{}", locked.stderr);
    assert_eq!(folder.read("patternbook.lock"), before);
    let checked = folder.run(&["build", "vpc.yaml", "--check"]);
    assert_eq!(checked.code, 1);
    assert!(checked.stdout.contains(missing), "{}", checked.stdout);
}

#[test]
fn networks_behind_one_datacenter_do_not_overlap() {
    let folder = Folder::new();
    folder.write("vpc.yaml", VPC);
    folder.write("copy.yaml", VPC.replace("stack: vpc", "stack: copy"));
    folder.done(&["build", "vpc.yaml"]);
    let refused = folder.run(&["build", "copy.yaml"]);
    assert_eq!(refused.code, 2);
    assert!(refused.stderr.contains("PB302"), "{}", refused.stderr);
    assert!(
        refused.stderr.contains("copy.yaml:2:10"),
        "{}",
        refused.stderr
    );
    assert!(
        refused
            .stderr
            .contains("network vpc - main tied 10.0.0.0/16"),
        "{}",
        refused.stderr
    );
    assert!(!folder.path("out/copy").exists());

    // Who is tied to nothing may be anywhere.
    folder.write("a.yaml", web("a"));
    folder.write("b.yaml", web("b"));
    folder.done(&["build", "a.yaml", "b.yaml"]);
}

#[test]
fn a_ledger_that_is_not_understood_is_left_alone() {
    let folder = Folder::new();
    folder.write("vpc.yaml", VPC);
    for (ledger, code) in [
        ("patternbook ledger 2\n", "PB305"),
        ("patternbook ledger 1\nsubnet vpc\n", "PB304"),
        ("\u{1f}\n", "PB304"),
        ("", "PB304"),
    ] {
        folder.write("patternbook.lock", ledger);
        for command in ["build", "plan", "prove"] {
            let refused = folder.run(&[command, "vpc.yaml"]);
            assert_eq!(refused.code, 2, "{ledger:?}: {}", refused.stderr);
            assert!(
                refused.stderr.contains(code),
                "{ledger:?}: {}",
                refused.stderr
            );
        }
        assert_eq!(folder.read("patternbook.lock"), ledger);
        assert!(!folder.path("out").exists());
    }
}

#[test]
fn what_is_released_must_be_there() {
    let folder = Folder::new();
    folder.write("vpc.yaml", VPC);
    folder.done(&["build", "vpc.yaml"]);
    for (arguments, help) in [
        (&["release", "vpd"][..], "did you mean `vpc`?"),
        (&["release", "vpc", "privat"], "did you mean `private`?"),
    ] {
        let refused = folder.run(arguments);
        assert_eq!(refused.code, 2);
        assert!(refused.stderr.contains(help), "{}", refused.stderr);
    }
    folder.done(&["release", "vpc"]);
    assert!(!folder.read("patternbook.lock").contains("vpc - main"));
}

#[test]
fn builds_at_the_same_time_lose_nothing() {
    let folder = Folder::new();
    let names: Vec<_> = (0..6).map(|at| format!("web-{at}")).collect();
    for name in &names {
        folder.write(&format!("{name}.yaml"), web(name));
    }
    std::thread::scope(|scope| {
        for name in &names {
            let folder = &folder;
            scope.spawn(move || folder.done(&["build", &format!("{name}.yaml"), "-o", name]));
        }
    });
    for name in &names {
        line(&folder, &format!("subnet {name} - main web"));
    }
}

#[test]
fn the_order_of_stacks_and_the_number_of_threads_decide_nothing() {
    let names = ["web-a", "web-b", "web-c"];
    let ledger = |order: &[&str], jobs: &str| {
        let folder = Folder::new();
        for name in names {
            folder.write(&format!("{name}.yaml"), web(name));
        }
        let mut arguments = vec!["build", "--jobs", jobs];
        arguments.extend(order);
        folder.done(&arguments);
        folder.read("patternbook.lock")
    };
    let one = ledger(&["web-a.yaml", "web-b.yaml", "web-c.yaml"], "1");
    assert_eq!(
        ledger(&["web-c.yaml", "web-a.yaml", "web-b.yaml"], "3"),
        one
    );
}

#[test]
fn git_merges_what_two_people_add() {
    let folder = Folder::new();
    let git = |arguments: &[&str]| {
        let mut command = Command::new("git");
        command.args(["-c", "user.name=a", "-c", "user.email=a@example.com"]);
        let done = command
            .args(arguments)
            .current_dir(folder.path("."))
            .output()
            .unwrap();
        assert!(
            done.status.success(),
            "{arguments:?}: {}",
            String::from_utf8_lossy(&done.stderr)
        );
    };
    let add = |name: &str| {
        folder.write(&format!("{name}.yaml"), web(name));
        folder.done(&["build", &format!("{name}.yaml")]);
        git(&["add", "."]);
        git(&["commit", "--quiet", "--message", name]);
    };
    folder.write(".gitattributes", "patternbook.lock merge=union\n");
    folder.write(".gitignore", "out\n");
    git(&["init", "--quiet", "--initial-branch=main"]);
    add("shared");
    git(&["switch", "--quiet", "--create", "theirs"]);
    add("new-b");
    git(&["switch", "--quiet", "main"]);
    add("new-a");
    git(&["merge", "--quiet", "--no-edit", "theirs"]);
    let all = ["build", "shared.yaml", "new-a.yaml", "new-b.yaml"];
    folder.done(&all);
    for name in ["shared", "new-a", "new-b"] {
        line(&folder, &format!("subnet {name} - main web"));
    }
    folder.done(&[&all[..], &["--locked"]].concat());
}

#[test]
fn a_build_that_is_killed_leaves_the_old_ledger_or_the_new_one() {
    let folder = Folder::new();
    folder.write("vpc.yaml", VPC);
    folder.done(&["build", "vpc.yaml"]);
    let old = folder.read("patternbook.lock");
    folder.write("vpc.yaml", VPC.replace('2', "3"));
    folder.done(&["build", "vpc.yaml", "-o", "other"]);
    let new = folder.read("patternbook.lock");
    assert_ne!(old, new);
    for moment in 0..60 {
        folder.write("patternbook.lock", &old);
        let mut build = Command::new(env!("CARGO_BIN_EXE_patternbook"))
            .args(["build", "vpc.yaml"])
            .current_dir(folder.path(""))
            .stdout(std::process::Stdio::null())
            .spawn()
            .unwrap();
        std::thread::sleep(std::time::Duration::from_millis(moment));
        // One that has ended already is not killed.
        let _ = build.kill();
        build.wait().unwrap();
        let found = folder.read("patternbook.lock");
        assert!(found == old || found == new, "after {moment} ms: {found}");
    }
    // What killed builds left goes with the next one.
    folder.write(".patternbook.lock-left", "half");
    folder.done(&["build", "vpc.yaml", "--force"]);
    assert_eq!(folder.read("patternbook.lock"), new);
    let hidden = |path: &str| -> Vec<String> {
        let entries = std::fs::read_dir(folder.path(path)).unwrap();
        let names = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap());
        names.filter(|name| name.starts_with('.')).collect()
    };
    assert_eq!(hidden(""), Vec::<String>::new());
    assert_eq!(hidden("out"), Vec::<String>::new());
}

#[test]
fn neither_the_order_of_stacks_nor_the_number_of_threads_shows_in_a_ledger() {
    let stacks = ["a.yaml", "b.yaml", "c.yaml", "d.yaml"];
    let ledgers = [("1", false), ("1", true), ("3", false), ("4", true)].map(|(jobs, turned)| {
        let folder = Folder::new();
        for (at, name) in stacks.iter().enumerate() {
            let hosts = format!("network: 10.{at}.0.0/16, web_hosts: {}", 100 * (at + 1));
            let text = shop(&hosts).replace("shop\n", &format!("{}\n", &name[..1]));
            folder.write(name, text);
        }
        let mut arguments = vec!["build", "--jobs", jobs];
        arguments.extend(stacks);
        if turned {
            arguments[3..].reverse();
        }
        folder.done(&arguments);
        folder.read("patternbook.lock")
    });
    for ledger in &ledgers {
        assert_eq!(*ledger, ledgers[0]);
    }
}
