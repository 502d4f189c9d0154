//! Text to policy.
use core::str::FromStr;

use super::tree::{Child, MAX_DEPTH, MAX_TEXT_LEN, Node, Policy};
use crate::error::{Error, ErrorKind, Result};

/// Parentheses that the canonical form does not need may nest a little deeper than gates.
const MAX_PARENTHESES: usize = 2 * MAX_DEPTH;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Token<'a> {
    Name(&'a str),
    Number(usize),
    And,
    Or,
    Of,
    Open,
    Close,
    Comma,
    Times,
    End,
}

impl FromStr for Policy {
    type Err = Error;

    /// Reads a policy; the [module](super) has the grammar.
    ///
    /// # Errors
    /// `InvalidEncoding` saying what was expected; `OutOfRange` for a text or nesting beyond the limits;
    /// `InvalidParams` for a gate that nobody or everybody could pass, weights of 0, too many seats.
    fn from_str(text: &str) -> Result<Self> {
        if text.len() > MAX_TEXT_LEN {
            return Err(Error::new(ErrorKind::OutOfRange, "policy: text longer than 4,096 bytes"));
        }
        let mut parser = Parser { rest: text, token: Token::End, depth: 0 };
        parser.advance()?;
        let root = parser.any()?;
        if parser.token != Token::End {
            return Err(invalid("policy: expected \"and\", \"or\" or the end"));
        }
        Self::checked(root)
    }
}

fn invalid(what: &'static str) -> Error {
    Error::new(ErrorKind::InvalidEncoding, what)
}

struct Parser<'a> {
    rest: &'a str,
    /// What comes next.
    token: Token<'a>,
    depth: usize,
}

impl<'a> Parser<'a> {
    /// Takes the next token from the text.
    fn advance(&mut self) -> Result<()> {
        let rest = self.rest.trim_start_matches([' ', '\t', '\n', '\r']);
        let Some(first) = rest.chars().next() else {
            self.rest = rest;
            self.token = Token::End;
            return Ok(());
        };
        let mut take = |len: usize| {
            let (taken, left) = rest.split_at(len);
            self.rest = left;
            taken
        };
        self.token = match first {
            '(' | ')' | ',' | '*' => match take(1) {
                "(" => Token::Open,
                ")" => Token::Close,
                "," => Token::Comma,
                _ => Token::Times,
            },
            '0'..='9' => {
                let digits = take(rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len()));
                let number = digits.parse().ok().filter(|number| *number <= 255 && digits.len() <= 3);
                Token::Number(number.ok_or(invalid("policy: number above 255"))?)
            }
            'a'..='z' | 'A'..='Z' => {
                let is_name = |c: char| c.is_ascii_alphanumeric() || "_-.@".contains(c);
                match take(rest.find(|c| !is_name(c)).unwrap_or(rest.len())) {
                    "and" => Token::And,
                    "or" => Token::Or,
                    "of" => Token::Of,
                    name => Token::Name(name),
                }
            }
            _ => return Err(invalid("policy: unexpected character")),
        };
        Ok(())
    }

    fn expect(&mut self, token: Token<'_>, what: &'static str) -> Result<()> {
        if self.token != token {
            return Err(invalid(what));
        }
        self.advance()
    }

    fn any(&mut self) -> Result<Node> {
        let mut children = vec![Child::new(self.all()?)];
        while self.token == Token::Or {
            self.advance()?;
            children.push(Child::new(self.all()?));
        }
        Node::gate(1, children)
    }

    fn all(&mut self) -> Result<Node> {
        let mut children = vec![Child::new(self.term()?)];
        while self.token == Token::And {
            self.advance()?;
            children.push(Child::new(self.term()?));
        }
        Node::gate(children.len(), children)
    }

    fn term(&mut self) -> Result<Node> {
        match self.token {
            Token::Name(name) => {
                self.advance()?;
                Ok(Node::Seat(name.to_owned()))
            }
            Token::Open => self.nested(|parser| {
                let inside = parser.any()?;
                parser.expect(Token::Close, "policy: expected \")\"")?;
                Ok(inside)
            }),
            Token::Number(needed) => {
                self.advance()?;
                self.expect(Token::Of, "policy: expected \"of\"")?;
                if self.token != Token::Open {
                    return Err(invalid("policy: expected \"(\""));
                }
                let children = self.nested(|parser| {
                    let mut children = vec![parser.item()?];
                    while parser.token == Token::Comma {
                        parser.advance()?;
                        children.push(parser.item()?);
                    }
                    parser.expect(Token::Close, "policy: expected \",\" or \")\"")?;
                    Ok(children)
                })?;
                Node::gate(needed, children)
            }
            _ => Err(invalid("policy: expected a name, a number or \"(\"")),
        }
    }

    fn item(&mut self) -> Result<Child> {
        let node = self.any()?;
        if self.token != Token::Times {
            return Ok(Child::new(node));
        }
        self.advance()?;
        let Token::Number(weight) = self.token else { return Err(invalid("policy: expected a weight")) };
        self.advance()?;
        Ok(Child { weight, node })
    }

    /// Reads what follows an opening parenthesis.
    fn nested<T>(&mut self, read: impl FnOnce(&mut Self) -> Result<T>) -> Result<T> {
        self.depth += 1;
        if self.depth > MAX_PARENTHESES {
            return Err(Error::new(ErrorKind::OutOfRange, "policy: parentheses nested too deep"));
        }
        self.advance()?;
        let inside = read(self)?;
        self.depth -= 1;
        Ok(inside)
    }
}
