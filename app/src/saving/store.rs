//! The browser's own database (`IndexedDB`), in which documents wait to be sent. It outlives
//! the page, the browser and the computer's sleep; label, day and document lie there closed
//! ([`sealed`]). Releases before this one kept them in clear.

use js_sys::{Array, Object, Promise, Reflect, Uint8Array};
use wasm_bindgen::prelude::Closure;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{
    Event, IdbDatabase, IdbObjectStore, IdbOpenDbRequest, IdbRequest, IdbTransaction,
    IdbTransactionMode,
};

use super::document::Caption;
use super::outbox::{Item, State};
use super::sealed;
use crate::api::account::Me;
use crate::service::Service;
use crate::session::marker;

const DATABASE: &str = "neurocare";
const OUTBOX: &str = "outbox";

/// Field of label, day and document.
const SEALED: &str = "sealed";

/// What is kept of an item's document.
#[derive(Debug)]
pub(super) enum Found {
    /// The document.
    Document(Uint8Array),
    /// It cannot be opened with the key of its account.
    Damaged,
    /// Nothing: another window has sent it meanwhile.
    Nothing,
}

/// Keeps a new item with its document.
///
/// # Errors
/// The browser has no room, or keeps nothing in this window.
pub(super) async fn put(item: &Item, image_key: &str, document: &[u8]) -> Result<(), JsValue> {
    let caption = Caption {
        label: item.label.clone(),
        day: item.day.clone(),
    };
    // A transaction ends where something else is waited for.
    let closed = sealed::close(&item.id, image_key, &caption, document).await?;
    let (transaction, store) = open(IdbTransactionMode::Readwrite).await?;
    let record = Object::new();
    // Without label and day it is no item to pages of releases that know nothing of sealed ones:
    // they would take it as deleted, because they find no document in it.
    let fields: [(&str, JsValue); 4] = [
        ("account", item.account.as_str().into()),
        ("state", JsValue::from_str(item.state.name())),
        ("reason", item.state.reason().into()),
        (SEALED, closed.into()),
    ];
    for (key, value) in fields {
        Reflect::set(&record, &key.into(), &value)?;
    }
    store.put_with_key(&record, &item.id.as_str().into())?;
    finished(&transaction).await
}

/// Notes where an item stands, and by which release, unless it was let go meanwhile, by its reader
/// or in another window: it does not come back.
///
/// # Errors
/// The browser has no room, or keeps nothing in this window.
pub(super) async fn mark(id: &str, state: &State) -> Result<(), JsValue> {
    let (transaction, store) = open(IdbTransactionMode::Readwrite).await?;
    let record = answer(&store.get(&id.into())?).await?;
    if record.is_undefined() {
        return Ok(());
    }
    Reflect::set(&record, &"state".into(), &state.name().into())?;
    Reflect::set(&record, &"reason".into(), &state.reason().into())?;
    Reflect::set(&record, &"release".into(), &release().into())?;
    store.put_with_key(&record, &id.into())?;
    finished(&transaction).await
}

/// Lets an item go.
///
/// # Errors
/// The database cannot be opened.
pub(super) async fn remove(id: &str) -> Result<(), JsValue> {
    let (transaction, store) = open(IdbTransactionMode::Readwrite).await?;
    store.delete(&id.into())?;
    finished(&transaction).await
}

/// The document of an item.
///
/// # Errors
/// The database cannot be opened.
pub(super) async fn document(id: &str, image_key: &str) -> Result<Found, JsValue> {
    let (_, store) = open(IdbTransactionMode::Readonly).await?;
    let record = answer(&store.get(&id.into())?).await?;
    if record.is_undefined() {
        return Ok(Found::Nothing);
    }
    let document = match bytes(&record, SEALED) {
        Some(closed) => {
            let opened = sealed::open(id, image_key, &closed).await.ok();
            opened.map(|(_, document)| document)
        }
        None => bytes(&record, "bytes"),
    };
    Ok(document.map_or(Found::Damaged, Found::Document))
}

