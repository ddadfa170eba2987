//! The secrets as one process knows them.

use ai_lab_contract::ErrorClass;
use alf_secrets::{PlaceError, Redactor, SecretStore, Secrets, SecretsError, Stamp};

use crate::failure::Failure;

/// All secrets as they were read once, and what takes them out of texts.
#[derive(Debug)]
pub(crate) struct KnownSecrets {
    pub(crate) secrets: Secrets,
    pub(crate) redactor: Redactor,
    /// What the store looked like before they were read.
    pub(crate) stamp: Stamp,
}

impl KnownSecrets {
    /// Reads them; a stamp of nothing reads nothing.
    pub(crate) fn read(store: &SecretStore, stamp: Stamp) -> Result<Self, Failure> {
        let secrets = if stamp.is_nothing() {
            Secrets::default()
        } else {
            store.load()?
        };
        Ok(Self {
            redactor: secrets.redactor(),
            secrets,
            stamp,
        })
    }
}

impl From<SecretsError> for Failure {
    fn from(error: SecretsError) -> Self {
        let (class, hint) = match &error {
            SecretsError::Place(PlaceError::Exposed { path, .. }) => {
                let path = path.display();
                let hint = format!(
                    "Look who has written there; if nobody but you: `chmod go= {path}`, and `chown` it to yourself."
                );
                (ErrorClass::Environment, hint)
            }
            SecretsError::Place(PlaceError::TooLong { .. } | PlaceError::System { .. })
            | SecretsError::Credentials(_)
            | SecretsError::Randomness(_) => {
                let hint = "Nothing runs and nothing is written while the secrets cannot be read: they could not be taken out.";
                (ErrorClass::Environment, hint.to_owned())
            }
            SecretsError::KeyMissing(path) => {
                let hint = format!(
                    "Bring the key back from where you keep it; without it the secrets are lost: remove the folder `{}` beside it and set them anew.",
                    path.parent()
                        .and_then(|keys| keys.parent())
                        .map(|home| home.join("secrets").display().to_string())
                        .unwrap_or_default()
                );
                (ErrorClass::Environment, hint)
            }
            SecretsError::DoesNotOpen(_) => {
                let hint = "Bring the file and its key back from one backup each of the same day, or remove both and set the secrets anew.";
                (ErrorClass::Environment, hint.to_owned())
            }
            SecretsError::Newer(_) => {
                let hint = "Use that framework version, or set AI_LAB_HOME to another folder.";
                (ErrorClass::Incompatible, hint.to_owned())
            }
            SecretsError::NotThere(_) => {
                let hint = "`ai-lab-framework secret list` names those there are.";
                (ErrorClass::NotFound, hint.to_owned())
            }
            SecretsError::AlreadyThere(name) => {
                let hint =
                    format!("Give it another value with `ai-lab-framework secret rotate {name}`.");
                (ErrorClass::Conflict, hint)
            }
            SecretsError::IsCredential(_) => {
                let hint =
                    "Change it where the service's unit loads it (LoadCredentialEncrypted=).";
                (ErrorClass::Refused, hint.to_owned())
            }
            SecretsError::Full => {
                let hint = "Take away what is not used: `ai-lab-framework secret remove NAME`.";
                (ErrorClass::Refused, hint.to_owned())
            }
        };
        Self::caused(class, "cannot use the secrets", error).with_hint(hint)
    }
}
