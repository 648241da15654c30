//! Forms: labelled fields with their faults beside them, and the sending.

use std::future::Future;
use std::pin::Pin;

use leptos::attr::custom::custom_attribute;
use leptos::prelude::*;

use crate::api::ApiError;
use crate::form::PersonForm;
use crate::session::Session;
use crate::ui::is_alive;
use crate::ui::piece::IntoPiece as _;
use crate::ui::shielded::shielded;

/// A form: what is wrong with it, and whether the server is being asked.
#[derive(Debug, Clone, Copy)]
pub struct Sending {
    name: &'static str,
    fields: StoredValue<Vec<&'static str>>,
    faults: RwSignal<Vec<ApiError>>,
    is_alive: RwSignal<bool>,
    busy: RwSignal<bool>,
    session: Session,
}

impl Sending {
    /// `name` is unique on the page: the ids of the fields begin with it.
    pub fn new(name: &'static str) -> Self {
        Self {
            name,
            fields: StoredValue::new(Vec::new()),
            faults: RwSignal::new(Vec::new()),
            is_alive: is_alive(),
            busy: RwSignal::new(false),
            session: expect_context(),
        }
    }

    /// A field of this form; its id.
    fn field(self, name: &'static str) -> String {
        self.fields.update_value(|fields| fields.push(name));
        self.id(name)
    }

    fn id(self, field: &str) -> String {
        format!("{}-{field}", self.name)
    }

    /// Sends `request` unless `checked` has found a fault; a fault of the server is shown.
    pub fn send(
        self,
        checked: Result<(), ApiError>,
        request: Pin<Box<dyn Future<Output = Result<(), ApiError>>>>,
    ) {
        self.send_unless(checked.err().into_iter().collect(), request);
    }

    /// The same where several fields may be wrong.
    pub fn send_unless(
        self,
        faults: Vec<ApiError>,
        request: Pin<Box<dyn Future<Output = Result<(), ApiError>>>>,
    ) {
        if self.busy.get_untracked() {
            return;
        }
        if !faults.is_empty() {
            self.fail(faults);
            return;
        }
        self.faults.set(faults);
        self.busy.set(true);
        leptos::task::spawn_local(async move {
            let answer = request.await;
            // The page may be gone by now.
            self.busy.try_set(false);
            if let Err(error) = answer {
                self.session.heard(&error);
                self.fail(vec![error]);
            }
        });
    }

    fn fail(self, faults: Vec<ApiError>) {
        #[cfg(feature = "hydrate")]
        if let Some(field) = faults.first().and_then(field_of) {
            // With the words about it, which are read out then.
            super::focus::soon(self.id(field));
        }
        self.faults.try_set(faults);
    }

    /// What is wrong with no field that is here.
    fn general_fault(self) -> Option<String> {
        let is_here = |field: &str| self.fields.with_value(|fields| fields.contains(&field));
        self.faults.with(|faults| {
            let mut faults = faults.iter();
            let fault = faults.find(|fault| !field_of(fault).is_some_and(is_here));
            fault.map(ToString::to_string)
        })
    }

    fn fault_of(self, field: &str) -> Option<String> {
        self.faults.with(|faults| {
            let mut faults = faults.iter();
            faults.find_map(|fault| match fault {
                ApiError::Invalid { field: at, message } if at == field => Some(message.clone()),
                _ => None,
            })
        })
    }
}

fn field_of(fault: &ApiError) -> Option<&str> {
    match fault {
        ApiError::Invalid { field, .. } => Some(field),
        _ => None,
    }
}

/// What was typed into a form.
#[derive(Debug)]
pub struct Typed {
    #[cfg(feature = "hydrate")]
    data: web_sys::FormData,
}

impl Typed {
    /// The text of a field; empty if there is none.
    pub fn text(&self, field: &str) -> String {
        #[cfg(feature = "hydrate")]
        return self.data.get(field).as_string().unwrap_or_default();
        #[cfg(not(feature = "hydrate"))]
        {
            let _ = field;
            String::new()
        }
    }

    /// The number in a field; 0, which no rule takes, if it is none.
    pub fn number(&self, field: &str) -> u16 {
        self.text(field).trim().parse().unwrap_or(0)
    }

    /// What stands in the fields about a person.
    pub fn person(&self) -> PersonForm {
        PersonForm {
            name: self.text("name"),
            email: self.text("email"),
            age: self.number("age"),
            gender: self.text("gender"),
            mobile: self.text("mobile"),
            password: self.text("password"),
        }
    }
}

