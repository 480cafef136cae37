// Random lives of two devices with the real outbox, against a model of the server that is as strict as
// the real one about versions, mutations, sessions and tokens, and is cut off before or after it commits.

function chance(seed) {
  let state = seed >>> 0;
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
  return { next, below: (count) => Math.floor(next() * count), of: (list) => list[Math.floor(next() * list.length)] };
}

/** What `engagements/notes/service.py` does, and the session that `frontend/access.py` finds. */
class ModelServer {
  constructor(dice) {
    Object.assign(this, { dice, notes: new Map(), sessions: new Map(), faulty: true, stored: [] });
  }

  /** Device by device: somebody is signed in with one token, or nobody is. */
  signIn(device, member) {
    this.sessions.set(device, { member, csrf_token: `token ${device} ${this.dice.next()}` });
  }

  async session(device) {
    await this.weather();
    return this.sessions.get(device) ?? null;
  }

  async put(device, text, token) {
    await this.weather();
    const session = this.sessions.get(device);
    if (!session) return { status: 401, body: {} };
    if (session.csrf_token !== token) return { status: 403, body: {} };
    if (this.faulty && this.dice.next() < 0.03) return { status: 503, body: {} };
    const { body, identifiers_kept } = text.tried.fields;
    if (body.includes("NHS") && !identifiers_kept) return { status: 422, body: { errors: { identifiers: "Looks like a patient." } } };
    const answer = this.write(session.member, text.id, text.tried);
    await this.weather();
    return answer;
  }

  write(member, id, { mutation, fields, version }) {
    const note = this.notes.get(id);
    if (note && note.member !== member) return { status: 404, body: {} };
    const before = note?.kept.find((one) => one.mutation === mutation);
    if (before?.kind === "conflict") return { status: 409, body: { type: "urn:cocreate:kept-aside" } };
    if (before) return { status: 200, body: { version: note.version } };
    const entry = { mutation, body: fields.body, based: version, by: text_hand(fields.body) };
    this.stored.push(`${id} ${mutation}`);
    if (!note) {
      this.notes.set(id, { member, version: 1, body: fields.body, kept: [{ ...entry, kind: "revision", number: 1 }] });
      return { status: 201, body: { version: 1 } };
    }
    if (version !== note.version) {
      note.kept.push({ ...entry, kind: "conflict" });
      return { status: 409, body: { type: "urn:cocreate:kept-aside" } };
    }
    Object.assign(note, { version: version + 1, body: fields.body });
    note.kept.push({ ...entry, kind: "revision", number: version + 1 });
    return { status: 200, body: { version: note.version } };
  }

  /** Time passes, in which others come first; the line may break before or after the deed. */
  async weather() {
    for (let turns = this.dice.below(4); turns > 0; turns--) await null;
    if (this.faulty && this.dice.next() < 0.15) throw new TypeError("Failed to fetch");
  }
}

const text_hand = (body) => body.match(/<(\w+)\.\d+>\s*$/)?.[1];

/** Survives its tabs; a copy goes in and out, as through the sealing of the real one. */
class ModelStore {
  rows = new Map();
  async update(key, change, owner) {
    const before = this.rows.has(key) ? structuredClone(this.rows.get(key)) : undefined;
    const after = change(before && before);
    if (after === null) this.rows.delete(key);
    else if (after) this.rows.set(key, structuredClone({ ...after, owner: before?.owner ?? owner }));
    await null;
    return after && structuredClone(after);
  }
  async keys(member) {
    return [...this.rows].filter(([, row]) => row.owner === member).map(([key]) => key);
  }
}

/** One at a time, until the tab dies that has its turn; then the browser gives it to the next. */
class ModelLock {
  tail = Promise.resolve();
  run(tab, deed) {
    const turn = this.tail.then(() => (tab.dead ? undefined : Promise.race([deed(), tab.death])));
    this.tail = turn.catch(() => {});
    return turn;
  }
}

class Device {
  constructor(name, world) {
    Object.assign(this, { name, world, store: new ModelStore(), lock: new ModelLock(), now: 0 });
    this.open();
  }

  /** A tab: its outbox, and the hands that write in it. What it did not keep dies with it. */
  open() {
    const { world, name } = this;
    const tab = { dead: false, hands: [] };
    tab.death = new Promise((die) => { tab.die = () => { tab.dead = true; die("dead"); }; });
    const alive = (deed) => async (...given) => (tab.dead ? new Promise(() => {}) : deed(...given));
    tab.outbox = new world.Outbox({
      store: { update: alive((...all) => this.store.update(...all)), keys: alive((member) => this.store.keys(member)) },
      server: {
        session: alive(() => world.server.session(name)),
        put: async (text, token) => {
          if (tab.dead) return new Promise(() => {});
          const answer = await world.server.put(name, text, token);
          return tab.dead ? new Promise(() => {}) : answer;
        },
      },
      lock: (deed) => this.lock.run(tab, deed),
      now: () => this.now,
      session: world.server.sessions.get(name) ?? null,
      tell: (event) => {
        const hand = tab.hands.find((one) => one.key === event.key);
        if (hand && event.kind !== "sending" && event.version !== undefined) hand.version = event.version;
      },
    });
    this.tab = tab;
  }

  kill() {
    this.tab.die();
    this.open();
  }
}

class World {
  constructor(Outbox, newId, seed) {
    this.dice = chance(seed);
    Object.assign(this, { Outbox, newId, server: new ModelServer(this.dice), typed: [], serial: 0, hands: 0 });
    this.devices = ["phone", "laptop"].map((name) => {
      this.server.signIn(name, "maya");
      return new Device(name, this);
    });
  }

