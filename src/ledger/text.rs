//! The ledger as text: read with the place of every line, written in one order.

use std::borrow::Cow;
use std::sync::Arc;

use litemap::LiteMap;

use super::line::{Line, Says};
use super::{Entry, Given, Ledger, PatternLine, Room, StackKey};
use crate::diag::{Code, Diagnostic, Diagnostics, Place, Source};
use crate::plan::RecordedFlow;

/// What every ledger begins with, before its version.
const HEAD: &str = "patternbook ledger ";
/// The version that is read and written here.
const VERSION: u32 = 1;
const COMMENT: &str = "\
# Which block each subnet of each stack was given, and which number each flow. `patternbook build` adds to it; commit it.
# Each line says one thing. With `patternbook.lock merge=union` in .gitattributes, git merges what two people add.
";

impl Ledger {
    /// Reads a ledger.
    ///
    /// # Errors
    /// With every line that is not understood or says something else than another one, or when a newer version wrote it.
    pub fn read(source: &Arc<Source>) -> Result<Self, Diagnostics> {
        let mut reading = Reading::default();
        let mut diags = Diagnostics::new();
        let mut lines = lines(source);
        check_head(lines.next(), source)?;
        for (text, place) in lines {
            if text.trim().is_empty() || text.starts_with('#') {
                continue;
            }
            // Two branches that each made the ledger leave two heads behind when git puts them together.
            if text.starts_with(HEAD) {
                check_head(Some((text, place)), source)?;
                continue;
            }
            let added = Line::read(text, &place).and_then(|line| reading.add(line, place));
            if let Err(diagnostic) = added {
                diags.push(diagnostic);
            }
        }
        let ledger = reading.finish();
        ledger.check_zones(&mut diags);
        diags.into_result(ledger)
    }

    /// Refuses zones that are not in the block of their subnet.
    fn check_zones(&self, diags: &mut Diagnostics) {
        let networks = self
            .stacks
            .values()
            .flat_map(|entry| entry.networks.values());
        for ((name, _), room) in networks.flat_map(|given| &given.rooms) {
            let outside = room.zones.values().find(|zone| !room.cidr.contains(**zone));
            if let (Some(zone), Some(place)) = (outside, &room.place) {
                let message = format!("`{zone}` of `{name}` is not in its block `{}`", room.cidr);
                diags.push(Diagnostic::new(Code::LedgerLine, message).at(place.clone()));
            }
        }
    }
}

/// A ledger that is being read.
#[derive(Default)]
struct Reading {
    ledger: Ledger,
    /// The stack that the last line was about: the next one nearly always is about the same.
    current: Option<(StackKey, Entry)>,
}

impl Reading {
    fn finish(mut self) -> Ledger {
        self.ledger.stacks.extend(self.current);
        self.ledger
    }

    /// What is known of a stack so far.
    fn entry(&mut self, stack: &str, environment: Option<&str>) -> &mut Entry {
        let stacks = &mut self.ledger.stacks;
        let is_of =
            |key: &StackKey| key.stack == stack && key.environment.as_deref() == environment;
        let same = self.current.take_if(|(key, _)| is_of(key));
        stacks.extend(self.current.take());
        let (_, entry) = self.current.insert(same.unwrap_or_else(|| {
            let key = StackKey {
                stack: stack.to_owned(),
                environment: environment.map(str::to_owned),
            };
            let known = stacks.remove(&key).unwrap_or_default();
            (key, known)
        }));
        entry
    }

    fn add(&mut self, line: Line<'_>, place: Place) -> Result<(), Diagnostic> {
        let entry = self.entry(line.stack, line.environment);
        match line.says {
            Says::Pattern {
                id,
                version,
                digest,
            } => {
                // Of two that were merged the next build writes the one that it uses: neither gave anything away.
                entry.pattern.get_or_insert_with(|| PatternLine {
                    id: id.to_owned(),
                    version: version.to_owned(),
                    digest: digest.to_owned(),
                });
                Ok(())
            }
            Says::Network {
                network,
                tied,
                cidr,
            } => {
                let given = entry.network(network);
                if !given.cidrs.contains(&cidr) {
                    given.cidrs.push(cidr);
                }
                given.tied |= tied;
                given.place.get_or_insert(place);
                Ok(())
            }
            Says::Subnet {
                network,
                subnet,
                live,
                cidr,
            } => entry.add_room(network, subnet, Room::new(cidr, live, place)),
            Says::Zone {
                network,
                subnet,
                zone,
                cidr,
            } => entry.add_zone(network, subnet, (zone, cidr), place),
            Says::Flow(flow) => entry.add_flow(flow.into_owned(), place),
        }
    }
}

impl Entry {
    fn network(&mut self, name: &str) -> &mut Given {
        self.networks.entry(name.to_owned()).or_default()
    }

    fn add_flow(&mut self, flow: RecordedFlow, place: Place) -> Result<(), Diagnostic> {
        let slot = flow.slot;
        let Some(known) = self.flows.get(&slot) else {
            self.flows.insert(slot, flow);
            return Ok(());
        };
        if *known == flow {
            return Ok(());
        }
        let message = format!("the number {slot} is given to two flows");
        Err(Diagnostic::new(Code::LedgerLine, message)
            .at(place)
            .help("keep the line of the flow that is deployed, and take the other one out"))
    }

