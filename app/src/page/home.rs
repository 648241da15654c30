//! The start page: what the service does and how far it can be trusted.

use leptos::prelude::*;

use super::about::FIGURES;
use crate::ui::piece::IntoPiece as _;
use crate::ui::written::written;
use leptos_meta::{Meta, Title};

/// Service overview.
#[component]
pub fn HomePage() -> impl IntoView {
    view! {
        <Title text="NeuroCare AI · lung tumour segmentation in your browser" />
        <Meta name="description" content="Outlines and measures suspicious spots on lung CT in your browser. Images never leave your device." />
        {written("/", text)}
    }
    .into_piece()
}

fn text() -> impl IntoView {
    view! {
        <section class="hero">
            <div>
                <p class="eyebrow">"Lung CT · segmentation and measurement"</p>
                <h1>"See the tumour outlined. "<br />"Keep the scan."</h1>
                <p class="lead">
                    "NeuroCare AI finds the lung on a CT slice, outlines suspicious spots inside it and measures them. \
                     The whole analysis runs on your own graphics card or processor: the image never leaves your device."
                </p>
                <p class="actions">
                    <a class="button primary large" href="/read">"Open the reading room"</a>
                    <a class="button large" href="/read?sample=1">"Try a sample scan"</a>
                </p>
                <p class="small muted">"No installation; an account only if you want to save results. Preliminary screening, not a diagnosis."</p>
            </div>
            <Illustration />
        </section>
        <Steps />
        <Features />
        <Privacy />
        <Limits />
    }
}

/// A drawing of what the reading room shows: schematic on purpose, not a patient's image.
#[component]
fn Illustration() -> impl IntoView {
    view! {
        <figure class="illustration">
            <svg viewBox="0 0 360 280" role="img" aria-label="Drawing of a CT slice: both lungs outlined in blue, a spot in one of them outlined in orange with its two diameters">
                <rect width="360" height="280" rx="14" fill="#05080a" />
                <ellipse cx="180" cy="144" rx="158" ry="112" fill="#3a4247" />
                <ellipse cx="180" cy="144" rx="148" ry="102" fill="#565f65" />
                <path d="M158 76c-34-22-92 2-104 56-10 46 6 88 44 92 36 4 56-26 60-66 3-30 8-72 0-82z" fill="#14191d" stroke="#4cb2ff" stroke-width="2.5" />
                <path d="M202 76c34-22 92 2 104 56 10 46-6 88-44 92-36 4-56-26-60-66-3-30-8-72 0-82z" fill="#14191d" stroke="#4cb2ff" stroke-width="2.5" />
                <path d="M164 118c10-16 34-10 38 6 6 26-8 52-26 54-14-8-20-40-12-60z" fill="#767f85" />
                <circle cx="180" cy="214" r="19" fill="#a3abb0" /><circle cx="180" cy="214" r="8" fill="#4a5257" />
                <g stroke="#596268" stroke-width="3" stroke-linecap="round" fill="none">
                    <path d="M146 128c-18 2-28 12-44 14M142 148c-16 8-24 18-40 22M214 128c16 4 24 0 38 8M218 150c16 8 20 20 34 26" />
                </g>
                <path d="M262 112c10-8 26-2 28 10 2 13-8 22-20 20-13-2-18-21-8-30z" fill="#ff7033" fill-opacity=".45" stroke="#ff7033" stroke-width="2.5" />
                <path d="M262 136l22-20M264 116l17 20" stroke="#ffe25c" stroke-width="1.8" />
                <path d="M279 112l17-76" stroke="#ffe25c" stroke-width="1" />
                <text x="342" y="28" fill="#fff" font-size="12" font-family="system-ui, sans-serif" text-anchor="end">"14.2 × 11.0 mm"</text>
                <text x="18" y="28" fill="#c8d2d8" font-size="12" font-family="system-ui, sans-serif">"Drawing"</text>
            </svg>
        </figure>
    }
    .into_piece()
}

