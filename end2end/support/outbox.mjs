// What waits in the browser's own database.
import { randomUUID } from "node:crypto";

/** A number of version 7, as the product's own. */
export function newId() {
  const [time, random] = [Date.now().toString(16).padStart(12, "0"), randomUUID().slice(15)];
  return `${time.slice(0, 8)}-${time.slice(8)}-7${random}`;
}

/** The records that wait there, with their keys; bytes are arrays. */
export const waiting = (page) =>
  page.evaluate(async () => {
    const done = (request) => new Promise((resolve, reject) => Object.assign(request, { onsuccess: () => resolve(request.result), onerror: reject }));
    const database = await done(indexedDB.open("neurocare", 1));
    const store = database.transaction("outbox").objectStore("outbox");
    const [keys, records] = await Promise.all([done(store.getAllKeys()), done(store.getAll())]);
    database.close();
    const plain = (value) => (value instanceof Uint8Array ? [...value] : value);
    return records.map((record, i) => [keys[i], Object.fromEntries(Object.entries(record).map(([name, value]) => [name, plain(value)]))]);
  });

/** Puts a document there as releases before did that did not encrypt it; `page` is signed in. */
export const keepInClear = (page, id, document) =>
  page.evaluate(
    async ([id, base64]) => {
      const done = (request) => new Promise((resolve, reject) => Object.assign(request, { onsuccess: () => resolve(request.result), onerror: reject }));
      const opening = indexedDB.open("neurocare", 1);
      opening.onupgradeneeded = () => opening.result.createObjectStore("outbox");
      const database = await done(opening);
      const bytes = Uint8Array.from(atob(base64), (c) => c.charCodeAt(0));
      const account = localStorage.getItem("signed-in");
      const record = { account, label: "In clear", day: "2023-01-31", state: "waiting", reason: "", bytes };
      await done(database.transaction("outbox", "readwrite").objectStore("outbox").put(record, id));
      database.close();
    },
    [id, document.toString("base64")],
  );
