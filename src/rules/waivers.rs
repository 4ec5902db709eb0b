//! What waivers are called in findings.

use crate::policy::Waiver;

use super::finding::Node;

/// A waiver by what it is about: the same waiver has the same name wherever it stands.
pub fn node(waiver: &Waiver) -> Node {
    let part = |target: &Option<crate::policy::Target>| {
        target
            .as_ref()
            .map_or_else(|| "*".to_owned(), |target| target.names.first().unwrap_or(&target.written.value).clone())
    };
    let name = format!("{}/{}/{}", waiver.rule.value, part(&waiver.subject), part(&waiver.object));
    let about = [&waiver.subject, &waiver.object].into_iter().flatten();
    let about = about.map(|target| target.written.value.as_str()).collect::<Vec<_>>().join(" on ");
    Node::new("waiver", &name, format!("the waiver of {} for {about}", waiver.rule.value))
}
