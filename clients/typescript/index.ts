// A client of the HTTP API of semsearch: openapi-fetch with the types of the API, the access key, and requests that are
// sent again when the service is busy or the connection fails.

import createFetchClient, { type Client, type Middleware } from "openapi-fetch";

import type { components, paths } from "./schema.js";

export type { components, operations, paths } from "./schema.js";

/** The API, by path: `client.GET("/v1/search", { params: { query: { q } } })`. */
export type SemsearchClient = Client<paths>;
/** What every error answers (RFC 9457). */
export type Problem = components["schemas"]["Problem"];

export interface Options {
  /** Access key, for a service that needs one. */
  key?: string;
  /** How often a request is sent again. 3 by default. */
  retries?: number;
  /** The longest pause before that, in seconds; an answer that asks for a longer one is returned. 30 by default. */
  maxWait?: number;
  /** Sends a request once. */
  fetch?: typeof globalThis.fetch;
}

const FIRST_PAUSE = 0.2; // seconds before a failed connection is tried again; it doubles each time
const SPREAD = 0.2; // part of a pause that is random, so that clients that were refused together return apart
const BUSY = [429, 503];

/**
 * Make a client of the service at an address such as `https://terms.example.org`.
 *
 * Every edit gets an `Idempotency-Key` unless it states one: sent again, it is carried out once.
 */
export default function createSemsearchClient(
  address: string,
  { key, retries = 3, maxWait = 30, fetch = globalThis.fetch }: Options = {},
): SemsearchClient {
  if (!/^https?:\/\//i.test(address) || !URL.canParse(address)) {
    throw new TypeError(`${JSON.stringify(address)} is not the address of a service, such as http://127.0.0.1:8000`);
  }
  const wrong = /[^!-~]/u.exec(key ?? ""); // the message has no more of the key
  if (wrong) {
    throw new TypeError(`the key has ${JSON.stringify(wrong[0])} as character ${wrong.index + 1}, which no key has`);
  }
  const client = createFetchClient<paths>({
    baseUrl: address,
    fetch: retrying(fetch, retries, maxWait),
    ...(key && { headers: { Authorization: `Bearer ${key}` } }),
  });
  client.use(KEYED);
  return client;
}

/** Read an answer in JSON Lines, which is asked for with `parseAs: "text"`. */
export function jsonLines<T>(text: string): T[] {
  return text
    .split("\n")
    .filter(Boolean)
    .map((line) => JSON.parse(line) as T);
}

const KEYED: Middleware = {
  onRequest({ request, schemaPath, params }) {
    for (const [name, value] of Object.entries(params.path ?? {})) {
      if (["", ".", ".."].includes(String(value))) {
        throw new TypeError(`${name} is ${JSON.stringify(value)}: no address can have it as a part`);
      }
    }
    if (request.method !== "GET" && schemaPath.startsWith("/v1/entries") && !request.headers.has("Idempotency-Key")) {
      request.headers.set("Idempotency-Key", crypto.randomUUID());
    }
  },
};

function retrying(fetch: typeof globalThis.fetch, retries: number, maxWait: number): typeof globalThis.fetch {
  return async (input, init) => {
    const request = new Request(input, init);
    for (let failures = 0; ; failures++) {
      let pause: number;
      try {
        const response = await fetch(request.clone());
        pause = BUSY.includes(response.status) ? retryAfter(response) : Infinity;
        if (failures >= retries || pause > maxWait) return response;
        await response.body?.cancel();
      } catch (error) {
        if (failures >= retries || request.signal.aborted || !isRepeatable(request)) throw error;
        pause = Math.min(FIRST_PAUSE * 2 ** failures, maxWait);
      }
      await sleep(pause * (1 + SPREAD * Math.random()), request.signal);
    }
  };
}

/** Whether nothing is done twice if the request arrives twice. A batch of questions only reads. */
function isRepeatable({ method, url, headers }: Request): boolean {
  return method === "GET" || headers.has("Idempotency-Key") || new URL(url).pathname.endsWith("/v1/search");
}

/** The seconds of a `Retry-After`, which may also be a date; without one, infinitely many. */
function retryAfter(response: Response): number {
  const stated = response.headers.get("Retry-After") ?? "";
  if (/^\d+$/.test(stated)) return Number(stated);
  const date = Date.parse(stated);
  return Number.isNaN(date) ? Infinity : Math.max(0, (date - Date.now()) / 1000);
}

function sleep(seconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = () => {
      clearTimeout(timer);
      reject(signal.reason);
    };
    const timer = setTimeout(() => {
      signal.removeEventListener("abort", stop);
      resolve();
    }, seconds * 1000);
    signal.addEventListener("abort", stop, { once: true });
    if (signal.aborted) stop();
  });
}
