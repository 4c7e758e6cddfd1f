//! The nouns of Braid: who people are, who says so, and what counts as evidence.
//!
//! Everything here is a value. This crate must not know a database, a web framework, a protocol library,
//! the clock, or a source of randomness; whoever needs those passes their results in.

pub mod address;
pub mod attribute;
pub mod audit;
pub mod digest;
pub mod entropy;
pub mod exchange;
pub mod id;
pub mod identity;
pub mod one_time;
pub mod policy;
pub mod proof;
pub mod request;
pub mod secret;
pub mod session;
pub mod terms;
pub mod text;
pub mod time;
pub mod user;

pub use address::{AddressError, EmailAddress};
pub use attribute::{AssertedAttributes, Attribute, AttributeError, Attributes};
pub use audit::{AuditEvent, AuditKind};
pub use digest::Digest;
pub use entropy::Entropy;
pub use exchange::{CallbackParams, UpstreamExchange, UpstreamFailure};
pub use id::{
    AttributeName, CanonicalSubject, ClientId, ExchangeId, FlowName, FrameId, GrantId, IdError, IdentityId, LinkingDomain,
    ProviderAlias, RealmId, RoleName, RuleName, SessionKey, UserId,
};
pub use identity::{AssertedEmail, BrokeredIdentity, IdentityKey, LinkedIdentity, Subject, Vouched};
pub use one_time::OneTimeSecret;
pub use policy::{Assurance, ClientPolicy, ExistingLink, ProviderPolicy, Sync, UnprovedClaims};
pub use proof::{Accepted, AddressProof, LinkProof, ProofKind, Provenance};
pub use request::{AuthorizeRequest, Prompt, Wish};
pub use secret::Secret;
pub use session::{
    ActionToken, AuthenticationMethod, BrowserSession, Epoch, PassedFlow, TokenPurpose, TokenPurposeError, Version,
};
pub use terms::{TermsVersion, TermsVersionError};
pub use time::Timestamp;
pub use user::{AccountState, OwnedAddress, ProfileField, User, Username};
