// Edits with the key of the tab, and what a refusal says.

import { get, send } from "./service.js";

const TRIES = 3; // somebody else may edit the entry between reading and writing it

/** The URL of an entry in the interface; a name is good, too. */
export function entryAddress(root, id) {
  return `${root}v1/entries/${encodeURIComponent(id)}`;
}

/** Add questions to the phrases of an entry, from the revision that was read. */
export async function addPhrases(address, questions) {
  for (let tried = 1; ; tried += 1) {
    const found = await get(address);
    if (!found.ok) return found;
    const { asked_as: known = [] } = await found.json();
    const done = await send(address, {
      method: "PATCH",
      headers: {
        Accept: "application/json",
        "Content-Type": "application/merge-patch+json",
        "If-Match": found.headers.get("etag"),
      },
      body: JSON.stringify({ asked_as: [...known, ...questions.filter((one) => !known.includes(one))] }),
    });
    if (done.status !== 412 || tried === TRIES) return done;
  }
}

/** Send an object as JSON. */
export function post(address, body, headers) {
  return send(address, {
    method: "POST",
    headers: { Accept: "application/json", "Content-Type": "application/json", ...headers },
    body: JSON.stringify(body),
  });
}

/** What an answer says if it is a refusal, for people; empty otherwise. */
export async function refusal(response) {
  if (response.ok) return "";
  const problem = await response.json().catch(() => ({}));
  return problem.detail ?? `it was refused with status ${response.status}`;
}