    fn add_room(&mut self, network: &str, subnet: &str, room: Room) -> Result<(), Diagnostic> {
        let rooms = &mut self.network(network).rooms;
        let key = (subnet.to_owned(), room.cidr.version());
        let Some(known) = rooms.get_mut(&key) else {
            rooms.insert(key, room);
            return Ok(());
        };
        // Lines may stand in any order: a zone that came first has made the room from its own block.
        if known.place.is_none() {
            *known = Room {
                zones: std::mem::take(&mut known.zones),
                ..room
            };
            return Ok(());
        }
        if known.cidr != room.cidr {
            return Err(contradiction(&key.0, known.place.as_ref(), room.place));
        }
        known.live |= room.live;
        Ok(())
    }

    fn add_zone(
        &mut self,
        network: &str,
        subnet: &str,
        (zone, cidr): (u8, crate::net::Cidr),
        place: Place,
    ) -> Result<(), Diagnostic> {
        let rooms = &mut self.network(network).rooms;
        let key = (subnet.to_owned(), cidr.version());
        let room = rooms.entry(key).or_insert_with(|| Room {
            place: None,
            ..Room::new(cidr, false, place.clone())
        });
        match room.zones.insert(zone, cidr) {
            Some(known) if known != cidr => {
                Err(contradiction(subnet, room.place.as_ref(), Some(place)))
            }
            _ => Ok(()),
        }
    }
}

impl Room {
    fn new(cidr: crate::net::Cidr, live: bool, place: Place) -> Self {
        Self {
            cidr,
            zones: LiteMap::new(),
            live,
            place: Some(place),
        }
    }
}

/// The error that two lines give one subnet two blocks, as a merge can leave them.
fn contradiction(subnet: &str, first: Option<&Place>, second: Option<Place>) -> Diagnostic {
    let message = format!("`{subnet}` is given two blocks");
    let mut diagnostic = Diagnostic::new(Code::LedgerLine, message)
        .help("keep the line of the block that is deployed, and take the other one out");
    diagnostic.primary = second;
    match first {
        Some(first) => diagnostic.also(first.clone(), "the other one"),
        None => diagnostic,
    }
}

/// The lines of a text with their places.
fn lines(source: &Arc<Source>) -> impl Iterator<Item = (&str, Place)> {
    let mut start = 0;
    source.text.split_inclusive('\n').map(move |line| {
        let text = line.trim_end_matches(['\n', '\r']);
        let place = Place::new(source, start..start + text.len());
        start += line.len();
        (text, place)
    })
}

fn check_head(head: Option<(&str, Place)>, source: &Arc<Source>) -> Result<(), Diagnostic> {
    let (text, place) = head.unwrap_or_else(|| ("", Place::start_of(source)));
    let version = text.strip_prefix(HEAD).map(str::parse::<u32>);
    match version {
        Some(Ok(VERSION)) => Ok(()),
        Some(Ok(newer)) if newer > VERSION => {
            let message = format!("this ledger is of version {newer}");
            Err(Diagnostic::new(Code::LedgerVersion, message)
                .at(place)
                .help(format!(
                    "this `patternbook` reads version {VERSION}: take a newer one; the file was left as it is"
                )))
        }
        _ => Err(
            Diagnostic::new(Code::LedgerLine, "this is no ledger").at(place).help(format!(
                "its first line would be `{HEAD}{VERSION}`; take it back from your version control, or move it away"
            )),
        ),
    }
}

impl std::fmt::Display for Ledger {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{HEAD}{VERSION}\n{COMMENT}")?;
        for (key, entry) in &self.stacks {
            writeln!(f)?;
            for says in entry.says() {
                let line = Line {
                    stack: &key.stack,
                    environment: key.environment.as_deref(),
                    says,
                };
                writeln!(f, "{line}")?;
            }
        }
        Ok(())
    }
}

impl Entry {
    /// What it says, in the order in which it is written.
    fn says(&self) -> Vec<Says<'_>> {
        let pattern = self.pattern.iter().map(|line| Says::Pattern {
            id: &line.id,
            version: &line.version,
            digest: &line.digest,
        });
        let mut all: Vec<_> = pattern.collect();
        for (name, given) in &self.networks {
            given.say(name, &mut all);
        }
        all.extend(self.flows.values().map(Cow::Borrowed).map(Says::Flow));
        all
    }
}

impl Given {
    fn say<'t>(&'t self, network: &'t str, all: &mut Vec<Says<'t>>) {
        all.extend(self.cidrs.iter().map(|&cidr| Says::Network {
            network,
            tied: self.tied,
            cidr,
        }));
        for ((subnet, _), room) in &self.rooms {
            all.push(Says::Subnet {
                network,
                subnet,
                live: room.live,
                cidr: room.cidr,
            });
            all.extend(room.zones.iter().map(|(&zone, &cidr)| Says::Zone {
                network,
                subnet,
                zone,
                cidr,
            }));
        }
    }
}
