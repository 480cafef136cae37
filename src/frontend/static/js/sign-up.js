// Signing up: the browser knows the time zone, and the name proposes the address.

const form = document.querySelector("[data-sign-up]");
const { consultancy, slug, time_zone: zone } = form.elements;

/** The same as the server makes of an address that is left empty. */
function proposed(name) {
  const plain = name.normalize("NFKD").replace(/[^\x00-\x7F]|'/g, "").toLowerCase();
  return plain.replace(/[^a-z0-9]+/g, "-").slice(0, 40).replace(/^-+|-+$/g, "");
}

const here = Intl.DateTimeFormat().resolvedOptions().timeZone;
if (!zone.dataset.chosen && [...zone.options].some((option) => option.value === here)) zone.value = here;

let own = slug.value !== "";
slug.addEventListener("input", () => (own = slug.value !== ""));
consultancy.addEventListener("input", () => {
  if (!own) slug.value = proposed(consultancy.value);
});
