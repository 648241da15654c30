//! Functions in an order that compresses well.
//!
//! walrus writes functions by their length, the longest first, whatever they do. The compiler makes
//! many nearly equal ones, of one source for several types: those have one signature and nearly one
//! length. Next to each other they take 2 % less of the page as sent, and 1 % of the engine.

use std::convert::Infallible;

use anyhow::{Context as _, anyhow};
use wasm_encoder::reencode::{Error, Reencode};
use wasm_encoder::{CodeSection, FunctionSection, Module};
use wasmparser::{
    CodeSectionReader, FunctionBody, FunctionSectionReader, Parser, Payload, TypeRef,
};

/// The same module with its functions by signature and length.
///
/// # Errors
/// `module` is no WebAssembly.
pub(super) fn by_likeness(module: &[u8]) -> anyhow::Result<Vec<u8>> {
    let (mut imported, mut signatures, mut lengths) = (0, Vec::new(), Vec::new());
    for payload in Parser::new(0).parse_all(module) {
        match payload? {
            Payload::ImportSection(section) => {
                for import in section.into_imports() {
                    imported += u32::from(matches!(import?.ty, TypeRef::Func(_)));
                }
            }
            Payload::FunctionSection(section) => {
                signatures = section.into_iter().collect::<Result<_, _>>()?;
            }
            Payload::CodeSectionEntry(body) => lengths.push(body.range().len()),
            _ => {}
        }
    }
    let mut order: Vec<usize> = (0..lengths.len()).collect();
    order.sort_by_key(|old| (signatures.get(*old), lengths.get(*old)));
    let mut numbers = vec![imported; order.len()];
    for (new, old) in (imported..).zip(&order) {
        *numbers.get_mut(*old).context("a function without a body")? = new;
    }
    let mut reordered = Module::new();
    let mut order = Order {
        imported,
        next: order,
        numbers,
    };
    order
        .parse_core_module(&mut reordered, Parser::new(0), module)
        .map_err(|error| anyhow!("{error}"))?;
    Ok(reordered.finish())
}

struct Order {
    /// Functions that the module imports; their numbers come first.
    imported: u32,
    /// Which of the module's own functions comes next.
    next: Vec<usize>,
    /// New numbers of the module's own functions.
    numbers: Vec<u32>,
}

impl Reencode for Order {
    type Error = Infallible;

    fn function_index(&mut self, old: u32) -> Result<u32, Error<Infallible>> {
        let own = old.checked_sub(self.imported);
        let new = own.and_then(|own| self.numbers.get(own as usize));
        Ok(new.copied().unwrap_or(old))
    }

    fn parse_function_section(
        &mut self,
        functions: &mut FunctionSection,
        section: FunctionSectionReader<'_>,
    ) -> Result<(), Error<Infallible>> {
        let signatures: Vec<u32> = section.into_iter().collect::<Result<_, _>>()?;
        for signature in self.next.iter().filter_map(|old| signatures.get(*old)) {
            functions.function(*signature);
        }
        Ok(())
    }

    fn parse_code_section(
        &mut self,
        code: &mut CodeSection,
        section: CodeSectionReader<'_>,
    ) -> Result<(), Error<Infallible>> {
        let bodies: Vec<FunctionBody<'_>> = section.into_iter().collect::<Result<_, _>>()?;
        for old in self.next.clone() {
            if let Some(body) = bodies.get(old) {
                self.parse_function_body(code, body.clone())?;
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Of two functions `f` is the longer one, and calls the other, which gives a number.
    const MODULE: &[u8] = b"\0asm\x01\0\0\0\
        \x01\x05\x01\x60\0\x01\x7f\
        \x03\x03\x02\0\0\
        \x07\x05\x01\x01f\0\0\
        \x0a\x0e\x02\x07\0\x10\x01\x41\x01\x6a\x0b\x04\0\x41\x2a\x0b";

    #[test]
    fn functions_change_places_and_those_who_name_them_follow() {
        let expected = b"\0asm\x01\0\0\0\
            \x01\x05\x01\x60\0\x01\x7f\
            \x03\x03\x02\0\0\
            \x07\x05\x01\x01f\0\x01\
            \x0a\x0e\x02\x04\0\x41\x2a\x0b\x07\0\x10\0\x41\x01\x6a\x0b";
        assert_eq!(by_likeness(MODULE).unwrap(), expected);
    }

    #[test]
    fn what_is_no_module_is_an_error() {
        assert!(by_likeness(b"<!doctype html>").is_err());
    }
}
