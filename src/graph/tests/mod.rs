//! What the graph must be true to: a slow oracle, the full result after a change, small worlds worked out by hand.

mod building;
mod laws;
mod oracle;
mod shapes;
mod world;
