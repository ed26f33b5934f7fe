// Run by `pytest tests/clients`, which starts the service that SEMSEARCH_URL names, and before it a proxy, FLAKY_URL, that
// fails as the first part of a path says (tests/clients/flaky_proxy.py).

import assert from "node:assert/strict";
import { test } from "node:test";

import createSemsearchClient, { jsonLines, type components } from "../index.js";

const { SEMSEARCH_URL: url = "", SEMSEARCH_KEY: key = "", FLAKY_URL: flaky = "" } = process.env;
const client = createSemsearchClient(url, { key });
const WHISK = { params: { path: { id: "kitchen:whisk" } } };

test("a question is answered, with types", async () => {
  const { data, error } = await client.GET("/v1/search", { params: { query: { q: "whisks", limit: 2 } } });
  assert.equal(error, undefined);
  const verdict: components["schemas"]["Verdict"] = data.verdict;
  assert.equal(verdict, "exact");
  assert.equal(data.hits[0]?.id, "kitchen:whisk");
});

test("an entry is changed from the state that was read, and only from it", async () => {
  const id = `kitchen:peel-${process.pid}`;
  const params = { path: { id } };
  const added = await client.PUT("/v1/entries/{id}", { params, body: { term: id, definition: "A shovel for loaves." } });
  assert.equal(added.response.status, 201);
  const etag = added.response.headers.get("ETag") ?? "";
  const header = { "If-Match": etag };
  const body = { aliases: ["oven shovel"] };
  const changed = await client.PATCH("/v1/entries/{id}", { params: { ...params, header }, body });
  assert.deepEqual(changed.data?.aliases, ["oven shovel"]);
  const late = await client.PATCH("/v1/entries/{id}", { params: { ...params, header }, body });
  assert.equal(late.error?.type, "/problems/condition-failed");
  const all = await client.GET("/v1/changes", { params: { query: { since: "0" } }, parseAs: "text" });
  const changes = jsonLines<components["schemas"]["Change"]>(all.data ?? "");
  assert.ok(changes.some((one) => one.id === id));
});

test("a busy service and a lost connection are tried again", async () => {
  const { data } = await createSemsearchClient(`${flaky}/busy,drop/ts-1`, { key }).GET("/v1/entries/{id}", WHISK);
  assert.equal(data?.term, "Whisk");
});

test("an edit whose answer was lost is carried out once", async () => {
  const body = { glossary: "kitchen", term: `Rack ${process.pid}`, definition: "A grid on which loaves cool." };
  const { data } = await createSemsearchClient(`${flaky}/lost/ts-2`, { key }).POST("/v1/entries", { body });
  const path = { id: data?.id ?? "" };
  const { data: versions } = await client.GET("/v1/entries/{id}/history", { params: { path } });
  assert.equal(versions?.length, 1);
});

test("a service that stays busy, or for too long, is told at once", async () => {
  const options = { key, retries: 1, maxWait: 10 };
  for (const script of ["busy,busy/ts-3", "busy60/ts-4"]) {
    const { error, response } = await createSemsearchClient(`${flaky}/${script}`, options).GET("/v1/info");
    assert.deepEqual([response.status, error?.type], [503, "/problems/overloaded"]);
  }
});

test("a request that must not be repeated is not, and a pause can be broken off", async () => {
  const dropped = createSemsearchClient(`${flaky}/drop/ts-5`, { key });
  await assert.rejects(dropped.POST("/v1/gaps:ignore", { body: { questions: [{ question: "x" }] } }), TypeError);
  const signal = AbortSignal.timeout(100);
  const waiting = createSemsearchClient(`${flaky}/busy20/ts-6`, { key }).GET("/v1/info", { signal });
  await assert.rejects(waiting, { name: "TimeoutError" });
});

test("what is no address and no key is refused; the message has no more of the key", () => {
  for (const address of ["localhost:8000", "", "http://", "http://x:y"]) {
    assert.throws(() => createSemsearchClient(address), { name: "TypeError", message: /is not the address of a service/ });
  }
  assert.throws(() => createSemsearchClient(url, { key: "schlüssel" }), /^TypeError: the key has "ü" as character 5/);
});

test("no request has an empty id or one of dots, which would have another address", async () => {
  for (const id of ["", ".", ".."]) {
    const asked = client.DELETE("/v1/entries/{id}", { params: { path: { id } } });
    await assert.rejects(asked, { name: "TypeError", message: `id is "${id}": no address can have it as a part` });
  }
});
