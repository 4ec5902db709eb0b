//! Names that try to become something else.

use super::*;

const EVIL: [&str; 16] = [
    "../../etc/passwd",
    "..",
    "/",
    "C:\\con",
    "con",
    "nul",
    "a\nb: {c: d}",
    "\"]}",
    "# no",
    "- x",
    "🎉",
    "\u{202e}txt.exe",
    "",
    " ",
    "~",
    "\u{0}\u{1b}[2J",
];

#[test]
fn hostile_names_stay_inside_the_folder_and_inside_their_quotes() {
    let mut world = World::new("../\n# evil\nversion: 2");
    let long = "very long ".repeat(400);
    for (index, name) in (0..).zip(EVIL.into_iter().chain([long.as_str()])) {
        let (asset, partner, member) =
            (format!("{}", 100 + index), format!("{}", 300 + index), format!("{}", 500 + index));
        world.asset(&asset, "AD_ACCOUNT", name);
        world.owned_by(&partner, name);
        world.partner(&partner, name, "inbound");
        world.roster(&partner, name, &asset, &["ANALYST"]);
        world.partner_grant(&partner, "inbound", &asset, &["ANALYST"]);
        world.member(&member, name, name);
        world.username(name);
        world.grant(&member, &asset, &["ANALYST"]);
        if index > 0 {
            world.grant(&member, "100", &["ADMIN", name]);
        }
        world.team(name, &member);
        world.team_grant(name, &asset, &["ANALYST"]);
        world.invite(&format!("{}", 700 + index), InviteKind::MemberInvite, name, InviteStatus::Declined);
    }
    let mut state = world.state();
    state.source = "x\nversion: 3".to_owned();
    let (proposal, _) = write_and_read(&state, &WriteOptions::default());
    for path in proposal.files.keys() {
        let clean = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || "-_./".contains(c);
        assert!(path.chars().all(clean), "{path}");
        assert!(!path.contains("..") && !path.starts_with('/'), "{path}");
        assert!(path.len() < 120, "{path}");
        let parts: Vec<&str> = path.split('/').collect();
        assert!(parts.len() <= 2 && parts.iter().all(|part| !part.starts_with('.')), "{path}");
        assert!(!parts.iter().any(|part| part.starts_with("con.") || part.starts_with("nul.")), "{path}");
    }
    for (path, text) in texts(&proposal) {
        let hidden = |c: char| c.is_control() && c != '\n' || ('\u{202a}'..='\u{202e}').contains(&c);
        assert!(!text.chars().any(hidden), "{path}");
    }
}

#[test]
fn a_name_like_a_secret_is_left_out() {
    let mut world = World::new("Acme");
    let secret = "pina_0123456789abcdef0123";
    world.asset("71", "AD_ACCOUNT", secret);
    world.member("1", "", "EMPLOYEE");
    world.username(secret);
    world.grant("1", "71", &["ANALYST"]);
    world.partner("500", secret, "inbound");
    let (proposal, _) = write_and_read(&world.state(), &WriteOptions::default());
    assert!(!show(&proposal).contains(secret));
}
