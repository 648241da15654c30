//! What the page knows from the repository, worked out once at build time: `model/MODEL_CARD.md`
//! and `docs/privacy.md` as HTML, so that no Markdown parser goes to the browser, figures of the
//! card that other pages quote, and how large the networks' files are, with their sums.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::{env, error::Error, fs};

use pulldown_cmark::{Event, HeadingLevel, Options, Parser, Tag, TagEnd, html};

fn main() -> Result<(), Box<dyn Error>> {
    let card = PathBuf::from(env::var("CARGO_MANIFEST_DIR")?).join("../model/MODEL_CARD.md");
    println!("cargo::rerun-if-changed={}", card.display());
    let text = fs::read_to_string(&card)?;
    let out = PathBuf::from(env::var("OUT_DIR")?).join("model_card.html");
    let folder = card.parent().ok_or("the card lies in no folder")?;
    println!("cargo::rerun-if-changed={}", folder.join("plots").display());
    fs::write(out, with_sizes(&html_from_markdown(&text, &CARD), folder)?)?;
    let out = PathBuf::from(env::var("OUT_DIR")?).join("card_figures.rs");
    fs::write(out, card_figures(&text)?)?;
    let privacy = folder.join("../docs/privacy.md");
    println!("cargo::rerun-if-changed={}", privacy.display());
    let out = PathBuf::from(env::var("OUT_DIR")?).join("privacy.html");
    let text = fs::read_to_string(privacy)?;
    fs::write(out, html_from_markdown(&text, &PRIVACY))?;
    let manifest = folder.join("../public/weights/manifest.json");
    println!("cargo::rerun-if-changed={}", manifest.display());
    let out = PathBuf::from(env::var("OUT_DIR")?).join("weights.rs");
    fs::write(out, weights(&fs::read_to_string(manifest)?)?)?;
    Ok(())
}

/// Rows of the card's first table that other pages quote.
const QUOTED: [&str; 3] = [
    "whole slices of three patients: slices with a nodule on which it is hit",
    "… marked regions that are a nodule",
    "… false marks a slice, in a series",
];

/// What these rows say of the U-Net and the U-Net++, as a Rust expression.
fn card_figures(card: &str) -> Result<String, Box<dyn Error>> {
    let mut figures = Vec::new();
    for name in QUOTED {
        let mut rows = card
            .lines()
            .map(|line| line.split('|').map(str::trim).collect::<Vec<_>>());
        let row = rows.find(|cells| cells.get(1) == Some(&name));
        match row.as_deref() {
            Some([_, _, unet, unetpp, _]) => {
                figures.push([(*unet).to_owned(), (*unetpp).to_owned()]);
            }
            _ => return Err(format!("the card has no row “{name}”").into()),
        }
    }
    Ok(format!("{figures:?}"))
}

/// The networks' ids, bytes and SHA-256 as a Rust expression.
fn weights(manifest: &str) -> Result<String, Box<dyn Error>> {
    let networks: BTreeMap<String, serde_json::Value> = serde_json::from_str(manifest)?;
    let mut files = Vec::new();
    for (id, network) in networks {
        let bytes = network.get("bytes").and_then(serde_json::Value::as_u64);
        let sha256 = network.get("sha256").and_then(serde_json::Value::as_str);
        let sha256 = sha256.ok_or("a network has no SHA-256")?.to_owned();
        files.push((id, bytes.ok_or("a network has no size")?, sha256));
    }
    Ok(format!("&{files:?}"))
}

/// How a document stands on its page.
struct Placing {
    /// Name of the list of its chapters.
    contents: &'static str,
    /// What the ids of its headings begin with.
    ids: &'static str,
    /// It is the whole page: its title is the page's `h1`, else headings go one level down.
    is_page: bool,
}

const CARD: Placing = Placing {
    contents: "Model card",
    ids: "card",
    is_page: false,
};

const PRIVACY: Placing = Placing {
    contents: "On this page",
    ids: "privacy",
    is_page: true,
};

