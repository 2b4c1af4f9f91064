/**
 * Claims about the packages: the same octets from the same sources, nothing missing, nothing that does not belong.
 */

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { after, test } from "node:test";
import { fileURLToPath } from "node:url";
import vm from "node:vm";
import { JSDOM } from "jsdom";

const BUILD = fileURLToPath(new URL("../build.py", import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "letterlock-build-"));
after(() => rmSync(folder, { recursive: true }));

/** @param {string} name @param {string[]} options */
function build(name, ...options) {
  const out = join(folder, name);
  execFileSync("python3", [BUILD, "--out", out, ...options]);
  return out;
}

const out = build("first");
const platforms = ["chromium", "firefox", "thunderbird", "thunderbird-plain"];

test("the same sources make the same octets", () => {
  const hashes = [out, build("second")].map((made) =>
    readdirSync(join(made, "dist")).map((file) => createHash("sha256").update(readFileSync(join(made, "dist", file))).digest("hex")),
  );
  assert.equal(hashes[0].length, 4);
  assert.deepEqual(hashes[0], hashes[1]);
});

for (const platform of platforms) {
  const root = join(out, "build", platform);
  const files = readdirSync(root, { recursive: true, encoding: "utf8" });

  test(`${platform}: everything a file refers to is in the package`, () => {
    for (const file of files.filter((name) => /\.(js|html|css)$/.test(name))) {
      const text = readFileSync(join(root, file), "utf8");
      const pattern = file.endsWith(".js") ? /^(?:import|export)\b[^;]*?from "([^"]+)"/gm : /(?:src|href)="([^"#]+)"|url\("([^"]+)"\)/g;
      for (const match of text.matchAll(pattern)) {
        const target = join(root, dirname(file), match[1] ?? match[2]);
        assert.ok(existsSync(target), `${file} → ${match[1] ?? match[2]}`);
      }
    }
  });

  test(`${platform}: what the manifest names is in the package`, () => {
    const manifest = readFileSync(join(root, "manifest.json"), "utf8");
    for (const [, path] of manifest.matchAll(/"((?:background|content|experiment|icons|ui)\/[^"]+)"/g)) {
      assert.ok(existsSync(join(root, path)), path);
    }
  });

  test(`${platform}: no types, notes or tests are shipped, and nothing of another platform`, () => {
    assert.deepEqual(files.filter((name) => /\.d\.ts$|\.md$|test/.test(name)), []);
    const foreign = platform.startsWith("thunderbird") ? /roundcube|sites\.js|panel\.|popup\./ : /thunderbird|limits|signing/;
    assert.deepEqual(files.filter((name) => foreign.test(name)), []);
  });
}

test("the content script is one classic script that does nothing on a page it does not know, and runs once", () => {
  const code = readFileSync(join(out, "build", "chromium", "content", "main.js"), "utf8");
  assert.doesNotMatch(code, /^(?:import|export)\b/m);
  let looked = 0;
  const context = vm.createContext({
    AbortController,
    URL,
    chrome: { runtime: { id: "x", getURL: (/** @type {string} */ path) => `chrome-extension://x/${path}`, onConnect: { addListener: () => {} } } },
    document: { head: { querySelectorAll: () => (looked++, []) }, querySelector: () => null, location: new URL("https://x.example/") },
    window: { addEventListener: () => {} },
  });
  vm.runInContext(code, context);
  vm.runInContext(code, context);
  assert.equal(looked, 1);
});

test("names in a mail, which a page has as globals, keep the content script from nothing", () => {
  const code = readFileSync(join(out, "build", "chromium", "content", "main.js"), "utf8");
  for (const name of ["letterlockStarted", "browser"]) {
    const { window } = new JSDOM(`<body><img name="${name}">`, { runScripts: "outside-only" });
    assert.equal(typeof window[name], "object", "the mail has put it there");
    let looked = 0;
    const getURL = (/** @type {string} */ path) => (looked++, `chrome-extension://x/${path}`);
    Object.assign(window, { chrome: { runtime: { id: "x", getURL, onConnect: { addListener: () => {} } } } });
    window.eval(code);
    assert.ok(looked > 0, name);
  }
});

test("a granted site is asked for at installation, with a port only where patterns have ports", () => {
  const granted = build("granted", "--grant", "http://127.0.0.1:8080", "--grant", "https://mail.example.org");
  const hosts = Object.fromEntries(
    platforms.map((platform) => [platform, JSON.parse(readFileSync(join(granted, "build", platform, "manifest.json"), "utf8")).host_permissions]),
  );
  assert.deepEqual(hosts.chromium, ["http://127.0.0.1:8080/*", "https://mail.example.org/*"]);
  assert.deepEqual(hosts.firefox, ["http://127.0.0.1/*", "https://mail.example.org/*"]);
  assert.equal(hosts.thunderbird, undefined);
});
