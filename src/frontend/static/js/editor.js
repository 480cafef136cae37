// A form in which somebody writes: kept on the device while they type, autosaved when they stop, and
// saved when they say so. Where anything here fails, the form is an ordinary form.

import { texts } from "./device.js";
import { lookAgain, undecided } from "./guard.js";
import { keep, outbox, send } from "./offline.js";
import { newId } from "./outbox.js";
import { address, fetched, letter } from "./server.js";
import { clock, h } from "./ui.js";

const [PAUSE, AT_LEAST, LONGEST_ALIVE] = [1_500, 300, 60_000];
const UNSENT = "On this device, not sent yet";
const HELD = "On this device. Decide about what is pointed out, and it is saved.";

class Editor {
  constructor(form, who) {
    const url = new URL(location);
    this.wanted = url.searchParams.get("text");
    url.searchParams.delete("text");
    Object.assign(this, { form, who, box: form.elements.body, key: newId(), place: url.pathname + url.search });
    this.status = form.querySelector(".saved, .state");
    // The browser would keep the words itself, unsealed, and put them back into a form that is new.
    form.autocomplete = "off";
  }

  async begin() {
    document.addEventListener("outbox", ({ detail }) => detail.key === this.key && this.hear(detail));
    this.box.addEventListener("input", () => this.typed());
    this.form.addEventListener("change", () => this.choose());
    this.form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.save().catch(() => this.submit());
    });
    this.form.addEventListener("keydown", (event) => {
      if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) this.form.requestSubmit();
    });
    document.addEventListener("visibilitychange", () => document.hidden && this.unsent && this.autosave());
    // Before another page is asked for there is still time for what was typed last. Without a
    // network the next page may come sooner than the device is done, so one is asked to stay.
    this.box.addEventListener("blur", () => this.soon && this.keep());
    addEventListener("beforeunload", (event) => {
      if (!this.soon) return;
      this.keep();
      if (!navigator.onLine) event.preventDefault();
    });
    addEventListener("pagehide", () => this.unsent && this.goes());
    // Somebody was faster than this script.
    if (this.box.value !== this.box.defaultValue) this.typed();
    return this.restore();
  }

  given(autosaved) {
    const { form, who, place } = this;
    const { note, engagement, kind, readers, title } = form.dataset;
    const data = new FormData(form);
    const audience = data.get("audience") ?? "me";
    const fields = {
      body: this.box.value, audience, autosaved, kind: data.get("kind") ?? kind, engagement_id: engagement,
      reader_ids: readers ? [readers].slice(audience === "named" ? 0 : 1) : data.getAll("reader_ids"),
      session_id: data.get("session_id") || null, settles: data.get("settles") || null,
      widening_to: data.getAll("widening_to"), identifiers_kept: data.has("identifiers_kept"),
    };
    const version = Number(form.elements.version.value);
    const held = undecided(this.box).length > 0;
    const choice = { audience, reader_ids: fields.reader_ids };
    return { member: who.member, slug: who.slug, id: note, place, title, version, fields, held, choice };
  }

  say(words, link) {
    this.status.replaceChildren(words, link ?? "");
  }

  typed() {
    this.unsent = true;
    if (!this.aside) this.say("Not saved yet");
    this.soon ||= setTimeout(() => this.keep(), AT_LEAST);
    clearTimeout(this.later);
    this.later = setTimeout(() => this.autosave(), PAUSE);
  }

  /** Who is to read it holds on this device, too; the server hears of it when it is saved. */
  choose() {
    const { choice } = this.given(true);
    texts.update(this.key, (text) => text && { ...text, choice });
  }

  async keep(autosaved = true) {
    clearTimeout(this.soon);
    this.soon = 0;
    if (!this.box.value.trim()) return;
    this.mutation ??= newId();
    const text = await keep(this.key, { ...this.given(autosaved), mutation: this.mutation });
    this.mutation = text.mutation;
  }

  async autosave() {
    clearTimeout(this.later);
    await this.keep();
    if (!this.box.value.trim() || this.saving) return;
    if (undecided(this.box).length) return this.say(HELD);
    const slow = setTimeout(() => this.say("Saving…"), AT_LEAST);
    const how = await send();
    clearTimeout(slow);
    this.fail(how);
  }

  /** What has to be said when nothing was heard of this text. */
  fail(how) {
    const same = outbox.session?.member === this.who.member;
    if (how === "unreachable") this.say(UNSENT);
    else if (how === "left") {
      this.say("You no longer have access: kept on this device. ", h("a", { href: "/waiting" }, "See it and download it."));
    } else if (how === "signed out" || !same) {
      this.say("Signed out: kept on this device. ", h("a", { href: `/sign-in?next=${encodeURIComponent(this.place)}` }, "Sign in again to send it."));
    }
  }

  hear({ kind, version, rest, why }) {
    this.tried = kind === "sending";
    if (this.tried) {
      this.mutation = null;
      return;
    }
    this.heard = true;
    this.form.elements.version.value = version;
    if (this.form.elements.csrf_token) this.form.elements.csrf_token.value = outbox.session?.csrf_token ?? "";
    if (kind === "refused") this.say(`Not saved yet. ${why}`);
    if (kind === "aside") {
      this.aside = true;
      this.say("Two versions kept. ", h("a", { href: address(this.given()) }, "See both"));
    }
    if (rest || this.soon || this.saving) return;
    this.unsent = kind === "refused";
    if (kind === "saved") this.say(`Saved ${clock(Date.now())}`);
  }

  async save() {
    if (this.saving) return;
    if (!this.box.value.trim()) return this.submit();
    this.saving = true;
    clearTimeout(this.later);
    await this.keep(false);
    this.say("Saving…");
    const how = await send();
    this.saving = false;
    const left = await texts.get(this.key);
    if (!left?.fields) {
      this.unsent = false;
      location.assign(address(this.given()));
    } else if (left.refused) {
      this.submit(left);
    } else if (how === "unreachable") {
      this.kept();
    } else this.fail(how);
  }

  /** As without any script: the server shows what it has to say, with the text in the form. */
  async submit(text) {
    if (this.form.hasAttribute("data-shell")) return;
    this.unsent = false;
    if (text) {
      await outbox.try(this.key);
      this.form.elements.mutation_id.value = text.mutation;
    }
    this.form.submit();
  }

  kept() {
    this.unsent = false;
    const title = h(this.form.hasAttribute("data-shell") ? "h2" : "h1", { tabIndex: -1 }, "Kept on this device");
    this.form.replaceChildren(
      title, h("p", {}, "It is not sent yet. It goes by itself when there is a connection."),
      h("p", { className: "send" }, h("a", { href: "/waiting" }, "See what waits"), h("a", { href: this.place }, "Write another")),
    );
    title.focus();
  }

  /** The page goes away: what the device has may not be all, and nobody will hear an answer. */
  goes() {
    const given = this.given(true);
    const { body } = given.fields;
    this.keep();
    if (!body.trim() || given.held || this.tried || this.aside || body.length > LONGEST_ALIVE || !outbox.session) return;
    fetch(address(given), { ...letter({ ...given, mutation: this.mutation }, outbox.session.csrf_token), keepalive: true }).catch(() => {});
    outbox.try(this.key);
  }

  /** What was typed here before and did not become a saved note, unless another tab has it open. */
  async restore() {
    if (this.wanted === "new") history.replaceState(null, "", this.place);
    const here = (text) => text.id === this.form.dataset.note
      || (text.place === this.place && (!text.fields || text.fields.autosaved));
    const found = (await texts.of(this.who.member)).filter((text) => (this.wanted ? text.key === this.wanted : here(text)));
    for (const { key } of found.reverse()) {
      if (!this.unsent && (await claim(key))) return this.adopt(key);
    }
    await claim(this.key);
  }

  async adopt(key) {
    const fresh = this.key;
    this.key = key;
    let text;
    do {
      this.heard = false;
      text = await texts.get(key);
    } while (this.heard);
    const waits = Boolean(text?.fields);
    if (text && !waits) text = await this.fetch(text);
    if (!text || this.unsent) {
      this.key = fresh;
      return claim(fresh);
    }
    const { id, version, fields, at } = text;
    this.mutation = waits ? text.mutation : null;
    [this.tried, this.aside] = [Boolean(text.tried), text.aside];
    if (fields.body !== this.box.value) {
      this.status.before(h("p", { className: "restored", role: "status" }, `This is what you had typed at ${clock(at)}. `,
        version ? "" : h("a", { href: `${this.place}${this.place.includes("?") ? "&" : "?"}text=new` }, "Start a new one")));
    }
    this.show(id, version, { ...fields, ...text.choice });
    lookAgain(this.box, !waits || fields.identifiers_kept);
    this.say(!waits ? `Saved ${clock(at)}` : text.held ? HELD : UNSENT);
    return text;
  }

  show(id, version, { body, audience, reader_ids, engagement_id, kind }) {
    const { elements, dataset } = this.form;
    Object.assign(dataset, { note: id, engagement: engagement_id, kind });
    if (elements.id) elements.id.value = id;
    elements.version.value = version;
    this.box.value = body;
    for (const input of this.form.querySelectorAll("[name=audience], [name=reader_ids]")) {
      input.checked = input.value === audience || reader_ids.includes(input.value);
    }
  }

  /** The words of a draft that the server has; none when it is finished, or gone. */
  async fetch(text) {
    try {
      const note = text.id === this.form.dataset.note ? null : (await fetched(address(text)))?.note;
      const { version } = note ?? {};
      await texts.update(text.key, (found) => (note?.drafted ? { ...found, version } : null));
      if (note?.drafted) return { ...text, version, fields: note };
    } catch {
      this.say(`Saved ${clock(text.at)}. It is shown again when you are online.`);
    }
  }
}

/** Hold a text for this tab; false when another tab has it. */
const claim = (key) => new Promise((resolve) => {
  navigator.locks.request(`cocreate writing ${key}`, { ifAvailable: true }, (held) => {
    resolve(Boolean(held));
    return held && new Promise(() => {});
  });
});

export function edit(form, who) {
  import("./completion.js").then(({ complete }) => complete(form, who));
  return new Editor(form, who).begin();
}
