//! Stories: what people do, what they see, and what is true afterwards.

mod first_login;
