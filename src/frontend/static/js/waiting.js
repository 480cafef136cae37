// What waits on this device: of the person who is signed in, or was when there was last a signal.

import { texts } from "./device.js";
import { outbox, send, showWaiting, writer } from "./offline.js";
import { ask, clock, download } from "./ui.js";

const list = document.querySelector("#texts");
const pattern = document.querySelector("template").content;

function address({ key, slug, id, version, fields: { kind, engagement_id } }) {
  const form = kind === "reflection" ? `engagements/${engagement_id}/reflections/new`
    : version ? `notes/${id}/edit` : `engagements/${engagement_id}/notes/new`;
  return `/w/${slug}/${form}?text=${key}`;
}

function item(text) {
  const one = pattern.cloneNode(true);
  const link = one.querySelector("a");
  link.textContent = text.fields.body.trim().slice(0, 80);
  if (how !== "left") link.href = address(text);
  const state = text.refused || (text.tried ? "Sent, but no answer came" : "Not sent yet");
  one.querySelector(".meta").textContent = `${text.title}, ${new Date(text.since).toLocaleDateString("en-GB")} ${clock(text.since)}. ${state}`;
  one.querySelector("button").onclick = async () => {
    const choice = await ask("Throw this text away?", `“${link.textContent}” is nowhere else.`, { throw: "Throw it away", "": "Keep it" });
    if (choice) await texts.update(text.key, () => null);
    show();
  };
  return one;
}

let how = "";

/** What is theirs; of somebody who is no member any more, to be taken elsewhere. */
async function mine() {
  const member = outbox.session?.member ?? (navigator.onLine && how !== "left" ? null : writer());
  return member ? (await texts.of(member)).filter((text) => text.fields) : [];
}

async function show() {
  const waiting = await mine();
  list.replaceChildren(...waiting.map(item));
  document.querySelector("#verbs").hidden = !waiting.length;
  document.querySelector("#none").hidden = waiting.length > 0;
  document.querySelector("#signed-out").hidden = Boolean(outbox.session) || !navigator.onLine || how === "left";
  document.querySelector("#left").hidden = how !== "left";
  document.querySelector("#send").hidden = how === "left";
  await showWaiting();
}

document.querySelector("#send").onclick = async () => {
  for (const { key } of await mine()) await outbox.hasten(key);
  how = await send();
  show();
};
document.querySelector("#download").onclick = async () => download(await mine());
document.addEventListener("outbox", ({ detail }) => detail.kind !== "sending" && show());
addEventListener("online", show);
how = await send();
show();
