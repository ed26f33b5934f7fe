// Requests to the service, with the access key if there is one.

export const KEY = "semsearch-key"; // name of the stored key, in this tab only

/** A random number of this page, new whenever it is loaded: what it asks twice is recorded once. */
export const PAGE_LOAD = random();

/** A random number in hexadecimal, also where a page is not in a secure context. */
export function random() {
  return [...crypto.getRandomValues(new Uint8Array(8))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

// Only pages of this service are parsed as HTML. Their scripts do not run.
const rules = { createHTML: (text) => text };
const policy = globalThis.trustedTypes?.createPolicy("semsearch", rules) ?? rules;

/** Fetch a URL of this service. */
export function get(address, { signal, accept = "application/json", headers } = {}) {
  return send(address, { signal, headers: { ...headers, Accept: accept } });
}

/** Send a request to this service, as `fetch` does. */
export function send(address, { headers, ...how }) {
  const key = sessionStorage.getItem(KEY);
  return fetch(address, { ...how, headers: key ? { ...headers, Authorization: `Bearer ${key}` } : headers });
}

/** Fetch a page of this service as a document. */
export async function fetchPage(address, { headers, ...how } = {}) {
  const response = await send(address, { ...how, headers: { ...headers, Accept: "text/html" } });
  const isPage = response.headers.get("content-type")?.startsWith("text/html");
  if (!isPage || new URL(response.url).origin !== location.origin) throw new TypeError("this is not a page");
  const page = new DOMParser().parseFromString(policy.createHTML(await response.text()), "text/html");
  return { page, response };
}
