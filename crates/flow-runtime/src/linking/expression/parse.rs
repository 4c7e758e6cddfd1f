//! Reads and types an expression in one pass, without ever going back.

use super::lex::Token;
use super::names::{
    ACCOUNT_TEXTS, ACCOUNT_TRUTHS, IDENTITY_TEXTS, IDENTITY_TRUTHS, ListName, Subject, TextName, TruthName, Use, Whose, find,
};
use super::tree::{List, Number, Text, Truth, Value};
use super::{DEEPEST, Unreadable};
use domain::AttributeName;
use std::collections::BTreeSet;

/// Reads a truth from all of the tokens, and whom and what it names. `end` is where the text ends.
pub(super) fn truth(tokens: Vec<(usize, Token)>, end: usize, used: Use) -> Result<(Truth, BTreeSet<Subject>), Unreadable> {
    let tokens = tokens.into_iter().peekable();
    let mut reader = Reader { tokens, end, used, subjects: BTreeSet::new(), items: Vec::new(), depth: 0 };
    let truth = reader.truth()?;
    match reader.tokens.peek() {
        None => Ok((truth, reader.subjects)),
        Some((at, _)) => Err(Unreadable { at: *at, what: "the expression should end here, or go on with && or ||".into() }),
    }
}

struct Reader {
    tokens: std::iter::Peekable<std::vec::IntoIter<(usize, Token)>>,
    end: usize,
    used: Use,
    subjects: BTreeSet<Subject>,
    /// The names of the items of `exists` and `all`, the innermost last.
    items: Vec<String>,
    depth: usize,
}

type Read<T> = Result<T, Unreadable>;

impl Reader {
    fn at(&mut self) -> usize {
        self.tokens.peek().map_or(self.end, |(at, _)| *at)
    }

    fn wrong<T>(at: usize, what: impl Into<String>) -> Read<T> {
        Err(Unreadable { at, what: what.into() })
    }

    fn takes(&mut self, sign: &'static str) -> bool {
        self.tokens.next_if(|(_, token)| *token == Token::Sign(sign)).is_some()
    }

    fn expect(&mut self, sign: &'static str) -> Read<()> {
        let at = self.at();
        if self.takes(sign) { Ok(()) } else { Self::wrong(at, format!("there should be a `{sign}` here")) }
    }

    fn name(&mut self) -> Read<String> {
        let at = self.at();
        match self.tokens.next() {
            Some((_, Token::Name(name))) => Ok(name),
            _ => Self::wrong(at, "there should be a name here"),
        }
    }

    fn truth(&mut self) -> Read<Truth> {
        let at = self.at();
        match self.value()? {
            Value::Truth(truth) => Ok(truth),
            other => Self::wrong(at, format!("this is {}, and should be true or false", other.kind())),
        }
    }

    fn text(&mut self) -> Read<Text> {
        let at = self.at();
        match self.value()? {
            Value::Text(text) => Ok(text),
            other => Self::wrong(at, format!("this is {}, and should be a text", other.kind())),
        }
    }

    /// Alternatives. Everything that nests comes through here.
    fn value(&mut self) -> Read<Value> {
        self.depth += 1;
        if self.depth > DEEPEST {
            return Self::wrong(self.at(), format!("an expression nests at most {DEEPEST} deep"));
        }
        let value = self.chain("||", |reader| reader.chain("&&", Self::comparison, Truth::All), Truth::Any)?;
        self.depth -= 1;
        Ok(value)
    }

    fn chain(&mut self, sign: &'static str, part: fn(&mut Self) -> Read<Value>, join: fn(Vec<Truth>) -> Truth) -> Read<Value> {
        let at = self.at();
        let first = part(self)?;
        let mut truths = Vec::new();
        while self.takes(sign) {
            let next = self.at();
            let value = part(self)?;
            truths.push(Self::as_truth(value, next)?);
        }
        if truths.is_empty() {
            return Ok(first);
        }
        truths.insert(0, Self::as_truth(first, at)?);
        Ok(Value::Truth(join(truths)))
    }

    fn as_truth(value: Value, at: usize) -> Read<Truth> {
        match value {
            Value::Truth(truth) => Ok(truth),
            other => Self::wrong(at, format!("this is {}, and should be true or false", other.kind())),
        }
    }

