//! An expression after reading: typed, so that nothing can be of the wrong type when it is evaluated.

use super::names::{ListName, TextName, TruthName};

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Truth {
    Constant(bool),
    Named(TruthName),
    /// The account or identity has that text.
    Has(TextName),
    Not(Box<Truth>),
    All(Vec<Truth>),
    Any(Vec<Truth>),
    SameText(Text, Text),
    SameNumber(Number, Number),
    BothOrNeither(Box<Truth>, Box<Truth>),
    In(Text, List),
    StartsWith(Text, Text),
    EndsWith(Text, Text),
    Contains(Text, Text),
    Exists(List, Box<Truth>),
    ForAll(List, Box<Truth>),
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Text {
    Constant(String),
    Named(TextName),
    /// The item of the list that many `exists` or `all` further out; 0 is the innermost.
    Item(usize),
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum List {
    Constant(Vec<Text>),
    Named(ListName),
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Number {
    Constant(usize),
    /// How many characters.
    SizeOfText(Text),
    /// How many items.
    SizeOfList(List),
}

/// Anything that an expression can say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Value {
    Truth(Truth),
    Text(Text),
    List(List),
    Number(Number),
}

impl Value {
    /// The type, in words.
    pub(super) const fn kind(&self) -> &'static str {
        match self {
            Self::Truth(_) => "a truth",
            Self::Text(_) => "a text",
            Self::List(_) => "a list of texts",
            Self::Number(_) => "a number",
        }
    }
}
