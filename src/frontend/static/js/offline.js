// On every page of those who write: sends what waits, says what waits, and says when there is no signal.

import { lock, members, texts } from "./device.js";
import { Outbox } from "./outbox.js";
import { fetched, server } from "./server.js";
import { h } from "./ui.js";

const [LONGEST, SHORTEST] = [300_000, 5_000];
const page = document.querySelector('meta[name="member"]');
const csrf_token = document.querySelector('meta[name="csrf-token"]')?.content;
const tabs = new BroadcastChannel("cocreate");

/** Who is signed in, as this page knows it; nobody in the shells. */
export const viewer = page && { member: page.content, slug: page.dataset.slug, csrf_token };
/** Who writes here: without signal nobody can be asked. */
export const writer = () => viewer?.member ?? localStorage.getItem("writer");

const said = (detail) => document.dispatchEvent(new CustomEvent("outbox", { detail }));
tabs.onmessage = ({ data }) => said(data);

export const outbox = new Outbox({
  store: texts, server, lock: lock("outbox"), session: viewer,
  tell(event) { tabs.postMessage(event); said(event); },
});

let [failures, timer] = [0, 0];

/** Send what waits now; later again with growing delays while the server cannot be reached. */
export async function send() {
  const how = await outbox.send();
  failures = how === "unreachable" ? failures + 1 : 0;
  clearTimeout(timer);
  timer = setTimeout(send, failures ? Math.min(SHORTEST * 2 ** failures, LONGEST) : LONGEST);
  if (how !== "sent") navigator.serviceWorker?.getRegistration().then((worker) => worker?.sync?.register("texts")).catch(() => {});
  await showWaiting();
  return how;
}

export async function keep(key, given) {
  const text = await outbox.keep(key, given);
  if (!localStorage.getItem("asked")) {
    localStorage.setItem("asked", "yes");
    navigator.storage?.persist?.();
  }
  return text;
}

export const many = (count, one = "text is", more = "texts are") => `${count} ${count === 1 ? one : more}`;

export async function showWaiting() {
  const counts = await texts.counted();
  const own = counts.get(writer()) ?? 0;
  const others = [...counts.values()].reduce((sum, count) => sum + count, -own);
  const line = document.querySelector("[data-waiting]");
  line.hidden = !own && !others;
  line.firstElementChild.replaceChildren(
    own ? `${many(own)} on this device, not sent yet. ` : "",
    others ? `Somebody else has ${many(others, "text", "texts")} waiting on this device. ` : "",
    own ? h("a", { href: "/waiting" }, own === 1 ? "See it" : "See them") : "",
  );
}

function showSignal() {
  const line = document.querySelector("[data-offline]");
  const device = matchMedia("(pointer: coarse)").matches ? "phone" : "device";
  line.hidden = navigator.onLine;
  line.firstElementChild.textContent = navigator.onLine ? ""
    : `You are offline. Anything you write is kept on this ${device} and sent when you have signal.`;
}

/** What the empty form needs without signal, once in each tab. */
async function remember() {
  if (sessionStorage.getItem("remembered") === viewer.member) return;
  const facts = await fetched(`/w/${viewer.slug}/writing`);
  if (!facts) return;
  await members.remember(facts);
  sessionStorage.setItem("remembered", viewer.member);
}

export const remembered = viewer ? remember().catch(() => {}) : Promise.resolve();

if (viewer) localStorage.setItem("writer", viewer.member);
navigator.serviceWorker?.register("/sw.js").catch(() => {});
for (const event of ["online", "offline"]) addEventListener(event, showSignal);
for (const event of ["online", "focus"]) addEventListener(event, send);
document.addEventListener("visibilitychange", () => document.hidden || send());
document.addEventListener("submit", async (event) => {
  if (!/^\/sign-out$|\/settings\/leave$/.test(event.target.getAttribute("action"))) return;
  event.preventDefault();
  (await import("./leaving.js")).leave(event.target);
});
showSignal();
send();
for (const form of document.querySelectorAll("form.editor[data-note]")) import("./editor.js").then(({ edit }) => edit(form, viewer));