    fn comparison(&mut self) -> Read<Value> {
        let left = self.negation()?;
        let at = self.at();
        let truth = if self.takes("==") {
            let right = self.negation()?;
            same(left, right, at)?
        } else if self.takes("!=") {
            let right = self.negation()?;
            Truth::Not(Box::new(same(left, right, at)?))
        } else if self.tokens.next_if(|(_, token)| *token == Token::Name("in".into())).is_some() {
            match (left, self.negation()?) {
                (Value::Text(text), Value::List(list)) => Truth::In(text, list),
                (left, right) => {
                    return Self::wrong(
                        at,
                        format!("`in` has a text before it and a list after it, not {} and {}", left.kind(), right.kind()),
                    );
                }
            }
        } else {
            return Ok(left);
        };
        Ok(Value::Truth(truth))
    }

    fn negation(&mut self) -> Read<Value> {
        let mut odd = false;
        let mut any = false;
        while self.takes("!") {
            (odd, any) = (!odd, true);
        }
        let at = self.at();
        let value = self.member()?;
        if !any {
            return Ok(value);
        }
        let truth = Self::as_truth(value, at)?;
        Ok(Value::Truth(if odd { Truth::Not(Box::new(truth)) } else { truth }))
    }

    /// A value, perhaps with what is asked of it.
    fn member(&mut self) -> Read<Value> {
        let value = self.primary()?;
        if !self.takes(".") {
            return Ok(value);
        }
        let at = self.at();
        let asked = self.name()?;
        self.expect("(")?;
        let truth = match (asked.as_str(), value) {
            ("startsWith", Value::Text(text)) => Truth::StartsWith(text, self.text()?),
            ("endsWith", Value::Text(text)) => Truth::EndsWith(text, self.text()?),
            ("contains", Value::Text(text)) => Truth::Contains(text, self.text()?),
            ("exists", Value::List(list @ List::Named(_))) => Truth::Exists(list, self.body()?),
            ("all", Value::List(list @ List::Named(_))) => Truth::ForAll(list, self.body()?),
            (_, value) => return Self::wrong(at, format!("`{asked}` can't be asked of {}", value.kind())),
        };
        self.expect(")")?;
        Ok(Value::Truth(truth))
    }

    /// `item, truth` of `exists` and `all`.
    fn body(&mut self) -> Read<Box<Truth>> {
        let item = self.name()?;
        self.expect(",")?;
        self.items.push(item);
        let truth = self.truth()?;
        self.items.pop();
        Ok(Box::new(truth))
    }

    fn primary(&mut self) -> Read<Value> {
        let at = self.at();
        match self.tokens.next() {
            Some((_, Token::Text(text))) => Ok(Value::Text(Text::Constant(text))),
            Some((_, Token::Number(number))) => Ok(Value::Number(Number::Constant(number))),
            Some((_, Token::Sign("("))) => {
                let value = self.value()?;
                self.expect(")")?;
                Ok(value)
            }
            Some((_, Token::Sign("["))) => self.list(),
            Some((_, Token::Name(name))) => self.named(&name, at),
            _ => Self::wrong(at, "there should be a value here"),
        }
    }

    fn list(&mut self) -> Read<Value> {
        let mut texts = Vec::new();
        if !self.takes("]") {
            texts.push(self.text()?);
            while self.takes(",") {
                texts.push(self.text()?);
            }
            self.expect("]")?;
        }
        Ok(Value::List(List::Constant(texts)))
    }

    fn named(&mut self, name: &str, at: usize) -> Read<Value> {
        if let Some(out) = self.items.iter().rev().position(|item| item == name) {
            return Ok(Value::Text(Text::Item(out)));
        }
        match name {
            "true" | "false" => Ok(Value::Truth(Truth::Constant(name == "true"))),
            "size" => self.size(),
            "has" => self.has(),
            "claims" => {
                self.subjects.insert(Subject::Identity);
                Ok(Value::List(List::Named(ListName::Claim(self.attribute()?))))
            }
            "identity" => {
                self.subjects.insert(Subject::Identity);
                let (part, at) = self.part()?;
                let text = find(&part, IDENTITY_TEXTS).map(|text| Value::Text(Text::Named(TextName::Identity(text))));
                let truth = || find(&part, IDENTITY_TRUTHS).map(|truth| Value::Truth(Truth::Named(truth)));
                text.or_else(truth).map_or_else(|| Self::wrong(at, unknown(name, &part)), Ok)
            }
            "account" => self.account(name, Whose::Found),
            "user" if self.used == Use::Condition => self.account(name, Whose::SignsIn),
            "client" | "request" | "login" if self.used == Use::Condition => self.of_the_login(name),
            _ => {
                let known = match self.used {
                    Use::Rule => "identity, claims and account",
                    Use::Condition => "identity, claims, account, user, client, request and login",
                };
                Self::wrong(at, format!("`{name}` is nothing that an expression can name here: it names {known}"))
            }
        }
    }

