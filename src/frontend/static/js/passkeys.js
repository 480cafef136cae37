// Passkeys: a form with data-passkey is sent once the browser has signed what the server asked.

const RENEW = 240_000; // the server's challenge is good for five minutes
const read = (text) => Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (sign) => sign.charCodeAt(0));
const write = (buffer) =>
  btoa(String.fromCharCode(...new Uint8Array(buffer))).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
const named = (list) => list?.map((one) => ({ ...one, id: read(one.id) }));

const WORDS = {
  NotAllowedError: "No passkey was chosen. Try again, or choose another way.",
  InvalidStateError: "This device has one of your passkeys already.",
};
let offering;

/** The server's options as the browser takes them; older ones cannot read JSON. */
function options(kind, json) {
  const parse = window.PublicKeyCredential[kind === "create" ? "parseCreationOptionsFromJSON" : "parseRequestOptionsFromJSON"];
  if (parse) return parse.call(window.PublicKeyCredential, json);
  const { user, excludeCredentials, allowCredentials } = json;
  return {
    ...json,
    challenge: read(json.challenge),
    user: user && { ...user, id: read(user.id) },
    excludeCredentials: named(excludeCredentials),
    allowCredentials: named(allowCredentials),
  };
}

/** As toJSON, which older browsers and some password managers lack. */
function plain(credential) {
  if (credential.toJSON) return credential.toJSON();
  const { id, rawId, type, response } = credential;
  const parts = ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"];
  const texts = parts.filter((name) => response[name]).map((name) => [name, write(response[name])]);
  const transports = response.getTransports?.();
  return { id, rawId: write(rawId), type, response: { ...Object.fromEntries(texts), transports } };
}

async function asked(form) {
  const headers = { Accept: "application/json", "X-CSRF-Token": form.elements.csrf_token?.value ?? "" };
  const answer = await fetch(`${form.action}/options`, { method: "POST", headers });
  const body = await answer.json();
  if (answer.ok) return options(form.dataset.passkey, body);
  throw Object.assign(new Error(body.detail), { told: true, again: answer.status === 401 || answer.status === 403 });
}

async function send(form, request) {
  const publicKey = await asked(form);
  const credential = await navigator.credentials[form.dataset.passkey]({ publicKey, ...request });
  form.elements.credential.value = JSON.stringify(plain(credential));
  form.submit();
}

async function pressed(form) {
  const error = form.querySelector("[data-passkey-error]");
  error.hidden = true;
  offering?.abort();
  try {
    await send(form);
  } catch (failure) {
    if (failure.again) return location.reload(); // which leads to signing in, or to confirming
    error.textContent = failure.told ? failure.message : WORDS[failure.name] ?? "This browser could not use a passkey here. Choose another way.";
    error.hidden = false;
  }
}

/** Passkeys among what the browser offers to fill into the address. */
function offer(form) {
  offering?.abort();
  offering = new AbortController();
  send(form, { mediation: "conditional", signal: offering.signal }).catch(() => {});
  return setTimeout(offer, RENEW, form);
}

function show(form) {
  const here = location.origin === form.dataset.site;
  const known = here && "PublicKeyCredential" in window;
  form.hidden = !known;
  document.querySelector("[data-passkey-without]").hidden = here ? known : true;
  document.querySelector("[data-passkey-elsewhere]").hidden = here;
  return known;
}

for (const form of document.querySelectorAll("[data-passkey]")) {
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    pressed(form);
  });
  if (show(form) && document.querySelector("[autocomplete~=webauthn]")) {
    window.PublicKeyCredential.isConditionalMediationAvailable?.().then((can) => can && offer(form));
  }
}
