//! A JSON reader that refuses a member given twice: two readers must never see two different documents.

use serde::de::{self, Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Value};
use std::fmt;

/// A JSON object without repeated members at any depth.
pub(crate) type Object = Map<String, Value>;

/// Why bytes are not such an object.
#[derive(Debug, thiserror::Error)]
pub enum JsonError {
    /// Not JSON, too deep, or a repeated member.
    #[error("it is not JSON, is nested too deeply, or has a member twice")]
    Syntax(#[source] serde_json::Error),
    /// JSON, but not an object.
    #[error("it is not a JSON object")]
    NotAnObject,
}

/// Reads one object.
pub(crate) fn object(bytes: &[u8]) -> Result<Object, JsonError> {
    match serde_json::from_slice::<Unique>(bytes).map_err(JsonError::Syntax)? {
        Unique(Value::Object(object)) => Ok(object),
        Unique(_) => Err(JsonError::NotAnObject),
    }
}

/// The text of a member, if it is one.
pub(crate) fn text<'a>(object: &'a Object, name: &str) -> Option<&'a str> {
    object.get(name).and_then(Value::as_str)
}

struct Unique(Value);

impl<'de> Deserialize<'de> for Unique {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(UniqueVisitor).map(Unique)
    }
}

struct UniqueVisitor;

impl<'de> Visitor<'de> for UniqueVisitor {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON without repeated members")
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_f64<E>(self, value: f64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_str<E>(self, value: &str) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_string<E>(self, value: String) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Value, A::Error> {
        let mut list = Vec::new();
        while let Some(Unique(item)) = items.next_element()? {
            list.push(item);
        }
        Ok(Value::Array(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Value, A::Error> {
        let mut object = Map::new();
        while let Some((name, Unique(value))) = members.next_entry::<String, Unique>()? {
            // The name stays out of the message: it came from outside.
            if object.insert(name, value).is_some() {
                return Err(de::Error::custom("a member is there twice"));
            }
        }
        Ok(Value::Object(object))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ph_13_a_member_given_twice_spoils_the_document() {
        for twice in [
            r#"{"email_verified":false,"email_verified":true}"#,
            r#"{"email_verified":true,"email_verified":true}"#,
            r#"{"email_verified":false,"email\u005fverified":true}"#,
            r#"{"a":{"b":1,"b":2}}"#,
            r#"{"a":[{"b":1,"b":2}]}"#,
        ] {
            assert!(matches!(object(twice.as_bytes()), Err(JsonError::Syntax(_))), "{twice}");
        }
    }

    #[test]
    fn an_object_is_read_as_it_is() {
        let read = object(br#"{"a":[1,-1,1.5,"x",null,true],"b":{"c":{}}}"#).unwrap();
        assert_eq!(Value::Object(read), serde_json::json!({"a":[1,-1,1.5,"x",null,true],"b":{"c":{}}}));
    }

    #[test]
    fn oidc_rp_11_depth_is_bounded() {
        let deep = format!("{}1{}", r#"{"a":"#.repeat(10_000), "}".repeat(10_000));
        assert!(matches!(object(deep.as_bytes()), Err(JsonError::Syntax(_))));
    }

    #[test]
    fn only_one_object_counts() {
        for other in ["[]", "1", "\"x\"", "null"] {
            assert!(matches!(object(other.as_bytes()), Err(JsonError::NotAnObject)), "{other}");
        }
        for broken in ["", "{", "{}{}", "{} x", "<html>", "{\"a\":1e999}", "\u{feff}{}"] {
            assert!(matches!(object(broken.as_bytes()), Err(JsonError::Syntax(_))), "{broken}");
        }
    }
}
