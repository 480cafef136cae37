// What this device keeps, in IndexedDB: texts and a few facts, sealed for each member with a key of
// their own that no script can take out. Only what has to be counted without a key stands open.

const opened = new Promise((resolve, reject) => {
  const asked = indexedDB.open("cocreate", 1);
  asked.onupgradeneeded = () => {
    asked.result.createObjectStore("members", { keyPath: "member" });
    asked.result.createObjectStore("texts", { keyPath: "key" });
  };
  asked.onsuccess = () => resolve(asked.result);
  asked.onerror = () => reject(asked.error);
});
opened.catch(() => {});

/** One at a time over all tabs and the service worker. */
export const lock = (name) => (deed) => navigator.locks.request(`cocreate ${name}`, deed);
const alone = lock("device");

async function run(store, mode, deed) {
  // What is said to be on the device is on its disk, not on the way there.
  const transaction = (await opened).transaction(store, mode, { durability: "strict" });
  const asked = deed(transaction.objectStore(store));
  return new Promise((resolve, reject) => {
    transaction.oncomplete = () => resolve(asked.result);
    transaction.onabort = transaction.onerror = () => reject(transaction.error);
  });
}
const get = (store, key) => run(store, "readonly", (rows) => rows.get(key));
const all = (store) => run(store, "readonly", (rows) => rows.getAll());
const put = (store, row) => run(store, "readwrite", (rows) => rows.put(row));
const remove = (store, key) => run(store, "readwrite", (rows) => rows.delete(key));

async function keyOf(member) {
  const row = (await get("members", member)) ?? { member };
  if (!row.key) {
    row.key = await crypto.subtle.generateKey({ name: "AES-GCM", length: 256 }, false, ["encrypt", "decrypt"]);
    await put("members", row);
  }
  return row.key;
}

const bound = (iv, to) => ({ name: "AES-GCM", iv, additionalData: new TextEncoder().encode(to) });

async function seal(member, to, value) {
  const iv = crypto.getRandomValues(new Uint8Array(12));
  const plain = new TextEncoder().encode(JSON.stringify(value));
  return { iv, sealed: await crypto.subtle.encrypt(bound(iv, to), await keyOf(member), plain) };
}

async function unseal(member, to, row) {
  const plain = await crypto.subtle.decrypt(bound(row.iv, to), await keyOf(member), row.sealed);
  return JSON.parse(new TextDecoder().decode(plain));
}

const rowsOf = async (member) => (await all("texts")).filter((row) => row.member === member);

export const texts = {
  /** Change one text by `change`: from what is there, or undefined, to what is to be; null removes it. */
  update: (key, change, owner) => alone(async () => {
    const row = await get("texts", key);
    const member = row?.member ?? owner;
    const before = row && (await unseal(member, key, row));
    const after = change(before);
    if (after === null) await remove("texts", key);
    else if (after && after !== before) {
      await put("texts", { key, member, waits: Boolean(after.fields), ...(await seal(member, key, after)) });
    }
    return after;
  }),
  async get(key) {
    const row = await get("texts", key);
    return row && unseal(row.member, key, row);
  },
  keys: async (member) => (await rowsOf(member)).map((row) => row.key),
  of: async (member) => Promise.all((await rowsOf(member)).map((row) => unseal(member, row.key, row))),
  /** How many wait, by member, without opening one. */
  async counted() {
    const waiting = (await all("texts")).filter((row) => row.waits);
    return waiting.reduce((sums, { member }) => sums.set(member, (sums.get(member) ?? 0) + 1), new Map());
  },
};

export const members = {
  /** Who wrote here and where they may, as it was when they were last online. */
  async known() {
    const rows = (await all("members")).filter((row) => row.sealed);
    return Promise.all(rows.map((row) => unseal(row.member, row.member, row)));
  },
  remember: (facts) => alone(async () => {
    const sealed = await seal(facts.member, facts.member, facts);
    await put("members", { ...(await get("members", facts.member)), ...sealed });
  }),
  /** Key and facts go, and what is still sealed with the key is lost with it. */
  forget: (member) => alone(async () => {
    for (const row of await rowsOf(member)) await remove("texts", row.key);
    await remove("members", member);
  }),
};
