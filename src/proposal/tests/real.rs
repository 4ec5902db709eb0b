//! Real exports, where somebody has them: `ACCORD_REAL_EXPORTS` names the folder. They are not part of this repository.

use super::*;
