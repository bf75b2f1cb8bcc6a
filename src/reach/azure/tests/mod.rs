//! What Azure says, one rule of evaluation at a time.

mod examples;
mod filters;
mod gateways;
mod internet;
mod seats;
mod world;

use std::sync::Arc;

use crate::cloud::Placed;
use crate::cloud::azure::Resource;
use crate::diag::{Place, Source};
use crate::reach::Matrix;

/// Resources as a reader hands them on, all from one line of nothing.
fn placed(resources: Vec<Resource>) -> Vec<Placed<Resource>> {
    let source: Arc<Source> = Source::new("template", "");
    let placed = resources.into_iter().map(|resource| Placed {
        resource,
        place: Place::start_of(&source),
        parts: Vec::new(),
    });
    placed.collect()
}

fn matrix(resources: Vec<Resource>) -> Matrix {
    super::matrix(&placed(resources), &[])
}
