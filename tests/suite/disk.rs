//! Where the disk, the system or the user stops a run: nothing is half-written, and what is wrong is said.
#![cfg(unix)]

use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::PermissionsExt;
use std::process::{Command, Stdio};

use crate::run::Folder;

const VPC: &str = "stack: vpc\npattern: aws-private-vpn\n";

/// Runs the binary with arguments that need not be text: the exit code, and what it printed.
fn run(folder: &Folder, arguments: &[&[u8]]) -> (i32, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_patternbook"))
        .args(arguments.iter().map(|it| OsStr::from_bytes(it)))
        .current_dir(folder.path(""))
        .stdin(Stdio::null())
        .output()
        .unwrap();
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let told = String::from_utf8_lossy(&output.stderr).into_owned();
    (output.status.code().unwrap(), text + &told)
}

#[test]
fn names_of_files_need_not_be_text() {
    let folder = Folder::new();
    let (stack, out): (&[u8], &[u8]) = (b"caf\xe9.yaml", b"o\xe9");
    std::fs::write(folder.path("").join(OsStr::from_bytes(stack)), VPC).unwrap();
    let git = |arguments: &[&str]| {
        let name = ["-c", "user.name=A", "-c", "user.email=a@example.com"];
        let ran = Command::new("git")
            .args(name.iter().chain(arguments))
            .current_dir(folder.path(""))
            .output();
        assert!(ran.unwrap().status.success(), "{arguments:?}");
    };
    let built = [out, b"/vpc"].concat();
    for arguments in [
        &[b"plan", stack][..],
        &[b"build", stack, b"-o", out],
        &[b"build", stack, b"-o", out, b"--check"],
        &[b"prove", stack, &built],
        &[b"reach", &[&built[..], b"/terraform"].concat()],
        &[b"diff", stack, &built],
        &[b"update", stack, b"-o", out],
    ] {
        let (code, text) = run(&folder, arguments);
        assert_eq!(code, 0, "{text}");
    }
    git(&["init", "--quiet"]);
    git(&["add", "--all"]);
    git(&["commit", "--quiet", "-m", "one"]);
    let (code, text) = run(&folder, &[b"diff", b"--git", b"HEAD", b"--", out]);
    assert_eq!((code, &*text), (0, "nothing changes\n"));
    // Where text is needed, that is said.
    let (code, text) = run(&folder, &[b"build", stack, b"--env", b"\xff"]);
    assert_eq!(code, 2, "{text}");
}

#[test]
fn a_folder_in_which_nobody_may_write_is_named() {
    let folder = Folder::new();
    folder.write("vpc.yaml", VPC);
    folder.write("closed/x", "");
    let closed = folder.path("closed");
    std::fs::set_permissions(&closed, PermissionsExt::from_mode(0o555)).unwrap();
    // Who may write everywhere is not stopped by that.
    let may_write_everywhere = std::fs::write(closed.join("y"), "").is_ok();
    if !may_write_everywhere {
        let (code, text) = run(&folder, &[b"build", b"vpc.yaml", b"-o", b"closed/out"]);
        assert_eq!(code, 3, "{text}");
        assert!(
            text.contains("PB503") && text.contains("closed/out"),
            "{text}"
        );
        assert!(!folder.path("patternbook.lock").exists());
        let (code, text) = run(
            &folder,
            &[b"new", b"aws-private-vpn", b"-o", b"closed/vpc.yaml"],
        );
        assert_eq!(code, 3, "{text}");
    }
    std::fs::set_permissions(&closed, PermissionsExt::from_mode(0o755)).unwrap();
    // Nobody at all may make a folder here.
    let (code, text) = run(
        &folder,
        &[b"build", b"vpc.yaml", b"-o", b"/proc/patternbook"],
    );
    if cfg!(target_os = "linux") {
        assert_eq!(code, 3, "{text}");
        assert!(
            text.contains("PB503") && text.contains("/proc/patternbook"),
            "{text}"
        );
        assert!(!folder.path("patternbook.lock").exists());
    }
}

#[test]
fn an_interrupt_leaves_whole_files_and_the_next_build_the_rest() {
    let folder = Folder::new();
    let stacks: Vec<_> = (0..60).map(|it| format!("s{it}.yaml")).collect();
    for (index, stack) in stacks.iter().enumerate() {
        let text = format!(
            "stack: s{index}\npattern: aws-private-vpn\nparameters: {{ network: 10.{index}.0.0/16 }}\n"
        );
        folder.write(stack, text);
    }
    let build = || {
        let mut command = Command::new(env!("CARGO_BIN_EXE_patternbook"));
        command
            .arg("build")
            .args(&stacks)
            .current_dir(folder.path(""))
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        command
    };
    let mut interrupted = 0;
    for wait in [1, 20, 60, 120, 200, 300, 400, 500] {
        let mut child = build().spawn().unwrap();
        std::thread::sleep(std::time::Duration::from_millis(wait));
        let pid = child.id().to_string();
        // It may have ended by itself. Not INT: where this runs behind a shell, everything that it starts ignores that.
        let _ = Command::new("kill").args(["-TERM", &pid]).status();
        interrupted += usize::from(!child.wait().unwrap().success());
        // What stands is what a build makes, file by file: nothing of it was edited, or is half of something.
        let files = folder.files();
        let sums = files.iter().filter_map(|it| {
            let place = it.strip_suffix("patternbook.sha256")?;
            it.starts_with("out/s").then_some((it, place))
        });
        for (name, place) in sums {
            for line in folder.read(name).lines() {
                let (_, file) = line.split_once("  ").unwrap();
                let file = format!("{place}{file}");
                assert!(folder.path(&file).exists(), "{file}");
            }
        }
    }
    assert!(interrupted > 0, "no build was interrupted");
    assert!(build().status().unwrap().success());
    let mut check = build();
    assert!(check.arg("--check").status().unwrap().success());
    assert!(
        !folder.files().iter().any(|it| it.contains(".patternbook-")),
        "what a run left is removed by the next"
    );
}

#[test]
fn a_pipe_that_nobody_reads_is_no_error() {
    let folder = Folder::new();
    folder.write("vpc.yaml", VPC);
    for command in [
        "patternbook show aws-private-vpn",
        "patternbook plan vpc.yaml --format json",
        "patternbook reach out/vpc/terraform",
        "patternbook explain --all",
    ] {
        folder.done(&["build", "vpc.yaml"]);
        let binary = env!("CARGO_BIN_EXE_patternbook");
        let script = command.replacen("patternbook", &format!("'{binary}'"), 1);
        let ran = Command::new("bash")
            .args(["-c", &format!("set -o pipefail; {script} | true")])
            .current_dir(folder.path(""))
            .output()
            .unwrap();
        let told = String::from_utf8_lossy(&ran.stderr);
        assert!(told.is_empty(), "{command}: {told}");
    }
}
