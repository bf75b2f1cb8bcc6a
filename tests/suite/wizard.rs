//! `new` on a terminal: it asks, holds each answer against what is known, and writes what the command at its end writes.

use std::process::Command;

use rexpect::reader::Options;
use rexpect::session::{PtySession, spawn_with_options};

use crate::run::{Folder, project};

const DOWN: &str = "\x1b[B";
const ENTER: &str = "\r";
const CTRL_C: &str = "\x03";

/// A run of the binary in a terminal of its own.
struct Terminal {
    session: PtySession,
    /// All that was shown so far.
    shown: String,
}

impl Terminal {
    fn new(folder: &Folder, arguments: &[&str]) -> Self {
        Self::with(folder, arguments, true)
    }

    /// The terminal says what it is after the binary ended: whether it still shows what is typed.
    fn with(folder: &Folder, arguments: &[&str], strip: bool) -> Self {
        let script = "stty rows 40 cols 150; \"$0\" \"$@\"; echo \"ended with $?\"; stty -a | grep -o '[-]*icanon'";
        let mut command = Command::new("sh");
        command
            .args(["-c", script, env!("CARGO_BIN_EXE_patternbook")])
            .args(arguments)
            .env_remove("NO_COLOR")
            .env("TERM", "xterm")
            .current_dir(folder.path(""));
        let options = Options::new()
            .timeout_ms(Some(20_000))
            .strip_ansi_escape_codes(strip);
        Self {
            session: spawn_with_options(command, options).unwrap(),
            shown: String::new(),
        }
    }

    /// Waits until this is shown.
    #[track_caller]
    fn sees(&mut self, text: &str) -> &mut Self {
        let before = self.session.exp_string(text).unwrap_or_else(|error| {
            panic!("`{text}` was not shown after\n{}\n{error}", self.shown)
        });
        self.shown.push_str(&before);
        self.shown.push_str(text);
        self
    }

    fn types(&mut self, text: &str) -> &mut Self {
        self.session.send(text).unwrap();
        self.session.flush().unwrap();
        self
    }

    /// Types something else in the place of what stands there.
    fn corrects(&mut self, text: &str) -> &mut Self {
        self.types(&"\x7f".repeat(50)).types(text)
    }

    /// Waits for the question about `name`, and takes the default.
    #[track_caller]
    fn takes(&mut self, names: &[&str]) -> &mut Self {
        for name in names {
            self.sees(&format!("? {name}")).types(ENTER);
        }
        self
    }

    /// Waits for the end: how it ended, and the rest of what was shown.
    #[track_caller]
    fn ends(mut self) -> (i32, String) {
        let rest = self.session.exp_eof().unwrap();
        self.shown.push_str(&rest);
        let (_, end) = rest.split_once("ended with ").unwrap();
        let (code, terminal) = end.split_once(char::is_whitespace).unwrap();
        // A terminal that reads lines is one that a shell can go on with.
        assert_eq!(terminal.trim(), "icanon", "{}", self.shown);
        (code.parse().unwrap(), rest)
    }
}

/// A pattern with one question of each kind.
fn small(folder: &Folder) {
    let pattern = std::fs::read_to_string(project().join("patterns/aws-private-vpn.yaml")).unwrap();
    let (head, rest) = pattern.split_once("parameters:\n").unwrap();
    let (parameters, body) = rest.split_once("\nnetwork:\n").unwrap();
    let kept = [
        "network:",
        "datacenter:",
        "vpn_device:",
        "routing:",
        "hosts:",
        "isolate_zones:",
    ];
    let mut parameters: Vec<_> = parameters.lines().collect();
    parameters.retain(|line| kept.iter().any(|it| line.trim_start().starts_with(it)));
    let mut body = body.to_owned();
    for (name, value) in [
        ("zones", "2"),
        ("flow_log_days", "30"),
        ("default_route", "none"),
        ("asn", "65000"),
        ("inbound", "tcp/443"),
        ("outbound", "tcp/443"),
        ("size", "t3.small"),
        ("image", "ami-1"),
        ("min_instances", "1"),
        ("max_instances", "2"),
    ] {
        body = body.replace(&format!("${name}"), value);
    }
    let lines = body
        .lines()
        .filter(|line| !line.contains("$updates") && !line.contains("when: $instances"));
    let body: Vec<_> = lines.collect();
    let text = format!(
        "{head}parameters:\n{}\n\nnetwork:\n{}\n",
        parameters.join("\n"),
        body.join("\n")
    );
    folder.write(
        "patterns/small.yaml",
        text.replace("pattern: aws-private-vpn", "pattern: small"),
    );
}

