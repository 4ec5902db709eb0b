use super::*;
use crate::reports::sample;
use crate::terminal::Style;

#[test]
fn look() {
    for depth in [Depth::Headline, Depth::People, Depth::Full] {
        println!("======== {depth:?}");
        println!(
            "{}",
            render_text(&sample::refused(), depth, &Style::plain(80))
        );
    }
    println!(
        "{}",
        render_text(&sample::plan(Vec::new()), Depth::People, &Style::plain(80))
    );
}
