// The empty form with no network behind it: who writes, and to whom, comes from what this device knows.

import { members } from "./device.js";
import { edit } from "./editor.js";
import { newId } from "./outbox.js";
import { h } from "./ui.js";

const form = document.querySelector("form[data-shell]");
const [who, where] = ["who", "where"].map((id) => document.getElementById(id));
const known = await members.known();
localStorage.setItem("writes", "yes");

/** Radio buttons for `options`, if there is a choice at all. */
function offer(group, options, chosen) {
  group.hidden = options.length < 2;
  group.querySelector(".opts").replaceChildren(...options.map(({ label, value }, at) => h("div", { className: "opt" },
    h("input", { type: "radio", name: group.id, id: `${group.id}-${at}`, onchange: () => chosen(value) }),
    h("label", { htmlFor: `${group.id}-${at}` }, label))));
}

function about(place) {
  const coached = place.kind === "reflection";
  const title = coached ? `Reflection for ${place.lead}` : `Note: ${place.engagement}`;
  Object.assign(form.dataset, { engagement: place.engagement_id, kind: place.kind, readers: coached ? place.lead_id : "", lead: place.lead, title });
  form.querySelector("h2").textContent = coached ? "Add a reflection" : "Write a note";
  form.querySelector(".kicker").textContent = coached ? `${place.engagement}, with ${place.lead}` : place.engagement;
  for (const input of form.elements.audience) {
    input.closest(".opt").hidden = input.value === (coached ? "team" : "named");
    if (input.value === "named") input.labels[0].lastChild.textContent = `You and ${place.lead}`;
    input.checked = input.value === (coached ? "named" : "me");
  }
}

async function writes(person) {
  who.hidden = true;
  form.dataset.note = newId();
  const engagement = location.pathname.split("/engagements/")[1]?.slice(0, 36);
  const places = person.places.toSorted((a, b) => (b.engagement_id === engagement) - (a.engagement_id === engagement));
  offer(where, places.map((value) => ({ label: value.engagement, value })), about);
  if (!places.length) return;
  about(places[0]);
  if (places.length > 1) where.querySelector("input").checked = true;
  form.hidden = false;
  form.elements.body.focus();
  const text = await edit(form, person);
  if (text) {
    where.hidden = true;
    const place = places.find((one) => one.engagement_id === text.fields.engagement_id);
    if (place) form.querySelector(".kicker").textContent = place.engagement;
  }
}

document.getElementById("nobody").hidden = known.some((person) => person.places.length);
offer(who, known.map((value) => ({ label: value.name, value })), writes);
if (known.length === 1) writes(known[0]);
