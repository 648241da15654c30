//! About the service, and the model card.

use leptos::prelude::*;

use crate::ui::piece::IntoPiece as _;
use crate::ui::written::written;
use leptos_meta::Title;

/// `model/MODEL_CARD.md` as HTML, made by the build script.
const MODEL_CARD: &str = include_str!(concat!(env!("OUT_DIR"), "/model_card.html"));

/// What the card says of the U-Net and the U-Net++: slices with a nodule on which it was marked,
/// how many of all marks were nodules, false marks a slice of a series.
pub(super) const FIGURES: [[&str; 2]; 3] = include!(concat!(env!("OUT_DIR"), "/card_figures.rs"));

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
    let [hits, nodules, false_marks] = FIGURES;
    let misses = format!(
        "On whole slices of three test patients that show a nodule it marked it on {} (U-Net) and {} (U-Net++). It misses small \
         nodules, the ends of nodules, in a series nearly all that is seen on one slice only, and parts of large tumours. A \
         clean result does not mean a clean lung.",
        hits[0], hits[1]
    );
    let errs = format!(
        "Of its marks on those patients {} (U-Net) and {} (U-Net++) were nodules; the others were mostly vessels. That is {} and {} \
         false marks a slice of a series, and more on single images. The confidence beside a mark is not the probability of a nodule.",
        nodules[0], nodules[1], false_marks[0], false_marks[1]
    );
    view! {
        <div class="prose">
            <h1>"About NeuroCare AI"</h1>
            <p class="lead">
                "NeuroCare AI outlines and measures suspicious spots on CT slices of the lung, with two networks \
                 from the literature that run on your own computer."
            </p>
            <nav aria-label="On this page">
                <ul>
                    <li><a href="#clinicians">"For clinicians"</a></li>
                    <li><a href="#how">"How a slice is analysed"</a></li>
                    <li><a href="#privacy">"Privacy"</a></li>
                    <li><a href="#limits">"Limits"</a></li>
                    <li><a href="#model-card">"Model card"</a></li>
                    <li><a href="#credits">"Credits and licences"</a></li>
                </ul>
            </nav>
            <h2 id="clinicians">"For clinicians"</h2>
            <ul>
                <li><strong>"What it is for. "</strong>"Outlining and measuring spots on chest CT of adults that may be nodules, in research and teaching. You look at every slice yourself, with or without marks."</li>
                <li><strong>"What it misses. "</strong>{misses}</li>
                <li><strong>"How often it is wrong. "</strong>{errs}</li>
                <li><strong>"What is stored. "</strong>"Of images nothing, anywhere. With an account, what you save: masks and measurements under a label of yours. "<a href="/privacy">"More"</a></li>
            </ul>
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
                "Without an account nothing of a scan is sent. With one, three things are:"
            </p>
            <ul>
                <li>"When you press Save: the masks (which pixels belong to lung and tumour), the measurements, the settings, what you confirmed and rejected, which slices you corrected, the lines and ellipses you measured (of a line also its short axis, of an ellipse with area, mean, standard deviation and range of the values inside), the name of your graphics card or processor, why it was chosen and how long it took, the label that you typed, and the day of the examination, which is the file’s unless you type another. Of the file also the size and spacing of its pixels, whether they are Hounsfield units, the number and distance of its slices, and the numbers of its series and images. Never the image, its file’s name, or who the patient is."</li>
                <li>"When you open a scan while you are signed in: a fingerprint of it (HMAC-SHA-256 with a key of your account), by which your own earlier analysis of the same image is found. The image cannot be computed from it."</li>
                <li>"When you say which lesions of two saved analyses are one: that. It goes with either analysis."</li>
            </ul>
            <p>
                "Browsers send text of a page themselves where they translate it or check its spelling by a service. Names, labels and files \
                 are marked so that they are left out."
            </p>
            <p>
                "Of you, the server keeps what you registered with (name, e-mail address, year of birth, gender and mobile number if you gave \
                 them, a hash of the password), which browsers are signed in, and for a year what happened to the account, such as sign-ins, with \
                 the network of the address. You can take all of it along, and delete it. "
                <a href="/privacy">"All that is stored, where, and for how long"</a>
            </p>
            <h2 id="limits">"Limits"</h2>
            <ul>
                <li>"It is research software, not a medical device, and has no clinical validation or approval."</li>
                <li>"It looks at one axial slice at a time. Spots in neighbouring slices are joined afterwards, not recognised together."</li>
                <li>"It can miss tumours and mark what is none: vessels, scars, inflammation. It says nothing about malignancy."</li>
                <li>"Images without pixel spacing are measured in pixels until you calibrate them, and their size relative to the training data is unknown before that."</li>
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
