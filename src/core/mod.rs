//! What everything else speaks of, and the four steps: observe, compile, diff, apply. Pure: no clock, no network, no environment.

pub mod address;
pub mod apply;
pub mod change;
pub mod check;
pub mod compile;
pub mod deferred;
pub mod desired;
pub mod diff;
pub mod draft;
pub mod explain;
pub mod farewell;
pub mod ids;
pub mod judge;
pub mod live;
pub mod memory;
pub mod observe;
pub mod order;
pub mod origin;
pub mod owner;
pub mod permissions;
pub mod problem;
pub mod safety;
pub mod scene;
pub mod selection;
pub mod ses_actions;
pub mod world;
