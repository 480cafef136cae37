// What was typed and is not on the server yet: kept, sent exactly once, taken off when answered.
// The store, the way to the server, the lock and the clock are given, so that any schedule can be tried.

const ASIDE_WAITS = 300_000;

/** A UUIDv7: what the device names sorts by time, as what the server names does. */
export function newId() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  new DataView(bytes.buffer).setBigUint64(0, (BigInt(Date.now()) << 16n) | BigInt(0x7000 | (bytes[6] << 8 | bytes[7]) & 0xfff));
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.replace(/(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
}

/** Somebody saved, and typed on before it was sent: what they chose at the save still holds. */
function onwards(before, now) {
  if (!before || before.autosaved || !now.autosaved) return now;
  const { audience, reader_ids, widening_to } = before;
  return { ...now, autosaved: false, audience, reader_ids, widening_to };
}

/** What its writer has not decided about yet is held, though what was tried of it before is not. */
const unsent = (text, now) => text?.fields && !text.refused && (text.tried || (!text.held && text.after <= now));

/** What a text becomes by the answer to what was tried of it. */
function settled(text, tried, answer, now) {
  if (text?.tried?.mutation !== tried.mutation) return text;
  const rest = text.mutation !== tried.mutation && text.fields;
  const next = { ...text, tried: null };
  if (answer.kind === "refused") return rest ? next : { ...next, refused: answer.why };
  // A change of ours that was taken is the next version; a later one is somebody else's, not read here.
  if (answer.kind === "saved") next.version = Math.min(answer.version, tried.version + 1);
  else Object.assign(next, { aside: true, after: rest?.autosaved ? now + ASIDE_WAITS : 0 });
  if (rest) return { ...next, since: next.at };
  // Only where it stands is kept, without words, for the hand that may write on.
  return { ...next, fields: null, done: !tried.fields.autosaved };
}

/** Signed out; or, of somebody who is no member any more, left. */
const out = (session) => (session?.left ? "left" : "signed out");

function understood({ status, body }) {
  if (status < 300) return { kind: "saved", version: body.version };
  if (status === 409 && body.type === "urn:cocreate:kept-aside") return { kind: "aside" };
  if (status === 401) return { kind: out({ left: body.type === "urn:cocreate:left" }) };
  if (status === 403) return { kind: "stale token" };
  if (status >= 500 || status === 429 || status === 408) return { kind: "unreachable" };
  const why = Object.values(body.errors ?? {}).join(" ") || body.detail || "The server refused it.";
  return { kind: "refused", why, errors: body.errors };
}

export class Outbox {
  #store; #server; #lock; #now; #tell; #own;

  /** `session`: who the page was made for, as `{member, csrf_token}`; else the server is asked. */
  constructor({ store, server, lock, now = Date.now, tell = () => {}, session = null }) {
    [this.#store, this.#server, this.#lock, this.#now, this.#tell] = [store, server, lock, now, tell];
    this.session = session;
    this.#own = session?.member;
  }

  /** Keep the newest of one hand's text; a mutation that it names is taken if a new one is due.
   * What may have reached the server stays as it was tried. */
  keep(key, given) {
    const now = this.#now();
    return this.#store.update(key, (old) => {
      const used = !old?.fields || old.refused || old.tried?.mutation === old.mutation;
      const fresh = given.mutation && given.mutation !== old?.mutation ? given.mutation : newId();
      return {
        tried: null, ...old, ...given, key, at: now, refused: "", done: false,
        fields: onwards(old?.fields, given.fields),
        version: old ? old.version : given.version,
        since: old?.fields ? old.since : now,
        mutation: used ? fresh : old.mutation,
        after: old?.aside && given.fields.autosaved ? now + ASIDE_WAITS : 0,
      };
    }, given.member);
  }

  /** Take the newest as tried: the page sent it by itself, and will not hear the answer. */
  try(key) {
    return this.#store.update(key, (text) => text?.fields
      ? { ...text, refused: "", tried: text.tried ?? attempt(text) } : text);
  }

  /** Do not wait longer with what was kept aside, and ask again for what was refused. */
  hasten(key) {
    return this.#store.update(key, (text) => text && { ...text, after: 0, refused: "" });
  }

  /** Send what waits, one after the other; the word says how it went. */
  send() {
    return this.#lock(async () => {
      try {
        // Somebody else than the page was made for may have gone again meanwhile.
        if (this.session?.member !== this.#own) this.session = null;
        this.session ??= await this.#server.session();
        const member = this.session?.member;
        for (const key of member ? await this.#store.keys(member) : []) {
          const stopped = await this.#deliver(key, member);
          if (stopped) return stopped;
        }
        return member ? "sent" : this.#over(out(this.session));
      } catch {
        return "unreachable";
      }
    });
  }

  async #deliver(key, member) {
    for (;;) {
      const text = await this.#store.update(key, (found) => {
        if (unsent(found, this.#now())) return { ...found, tried: found.tried ?? attempt(found) };
        return found?.done ? null : found;
      });
      if (!unsent(text, this.#now())) return "";
      this.#tell({ key, kind: "sending" });
      const answer = await this.#ask(text, member);
      if (["signed out", "left", "unreachable"].includes(answer.kind)) return answer.kind;
      const left = await this.#store.update(key, (found) => settled(found, text.tried, answer, this.#now()));
      this.#tell({ ...answer, key, version: left?.version, rest: Boolean(left?.fields), saved: !text.tried.fields.autosaved });
    }
  }

  async #ask(text, member) {
    let answer = understood(await this.#server.put(text, this.session.csrf_token));
    if (answer.kind === "stale token") {
      this.session = await this.#server.session();
      if (this.session?.member !== member) return { kind: out(this.session) };
      answer = understood(await this.#server.put(text, this.session.csrf_token));
    }
    if (["signed out", "left"].includes(answer.kind)) this.#over();
    return answer.kind === "stale token" ? { kind: "unreachable" } : answer;
  }

  #over(how) {
    this.session = null;
    return how;
  }
}

const attempt = ({ mutation, fields, version }) => ({ mutation, fields, version });