/// Markdown to HTML: no raw HTML passes, headings have ids, a list of the chapters follows the
/// first one, and tables get a box that can scroll sideways. Plots are fetched when they are
/// scrolled to: they are larger than the page. Links to other files of the repository lead nowhere
/// here, and are their words alone.
fn html_from_markdown(text: &str, placing: &Placing) -> String {
    let lower = |level| {
        if placing.is_page { level } else { lower(level) }
    };
    let mut is_lost = false;
    let (mut heading, mut is_heading, mut tables) = (String::new(), false, 0);
    let (mut events, mut start, mut chapters) = (Vec::new(), 0, Vec::new());
    for event in Parser::new_ext(text, Options::ENABLE_TABLES) {
        match event {
            Event::Html(_) | Event::InlineHtml(_) => {}
            Event::Start(Tag::Link { ref dest_url, .. }) if dest_url.starts_with("../") => {
                is_lost = true;
            }
            Event::End(TagEnd::Link) if is_lost => is_lost = false,
            Event::Start(Tag::Heading {
                level,
                id,
                classes,
                attrs,
            }) => {
                (heading, is_heading, tables) = (String::new(), true, 0);
                start = events.len();
                events.push(Event::Start(Tag::Heading {
                    level: lower(level),
                    id,
                    classes,
                    attrs,
                }));
            }
            Event::End(TagEnd::Heading(level)) => {
                is_heading = false;
                events.push(Event::End(TagEnd::Heading(lower(level))));
                let name = slug(placing.ids, &heading);
                if level == HeadingLevel::H2 {
                    let words = escaped(&heading);
                    chapters.push(format!("<li><a href=\"#{name}\">{words}</a></li>"));
                }
                if let Some(Event::Start(Tag::Heading { id, .. })) = events.get_mut(start) {
                    *id = Some(name.into());
                }
            }
            Event::Start(Tag::Table(_)) => {
                tables += 1;
                events.extend([Event::Html(region(&heading, tables).into()), event]);
            }
            Event::End(TagEnd::Table) => events.extend([event, Event::Html("</div>".into())]),
            Event::Text(ref text) | Event::Code(ref text) if is_heading => {
                heading.push_str(text);
                events.push(event);
            }
            other => events.push(other),
        }
    }
    let mut out = String::new();
    html::push_html(&mut out, events.into_iter());
    // `pulldown-cmark` aligns cells with style attributes, which the content security policy
    // forbids.
    for side in ["left", "center", "right"] {
        out = out.replace(
            &format!(" style=\"text-align: {side}\""),
            &format!(" class=\"{side}\""),
        );
    }
    let chapters = chapters.concat();
    let title_end = if placing.is_page { "</h1>" } else { "</h2>" };
    let name = placing.contents;
    let contents = format!("{title_end}\n<nav aria-label=\"{name}\"><ul>{chapters}</ul></nav>");
    out = out.replacen(title_end, &contents, 1);
    // A corner that says nothing heads nothing.
    out.replace("<th></th>", "<td></td>")
        .replace("<img src=\"", "<img loading=\"lazy\" src=\"/")
}

/// The id of a heading: its letters and digits, with `-` between words.
fn slug(ids: &str, heading: &str) -> String {
    let words = heading.split(|c: char| !c.is_ascii_alphanumeric());
    let words: Vec<&str> = words.filter(|word| !word.is_empty()).collect();
    format!("{ids}-{}", words.join("-").to_lowercase())
}

fn escaped(heading: &str) -> String {
    heading.replace('&', "&amp;").replace('"', "&quot;")
}

/// The beginning of a box around a table, which is named by the heading above it; further tables
/// below the same heading have a number.
fn region(heading: &str, table: usize) -> String {
    let heading = escaped(heading);
    let number = match table {
        1 => String::new(),
        n => format!(", table {n}"),
    };
    format!(
        "<div class=\"scroll-x\" role=\"region\" aria-label=\"{heading}{number}\" tabindex=\"0\">"
    )
}

/// Gives images their width and height, so that text does not move when they come, and makes each a
/// link to itself, which the page's router leaves alone: on a phone they are small.
fn with_sizes(html: &str, folder: &Path) -> Result<String, Box<dyn Error>> {
    let mut parts = html.split("<img ");
    let mut out = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let (tag, rest) = part.split_once('>').ok_or("an image does not end")?;
        let (_, from) = tag.split_once("src=\"/").ok_or("an image has no source")?;
        let path = from.split('"').next().unwrap_or_default();
        let (width, height) = size(&folder.join(path))?;
        out.extend([
            &format!("<a href=\"/{path}\" rel=\"external\">"),
            &format!("<img width=\"{width}\" height=\"{height}\" {tag}></a>"),
            rest,
        ]);
    }
    Ok(out)
}

/// Width and height of an image; of an SVG those of its view box.
fn size(path: &Path) -> Result<(usize, usize), Box<dyn Error>> {
    if path.extension().is_none_or(|it| it != "svg") {
        let size = imagesize::size(path)?;
        return Ok((size.width, size.height));
    }
    let text = fs::read_to_string(path)?;
    let inside = text
        .split_once("viewBox=\"0 0 ")
        .and_then(|it| it.1.split_once('"'));
    let (width, height) = inside
        .and_then(|it| it.0.split_once(' '))
        .ok_or_else(|| format!("{} has no view box", path.display()))?;
    Ok((width.parse()?, height.parse()?))
}

fn lower(level: HeadingLevel) -> HeadingLevel {
    use HeadingLevel::{H2, H3, H4, H5, H6};
    match level as usize {
        1 => H2,
        2 => H3,
        3 => H4,
        4 => H5,
        _ => H6,
    }
}
