// The way to the server, for the page and for the service worker.

const PATIENCE = 30_000;

/** What is sent of a text that is tried. */
export function letter({ mutation, fields, version }, token) {
  return {
    method: "PUT",
    headers: { Accept: "application/json", "Content-Type": "application/json", "X-CSRF-Token": token },
    body: JSON.stringify({ ...fields, version, mutation_id: mutation }),
  };
}

export const address = ({ slug, id }) => `/w/${slug}/notes/${id}`;

/** JSON of this site; null to those who are signed out. */
export async function fetched(path) {
  const answer = await fetch(path, { headers: { Accept: "application/json" }, signal: AbortSignal.timeout(PATIENCE) });
  if (answer.status === 401) return null;
  if (!answer.ok) throw new Error(`${path} answers ${answer.status}`);
  return answer.json();
}

export const server = {
  /** Who is signed in; null when nobody is, and `{left: true}` when who was is no member any more. */
  async session() {
    const answer = await fetch("/session", { headers: { Accept: "application/json" }, signal: AbortSignal.timeout(PATIENCE) });
    if (answer.ok) return answer.json();
    if (answer.status !== 401) throw new Error(`/session answers ${answer.status}`);
    const { type } = await answer.json().catch(() => ({}));
    return type === "urn:cocreate:left" ? { left: true } : null;
  },
  async put(text, token) {
    const answer = await fetch(address(text), { ...letter(text.tried, token), signal: AbortSignal.timeout(PATIENCE) });
    return { status: answer.status, body: await answer.json().catch(() => ({})) };
  },
};