const SMALL: [&str; 6] = [
    "new",
    "small",
    "--patterns",
    "patterns",
    "--forbidden",
    "ranges.yaml",
];

fn folder() -> Folder {
    let folder = Folder::new();
    small(&folder);
    folder.write(
        "ranges.yaml",
        "ranges: [{ range: 10.99.0.0/16, why: The partner's network. }]\n",
    );
    folder
}

/// The command that is printed at the end, run in a shell in another folder with the same files.
fn same_by_command(shown: &str, like: &Folder) -> Folder {
    let command = shown
        .lines()
        .map(str::trim)
        .find(|line| line.starts_with("patternbook new"))
        .unwrap();
    let other = folder();
    if like.path("patternbook.lock").exists() {
        other.write("patternbook.lock", like.read("patternbook.lock"));
    }
    let program = env!("CARGO_BIN_EXE_patternbook");
    let script = format!("patternbook() {{ '{program}' \"$@\"; }}\n{command}");
    let done = Command::new("sh")
        .args(["-c", &script])
        .current_dir(other.path(""))
        .output()
        .unwrap();
    assert!(
        done.status.success(),
        "{command}: {}",
        String::from_utf8_lossy(&done.stderr)
    );
    other
}

#[test]
fn what_is_answered_is_written_and_the_command_at_the_end_writes_the_same() {
    let folder = folder();
    let mut terminal = Terminal::new(&folder, &SMALL);
    terminal
        .sees("name of the stack [small]")
        .types("Shop")
        .types(ENTER);
    terminal.sees("`Shop` is no name for a stack");
    terminal.corrects("shop-prod").types(ENTER);
    terminal.takes(&["network [10.0.0.0/16]"]);
    terminal
        .sees("? hosts [1000]")
        .sees("Instances that each private subnet has room for. (1 to 8187)");
    terminal
        .types("0")
        .types(ENTER)
        .sees("`hosts` is 0; it must be from 1 to 8187");
    terminal.corrects("500").types(ENTER);
    terminal.takes(&["datacenter [192.168.0.0/16]"]);
    terminal
        .sees("? routing")
        .sees("> static")
        .sees("bgp")
        .types(DOWN)
        .sees("> bgp")
        .types(ENTER);
    terminal
        .sees("? isolate_zones")
        .sees("> false")
        .types(ENTER);
    terminal
        .sees("wrote shop-prod.yaml")
        .sees("the same without a question:");
    let (code, rest) = terminal.ends();
    assert_eq!(code, 0, "{rest}");
    let text = folder.read("shop-prod.yaml");
    for line in [
        "stack: shop-prod\n",
        "  # network: 10.0.0.0/16\n",
        "  hosts: 500\n",
        "  routing: bgp\n",
        "  # isolate_zones: false\n",
    ] {
        assert!(text.contains(line), "{line} is not in {text}");
    }
    let other = same_by_command(&rest, &folder);
    assert_eq!(other.read("shop-prod.yaml"), text);
    assert_eq!(other.files(), folder.files());
}

#[test]
fn a_wrong_block_and_one_that_somebody_has_are_told_at_once() {
    let folder = folder();
    folder.write(
        "vpc.yaml",
        "stack: vpc\npattern: small\nparameters: { network: 10.7.0.0/16 }\n",
    );
    folder.done(&[
        "build",
        "vpc.yaml",
        "--patterns",
        "patterns",
        "--format",
        "terraform",
    ]);
    let mut terminal = Terminal::new(&folder, &[&SMALL[..], &["--name", "other"]].concat());
    terminal
        .sees("? network [10.0.0.0/16]")
        .types("10.7.0.0/33")
        .types(ENTER);
    terminal.sees("`10.7.0.0/33` is not a CIDR block");
    terminal
        .corrects("10.7.0.9/16")
        .types(ENTER)
        .sees("the block that holds this address is `10.7.0.0/16`");
    terminal.corrects("10.7.0.0/17").types(ENTER);
    terminal
        .sees("the network `10.7.0.0/17` overlaps `10.7.0.0/16` of `vpc`")
        .sees("`10.6.0.0/17` is free");
    terminal.corrects("10.99.0.0/17").types(ENTER);
    terminal.sees("is in `10.99.0.0/16`, which is forbidden: The partner's network");
    terminal
        .corrects("169.254.0.0/16")
        .types(ENTER)
        .sees("AWS keeps link-local addresses");
    terminal.corrects("10.8.0.0/16").types(ENTER);
    terminal.takes(&["hosts"]);
    terminal
        .sees("? datacenter")
        .types("10.0.0.0/8")
        .types(ENTER);
    terminal.sees("the network `10.8.0.0/16` overlaps `10.0.0.0/8` of the datacenter");
    terminal
        .corrects("192.168.0.0/17, 172.16.0.0/12")
        .types(ENTER);
    terminal.takes(&["routing", "isolate_zones"]);
    terminal.sees("the same without a question:");
    let (code, rest) = terminal.ends();
    assert_eq!(code, 0, "{rest}");
    let text = folder.read("other.yaml");
    assert!(
        text.contains("  datacenter: [192.168.0.0/17, 172.16.0.0/12]\n"),
        "{text}"
    );
    assert_eq!(same_by_command(&rest, &folder).read("other.yaml"), text);
    // What is told in a terminal is told of an option as well.
    let taken = [
        &SMALL[..],
        &["--name", "third", "--set", "network=10.7.0.0/17"],
    ]
    .concat();
    let refused = folder.run(&taken);
    assert_eq!(refused.code, 2, "{}", refused.stderr);
    assert!(
        refused.stderr.contains("PB302") && refused.stderr.contains("of `vpc`"),
        "{}",
        refused.stderr
    );
}

