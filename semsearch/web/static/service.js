// How the service is reached: with the key where there is one, and its pages read as pages.

export const KEY = "semsearch-key"; // where the key is kept, for this tab alone

// A page of this service, and nothing else, is read as markup; scripts in what is parsed so are never run.
const made = { createHTML: (text) => text };
const ours = globalThis.trustedTypes?.createPolicy("semsearch", made) ?? made;

/** Fetch something of this service. */
export function get(address, { signal, accept = "application/json" } = {}) {
  return send(address, { signal, headers: { Accept: accept } });
}

/** Send a request to this service, as `fetch` does. */
export function send(address, { headers, ...how }) {
  const key = sessionStorage.getItem(KEY);
  return fetch(address, { ...how, headers: key ? { ...headers, Authorization: `Bearer ${key}` } : headers });
}

/** Fetch a page of this service, as a document. */
export async function fetchPage(address, signal) {
  const response = await get(address, { signal, accept: "text/html" });
  const isPage = response.headers.get("content-type")?.startsWith("text/html");
  if (!isPage || new URL(response.url).origin !== location.origin) throw new TypeError("this is not a page");
  const page = new DOMParser().parseFromString(ours.createHTML(await response.text()), "text/html");
  return { page, response };
}
