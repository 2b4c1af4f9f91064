/**
 * Claims about the manifests: identities, versions, and nothing asked for that is not needed.
 */

import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { readFileSync, readdirSync } from "node:fs";
import { test } from "node:test";
import { PRODUCT_VERSION } from "../src/lib/product.js";

/** @param {string} path */
const json = (path) => JSON.parse(readFileSync(new URL(path, import.meta.url), "utf8"));
const chromium = json("../platform/chromium/manifest.json");
const firefox = json("../platform/firefox/manifest.json");
const thunderbird = json("../platform/thunderbird/manifest.json");
const plain = json("../platform/thunderbird-plain/manifest.json");

test("Chromium's key gives the id that the native host serves", () => {
  const digest = createHash("sha256").update(Buffer.from(chromium.key, "base64")).digest("hex").slice(0, 32);
  const id = [...digest].map((digit) => String.fromCharCode("a".charCodeAt(0) + parseInt(digit, 16))).join("");
  assert.equal(id, "gibofoagldhcngncamdmdaeadgfgakfk");
});

test("Mozilla's ids are those that the native host serves", () => {
  assert.equal(firefox.browser_specific_settings.gecko.id, "webmail@letterlock");
  assert.equal(thunderbird.browser_specific_settings.gecko.id, "thunderbird@letterlock");
});

test("one version everywhere", () => {
  const versions = [chromium, firefox, thunderbird, plain, json("../package.json"), json("../package-lock.json")].map(({ version }) => version);
  assert.deepEqual(new Set(versions), new Set([PRODUCT_VERSION]));
});

/** What stands in a mail page: the panel, and in it, without a script, the pages on which mail is put. */
const FRAMES = ["ui/panel.html", "ui/mail.html", "ui/mail-pictures.html"];

test("webmail asks for no site at installation, and for four permissions; for signing in at a provider when it is needed", () => {
  for (const manifest of [chromium, firefox]) {
    assert.equal(manifest.host_permissions, undefined);
    assert.equal(manifest.content_scripts, undefined);
    // Firefox cannot ask for "identity" later, and says nothing of it to the person.
    const more = manifest === firefox ? ["identity"] : [];
    assert.deepEqual(manifest.permissions, ["activeTab", "contextMenus", ...more, "nativeMessaging", "scripting"]);
    assert.deepEqual(manifest.optional_permissions, manifest === firefox ? undefined : ["identity"]);
    assert.deepEqual(manifest.web_accessible_resources.map((/** @type {any} */ entry) => entry.resources), [FRAMES]);
  }
});

test("the package without an experiment differs from the other only in what it does instead", () => {
  const own = ["experiment_apis", "compose_action", "permissions", "commands"];
  const shared = Object.keys(thunderbird).filter((key) => !own.includes(key));
  assert.deepEqual(Object.keys(plain).filter((key) => !own.includes(key)), shared);
  for (const key of shared) assert.deepEqual(plain[key], thunderbird[key], key);
  assert.equal(plain.experiment_apis, undefined);
  assert.deepEqual(thunderbird.permissions, ["nativeMessaging", "messagesRead", "menus"]);
});

test("the two webmail manifests differ only where the browsers do", () => {
  const shared = ["manifest_version", "name", "description", "version", "default_locale", "optional_host_permissions", "content_security_policy"];
  for (const key of shared) assert.deepEqual(chromium[key], firefox[key], key);
});

test("the pages run no script but ours, and fetch nothing but the pictures that a person asked for", () => {
  const policy = (/** @type {string} */ frames) =>
    `default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob: https:;${frames} base-uri 'none'; form-action 'none'`;
  // An attached PDF, for the browser's own viewer (ui/pdf.js).
  for (const manifest of [chromium, firefox]) assert.equal(manifest.content_security_policy.extension_pages, policy(" frame-src 'self' blob:;"));
  for (const manifest of [thunderbird, plain]) assert.equal(manifest.content_security_policy.extension_pages, policy(""));
});

test("every page but one forbids itself pictures from elsewhere, and those for mail forbid themselves scripts", () => {
  const folder = new URL("../src/ui/", import.meta.url);
  for (const name of readdirSync(folder).filter((name) => name.endsWith(".html"))) {
    const text = readFileSync(new URL(name, folder), "utf8");
    const policy = /<meta\s+http-equiv="Content-Security-Policy"\s+content="([^"]+)"/.exec(text)?.[1] ?? "";
    const pictures = /img-src ([^;]+)/.exec(policy)?.[1].split(" ") ?? ["anything"];
    const allowed = name === "mail-pictures.html" ? ["blob:", "https:"] : ["'self'", "blob:"];
    assert.deepEqual(pictures.filter((source) => !allowed.includes(source)), [], `${name} says img-src 'self' in a policy of its own`);
    if (!name.startsWith("mail")) continue;
    assert.match(policy, /^default-src 'none'; style-src 'self'; img-src [^;]+; base-uri 'none'; form-action 'none'$/, name);
    assert.doesNotMatch(text, /<script/, name);
  }
});

test("the lock file names no registry", () => {
  assert.doesNotMatch(readFileSync(new URL("../package-lock.json", import.meta.url), "utf8"), /"resolved"/);
});
