// Requests to the service, with the access key if there is one.

export const KEY = "semsearch-key"; // name of the stored key, in this tab only

// Only pages of this service are parsed as HTML. Their scripts do not run.
const rules = { createHTML: (text) => text };
const policy = globalThis.trustedTypes?.createPolicy("semsearch", rules) ?? rules;

/** Fetch a URL of this service. */
export function get(address, { signal, accept = "application/json" } = {}) {
  return send(address, { signal, headers: { Accept: accept } });
}

/** Send a request to this service, as `fetch` does. */
export function send(address, { headers, ...how }) {
  const key = sessionStorage.getItem(KEY);
  return fetch(address, { ...how, headers: key ? { ...headers, Authorization: `Bearer ${key}` } : headers });
}

/** Fetch a page of this service as a document. */
export async function fetchPage(address, signal) {
  const response = await get(address, { signal, accept: "text/html" });
  const isPage = response.headers.get("content-type")?.startsWith("text/html");
  if (!isPage || new URL(response.url).origin !== location.origin) throw new TypeError("this is not a page");
  const page = new DOMParser().parseFromString(policy.createHTML(await response.text()), "text/html");
  return { page, response };
}