    /// `.part`, and where it stands.
    fn part(&mut self) -> Read<(String, usize)> {
        self.expect(".")?;
        let at = self.at();
        Ok((self.name()?, at))
    }

    fn account(&mut self, name: &str, whose: Whose) -> Read<Value> {
        self.subjects.insert(if whose == Whose::Found { Subject::Account } else { Subject::User });
        let (part, at) = self.part()?;
        match part.as_str() {
            "attributes" => Ok(Value::List(List::Named(ListName::Attribute(whose, self.attribute()?)))),
            "roles" => Ok(Value::List(List::Named(ListName::Roles(whose)))),
            "providers" if whose == Whose::Found => Ok(Value::List(List::Named(ListName::Providers))),
            _ => {
                let text = find(&part, ACCOUNT_TEXTS).map(|text| Value::Text(Text::Named(TextName::Account(whose, text))));
                let truth = || find(&part, ACCOUNT_TRUTHS).map(|truth| TruthName::Account(whose, truth));
                text.or_else(|| truth().map(|truth| Value::Truth(Truth::Named(truth))))
                    .map_or_else(|| Self::wrong(at, unknown(name, &part)), Ok)
            }
        }
    }

    fn of_the_login(&mut self, name: &str) -> Read<Value> {
        self.subjects.insert(Subject::Login);
        let (part, at) = self.part()?;
        match (name, part.as_str()) {
            ("client", "id") => Ok(Value::Text(Text::Named(TextName::Client))),
            ("request", "scopes") => Ok(Value::List(List::Named(ListName::Scopes))),
            ("login", "first") => {
                self.subjects.insert(Subject::User);
                Ok(Value::Truth(Truth::Named(TruthName::FirstLogin)))
            }
            _ => Self::wrong(at, unknown(name, &part)),
        }
    }

    /// `.name` or `['name']`.
    fn attribute(&mut self) -> Read<AttributeName> {
        let at = self.at();
        let name = if self.takes("[") {
            let Some((_, Token::Text(name))) = self.tokens.next() else {
                return Self::wrong(at, "there should be the name of an attribute in quotes here");
            };
            self.expect("]")?;
            name
        } else {
            self.expect(".")?;
            self.name()?
        };
        AttributeName::parse(&name).or_else(|error| Self::wrong(at, error.to_string()))
    }

    fn size(&mut self) -> Read<Value> {
        self.expect("(")?;
        let at = self.at();
        let number = match self.value()? {
            Value::Text(text) => Number::SizeOfText(text),
            Value::List(list) => Number::SizeOfList(list),
            other => return Self::wrong(at, format!("{} has no size", other.kind())),
        };
        self.expect(")")?;
        Ok(Value::Number(number))
    }

    fn has(&mut self) -> Read<Value> {
        self.expect("(")?;
        let at = self.at();
        let Value::Text(Text::Named(name)) = self.value()? else {
            return Self::wrong(at, "`has` asks whether a text of the identity or the account is there; lists always are");
        };
        self.expect(")")?;
        Ok(Value::Truth(Truth::Has(name)))
    }
}

fn same(left: Value, right: Value, at: usize) -> Read<Truth> {
    match (left, right) {
        (Value::Text(left), Value::Text(right)) => Ok(Truth::SameText(left, right)),
        (Value::Number(left), Value::Number(right)) => Ok(Truth::SameNumber(left, right)),
        (Value::Truth(left), Value::Truth(right)) => Ok(Truth::BothOrNeither(Box::new(left), Box::new(right))),
        (left, right) => Reader::wrong(at, format!("{} is never the same as {}", left.kind(), right.kind())),
    }
}

fn unknown(whose: &str, part: &str) -> String {
    format!("`{whose}` has no `{part}`")
}
