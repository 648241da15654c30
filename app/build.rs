//! Turns `model/MODEL_CARD.md` into HTML once, at build time: the page shows the card
//! without carrying a Markdown parser to the browser.

use std::path::PathBuf;
use std::{env, error::Error, fs};

use pulldown_cmark::{Event, Options, Parser, Tag, TagEnd, html};

fn main() -> Result<(), Box<dyn Error>> {
    let card = PathBuf::from(env::var("CARGO_MANIFEST_DIR")?).join("../model/MODEL_CARD.md");
    println!("cargo::rerun-if-changed={}", card.display());
    let text = fs::read_to_string(&card)?;
    let out = PathBuf::from(env::var("OUT_DIR")?).join("model_card.html");
    fs::write(out, html_from_markdown(&text))?;
    Ok(())
}

/// Markdown to HTML: no raw HTML passes, headings go one level down because the page
/// has its own `h1`, and tables get a box that can scroll sideways. Plots are fetched when they
/// are scrolled to: they are larger than the page.
fn html_from_markdown(text: &str) -> String {
    let events = Parser::new_ext(text, Options::ENABLE_TABLES).filter_map(|event| match event {
        Event::Html(_) | Event::InlineHtml(_) => None,
        Event::Start(Tag::Heading {
            level,
            id,
            classes,
            attrs,
        }) => Some(Event::Start(Tag::Heading {
            level: lower(level),
            id,
            classes,
            attrs,
        })),
        Event::End(TagEnd::Heading(level)) => Some(Event::End(TagEnd::Heading(lower(level)))),
        other => Some(other),
    });
    let mut out = String::new();
    html::push_html(&mut out, events);
    // `pulldown-cmark` aligns cells with style attributes, which the content security policy forbids.
    for side in ["left", "center", "right"] {
        out = out.replace(
            &format!(" style=\"text-align: {side}\""),
            &format!(" class=\"{side}\""),
        );
    }
    out.replace(
        "<table>",
        "<div class=\"scroll-x\" role=\"region\" aria-label=\"Table\" tabindex=\"0\"><table>",
    )
    .replace("</table>", "</table></div>")
    .replace("<img src=\"", "<img loading=\"lazy\" src=\"/")
}

fn lower(level: pulldown_cmark::HeadingLevel) -> pulldown_cmark::HeadingLevel {
    use pulldown_cmark::HeadingLevel::{H2, H3, H4, H5, H6};
    match level as usize {
        1 => H2,
        2 => H3,
        3 => H4,
        4 => H5,
        _ => H6,
    }
}
