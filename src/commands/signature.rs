//! SSH signatures over approvals, made and looked at by `ssh-keygen -Y`, as git does.
#![expect(
    clippy::disallowed_methods,
    clippy::disallowed_types,
    reason = "ssh-keygen knows agents, hardware keys and certificates; no library of ours should hold a private key"
)]

use std::io::{self, Write as _};
use std::path::Path;
use std::process::{Command, Output, Stdio};

use super::{Failure, Status};
use crate::plan::approvals::{Approval, NAMESPACE, SignerKey};

/// Signs an approval with the key in a file; a public key means the agent's.
///
/// # Errors
/// Where ssh-keygen can't be run or can't sign.
pub fn sign(approval: &Approval, key: &Path) -> Result<String, Failure> {
    let mut command = Command::new("ssh-keygen");
    command.args(["-q", "-Y", "sign", "-n", NAMESPACE, "-f"]).arg(key);
    let output = ask(command, &approval.message()).map_err(|error| no_keygen(&error))?;
    if output.status.success() {
        return Ok(String::from_utf8_lossy(&output.stdout).into_owned());
    }
    let message = format!("ssh-keygen can't sign with `{}`: {}", key.display(), said(&output));
    Err(Failure::new(Status::Error, message))
}

/// Whether the signature of an approval holds with one of these keys; why not, where it doesn't.
///
/// # Errors
/// In words, why it does not hold.
pub fn verify(approval: &Approval, keys: &[&SignerKey]) -> Result<(), String> {
    let signature = approval.signature.as_deref().unwrap_or_default();
    let allowed: String = keys.iter().filter_map(|key| allowed_line(&approval.by, key)).collect();
    if allowed.is_empty() {
        return Err("the files name no usable key of theirs".to_owned());
    }
    let ready = file_with(&allowed).and_then(|allowed| Ok((allowed, file_with(signature)?)));
    let (allowed, signature) = ready.map_err(|error| format!("it can't be looked at: {error}"))?;
    let mut command = Command::new("ssh-keygen");
    command.args(["-Y", "verify", "-n", NAMESPACE, "-I"]).arg(&approval.by);
    command.arg("-f").arg(allowed.path()).arg("-s").arg(signature.path());
    let output = ask(command, &approval.message()).map_err(|error| format!("ssh-keygen can't be run: {error}"))?;
    output.status.success().then_some(()).ok_or_else(|| said(&output))
}

/// A line of an `allowed_signers` file. Nothing of the files may become a second line, an option or a pattern there.
fn allowed_line(by: &str, key: &SignerKey) -> Option<String> {
    let plain = |text: &str| text.chars().all(|c| !c.is_control());
    let name = !by.is_empty() && by.chars().all(|c| c.is_ascii_alphanumeric() || "@._+-".contains(c));
    let mut words = key.key.split(' ');
    let kind = words
        .next()
        .filter(|kind| kind.starts_with("ssh-") || kind.starts_with("ecdsa-") || kind.starts_with("sk-"))?;
    let body = words.next()?;
    let fits = name && !by.starts_with('-') && plain(kind) && plain(body);
    fits.then(|| format!("{by} namespaces=\"{NAMESPACE}\" {kind} {body}\n"))
}

fn file_with(text: &str) -> io::Result<tempfile::NamedTempFile> {
    let mut file = tempfile::NamedTempFile::new()?;
    file.write_all(text.as_bytes())?;
    file.flush()?;
    Ok(file)
}

fn ask(mut command: Command, message: &str) -> io::Result<Output> {
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn()?;
    // The message is a few lines, which a pipe holds.
    if let Some(mut stdin) = child.stdin.take() {
        match stdin.write_all(message.as_bytes()) {
            // It ended without reading, and will say why.
            Err(error) if error.kind() != io::ErrorKind::BrokenPipe => return Err(error),
            _ => {}
        }
    }
    child.wait_with_output()
}

fn said(output: &Output) -> String {
    let text = if output.stderr.is_empty() { &output.stdout } else { &output.stderr };
    String::from_utf8_lossy(text).split_whitespace().collect::<Vec<_>>().join(" ")
}

fn no_keygen(error: &io::Error) -> Failure {
    Failure::of("ssh-keygen can't be run", error).help("signatures need OpenSSH 8.1 or newer on the path")
}