#[component]
fn Steps() -> impl IntoView {
    let steps = [
        (
            "Open",
            "Drop a CT slice or a whole series: DICOM files, a folder or zip of them, NIfTI, NRRD, MetaImage, PNG or JPEG.",
        ),
        (
            "Segment",
            "A network marks what is suspicious inside the lung, on your own graphics card or processor, within seconds a slice.",
        ),
        (
            "Review",
            "Check each spot: size, density, confidence. Adjust the threshold, compare with a reference, export mask, picture and table.",
        ),
    ]
    .map(|(name, words)| view! { <li class="card"><h3>{name}</h3><p>{words}</p></li> });
    view! {
        <section aria-labelledby="steps">
            <h2 id="steps">"How it works"</h2>
            <ol class="steps grid">{steps.collect_view()}</ol>
        </section>
    }
    .into_piece()
}

#[component]
fn Features() -> impl IntoView {
    let features = [
        (
            "Two published networks",
            "U-Net and U-Net++, known from the medical literature. You choose; data, training and results of both are in the model card.",
        ),
        (
            "Measurements, not just colours",
            "Area, longest and perpendicular diameter, mean HU, volume over a series, and what is usually recommended at that size.",
        ),
        (
            "Follow-up over time",
            "Save masks and measurements to your account, see them on the same image again, and follow a lesion’s growth and volume doubling time over examinations.",
        ),
        (
            "A real viewer",
            "Window presets, MIP slabs, planes across the slices, a lung to turn, by mouse, touch and keyboard. You measure and correct outlines by hand.",
        ),
        (
            "Files to take along",
            "The mask as NIfTI in the scan’s own geometry, as a DICOM Segmentation or RT Structure Set, findings as CSV, JSON and DICOM SR, a picture, a printed report: all made on your device.",
        ),
        (
            "Honest about its engine",
            "The page names the graphics card or processor that computes, says when it falls back and why, and tests itself before the first slice.",
        ),
    ]
    .map(|(name, words)| view! { <li class="card"><h3>{name}</h3><p>{words}</p></li> });
    view! {
        <section aria-labelledby="features">
            <h2 id="features">"What you get"</h2>
            <ul class="features grid">{features.collect_view()}</ul>
        </section>
    }
    .into_piece()
}

#[component]
fn Privacy() -> impl IntoView {
    view! {
        <section class="card privacy" aria-labelledby="privacy">
            <div>
                <h2 id="privacy">"Your images stay with you"</h2>
                <p>
                    "A scan is read, analysed and exported inside this browser tab. Nothing of it is uploaded: \
                     not the pixels, not the patient’s name, not the file’s name."
                </p>
                <p>
                    "With an account you may save results: masks and measurements, when you press Save. "
                    <a href="/about#privacy">"What exactly is sent"</a>
                </p>
            </div>
            <div>
                <h3>"Don’t take our word for it"</h3>
                <ol>
                    <li>"Open your browser’s developer tools and choose the Network tab."</li>
                    <li>"Open a scan in the reading room and segment it."</li>
                    <li>"You see the program, the network’s weights and nothing else (signed in, also the question whether you saved this scan before). Or disconnect from the internet before you open the scan: it still works once the engine is ready."</li>
                </ol>
            </div>
        </section>
    }
    .into_piece()
}

#[component]
fn Limits() -> impl IntoView {
    let [hits, nodules, _] = FIGURES;
    let tested = format!(
        "It errs both ways. On whole slices of three test patients, {} (U-Net) and {} (U-Net++) of its marks were nodules, the others mostly \
         vessels; it marked the nodule on {} and {} slices that had one.",
        nodules[0], nodules[1], hits[0], hits[1]
    );
    view! {
        <section aria-labelledby="limits">
            <h2 id="limits">"What it cannot do"</h2>
            <ul>
                <li>"It does not diagnose. A marked spot may be harmless, an unmarked one may not be."</li>
                <li>{tested}</li>
                <li>"The networks learned from a small public collection (LIDC-IDRI). Other scanners, patients and diseases can mislead them."</li>
                <li>"The confidence shown is the networks’ own. It is not the probability of a nodule or of cancer."</li>
            </ul>
            <p><a href="/about">"Read the model card"</a>" for data, training, results and limits in numbers."</p>
        </section>
    }
    .into_piece()
}