/// All items, oldest first (their ids begin with their time). Label and day are read of those only
/// that belong to whoever is signed in, as far as they are not `listed` with them.
///
/// # Errors
/// The database cannot be opened.
pub(super) async fn items(me: Option<&Me>, listed: &[Item]) -> Result<Vec<Item>, JsValue> {
    let (_, store) = open(IdbTransactionMode::Readonly).await?;
    let (keys, records) = (store.get_all_keys()?, store.get_all()?);
    // Both requests are under way before the first is waited for, so the transaction stays alive.
    let (keys, records) = (answer(&keys), answer(&records));
    let keys: Array = keys.await?.dyn_into()?;
    let records: Array = records.await?.dyn_into()?;
    let mut items = Vec::new();
    for (key, record) in keys.iter().zip(records.iter()) {
        let Some(mut item) = item(&key, &record) else {
            continue;
        };
        let owner = me.filter(|me| marker(me) == item.account);
        if let Some((me, closed)) = owner.zip(bytes(&record, SEALED))
            && !item.recall(listed)
            && let Ok((caption, _)) = sealed::open(&item.id, &me.image_key, &closed).await
        {
            item.label = caption.label;
            item.day = caption.day;
        }
        items.push(item);
    }
    Ok(items)
}

fn bytes(record: &JsValue, field: &str) -> Option<Uint8Array> {
    Reflect::get(record, &field.into()).ok()?.dyn_into().ok()
}

fn item(key: &JsValue, record: &JsValue) -> Option<Item> {
    let text = |field: &str| Reflect::get(record, &field.into()).ok()?.as_string();
    Some(Item {
        id: key.as_string()?,
        account: text("account")?,
        label: text("label").unwrap_or_default(),
        day: text("day").unwrap_or_default(),
        state: State::from_parts(
            &text("state")?,
            text("reason").unwrap_or_default(),
            text("release").is_some_and(|it| it == release()),
        ),
    })
}

/// That of this page.
fn release() -> String {
    Service::of_page().release
}

async fn open(mode: IdbTransactionMode) -> Result<(IdbTransaction, IdbObjectStore), JsValue> {
    let factory = web_sys::window()
        .and_then(|w| w.indexed_db().ok().flatten())
        .ok_or(JsValue::NULL)?;
    let request = factory.open_with_u32(DATABASE, 1)?;
    let upgrade = Closure::once_into_js(|event: Event| {
        let request: Option<IdbOpenDbRequest> = event.target().and_then(|t| t.dyn_into().ok());
        let database = request.and_then(|r| r.result().ok());
        if let Some(database) = database.and_then(|d| d.dyn_into::<IdbDatabase>().ok()) {
            // If it fails, so does the opening.
            database.create_object_store(OUTBOX).ok();
        }
    });
    request.set_onupgradeneeded(Some(upgrade.unchecked_ref()));
    let database: IdbDatabase = answer(&request).await?.dyn_into()?;
    let transaction = database.transaction_with_str_and_mode(OUTBOX, mode);
    // It closes when the transaction is done; one that stays open would block a later version of
    // the database.
    database.close();
    let transaction = transaction?;
    let store = transaction.object_store(OUTBOX)?;
    Ok((transaction, store))
}

/// The answer of a request, listened for from now on.
fn answer(request: &IdbRequest) -> impl Future<Output = Result<JsValue, JsValue>> + use<> {
    let done = JsFuture::from(Promise::new(&mut |resolve, reject| {
        request.set_onsuccess(Some(&resolve));
        request.set_onerror(Some(&reject));
    }));
    let request = request.clone();
    async move {
        done.await?;
        request.result()
    }
}

/// Waits until the transaction's changes are kept.
async fn finished(transaction: &IdbTransaction) -> Result<(), JsValue> {
    let done = Promise::new(&mut |resolve, reject| {
        transaction.set_oncomplete(Some(&resolve));
        transaction.set_onabort(Some(&reject));
    });
    JsFuture::from(done).await?;
    Ok(())
}
