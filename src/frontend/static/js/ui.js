/** An element with its properties and what is in it. */
export function h(tag, properties = {}, ...inside) {
  const element = Object.assign(document.createElement(tag), properties);
  element.append(...inside);
  return element;
}

export const clock = (at) => new Date(at).toLocaleTimeString("en-GB", { hour: "2-digit", minute: "2-digit" });

/** Ask in a dialogue; the word of the button that was pressed, or "" when it was closed. */
export function ask(title, words, choices) {
  const buttons = Object.entries(choices).map(([value, label], at) =>
    h("button", { value, className: at ? "btn quiet" : "btn" }, label));
  const dialog = h("dialog", { className: "ask" },
    h("form", { method: "dialog" }, h("h2", { id: "ask" }, title), h("p", {}, words), h("div", { className: "send" }, ...buttons)));
  dialog.setAttribute("aria-labelledby", "ask");
  document.body.append(dialog);
  dialog.showModal();
  return new Promise((resolve) => dialog.addEventListener("close", () => {
    dialog.remove();
    resolve(dialog.returnValue);
  }));
}

/** A file made on the device, so that the words can be taken elsewhere. */
export function download(texts) {
  const words = texts.map((text) => `${text.title}, ${new Date(text.at).toLocaleString("en-GB")}\n\n${text.fields.body}\n`);
  const href = URL.createObjectURL(new Blob([words.join("\n----\n\n")], { type: "text/plain" }));
  h("a", { href, download: "not-sent.txt" }).click();
  setTimeout(URL.revokeObjectURL, 10_000, href);
}
