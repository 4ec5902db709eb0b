//! What must never be seen: tokens and the secret of an app.

use std::fmt;

/// A token. It has no `Display`, its `Debug` hides it, and `expose` stands only where it is sent or stored.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    /// Of a text; spaces and line ends around it are not part of it. `None` where nothing is left or it can't be a token.
    pub fn of(text: &str) -> Option<Self> {
        let text = text.trim();
        let fits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_graphic());
        fits.then(|| Secret(text.to_owned()))
    }

    /// A header that holds one.
    pub(super) fn header(text: String) -> Self {
        Secret(text)
    }

    /// The text itself.
    pub(super) fn expose(&self) -> &str {
        &self.0
    }

    /// A text in which this secret is blotted out.
    pub(super) fn blot(&self, text: &str) -> String {
        text.replace(&self.0, "[secret]")
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[secret]")
    }
}
