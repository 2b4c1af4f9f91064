/**
 * Claims about keeping what is typed: one draft, each file once, and nothing lost between two windows.
 */

import assert from "node:assert/strict";
import { test } from "node:test";
import { Failure } from "../../../src/lib/failure.js";
import { Keeping } from "../../../src/ui/write/keeping.js";

/** @param {{ refuse?: string }} [host] */
function desk({ refuse = "" } = {}) {
  /** @type {any[]} */
  const asked = [];
  let revision = 0;
  const asking = {
    ask: async (/** @type {string} */ operation, /** @type {any} */ params) => void asked.push([operation, params.file ?? params.draft]),
    upload: async (/** @type {string} */ operation, /** @type {any} */ _source, /** @type {any} */ params) => {
      asked.push([operation, params.draft, params.revision ?? params.name]);
      if (operation === "draft_attach") return { id: `kept ${params.name}` };
      if (refuse && params.draft) throw new Failure({ code: refuse, sentence: "x", advice: "", fault: "user", facts: {} });
      return { draft: params.draft ?? `d${++revision}`, revision: (params.revision ?? 0) + 1 };
    },
  };
  const letter = { fields: /** @type {any} */ ({}), text: "x", files: /** @type {File[]} */ ([]), pictures: [] };
  /** @type {any[]} */
  const told = [];
  const keeping = new Keeping(/** @type {any} */ (asking), () => letter, { kept: (draft) => told.push(draft), failed: (thrown) => told.push(thrown) });
  return { keeping, asked, letter, told };
}

test("a letter is one draft, and each of its files goes over once", async () => {
  const { keeping, asked, letter } = desk();
  const file = new File(["x"], "a");
  letter.files = [file];
  await keeping.now();
  await keeping.now();
  letter.files = [];
  await keeping.now();
  assert.deepEqual(asked, [
    ["draft_put", null, undefined],
    ["draft_attach", "d1", "a"],
    ["draft_put", "d1", 1],
    ["draft_put", "d1", 2],
    ["draft_detach", "kept a"],
  ]);
});

for (const code of ["draft_changed", "draft_unknown"]) {
  test(`${code}: what is here becomes a draft of its own, with its files`, async () => {
    const { keeping, letter, told, asked } = desk({ refuse: code });
    letter.files = [new File(["x"], "a")];
    await keeping.now();
    await keeping.now();
    assert.deepEqual(told, ["d1", "d2"]);
    assert.deepEqual(asked.at(-1), ["draft_attach", "d2", "a"]);
  });
}

test("a failure is told, and the change counts as not kept", async () => {
  const { keeping, told } = desk({ refuse: "vault_locked" });
  await keeping.now();
  keeping.unkept = true;
  await keeping.now();
  assert.equal(told[1].code, "vault_locked");
  assert.equal(keeping.unkept, true);
});

test("a letter that was sent is kept no more", async () => {
  const { keeping, asked } = desk();
  await keeping.now();
  await keeping.end();
  keeping.changed();
  await keeping.now();
  assert.deepEqual(asked.slice(1), [["draft_remove", "d1"]]);
});