#[test]
fn a_default_that_somebody_has_is_not_taken() {
    let folder = folder();
    folder.write("vpc.yaml", "stack: vpc\npattern: small\n");
    let build = [
        "build",
        "vpc.yaml",
        "--patterns",
        "patterns",
        "--format",
        "terraform",
    ];
    folder.done(&build);
    let mut terminal = Terminal::new(&folder, &[&SMALL[..], &["--name", "other"]].concat());
    terminal.takes(&["network [10.0.0.0/16]"]);
    terminal.sees("overlaps `10.0.0.0/16` of `vpc`");
    terminal.types("10.1.0.0/16").types(ENTER);
    terminal.takes(&["hosts", "datacenter", "routing", "isolate_zones"]);
    terminal.sees("wrote other.yaml");
    assert_eq!(terminal.ends().0, 0);
    folder.done(&["plan", "other.yaml", "--patterns", "patterns"]);
}

#[test]
fn answers_that_do_not_go_together_can_be_given_again() {
    let folder = folder();
    let mut terminal = Terminal::new(&folder, &[&SMALL[..], &["--name", "vpc"]].concat());
    terminal.sees("? network").types("10.8.0.0/24").types(ENTER);
    terminal.takes(&["hosts", "datacenter", "routing", "isolate_zones"]);
    terminal
        .sees("PB301")
        .sees("? which answer will you change?")
        .sees("> network: 10.8.0.0/24")
        .sees("hosts: 1000");
    terminal.types(DOWN).sees("> hosts").types(ENTER);
    terminal.sees("? hosts [1000]").types("20").types(ENTER);
    terminal.sees("wrote vpc.yaml");
    assert_eq!(terminal.ends().0, 0);
    folder.done(&["plan", "vpc.yaml", "--patterns", "patterns"]);
}

#[test]
fn whoever_stops_finds_nothing_written_and_the_terminal_as_it_was() {
    let folder = folder();
    let before = folder.files();
    for answers in 0..3 {
        let mut terminal = Terminal::new(&folder, &[&SMALL[..], &["--name", "vpc"]].concat());
        for name in ["network", "hosts"].iter().take(answers) {
            terminal.takes(&[name]);
        }
        terminal
            .sees(["? network", "? hosts", "? datacenter"][answers])
            .types(CTRL_C);
        terminal.sees("stopped; nothing was written");
        assert_eq!(terminal.ends().0, 3);
        assert_eq!(folder.files(), before);
    }
}

#[test]
fn colours_are_drawn_only_when_they_are_wanted() {
    let folder = folder();
    let shows = |more: &[&str]| {
        let mut terminal = Terminal::with(&folder, &[&SMALL[..], more].concat(), false);
        terminal.sees("name of the stack");
        let shown = terminal.shown.clone();
        terminal.types(CTRL_C);
        assert_eq!(terminal.ends().0, 3);
        shown.contains("\x1b[38;5;") || shown.contains("\x1b[3")
    };
    assert!(shows(&[]));
    assert!(shows(&["--color", "always"]));
    assert!(!shows(&["--color", "never"]));
}

#[test]
fn nothing_is_asked_elsewhere() {
    let folder = folder();
    // On a terminal that is told not to.
    let mut terminal = Terminal::new(
        &folder,
        &[&SMALL[..], &["--no-input", "-o", "a.yaml"]].concat(),
    );
    terminal.sees("wrote a.yaml");
    assert_eq!(terminal.ends().0, 0);
    // Without one.
    folder.done(&[&SMALL[..], &["-o", "b.yaml"]].concat());
    assert_eq!(folder.read("a.yaml"), folder.read("b.yaml"));
}
