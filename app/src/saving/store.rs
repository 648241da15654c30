//! The browser's own database (`IndexedDB`), in which documents wait to be sent. It outlives
//! the page, the browser and the computer's sleep.

use js_sys::{Array, Object, Promise, Reflect, Uint8Array};
use wasm_bindgen::prelude::Closure;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{
    Event, IdbDatabase, IdbObjectStore, IdbOpenDbRequest, IdbRequest, IdbTransaction,
    IdbTransactionMode,
};

use super::outbox::{Item, State};
use crate::service::Service;

const DATABASE: &str = "neurocare";
const OUTBOX: &str = "outbox";

/// Keeps a new item with its document.
///
/// # Errors
/// The browser has no room, or keeps nothing in this window.
pub(super) async fn put(item: &Item, document: &Uint8Array) -> Result<(), JsValue> {
    let (transaction, store) = open(IdbTransactionMode::Readwrite).await?;
    let record = Object::new();
    let fields: [(&str, JsValue); 6] = [
        ("account", item.account.as_str().into()),
        ("label", item.label.as_str().into()),
        ("day", item.day.as_str().into()),
        ("state", JsValue::from_str(item.state.name())),
        ("reason", item.state.reason().into()),
        ("bytes", document.into()),
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

/// The document of an item; `None` if another window has sent it meanwhile.
///
/// # Errors
/// The database cannot be opened.
pub(super) async fn document(id: &str) -> Result<Option<Uint8Array>, JsValue> {
    let (_, store) = open(IdbTransactionMode::Readonly).await?;
    let record = answer(&store.get(&id.into())?).await?;
    if record.is_undefined() {
        return Ok(None);
    }
    Ok(Reflect::get(&record, &"bytes".into())?.dyn_into().ok())
}

/// All items, oldest first (their ids begin with their time).
///
/// # Errors
/// The database cannot be opened.
pub(super) async fn items() -> Result<Vec<Item>, JsValue> {
    let (_, store) = open(IdbTransactionMode::Readonly).await?;
    let (keys, records) = (store.get_all_keys()?, store.get_all()?);
    // Both requests are under way before the first is waited for, so the transaction stays alive.
    let (keys, records) = (answer(&keys), answer(&records));
    let keys: Array = keys.await?.dyn_into()?;
    let records: Array = records.await?.dyn_into()?;
    Ok(keys
        .iter()
        .zip(records.iter())
        .filter_map(|(key, record)| item(&key, &record))
        .collect())
}

fn item(key: &JsValue, record: &JsValue) -> Option<Item> {
    let text = |field: &str| Reflect::get(record, &field.into()).ok()?.as_string();
    Some(Item {
        id: key.as_string()?,
        account: text("account")?,
        label: text("label")?,
        day: text("day")?,
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
