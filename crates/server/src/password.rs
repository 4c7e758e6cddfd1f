//! Passwords: argon2id, as few at once as there are slots, and the same work where there is nobody.

use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher as _, PasswordVerifier as _};
use argon2::{Algorithm, Argon2, Params, Version};
use domain::{Entropy, Secret};
use std::sync::Arc;
use std::thread::available_parallelism;
use tokio::sync::Semaphore;

/// What one password costs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PasswordCost {
    /// 19 MiB, two passes, one lane: OWASP's recommendation for argon2id.
    Recommended,
    /// Next to nothing, for tests that aren't about passwords.
    Test,
}

/// Why a password could not be worked on.
#[derive(Debug, thiserror::Error)]
pub enum PasswordError {
    /// The hash function failed, or what is stored isn't one of its texts.
    #[error("the password hash can't be computed")]
    Hash(#[source] argon2::password_hash::Error),
    /// What is stored isn't a PHC string.
    #[error("the stored password hash can't be read")]
    Stored,
    /// The thread that computed it is gone.
    #[error("the password hash was interrupted")]
    Interrupted,
}

/// Computes and compares password hashes.
#[derive(Clone)]
pub(crate) struct Passwords {
    argon2: Argon2<'static>,
    slots: Arc<Semaphore>,
    nobody: Arc<str>,
}

impl Passwords {
    pub(crate) fn new(cost: PasswordCost, entropy: &Entropy) -> Result<Self, PasswordError> {
        let params = match cost {
            PasswordCost::Recommended => Params::new(19 * 1024, 2, 1, None),
            PasswordCost::Test => Params::new(8, 1, 1, None),
        };
        let params = params.map_err(|_| PasswordError::Stored)?;
        let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
        let slots = Arc::new(Semaphore::new(available_parallelism().map_or(1, Into::into)));
        let nobody = hash(&argon2, &entropy.secret("nobody"), &entropy.id("salt"))?.into();
        Ok(Self { argon2, slots, nobody })
    }

    /// What is stored of a new password: a PHC string.
    pub(crate) async fn hash(&self, password: &Secret, entropy: &Entropy) -> Result<Secret, PasswordError> {
        let (argon2, password, salt) = (self.argon2.clone(), password.clone(), entropy.id("salt"));
        let text = self.work(move || hash(&argon2, &password, &salt)).await?;
        Ok(Secret::new(text))
    }

    /// Whether that is the password. Without a stored hash it takes the same time and is wrong.
    pub(crate) async fn is_right(&self, stored: Option<&Secret>, password: &Secret) -> Result<bool, PasswordError> {
        let (argon2, password) = (self.argon2.clone(), password.clone());
        let text = Secret::new(stored.map_or(&*self.nobody, Secret::reveal));
        let same = self.work(move || {
            let stored = PasswordHash::new(text.reveal()).map_err(|_| PasswordError::Stored)?;
            Ok(argon2.verify_password(password.reveal().as_bytes(), &stored).is_ok())
        });
        Ok(same.await? && stored.is_some())
    }

    async fn work<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> Result<T, PasswordError> + Send + 'static,
    ) -> Result<T, PasswordError> {
        let _slot = self.slots.acquire().await.map_err(|_| PasswordError::Interrupted)?;
        tokio::task::spawn_blocking(work).await.map_err(|_| PasswordError::Interrupted)?
    }
}

fn hash(argon2: &Argon2<'_>, password: &Secret, salt: &[u8]) -> Result<String, PasswordError> {
    let hash = argon2.hash_password_with_salt(password.reveal().as_bytes(), salt).map_err(PasswordError::Hash)?;
    Ok(hash.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_password_is_right_for_its_own_hash_only() {
        let entropy = Entropy::from_bytes([1; 32]);
        let passwords = Passwords::new(PasswordCost::Test, &entropy).unwrap();
        let hash = passwords.hash(&Secret::new("correct horse"), &entropy.part("1")).await.unwrap();
        assert!(passwords.is_right(Some(&hash), &Secret::new("correct horse")).await.unwrap());
        assert!(!passwords.is_right(Some(&hash), &Secret::new("correct hors")).await.unwrap());
        assert!(!passwords.is_right(None, &entropy.secret("nobody")).await.unwrap());
    }

    #[tokio::test]
    async fn the_recommended_cost_is_owasps() {
        let entropy = Entropy::from_bytes([1; 32]);
        let passwords = Passwords::new(PasswordCost::Recommended, &entropy).unwrap();
        assert!(passwords.nobody.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"));
    }
}
