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
  session: () => fetched("/session"),
  async put(text, token) {
    const answer = await fetch(address(text), { ...letter(text.tried, token), signal: AbortSignal.timeout(PATIENCE) });
    return { status: answer.status, body: await answer.json().catch(() => ({})) };
  },
};