  /** A form is opened: a new note, one that the server has, or what this device had not sent. */
  begin(device) {
    const kind = this.dice.below(3);
    const saved = [...this.server.notes].filter(([, note]) => note.member === "maya");
    const open = new Set(device.tab.hands.map((hand) => hand.key));
    const left = [...device.store.rows.values()].filter((row) => row.fields && row.owner === "maya" && !open.has(row.key));
    const hand = { key: this.newId(), name: `h${this.hands++}`, id: this.newId(), version: 0, body: "" };
    if (kind === 1 && saved.length) {
      const [id, note] = this.dice.of(saved);
      Object.assign(hand, { id, version: note.version, body: note.body });
    } else if (kind === 2 && left.length) {
      const row = this.dice.of(left);
      Object.assign(hand, { key: row.key, id: row.id, version: row.version, body: row.fields.body });
    }
    device.tab.hands.push(hand);
    return hand;
  }

  async type(device) {
    const hand = device.tab.hands.length && this.dice.next() < 0.7 ? this.dice.of(device.tab.hands) : this.begin(device);
    const mark = `<${hand.name}.${this.serial++}>`;
    const body = `${hand.body} ${this.dice.next() < 0.02 ? "NHS " : ""}${mark}`;
    const tab = device.tab;
    const autosaved = this.dice.next() < 0.7;
    const given = { member: "maya", slug: "north", id: hand.id, place: "/", title: "", version: hand.version,
      fields: { body, audience: autosaved ? "me" : "named", autosaved, reader_ids: [], widening_to: [], identifiers_kept: !autosaved } };
    const before = hand.body;
    hand.body = body;
    await Promise.race([tab.outbox.keep(hand.key, given), tab.death]);
    // Nobody was told that it is kept before it was.
    if (!tab.dead) this.typed.push(mark); else hand.body = before;
    if (!autosaved) tab.hands = tab.hands.filter((one) => one !== hand);
  }

  act() {
    const device = this.dice.of(this.devices);
    const turn = this.dice.next();
    device.now += this.dice.below(40_000);
    if (turn < 0.45) return this.type(device);
    if (turn < 0.8) return device.tab.outbox.send();
    if (turn < 0.88) return device.kill();
    if (turn < 0.92) return this.server.sessions.delete(device.name);
    if (turn < 0.97) return this.server.signIn(device.name, "maya");
    if (turn < 0.985) return this.server.signIn(device.name, "ros");
    device.now += 400_000;
    const hand = device.tab.hands.at(-1);
    return hand && device.tab.outbox.hasten(hand.key);
  }

  async live(steps) {
    for (let step = 0; step < steps; step++) {
      Promise.resolve(this.act()).catch((failure) => this.wrong(`a deed failed: ${failure}`));
      const patience = this.dice.below(60);
      for (let turns = 0; turns < patience; turns++) await null;
    }
    this.check("while it went on");
    this.server.faulty = false;
    for (const device of this.devices) {
      device.kill();
      this.server.signIn(device.name, "maya");
      for (let again = 0; again < 4; again++) {
        device.now += 1_000_000;
        device.tab.outbox.session = null;
        for (const [key, row] of device.store.rows) {
          if (row.fields && row.refused) await device.tab.outbox.keep(key, { ...row, fields: { ...row.fields, autosaved: false, identifiers_kept: true } });
          await device.tab.outbox.hasten(key);
        }
        await device.tab.outbox.send();
      }
    }
    this.check("in the end");
    for (const { name, store } of this.devices) {
      const waiting = [...store.rows.values()].filter((row) => row.fields);
      if (waiting.length) this.wrong(`${waiting.length} texts still wait on the ${name}`);
    }
  }

  faults = [];
  wrong(words) {
    this.faults.push(words);
  }

  bodies() {
    const kept = [...this.server.notes.values()].flatMap((note) => note.kept.map((one) => one.body));
    const waiting = this.devices.flatMap(({ store }) => [...store.rows.values()].flatMap((row) => [row.fields?.body, row.tried?.fields.body]));
    return [...kept, ...waiting].filter(Boolean);
  }

  check(when) {
    const all = this.bodies().join("\n");
    for (const mark of this.typed) if (!all.includes(mark)) this.wrong(`${mark} is lost ${when}`);
    if (new Set(this.server.stored).size !== this.server.stored.length) this.wrong(`a text was stored twice ${when}`);
    for (const note of this.server.notes.values()) this.history(note, when);
  }

  /** A revision has all that the one before it had; a copy is kept only where two hands met. */
  history(note, when) {
    const marks = (body) => body.match(/<\w+\.\d+>/g) ?? [];
    const revisions = note.kept.filter((one) => one.kind === "revision");
    for (const [at, one] of revisions.entries()) {
      const before = at ? marks(revisions[at - 1].body) : [];
      if (!before.every((mark) => one.body.includes(mark))) this.wrong(`a revision was written over ${when}`);
    }
    const bodies = note.kept.map((one) => one.body);
    if (new Set(bodies).size !== bodies.length) this.wrong(`a body is there twice ${when}`);
    const conflicts = note.kept.length - revisions.length;
    if (conflicts && new Set(note.kept.map((one) => one.by)).size < 2) this.wrong(`a hand met itself ${when}`);
    this.conflicts = (this.conflicts ?? 0) + conflicts;
  }
}

async (source, seed, count, steps) => {
  const { Outbox, newId } = await import(source);
  const told = { run: 0, faults: [], typed: 0, conflicts: 0, stored: 0 };
  for (let at = 0; at < count; at++) {
    const world = new World(Outbox, newId, seed + at);
    await world.live(steps);
    told.run++;
    told.typed += world.typed.length;
    told.conflicts += world.conflicts ?? 0;
    told.stored += world.server.stored.length;
    told.faults.push(...world.faults.map((words) => `seed ${seed + at}: ${words}`));
  }
  return told;
}
