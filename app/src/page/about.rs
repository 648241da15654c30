//! About the service, and the model card.

use leptos::prelude::*;

use crate::ui::piece::IntoPiece as _;
use crate::ui::written::written;
use leptos_meta::Title;

/// `model/MODEL_CARD.md` as HTML, made by the build script.
const MODEL_CARD: &str = include_str!(concat!(env!("OUT_DIR"), "/model_card.html"));

/// What the service is, where its parts come from, and the model card.
#[component]
pub fn AboutPage() -> impl IntoView {
    view! {
        <Title text="About & model card · NeuroCare AI" />
        {written("/about", text)}
    }
    .into_piece()
}

fn text() -> impl IntoView {
    view! {
        <div class="prose">
            <h1>"About NeuroCare AI"</h1>
            <p class="lead">
                "NeuroCare AI outlines and measures suspicious spots on CT slices of the lung, with two networks \
                 from the literature that run on your own computer."
            </p>
            <nav aria-label="On this page">
                <ul>
                    <li><a href="#how">"How a slice is analysed"</a></li>
                    <li><a href="#privacy">"Privacy"</a></li>
                    <li><a href="#limits">"Limits"</a></li>
                    <li><a href="#model-card">"Model card"</a></li>
                    <li><a href="#credits">"Credits and licences"</a></li>
                </ul>
            </nav>
            <h2 id="how">"How a slice is analysed"</h2>
            <ol>
                <li>"The file is read in the browser. CT values are put on the Hounsfield scale; images without it (PNG, JPEG) are taken as grey levels."</li>
                <li>"The slice is resampled to the networks’ pixel size of 0.75 mm, limited to −1000…400 HU and, if you wish, smoothed against noise."</li>
                <li>"The lung field is found by thresholding and region analysis. It bounds the search and is shown in blue; a mass that reaches into it belongs to it. Where the body shows no lung, nothing is searched."</li>
                <li>"U-Net or U-Net++ gives every pixel a tumour probability, and looks once more at half the resolution, where large masses are as wide as the nodules that it has learnt from. A self-test at start-up compares the network’s output on a fixed image with stored values; an engine that fails it is not used."</li>
                <li>"Pixels above a threshold become regions. Small ones are kept where the network is sure of them; in a series the slices before and after have a say. What is kept is measured: area, longest and perpendicular diameter, mean HU, volume over a series."</li>
            </ol>
            <p><a href="/bench.html" rel="external">"Measure how fast it is here"</a></p>
            <h2 id="privacy">"Privacy"</h2>
            <p>
                "Scans are read, analysed and exported on your device. The server sends the program, the networks’ weights \
                 and the sample; it has no address that accepts images, and the page’s security policy forbids connections to any other server."
            </p>
            <p>
                "Without an account nothing is sent. With one, three things are:"
            </p>
            <ul>
                <li>"When you press Save: the masks (which pixels belong to lung and tumour), the measurements, the settings, what you confirmed and rejected, which slices you corrected, the lines you measured, the name of your graphics card or processor, why it was chosen and how long it took, the label that you typed, and the day of the examination, which is the file’s unless you type another. Of the file also the size and spacing of its pixels, whether they are Hounsfield units, the number and distance of its slices, and the numbers of its series and images. Never the image, its file’s name, or who the patient is."</li>
                <li>"When you open a scan while you are signed in: a fingerprint of it (HMAC-SHA-256 with a key of your account), by which your own earlier analysis of the same image is found. The image cannot be computed from it."</li>
                <li>"When you say which lesions of two saved analyses are one: that. It goes with either analysis."</li>
            </ul>
            <h2 id="limits">"Limits"</h2>
            <ul>
                <li>"It is research software, not a medical device, and has no clinical validation or approval."</li>
                <li>"It looks at one axial slice at a time. Spots in neighbouring slices are joined afterwards, not recognised together."</li>
                <li>"It can miss tumours and mark what is none: vessels, scars, inflammation. It says nothing about malignancy."</li>
                <li>"Images without pixel spacing are measured in pixels, and their size relative to the training data is unknown."</li>
            </ul>
            <article id="model-card" class="card model-card" inner_html=MODEL_CARD></article>
            <h2 id="credits">"Credits and licences"</h2>
            <ul>
                <li>"Method after “Automated Lung Tumor Segmentation using U-Net & U-Net+” (A. Rama Krishna Prasad and others), with U-Net (Ronneberger and others, 2015), U-Net++ (Zhou and others, 2018) and attention gates (Oktay and others, 2018)."</li>
                <li>"Sample scan: LIDC-IDRI (Armato and others, Data From LIDC-IDRI, The Cancer Imaging Archive, 2015), licence "<a href="https://creativecommons.org/licenses/by/3.0/">"CC BY 3.0"</a>"."</li>
                <li>"Weights of the networks and pictures of the model card: CC BY 3.0, as LIDC-IDRI."</li>
                <li>"Program: MIT or Apache-2.0, at your choice; built from "<a href="/notices.txt" rel="external">"crates of others"</a>"."</li>
            </ul>
        </div>
    }
}
