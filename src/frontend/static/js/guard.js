// What could identify a patient is pointed out below the text, and asked about before it is sent.
// The rules are those of engagements/notes/patient_identifiers.py, held to the same examples.

const WORDS = {
  nhs_number: "an NHS number",
  date_of_birth: "a date of birth",
  hospital_number: "a hospital number",
  email: "an e-mail address",
};
const NAMED = 3;
const LOOK_BACK = 40;
const BESIDE = 60;
const AGO = 2;
const PAUSE = 700;
const GUARDED = "textarea[data-guard]";

const GAP = "[ \u00a0\u2009\u202f]?[-\u2010\u2011\u2013]?[ \u00a0\u2009\u202f]?";
const TEN_DIGITS = new RegExp(`[0-9]{3}${GAP}[0-9]{3}${GAP}[0-9]{4}`, "g");
const PART_OF_MORE = /[0-9][-.]?$/;
const CALLED_NHS = /\b(?:NHS|CHI)[^0-9\n]{0,16}$/i;
const SOMETHING_ELSE = new RegExp(
  "[A-Za-z_/=&@]$" +
    "|(?:\\+|\\b00)[0-9]{1,3}[ ()0-]*$" +
    "|(?:^|[^0-9])0[0-9]{2,4}\\)?[ -]$" +
    "|(?:[£$€]|\\bGBP|\\bEUR|\\bUSD) ?$" +
    "|\\b(?:tel|telephone|phone|mobile|mob|fax|ring|call|bleep|pager|zoom|meeting|passcode|isbn" +
    "|invoice|order|account)[^0-9A-Za-z\\n]{0,3}" +
    "(?:(?:me|us|him|her|them|on|is|number|no|id)[^0-9A-Za-z\\n]{1,3}){0,3}$",
  "i",
);
const GOES_ON = /^(?:[0-9A-Za-z_@]|[-.][0-9]| ?(?:GBP|EUR|USD|pounds|euros))/;

