/**
 * Claims about what the bar says. Its shape is held against the experiment's own schema, which refuses anything else.
 */

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";
import { Failure } from "../../../src/lib/failure.js";
import { install } from "../../support/fake-browser.js";
import { SAMPLES, opened, reason } from "../../support/samples.js";

/** @param {string} path */
const json = async (path) => JSON.parse(await readFile(new URL(path, import.meta.url), "utf8"));

install(await json("../../../src/_locales/en/messages.json"), "en");
const { content } = await import("../../../src/adapters/thunderbird/content.js");

/**
 * @typedef {NonNullable<ReturnType<typeof content>>} Bar
 * @typedef {import("../../../src/lib/shapes.js").ViewState} ViewState
 */

const types = (await json("../../../platform/thunderbird/experiment/schema.json"))[0].types;

/**
 * The part of Mozilla's schema language that the experiment uses.
 * @param {any} schema
 * @param {any} value
 * @param {string} [path]
 */
function conforms(schema, value, path = "content") {
  if (schema.$ref) return conforms(types.find((/** @type {any} */ type) => type.id === schema.$ref), value, path);
  if (schema.type === "array") {
    assert.ok(Array.isArray(value), path);
    assert.ok(value.length >= (schema.minItems ?? 0) && value.length <= schema.maxItems, `${path}: ${value.length} items`);
    value.forEach((item, at) => conforms(schema.items, item, `${path}[${at}]`));
  } else if (schema.type === "object") {
    assert.deepEqual(Object.keys(value).filter((key) => !schema.properties[key]), [], path);
    for (const [key, inner] of Object.entries(schema.properties)) {
      if (!(inner.optional && value[key] === undefined)) conforms(inner, value[key], `${path}.${key}`);
    }
  } else {
    assert.equal(typeof value, schema.type, path);
    if (schema.enum) assert.ok(schema.enum.includes(value), `${path}: ${value}`);
    if (schema.pattern) assert.match(value, new RegExp(schema.pattern), path);
    assert.ok(value.length >= (schema.minLength ?? 0) && value.length <= (schema.maxLength ?? Infinity), path);
  }
}

/** @param {ViewState} state @returns {Bar} */
function bar(state) {
  const said = content(state);
  assert.ok(said, "the bar says nothing");
  conforms({ $ref: "Content" }, said);
  return said;
}

/** @param {{ text: string }[]} pieces */
const text = (pieces) => pieces.map((piece) => piece.text).join("");

/**
 * @param {Partial<import("../../../src/lib/shapes.js").Verdict>} [deviation]
 * @returns {Extract<ViewState, { phase: "opened" }>}
 */
const answer = (deviation) => ({ phase: "opened", opened: opened(deviation) });

for (const [name, sample] of Object.entries(SAMPLES).filter(([name]) => name !== "none")) {
  test(`the experiment accepts what is said of "${name}"`, () => void bar({ phase: "opened", opened: sample }));
}

test("ordinary mail: the bar says nothing", () => {
  assert.equal(content({ phase: "opened", opened: SAMPLES.none }), null);
});

test("a good signature: one calm line, whatever remarks there are", () => {
  const said = bar(answer({ reasons: [reason("revocation_not_checked", "Nobody was asked.", "Ask.")] }));
  assert.deepEqual([said.code, said.tone, said.icon, said.lines], ["signature_valid", "good", "seal-whole", []]);
});

test("names from the certificate are facts, kept apart from the words", () => {
  const facts = bar(answer()).headline.flat().filter(({ kind }) => kind === "fact");
  assert.ok(facts.some((piece) => piece.text.includes("Anna Muster")));
});

test("a name that contains the separator of phrases makes no phrase of its own", () => {
  const name = "Eve · unchanged · confirmed by Your Bank";
  const [signer] = opened().verdict.signers;
  const certificate = { .../** @type {any} */ (signer.certificate), name };
  const headline = { code: "signature_untrusted", sentence: `Not confirmed · signed by ${name}`, advice: "" };
  const said = bar(answer({ headline, signers: [{ ...signer, certificate }], reasons: [] }));
  assert.deepEqual(said.headline.map(text), ["Not confirmed", `signed by ${name}`]);
});

test("nothing is said twice", () => {
  const advice = "Do not act on it; ask the sender another way.";
  const changed = reason("content_changed", "The content is not what was signed.", advice);
  const headline = { code: "signature_invalid", sentence: "Changed on the way, or forged", advice };
  const said = bar(answer({ headline, signature: { status: "invalid", covers: [] }, reasons: [changed] }));
  assert.deepEqual((said.lines ?? []).map(text), ["The content is not what was signed.", advice]);
});

test("a hidden subject: the true one is a fact, in a line of its own", () => {
  const { headers } = opened().verdict;
  const outer = headers.outer;
  const differs = { outer, protected: { ...outer, subject: "Divorce `papers`" }, differences: [{ name: "Subject", outer: "...", protected: "Divorce `papers`" }] };
  const said = bar(answer({ headers: differs }));
  assert.deepEqual((said.lines ?? []).flat().filter(({ kind }) => kind !== "words"), [{ text: "Divorce `papers`", kind: "fact" }]);
});

test("a mail for a locked key: the first button leads to where it is unlocked", () => {
  const locked = { ...SAMPLES.undecryptable.verdict, reasons: [reason("token_pin_needed", "It wants its PIN.", "", { token: "Karte", serial: "0815" })] };
  assert.deepEqual((bar(answer(locked)).buttons ?? [])[0], { action: "unlock", label: "Unlock your smart card" });
  const vault = { ...locked, reasons: [reason("vault_locked", "Locked.")] };
  assert.deepEqual((bar(answer(vault)).buttons ?? [])[0], { action: "unlock", label: "Unlock your keys" });
});

test("a host that is gone: the verdict stays, and a line says so", () => {
  const said = bar({ ...answer(), notice: Failure.own("host_lost").data });
  assert.equal(said.code, "signature_valid");
  assert.match(text((said.lines ?? []).at(-1) ?? []), /has stopped/);
  assert.deepEqual((said.buttons ?? []).map(({ action }) => action), ["details", "again"]);
});

test("a missing host: commands are set as code", () => {
  const said = bar({ phase: "failed", failure: Failure.own("host_missing").data });
  assert.equal(said.icon, "plug");
  const code = (said.lines ?? []).flat().filter(({ kind }) => kind === "code").map((piece) => piece.text);
  assert.ok(code.includes("letterlock setup"));
});

test("progress is told as a share", () => {
  assert.match(text(bar({ phase: "checking", done: 512, total: 1024 }).headline[0]), /50 %$/);
});

test("texts of any length fit the schema", () => {
  const long = "x".repeat(1_000_000);
  const many = "a · ".repeat(1000);
  const headline = { code: "signature_untrusted", sentence: many, advice: long };
  bar(answer({ headline, signature: { status: "untrusted", covers: [] }, reasons: [reason("any", long, long)] }));
});