/// A form with its button, and below it what is wrong with no field in particular.
#[component]
pub fn Form(
    /// Its state.
    sending: Sending,
    /// Words of the button.
    button: &'static str,
    /// It destroys something.
    #[prop(optional)]
    danger: bool,
    /// Called with what was typed.
    #[prop(into)]
    on_submit: Callback<Typed>,
    /// The fields.
    children: Children,
) -> impl IntoView {
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        #[cfg(feature = "hydrate")]
        if let Some(typed) = browser::typed(&event) {
            on_submit.run(typed);
        }
        #[cfg(not(feature = "hydrate"))]
        let _ = on_submit;
    };
    view! {
        // `post`: without the script, what was typed must not get into the address.
        <form method="post" class="form" novalidate on:submit=submit>
            {children()}
            <div role="alert">
                {move || sending.general_fault().map(|words| view! { <p class="error-text">{shielded(&words)}</p> })}
            </div>
            <button type="submit" class=if danger { "button danger" } else { "button primary" }
                disabled=move || !sending.is_alive.get()
                aria-disabled=move || sending.busy.get().to_string()>
                {button}
            </button>
        </form>
    }
    .into_piece()
}

/// One line to type.
#[component]
pub fn Field(
    /// The form.
    sending: Sending,
    /// Name in the form.
    name: &'static str,
    /// Words above.
    label: &'static str,
    /// Type of input.
    #[prop(default = "text")]
    kind: &'static str,
    /// What browsers may fill in.
    #[prop(default = "off")]
    autocomplete: &'static str,
    /// Words below.
    #[prop(default = "")]
    hint: &'static str,
    /// What stands in it at first.
    #[prop(optional, into)]
    value: String,
    /// Id of a list of suggestions.
    #[prop(optional)]
    list: Option<&'static str>,
    /// It may stay empty.
    #[prop(optional)]
    is_optional: bool,
) -> impl IntoView {
    let id = sending.field(name);
    let (hint_id, fault_id) = (format!("{id}-hint"), format!("{id}-fault"));
    let fault = Memo::new(move |_| sending.fault_of(name));
    let described = format!("{hint_id} {fault_id}");
    let is_shown = RwSignal::new(false);
    let is_secret = kind == "password";
    let is_label = name == "label";
    // A capital letter that was not typed makes another password, or another patient.
    let as_typed = move |off| (is_secret || is_label).then_some(off);
    let no_translator = is_label.then_some("no");
    let kind_now = move || if is_shown.get() { "text" } else { kind };
    let word = move || if is_shown.get() { "Hide" } else { "Show" };
    let reveal = is_secret.then(|| {
        view! {
            <button type="button" class="link reveal" aria-controls=id.clone()
                disabled=move || !sending.is_alive.get()
                on:click=move |_| is_shown.update(|it| *it = !*it)>
                {word}<span class="visually-hidden">" "{label}</span>
            </button>
        }
    });
    view! {
        <div class="field">
            <label for=id.clone()>{label}</label>
            <input id=id name=name type=kind_now autocomplete=autocomplete value=value list=list
                // Browsers may send what is typed to be checked.
                spellcheck="false" autocapitalize=as_typed("none")
                {..custom_attribute("autocorrect", as_typed("off"))}
                inputmode=(kind == "number").then_some("numeric")
                aria-describedby=described aria-required=(!is_optional).then_some("true")
                aria-invalid=move || fault.with(Option::is_some).then_some("true") />
            {reveal}
            <p class="small muted" id=hint_id>{hint}</p>
            <p class="small error-text" id=fault_id translate=no_translator>{move || fault.get()}</p>
        </div>
    }
    .into_piece()
}

/// One of a list.
#[component]
pub fn Select(
    /// The form.
    sending: Sending,
    /// Name in the form.
    name: &'static str,
    /// Words above.
    #[prop(into)]
    label: String,
    /// Values and their words.
    options: Vec<(String, String)>,
    /// What is chosen at first.
    #[prop(optional, into)]
    value: String,
    /// Nothing need be chosen.
    #[prop(optional)]
    is_optional: bool,
) -> impl IntoView {
    let id = sending.field(name);
    let fault_id = format!("{id}-fault");
    let fault = Memo::new(move |_| sending.fault_of(name));
    let options = options.into_iter().map(move |(option, words)| {
        let is_chosen = option == value;
        view! { <option value=option selected=is_chosen>{words}</option> }
    });
    let options = options.collect_view();
    view! {
        <div class="field">
            <label for=id.clone()>{label}</label>
            <select id=id name=name aria-required=(!is_optional).then_some("true") aria-describedby=fault_id.clone()
                aria-invalid=move || fault.with(Option::is_some).then_some("true")>
                <option value="">"Choose…"</option>
                {options}
            </select>
            <p class="small error-text" id=fault_id>{move || fault.get()}</p>
        </div>
    }
    .into_piece()
}

/// "Done", once it is.
#[component]
pub fn Done(
    /// Whether it is.
    is_done: RwSignal<bool>,
    /// What.
    words: &'static str,
) -> impl IntoView {
    view! {
        <p class="small" role="status">{move || if is_done.get() { words } else { "" }}</p>
    }
    .into_late_piece()
}

#[cfg(feature = "hydrate")]
mod browser {
    use super::Typed;
    use wasm_bindgen::JsCast;
    use web_sys::{FormData, HtmlFormElement};

    pub(super) fn typed(event: &web_sys::Event) -> Option<Typed> {
        let form: HtmlFormElement = event.target()?.dyn_into().ok()?;
        let data = FormData::new_with_form(&form).ok()?;
        Some(Typed { data })
    }
}