const BORN = new RegExp(
  "(?:\\bd\\.? ?o\\.? ?b\\.?|\\bdate of birth|\\bbirth ?date|\\bbirthday|\\bborn)" +
    "[^0-9A-Za-z\\n]{0,4}(?:(?:is|was|on|the)[^0-9A-Za-z\\n]{1,3}){0,2}$",
  "i",
);
const FULL_YEAR = /[0-9]{4}$|[/.'’-][0-9]{2}$/;
const OF_WORK = new RegExp(
  "\\b(?:since|from|until|till|after|before|joined|joins|began|started|starting|left|retired" +
    "|qualified|appointed|promoted|post|met|meeting|session|workshop|interview|board" +
    "|report|review|survey|published|opened|moved|wrote|letter|minutes|held|contract|signed)\\b",
  "i",
);
const ON = /\b(?:on|by|in|of|to|dated) (?:the )?$/i;

const HOSPITAL_NUMBER = new RegExp(
  "\\b(?:" +
    "(?:MRN|(?:hospital|hosp\\.?|unit|patient) ?(?:number|num\\.?|no\\.?|ID))" +
    "[^0-9A-Za-z\\n]{0,4}(?:(?:is|was)[^0-9A-Za-z\\n]{1,3})?" +
    "([A-Z]{0,3}[ -]?[0-9]{5,10}[A-Z]?|[0-9]{3}[ -][0-9]{3,4})" +
    "|(?:hospital|patient|pt)[^0-9A-Za-z\\n]{1,3}([A-Z]{1,3}[0-9]{6,7})" +
    ")(?![0-9A-Za-z])",
  "gi",
);
const EMAIL = /[A-Za-z0-9._%+'-]{1,64}@[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63}){0,5}\.[A-Za-z]{2,24}/g;
const LOCAL_PART = /[A-Za-z0-9._%+-]$/;

const MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
const MONTH =
  "jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?" +
  "|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?";
const SPELLINGS = [
  "(?<d>[0-9]{1,2})(?<s> ?[/.-] ?)(?<m>[0-9]{1,2})\\k<s>(?<y>[0-9]{4}|[0-9]{2})",
  "(?<d>[0-9]{2}) (?<m>[0-9]{2}) (?<y>[0-9]{4})",
  "(?<y>[0-9]{4})[/.-](?<m>[0-9]{2})[/.-](?<d>[0-9]{2})",
  `(?<d>[0-9]{1,2})(?:st|nd|rd|th)?(?: of)?[ -]?(?<m>${MONTH})\\.?,?[ -]?['’]?(?<y>[0-9]{4}|[0-9]{2})`,
  `(?<m>${MONTH})\\.? (?<d>[0-9]{1,2})(?:st|nd|rd|th)?,? (?<y>[0-9]{4})`,
].map((spelling) => new RegExp(spelling, "gi"));
const BEGUN_EARLIER = /[0-9][/.-]?$|[A-Za-z£$€]$/;
const DATE_GOES_ON = /^(?:[0-9A-Za-z]|[/.:-][0-9]| ?[ap]m\b)/;

const UPPER = "A-ZÀ-ÖØ-ÞĀ-ſ";
const LOWER = "a-zß-öø-ÿĀ-ſ";
const WORD = new RegExp(
  `[${UPPER}](?:['’][${UPPER}])?[${LOWER}]+(?:(?:['’-][${UPPER}]?|[${UPPER}])[${LOWER}]+)*`,
  "g",
);
const LETTER = new RegExp(`[${UPPER}${LOWER}]$`);
const BETWEEN = new RegExp(`^[ \u00a0](?:[${UPPER}]\\.?[ \u00a0])?$`);
const SURNAME_FIRST = new RegExp(
  `[${UPPER}]{2,}(?:['’-][${UPPER}]{2,})?, ?[${UPPER}][${LOWER}]+`,
  "g",
);
const TITLES = new Set(["Mr", "Mrs", "Ms", "Miss", "Master"]);
const NO_NAMES = new Set(
  (
    "A After All An And As At Before Both But By Dear During Every Everyone For From He Her His How If In Is " +
    "It Its Last Later My New Next No Nobody Not Now On One Or Our She Since So Some That The Their Then There " +
    "They This Three To Today Two Until We What When Where Which While Who Why With Yes Yesterday You Your " +
    "January February March April June July August September October November December " +
    "Jan Feb Mar Apr Jun Jul Aug Sep Sept Oct Nov Dec Monday Tuesday Wednesday Thursday Friday Saturday Sunday " +
    "Christmas Easter Spring Summer Autumn Winter " +
    "Act Acute Agreed Board British Care Centre Chief City Clinic Clinical Coaching College Commission " +
    "Committee Community Council County Department Director Directorate Dr Emergency England Executive Finance " +
    "Foundation General Great Group Health Hospital Hospitals House Infirmary Integrated Intensive Ireland " +
    "Kingdom Lane Leader London Manager Matron Medical Meeting Mental National North Northern Notes Nurse " +
    "Nursing Officer Park Practice Primary Prof Professor Programme Quality Quarter Report Review Road Room " +
    "Royal Safety Scotland Service Services Session Sister Society South Southern Staff Standard Standards " +
    "Street Surgery Survey Team Theatre Theatres Together Trust Unit United University Update Vale Wales Ward " +
    "West Western East Eastern Working Workshop"
  ).split(" "),
);

const finding = (kind, text, start, end) => ({ kind, start, end, words: text.slice(start, end) });
const before = (text, at, length) => text.slice(Math.max(0, at - length), at);

/** What could identify a patient, in the order of the text; no two findings overlap. */
export function found_in(text, today = new Date().toISOString().slice(0, 10)) {
  const possible = [
    ...nhsNumbers(text),
    ...hospitalNumbers(text),
    ...datesOfBirth(text, today),
    ...emails(text),
  ];
  const found = [];
  for (const each of possible.sort((a, b) => a.start - b.start)) {
    if (!found.length || found.at(-1).end <= each.start) found.push(each);
  }
  return found;
}

/** What was found, and what to do, as sentences for the writer; empty when nothing was. */
export function described(findings) {
  if (!findings.length) return "";
  if (findings.length === 1) {
    const [{ kind, words }] = findings;
    return `This looks like ${WORDS[kind]}: ${words}. If it is a patient's, leave it out.`;
  }
  const parts = findings.slice(0, NAMED).map(({ kind, words }) => `${WORDS[kind]} (${words})`);
  if (findings.length > NAMED) parts.push(`${findings.length - NAMED} more`);
  const listed = `${parts.slice(0, -1).join(", ")} and ${parts.at(-1)}`;
  return `These look like ${listed}. If they are a patient's, leave them out.`;
}

function isNhsNumber(digits) {
  const total = [...digits].reduce((sum, digit, place) => sum + digit * (10 - place), 0);
  return total % 11 === 0 && new Set(digits).size > 1;
}

function* nhsNumbers(text) {
  for (const match of text.matchAll(TEN_DIGITS)) {
    const end = match.index + match[0].length;
    const ahead = before(text, match.index, LOOK_BACK);
    if (PART_OF_MORE.test(ahead) || GOES_ON.test(text.slice(end, end + 10))) continue;
    if (SOMETHING_ELSE.test(ahead) && !CALLED_NHS.test(ahead)) continue;
    if (isNhsNumber(match[0].replace(/[^0-9]/g, ""))) yield finding("nhs_number", text, match.index, end);
  }
}

function* hospitalNumbers(text) {
  for (const match of text.matchAll(HOSPITAL_NUMBER)) {
    const words = match[1] ?? match[2];
    const end = match.index + match[0].length;
    if (words === words.toUpperCase()) yield finding("hospital_number", text, end - words.length, end);
  }
}

function* emails(text) {
  for (const match of text.matchAll(EMAIL)) {
    if (!LOCAL_PART.test(before(text, match.index, 1))) {
      yield finding("email", text, match.index, match.index + match[0].length);
    }
  }
}

function* datesOfBirth(text, today) {
  for (const { start, end, day } of dates(text, today)) {
    const ahead = before(text, start, LOOK_BACK);
    const longAgo = `${+day.slice(0, 4) + AGO}${day.slice(4)}` <= today;
    const alone = longAgo && FULL_YEAR.test(text.slice(start, end)) && !ON.test(ahead);
    if (BORN.test(ahead) || (alone && isBesideAName(text, start, end))) {
      yield finding("date_of_birth", text, start, end);
    }
  }
}

function isBesideAName(text, start, end) {
  const first = Math.max(0, start - 2 * BESIDE);
  return names(text.slice(first, end + 2 * BESIDE)).some(([begins, ends]) => {
    const [begun, ended] = [first + begins, first + ends];
    const apart = Math.max(start - ended, begun - end);
    const ahead = before(text, begun, LOOK_BACK).split(/[.!?;\n]/).at(-1);
    const between = ended <= start ? text.slice(ended, start) : text.slice(end, begun);
    const near = apart >= 0 && apart <= BESIDE && !between.includes("\n\n");
    return near && !OF_WORK.test(`${ahead} ${between}`);
  });
}

/** Where each date that is not to come begins and ends, and which day it is, as 1961-03-12. */
function* dates(text, today) {
  for (const match of SPELLINGS.flatMap((spelling) => [...text.matchAll(spelling)])) {
    const end = match.index + match[0].length;
    if (BEGUN_EARLIER.test(before(text, match.index, 2)) || DATE_GOES_ON.test(text.slice(end, end + 5))) continue;
    const day = dayOf(match.groups, today);
    if (day && day <= today) yield { start: match.index, end, day };
  }
}

function dayOf({ y, m, d }, today) {
  const century = y.length === 4 ? 0 : 2000 + +y <= +today.slice(0, 4) ? 2000 : 1900;
  const month = /^[0-9]/.test(m) ? +m : MONTHS.indexOf(m.slice(0, 3).toLowerCase()) + 1;
  if (century + +y < 1900) return null;
  const day = new Date(Date.UTC(century + +y, month - 1, +d));
  return day.getUTCMonth() === month - 1 && day.getUTCDate() === +d ? day.toISOString().slice(0, 10) : null;
}

/** Where a first and a last name stand, a title and a last name, or a LAST, First. */
function names(text) {
  const spans = [...text.matchAll(WORD)]
    .filter((match) => !LETTER.test(before(text, match.index, 1)))
    .map((match) => [match.index, match.index + match[0].length, match[0]]);
  const found = [...text.matchAll(SURNAME_FIRST)].map((match) => [match.index, match.index + match[0].length]);
  for (let place = 1; place < spans.length; place++) {
    const [[start, until, first], [from, end, last]] = [spans[place - 1], spans[place]];
    const gap = text.slice(until, from);
    const between = TITLES.has(first) ? gap.replace(/^\./, "") : gap;
    if (BETWEEN.test(between) && !NO_NAMES.has(first) && !NO_NAMES.has(last)) found.push([start, end]);
  }
  return found;
}

const kept = new WeakMap();
const held = new WeakMap();
const waiting = new WeakMap();

/** What the writer of a text has not decided about yet. */
export function undecided(box) {
  return found_in(box.value).filter(({ words }) => !kept.get(box)?.has(words));
}

/** A text was put into the box; `decided`: its writer had decided about what is in it. */
export function lookAgain(box, decided) {
  if (decided) remember(box);
  pointOut(box);
}

/** Below the text: what was found in it, and the two things to do about it. */
function panelOf(box) {
  const id = `${box.id}-guard`;
  const there = document.getElementById(id);
  if (there) return there;
  const [panel, status, choices] = ["div", "p", "p"].map((name) => document.createElement(name));
  Object.assign(panel, { id, className: "guard" });
  Object.assign(status, { id: `${id}-found` });
  status.setAttribute("role", "status");
  Object.assign(choices, { className: "row", hidden: true });
  choices.append(button("Leave it out", status, () => leaveOut(box)));
  choices.append(button("Keep it: it is not a patient's", status, () => keep(box)));
  panel.append(status, choices);
  box.after(panel);
  return panel;
}

function button(label, about, press) {
  const made = document.createElement("button");
  Object.assign(made, { type: "button", className: "btn quiet small", textContent: label });
  made.setAttribute("aria-describedby", about.id);
  made.addEventListener("click", press);
  return made;
}

function pointOut(box) {
  const findings = undecided(box);
  const [status, choices] = panelOf(box).children;
  status.textContent = described(findings);
  choices.hidden = !findings.length;
  fieldOf(box.form).disabled = findings.length > 0 || !found_in(box.value).length;
}

/** The hidden field that says that the writer saw what was found, and keeps it; else it is not sent. */
function fieldOf(form) {
  const there = form.elements.namedItem("identifiers_kept");
  if (there) return there;
  const field = document.createElement("input");
  Object.assign(field, { type: "hidden", name: "identifiers_kept", value: "true", disabled: true });
  form.append(field);
  return field;
}

function leaveOut(box) {
  const [first] = undecided(box);
  held.delete(box.form);
  box.focus();
  if (first) box.setSelectionRange(first.start, first.end);
}

function keep(box) {
  remember(box);
  pointOut(box);
  box.focus();
  if (held.has(box.form)) {
    const submitter = held.get(box.form);
    held.delete(box.form);
    box.form.requestSubmit(submitter);
  } else {
    box.dispatchEvent(new Event("input", { bubbles: true }));
  }
}

function remember(box, decided = found_in(box.value).map(({ words }) => words)) {
  kept.set(box, new Set([...(kept.get(box) ?? []), ...decided]));
}

function ask(event) {
  const boxes = [...event.target.querySelectorAll(GUARDED)];
  const box = boxes.find((each) => undecided(each).length);
  boxes.forEach(pointOut);
  if (!box) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  held.set(event.target, event.submitter);
  panelOf(box).querySelector("button").focus();
}

function enliven() {
  for (const box of document.querySelectorAll(GUARDED)) {
    // What the note says already was decided about when it was saved.
    remember(box, box.dataset.guard.split("\n"));
    if (!fieldOf(box.form).disabled) remember(box);
    pointOut(box);
  }
}

document.addEventListener("input", (event) => {
  const box = event.target;
  if (!box.matches(GUARDED)) return;
  panelOf(box);
  clearTimeout(waiting.get(box));
  waiting.set(box, setTimeout(pointOut, PAUSE, box));
});
// Before anybody else hears of it: what sends the form by itself must not send it either.
document.addEventListener("submit", ask, true);
document.addEventListener("htmx:after:swap", enliven);
enliven();
