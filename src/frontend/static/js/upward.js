// Words that are selected in a note can be proposed for the sponsor. Without this they are pasted.

const note = document.querySelector("article.note");
const button = document.querySelector("[data-words-into]");
const box = document.getElementById(button?.dataset.wordsInto);

/** The words selected inside the note; nothing when the selection reaches out of it. */
function selected() {
  const selection = document.getSelection();
  if (!selection || selection.isCollapsed || !selection.rangeCount) return "";
  const within = note.contains(selection.getRangeAt(0).commonAncestorContainer);
  return within ? selection.toString().trim() : "";
}

/** Telephones drop the selection when something is pressed, so the words are kept by then. */
let words = "";

function offer() {
  words = selected();
  button.hidden = !words;
}

function take() {
  box.value = words;
  button.hidden = true;
  box.dispatchEvent(new Event("input", { bubbles: true }));
  box.focus();
  box.scrollIntoView({ block: "center" });
}

if (note && button && box) {
  document.addEventListener("selectionchange", offer);
  button.addEventListener("pointerdown", (event) => event.preventDefault());
  button.addEventListener("click", take);
}
