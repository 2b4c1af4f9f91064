/**
 * The few things that the extension itself remembers, in a database of its own origin. `storage.local` would do it, too,
 * and every content script could read it: those live in the process of a mail page.
 */

const DATABASE = "letterlock";
const STORE = "kept";

/**
 * @param {string} key
 * @returns {Promise<any>} undefined where nothing is kept
 */
export function kept(key) {
  return transact("readonly", (store) => store.get(key));
}

/**
 * @param {string} key
 * @param {unknown} value
 */
export function keep(key, value) {
  return transact("readwrite", (store) => store.put(value, key));
}

/**
 * @param {IDBTransactionMode} mode
 * @param {(store: IDBObjectStore) => IDBRequest} ask
 * @returns {Promise<any>}
 */
async function transact(mode, ask) {
  const database = await opened();
  try {
    return await new Promise((resolve, reject) => {
      const transaction = database.transaction(STORE, mode);
      const request = ask(transaction.objectStore(STORE));
      transaction.oncomplete = () => resolve(request.result);
      transaction.onabort = () => reject(transaction.error);
    });
  } finally {
    database.close();
  }
}

/** @returns {Promise<IDBDatabase>} */
function opened() {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open(DATABASE, 1);
    request.onupgradeneeded = () => request.result.createObjectStore(STORE);
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
    request.onblocked = () => reject(new Error("blocked"));
  });
}
