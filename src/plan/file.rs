//! The plan as a file, and the one way from its bytes to something that can be applied.

use super::Plan;

/// A plan whose digest and preconditions were checked and whose guards passed or were overridden. Only such a plan can be applied.
#[derive(Debug)]
pub struct VerifiedPlan {
    plan: Plan,
}

impl VerifiedPlan {
    /// The plan.
    pub fn plan(&self) -> &Plan {
        &self.plan
    }

    /// A plan as verified, for tests of what comes after.
    #[cfg(test)]
    pub(crate) fn assumed(plan: Plan) -> Self {
        VerifiedPlan { plan }
    }
}
