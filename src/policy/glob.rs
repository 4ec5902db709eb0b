//! Paths and names with `*`, as `.gitignore` and CODEOWNERS have taught people to read them.

/// Whether a text is a pattern and not just a text.
pub fn is_pattern(text: &str) -> bool {
    text.contains(['*', '?', '[', '{'])
}

/// Whether a path fits a pattern: `*` stays within one folder, `**` crosses folders, `{a,b}` is either.
pub fn fits_path(pattern: &str, path: &str) -> bool {
    fast_glob::glob_match(pattern, path)
}

/// Whether a name fits: the same text, or a pattern for it. Case is no difference.
pub fn fits_name(pattern: &str, name: &str) -> bool {
    if !is_pattern(pattern) {
        return pattern.eq_ignore_ascii_case(name) || pattern.to_lowercase() == name.to_lowercase();
    }
    fast_glob::glob_match(pattern.to_lowercase(), name.to_lowercase())
}

/// What is wrong with a pattern of paths.
pub fn fault(pattern: &str) -> Option<&'static str> {
    let mut open = Vec::new();
    let mut escaped = false;
    for letter in pattern.chars() {
        match (escaped, letter) {
            (true, _) => escaped = false,
            (false, '\\') => escaped = true,
            (false, '{' | '[') if open.len() == 8 => return Some("braces are nested deeper than 8 levels"),
            (false, '{' | '[') => open.push(letter),
            (false, '}') if open.pop() != Some('{') => return Some("a `}` has no `{`"),
            (false, ']') if open.pop() != Some('[') => return Some("a `]` has no `[`"),
            _ => {}
        }
    }
    match open.last() {
        Some('{') => Some("a `{` is never closed"),
        Some(_) => Some("a `[` is never closed"),
        None if escaped => Some("it ends with a `\\`"),
        None if pattern.starts_with(['/', '!']) => {
            Some("it starts with `/` or `!`; paths are relative to the repository")
        }
        None if pattern.starts_with("./") => Some("it starts with `./`; paths are relative to the repository"),
        None if pattern.split('/').any(|part| part == "..") => Some("it holds `..`"),
        None => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_star_stays_in_its_folder_and_two_cross() {
        assert!(fits_path("teams/*.yaml", "teams/emea.yaml"));
        assert!(!fits_path("teams/*.yaml", "teams/emea/fr.yaml"));
        assert!(fits_path("teams/**", "teams/emea/fr.yaml"));
        assert!(fits_path("**/*.yaml", "accord.yaml"));
        assert!(fits_path("{teams,partners}/**", "partners/nova.yaml"));
        assert!(!fits_path("teams/**", "teams2/a.yaml"));
    }

    #[test]
    fn names_fold_case() {
        assert!(fits_name("Bo@Acme.example", "bo@acme.example"));
        assert!(fits_name("*@nova.example", "Lea@Nova.example"));
        assert!(!fits_name("*@nova.example", "lea@nova.example.org"));
        assert!(fits_name("ÉLAN", "élan"));
    }

    #[test]
    fn broken_patterns_are_told() {
        for wrong in ["a{b", "a[b", "b}", "b]", "/a", "!a", "../a", "a\\", "./a", "{[}]"] {
            assert!(fault(wrong).is_some(), "{wrong}");
        }
        for right in ["teams/**", "*.{yaml,yml}", "[ab]/x", "accord.yaml"] {
            assert_eq!(fault(right), None, "{right}");
        }
    }
}
