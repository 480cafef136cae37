// Signing out, and leaving the workspace: what waits is sent first, and what cannot be sent is asked about.

import { members, texts } from "./device.js";
import { send, viewer } from "./offline.js";
import { ask, download } from "./ui.js";

export async function leave(form) {
  await send();
  const waiting = (await texts.of(viewer.member)).filter((text) => text.fields);
  const forGood = form.getAttribute("action") !== "/sign-out";
  const choice = waiting.length ? await choose(waiting.length, forGood ? FOR_GOOD : FOR_NOW) : "nothing";
  if (!choice) return;
  if (choice === "download") return download(waiting);
  // Whoever left can still take the texts from this device: it has to know whose they are.
  if (!forGood || choice === "nothing") localStorage.removeItem("writer");
  sessionStorage.clear();
  // A device that never wrote by itself keeps nobody's name.
  if (choice === "throw" || (choice === "nothing" && (forGood || !localStorage.getItem("writes")))) await members.forget(viewer.member);
  form.submit();
}

const FOR_NOW = {
  words: "It can stay sealed on this device until you sign in here again, and is sent then.",
  choices: { keep: "Keep it sealed and sign out", download: "Download it first", throw: "Throw it away and sign out", "": "Stay signed in" },
};
const FOR_GOOD = {
  words: "Once you have left it cannot be sent any more. It stays on this device, where you can still download it.",
  choices: { download: "Download it first", keep: "Keep it here and leave", throw: "Throw it away and leave", "": "Do not leave yet" },
};

const choose = (count, { words, choices }) =>
  ask(count === 1 ? "1 text has not been sent" : `${count} texts have not been sent`, words, choices);
