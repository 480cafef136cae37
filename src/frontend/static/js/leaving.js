// Signing out: what waits is sent first, and what cannot be sent is asked about.

import { members, texts } from "./device.js";
import { send, viewer } from "./offline.js";
import { ask, download } from "./ui.js";

export async function leave(form) {
  await send();
  const waiting = (await texts.of(viewer.member)).filter((text) => text.fields);
  const choice = waiting.length ? await choose(waiting.length) : "nothing";
  if (!choice) return;
  if (choice === "download") return download(waiting);
  localStorage.removeItem("writer");
  sessionStorage.clear();
  // A device that never wrote by itself keeps nobody's name.
  if (choice === "throw" || (choice === "nothing" && !localStorage.getItem("writes"))) await members.forget(viewer.member);
  form.submit();
}

const choose = (count) => ask(
  count === 1 ? "1 text has not been sent" : `${count} texts have not been sent`,
  "It can stay sealed on this device until you sign in here again, and is sent then.",
  { keep: "Keep it sealed and sign out", download: "Download it first", throw: "Throw it away and sign out", "": "Stay signed in" },
);
