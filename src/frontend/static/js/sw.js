// The service worker. The server puts VERSION, FILES and the modules that send before these lines.
// It keeps the files of this version and two pages that say nothing of anybody; never another page.

const KEPT = `cocreate ${VERSION}`;
const SHELLS = ["/write", "/waiting"];
const bare = (path) => new Request(path, { credentials: "omit", headers: { Accept: "text/html" } });
const found = (path) => caches.match(path, { ignoreVary: true });

async function page({ request, preloadResponse }) {
  const { pathname } = new URL(request.url);
  const shell = SHELLS.includes(pathname) ? pathname : "";
  const late = new Promise((_, reject) => { if (shell) setTimeout(reject, 3_000); });
  try {
    return await Promise.race([preloadResponse.then((answer) => answer ?? fetch(request)), late]);
  } catch {
    return found(shell || SHELLS[0]);
  }
}

self.addEventListener("install", (event) => event.waitUntil(caches.open(KEPT)
  .then((cache) => cache.addAll([...FILES, ...SHELLS.map(bare)])).then(() => self.skipWaiting())));

self.addEventListener("activate", (event) => event.waitUntil((async () => {
  for (const name of await caches.keys()) if (name !== KEPT) await caches.delete(name);
  await self.registration.navigationPreload?.enable();
  await self.clients.claim();
})()));

self.addEventListener("fetch", (event) => {
  const { request } = event;
  if (request.method !== "GET") return;
  if (request.mode === "navigate") event.respondWith(page(event));
  else if (FILES.includes(new URL(request.url).pathname)) event.respondWith(found(request.url).then((file) => file ?? fetch(request)));
});

self.addEventListener("sync", (event) => {
  const tabs = new BroadcastChannel("cocreate");
  const outbox = new Outbox({ store: texts, server, lock: lock("outbox"), tell: (said) => tabs.postMessage(said) });
  event.waitUntil(outbox.send().then((how) => { if (how === "unreachable") throw new Error(how); }));
});
