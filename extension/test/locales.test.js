/**
 * Claims about words: every language has all of them, and a translator can see what each is for.
 */

import assert from "node:assert/strict";
import { readFileSync, readdirSync } from "node:fs";
import { test } from "node:test";
import { FAULT_OF } from "../src/lib/failure.js";
import { LANGUAGES } from "../src/lib/product.js";
import { locale } from "./support/dom.js";

const SRC = new URL("../src/", import.meta.url);
const english = locale("en");

test("the languages of the extension are those of the session", () => {
  assert.deepEqual(readdirSync(new URL("_locales/", SRC)).sort(), [...LANGUAGES].sort());
});

for (const language of LANGUAGES) {
  const messages = locale(language);

  test(`${language}: the same keys as English, each with words and a description`, () => {
    assert.deepEqual(Object.keys(messages), Object.keys(english));
    for (const [key, { message, description }] of Object.entries(messages)) {
      assert.ok(message.trim(), key);
      assert.ok(description.length > 10, `${key} is not described`);
    }
    assert.equal(messages.language.message, language);
  });

  test(`${language}: placeholders are declared, used, and the same as in English`, () => {
    for (const [key, { message, placeholders = {} }] of Object.entries(messages)) {
      const used = [...message.matchAll(/\$(\w+)\$/g)].map(([, name]) => name.toLowerCase());
      assert.deepEqual([...new Set(used)].sort(), Object.keys(placeholders).sort(), key);
      assert.deepEqual(Object.keys(placeholders), Object.keys(english[key].placeholders ?? {}), key);
    }
  });
}

test("every failure that only the extension gives has a sentence and advice", () => {
  for (const code of Object.keys(FAULT_OF)) {
    const keys = code === "protocol_mismatch" ? [`${code}_host`, `${code}_extension`] : [code];
    for (const key of keys) assert.ok(`failure_${key}` in english && `failure_${key}_advice` in english, key);
  }
});

test("every key is used, and every key that is used exists", () => {
  const files = readdirSync(SRC, { recursive: true, encoding: "utf8" }).filter((file) => /\.(js|html)$/.test(file));
  const sources = files.map((file) => readFileSync(new URL(file, SRC), "utf8"));
  const manifests = ["chromium", "firefox", "thunderbird", "thunderbird-plain"].map((name) =>
    readFileSync(new URL(`../platform/${name}/manifest.json`, import.meta.url), "utf8"),
  );
  const experiment = new URL("../platform/thunderbird/experiment/", import.meta.url);
  const privileged = readdirSync(experiment).map((file) => readFileSync(new URL(file, experiment), "utf8"));
  const all = [...sources, ...manifests, ...privileged].join("\n");
  const said = [...all.matchAll(/\bsay\("(\w+)"|data-words(?:-label)?="(\w+)"|__MSG_(\w+)__/g)].map((match) => match[1] ?? match[2] ?? match[3]);
  for (const key of said) assert.ok(key in english, `${key} is used and has no words`);
  // Families whose last part is a status, a source or a code.
  const families = /^(status|fact_content|anchor|path|failure|header|switch|send|recipient|way)_/;
  const unused = Object.keys(english).filter((key) => !families.test(key) && !all.includes(`"${key}"`) && !said.includes(key));
  assert.deepEqual(unused, []);
});
