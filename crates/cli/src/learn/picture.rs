//! Pictures of a run: SVG, without scripts or fonts of their own, legible on light and on dark.

mod axis;
mod ladder;
mod plot;
mod svg;

pub(super) use ladder::ladder;
pub(super) use plot::{Note, Panel, Plot};
