/**
 * Claims about the verdict on the screen.
 */

import assert from "node:assert/strict";
import { test } from "node:test";
import { Failure } from "../../src/lib/failure.js";
import { enter, locale, page } from "../support/dom.js";
import { install } from "../support/fake-browser.js";
import { SAMPLES, certificate, opened, reason, time } from "../support/samples.js";

install(locale("en"), "en");
enter(page("<html lang=en><body></body></html>"));
const { VerdictView } = await import("../../src/ui/verdict.js");
const { report } = await import("../../src/ui/report.js");

/** @param {import("../../src/lib/shapes.js").ViewState} state */
function shown(state, options = {}) {
  const place = document.createElement("div");
  const view = new VerdictView(place, options);
  view.show(state);
  return { view, root: /** @type {HTMLElement} */ (place.firstElementChild) };
}

/** @param {Element} root @param {string} selector */
function text(root, selector) {
  return root.querySelector(selector)?.textContent ?? null;
}

for (const [name, sample] of Object.entries(SAMPLES)) {
  test(`${name}: the host's sentence stands as the headline, with icon, word and status`, () => {
    const { root } = shown({ phase: "opened", opened: sample });
    assert.equal(text(root, ".verdict__headline"), sample.verdict.headline.sentence);
    assert.equal(root.dataset.status, sample.verdict.signature.status);
    assert.equal(root.dataset.code, sample.verdict.headline.code);
    const mark = root.querySelector(".verdict__mark .mark");
    assert.ok(mark?.getAttribute("data-icon"));
    assert.ok(mark?.getAttribute("aria-label"));
  });
}

test("each status has an icon of its own", () => {
  const icons = Object.values(SAMPLES).map((sample) => {
    const { root } = shown({ phase: "opened", opened: sample });
    const { headline, signature } = sample.verdict;
    return `${headline.code.startsWith("encryption") ? headline.code : signature.status}:${root.querySelector(".mark")?.getAttribute("data-icon")}`;
  });
  assert.equal(new Set(icons.map((icon) => icon.split(":")[1])).size, new Set(icons).size);
});

test("danger says what not to do without a click; a remark on a good signature stays in the details", () => {
  const { root: danger } = shown({ phase: "opened", opened: SAMPLES.invalid });
  assert.equal(text(danger, ".verdict__advice"), "Do not act on it; ask the sender another way.");
  const { root: good } = shown({ phase: "opened", opened: SAMPLES.valid_with_remark });
  assert.equal(text(good, ".verdict__reason"), null);
  assert.match(text(good, ".verdict__details") ?? "", /was not checked/);
});

test("a receipt that is asked for is told without a click, in the host's words and as text", () => {
  const { verdict } = SAMPLES.valid_with_remark;
  const facts = { signer: "<b>Anna</b>", addresses: ["anna@muster.example"] };
  const asks = reason("receipt_requested", "<b>Anna</b> asks for a signed receipt, to be sent to anna@muster.example.", "", facts);
  const { root } = shown({ phase: "opened", opened: opened({ ...verdict, reasons: [...verdict.reasons, asks] }) });
  assert.equal(text(root, ".verdict__aside"), asks.sentence);
  assert.equal(root.querySelector(".verdict__aside b"), null);
  assert.equal(root.dataset.status, "valid");
});

test("encrypted and signed are two lines, never one", () => {
  const { root } = shown({ phase: "opened", opened: SAMPLES.valid_with_remark });
  assert.equal(text(root, ".verdict__also"), "Encrypted for you");
  assert.doesNotMatch(text(root, ".verdict__headline") ?? "", /ncrypted/);
});

test("a name full of markup and right-to-left letters is text, isolated", () => {
  const name = '<img src=x onerror="alert(1)"> \u05d0\u05d1\u05d2';
  const hostile = opened({
    headline: { code: "signature_valid", sentence: `Signed by ${name} · unchanged`, advice: "" },
    signers: [{ ...SAMPLES.valid.verdict.signers[0], certificate: certificate({ name }) }],
  });
  const { root } = shown({ phase: "opened", opened: hostile });
  assert.equal(root.querySelector("img"), null);
  assert.ok([...root.querySelectorAll(".verdict__headline bdi")].some((bdi) => bdi.textContent === name));
});

test("the details open by a button that says whether they are open", () => {
  const { root } = shown({ phase: "opened", opened: SAMPLES.valid });
  const toggle = /** @type {HTMLButtonElement} */ (root.querySelector(".verdict__toggle"));
  const details = /** @type {HTMLElement} */ (root.querySelector(".verdict__details"));
  assert.equal(details.hidden, true);
  assert.equal(toggle.getAttribute("aria-controls"), details.id);
  toggle.click();
  assert.equal(toggle.getAttribute("aria-expanded"), "true");
  assert.equal(details.hidden, false);
});

test("the path leads from the person over each issuer to the anchor", () => {
  const { root } = shown({ phase: "opened", opened: SAMPLES.valid });
  const stations = [...root.querySelectorAll(".path li")].map((li) => [li.getAttribute("data-role"), text(li, ".path__name")]);
  assert.deepEqual(stations, [["person", "Anna Muster"], ["issuer", "Muster AG internal CA"], ["anchor", "Muster AG root"]]);
});

test("a path that leads nowhere ends at the issuer nobody trusts", () => {
  const { root } = shown({ phase: "opened", opened: SAMPLES.untrusted });
  assert.equal(root.querySelector(".path")?.getAttribute("data-valid"), "false");
  assert.equal(root.querySelector(".path li:last-child")?.getAttribute("data-role"), "nobody");
});

test("headers that differ stand side by side", () => {
  const { root } = shown({ phase: "opened", opened: SAMPLES.invalid });
  assert.deepEqual([...root.querySelectorAll("tbody th, tbody td")].map((cell) => cell.textContent), ["Subject", "The signed contract", "Contract"]);
});

test("a subject that was hidden or changed outside is said without a click, as text", () => {
  const subject = "<b>Divorce</b> papers";
  const headers = {
    ...SAMPLES.valid.verdict.headers,
    protected: { ...SAMPLES.valid.verdict.headers.outer, subject },
    differences: [{ name: "Subject", outer: "[...]", protected: subject }],
  };
  const { root } = shown({ phase: "opened", opened: opened({ headers }) });
  assert.equal(text(root, ".verdict__subject bdi"), subject);
  assert.equal(root.querySelector("b"), null);
  const same = { ...headers, differences: [] };
  assert.equal(text(shown({ phase: "opened", opened: opened({ headers: same }) }).root, ".verdict__subject"), null);
});

test("the live region is written only when the headline changes", () => {
  const { view, root } = shown({ phase: "opened", opened: SAMPLES.valid });
  const before = root.querySelector(".verdict__headline")?.firstChild;
  view.show({ phase: "opened", opened: SAMPLES.valid, notice: Failure.own("host_lost").data });
  assert.equal(root.querySelector(".verdict__headline")?.firstChild, before);
  view.show({ phase: "opened", opened: SAMPLES.invalid });
  assert.notEqual(root.querySelector(".verdict__headline")?.firstChild, before);
});

test("a missing host is named, with the way to install it", () => {
  let again = 0;
  const { root } = shown({ phase: "failed", failure: Failure.own("host_missing").data }, { again: () => again++ });
  assert.equal(root.dataset.code, "host_missing");
  assert.deepEqual([...root.querySelectorAll("code")].map((code) => code.textContent), ["letterlock setup"]);
  assert.equal(/** @type {HTMLElement} */ (root.querySelector(".verdict__toggle")).hidden, true);
  /** @type {HTMLButtonElement} */ (root.querySelector(".actions button")).click();
  assert.equal(again, 1);
});

test("a host that ended leaves the verdict standing and says so below", () => {
  const { root } = shown({ phase: "opened", opened: SAMPLES.valid, notice: Failure.own("host_lost").data });
  assert.equal(root.dataset.status, "valid");
  assert.equal(root.dataset.notice, "host_lost");
  assert.match(text(root, ".verdict__notice") ?? "", /has stopped/);
});

test("which side to update is said for each", () => {
  for (const [older, words] of [["host", /program.*too old/], ["extension", /extension is too old/]]) {
    const { root } = shown({ phase: "failed", failure: Failure.own("protocol_mismatch", { older }).data });
    assert.match(text(root, ".verdict__headline") ?? "", /** @type {RegExp} */ (words));
  }
});

test("a headline that this version does not know is dressed by its status", () => {
  const newer = opened({ headline: { code: "signature_invalid_in_a_new_way", sentence: "Forged.", advice: "" }, signature: { status: "invalid", covers: [] } });
  assert.equal(shown({ phase: "opened", opened: newer }).root.dataset.tone, "danger");
});

test("nothing is called unchanged that could not be checked", () => {
  const { root } = shown({ phase: "opened", opened: SAMPLES.unchecked });
  assert.equal(root.dataset.tone, "caution");
  assert.equal(text(root, ".detail--facts dd"), "could not be checked");
  assert.doesNotMatch(root.textContent ?? "", /unchanged/i);
});

test("a certificate beside a broken signature signed nothing and is confirmed by nobody", () => {
  for (const name of ["invalid", "unchecked"]) {
    const { root } = shown({ phase: "opened", opened: SAMPLES[name] });
    const terms = [...root.querySelectorAll(".detail--facts dt")].map((term) => term.textContent);
    assert.deepEqual(terms, ["The content", "The signature names"], name);
    assert.doesNotMatch(text(root, ".path") ?? "", /signed this message/);
  }
});

test("that a signature leaves subject and date unprotected is shown", () => {
  const rows = (/** @type {import("../../src/lib/shapes.js").Opened} */ sample) =>
    [...shown({ phase: "opened", opened: sample }).root.querySelectorAll(".detail--facts dd")].map((value) => value.textContent);
  assert.equal(rows(SAMPLES.valid)[1], "are not protected");
  const { headers } = SAMPLES.valid.verdict;
  assert.equal(rows(opened({ headers: { ...headers, protected: headers.outer } }))[1], "are protected");
});

test("a new headline about what was not opened looks like that, whatever signature lies around it", () => {
  const newer = opened({ headline: { code: "encryption_odd", sentence: "Odd.", advice: "" }, encryption: { status: "refused", authenticated: false } });
  assert.equal(shown({ phase: "opened", opened: newer }).root.dataset.tone, "danger");
});

test("a signature without a certificate has details, too", () => {
  const bare = opened({
    signature: { status: "untrusted", covers: [] },
    reasons: [reason("certificate_missing", "No certificate.")],
    signers: [{ ...SAMPLES.valid.verdict.signers[0], status: "untrusted", certificate: null, addresses: [], path: null, signing_time: null }],
  });
  assert.match(text(shown({ phase: "opened", opened: bare }).root, ".signer") ?? "", /unknown/);
});

test("the time line shows every moment in the host's words, and which of them counts", () => {
  const [signer] = SAMPLES.valid.verdict.signers;
  const times = [
    time({ kind: "signed", at: "2026-11-24T08:59:12Z", label: "Signed", note: "by the signer's own clock" }),
    time({ kind: "time_stamped", at: "2026-11-24T09:00:00Z", label: "Time-stamped", note: "confirmed by <b>Clock</b>", by: "<b>Clock</b>", proven: true, counts: true }),
    time({ kind: "time_stamp_refused", label: "Time-stamp", note: "not confirmed" }),
    time({ kind: "checked", at: "2026-11-25T09:14:03Z", label: "Checked", proven: true }),
  ];
  const stamped = opened({ signers: [{ ...signer, times }] });
  const { root } = shown({ phase: "opened", opened: stamped });
  const rows = [...root.querySelectorAll(".times > div")];
  assert.deepEqual(rows.map((row) => text(row, "dt")), ["Signed", "Time-stamped", "Time-stamp", "Checked"]);
  assert.deepEqual(rows.map((row) => /judged as of this moment/.test(row.textContent ?? "")), [false, true, false, false]);
  assert.match(rows[1].textContent ?? "", /confirmed by <b>Clock<\/b>/, "what a certificate says is text");
  assert.match(rows[2].textContent ?? "", /not stated/);
  assert.match(report(stamped), /- Time-stamped: 2026-11-24T09:00:00Z confirmed by <b>Clock<\/b> \(the certificates/);
});

test("a host of protocol 1.1 tells two times", () => {
  const { times, ...older } = SAMPLES.valid.verdict.signers[0];
  assert.ok(times);
  const { root } = shown({ phase: "opened", opened: opened({ signers: [older] }) });
  assert.equal(root.querySelector(".times"), null);
  assert.match(text(root, ".signer") ?? "", /Time of signing.*as the signer says.*Checked/);
});

test("the report names codes, reasons and fingerprints, and nothing of the body", () => {
  const made = report(SAMPLES.untrusted);
  assert.match(made, /signature_untrusted/);
  assert.match(made, /\[issuer_unknown\]/);
  assert.match(made, new RegExp(SAMPLES.untrusted.verdict.signers[0].certificate?.sha256 ?? "-"));
});

test("a renewed verdict is announced once, and only if it says something else", () => {
  const pending = opened({ reasons: [reason("revocation_pending", "It is being found out.")] });
  const { view, root } = shown({ phase: "opened", opened: pending });
  const live = /** @type {HTMLElement} */ (root.querySelector(".verdict__headline"));
  const { MutationObserver } = /** @type {any} */ (document.defaultView);
  const observer = new MutationObserver(() => {});
  observer.observe(live, { childList: true, characterData: true, subtree: true });
  view.show({ phase: "opened", opened: opened() });
  assert.equal(observer.takeRecords().length, 0, "still valid: nothing to announce");
  view.show({ phase: "opened", opened: SAMPLES.untrusted });
  assert.equal(observer.takeRecords().length, 1, "one change of the live region");
  assert.equal(root.dataset.status, "untrusted");
});

test("a mail for locked keys leads to where they are unlocked, and says so once", () => {
  const locked = opened({
    signature: { status: "none", covers: [] },
    encryption: { status: "undecryptable", authenticated: false },
    headline: { code: "encryption_locked", sentence: "Encrypted for you, and your keys are locked", advice: "Unlock your keys." },
    reasons: [reason("vault_locked", "Your keys are locked.", "Unlock them.", { certificate: "CN=Anna" })],
  });
  let asked = 0;
  const { root } = shown({ phase: "opened", opened: locked }, { unlock: () => asked++ });
  assert.doesNotMatch(text(root, ".verdict__more") ?? "", /Your keys are locked\./);
  const offer = /** @type {HTMLButtonElement} */ (root.querySelector(".verdict__more button"));
  assert.equal(offer.textContent, "Unlock your keys");
  offer.click();
  assert.equal(asked, 1);
  /** @type {any[]} */
  const keys = [];
  const card = opened({ ...locked.verdict, reasons: [reason("token_pin_needed", "It wants its PIN.", "Enter it.", { token: "Karte", serial: "0815" })] });
  const wanted = shown({ phase: "opened", opened: card }, { unlock: (/** @type {any} */ key) => keys.push(key) }).root.querySelector(".verdict__more button");
  assert.equal(wanted?.textContent, "Unlock your smart card");
  /** @type {HTMLButtonElement} */ (wanted).click();
  assert.deepEqual(keys, [{ token: "0815" }]);
  assert.equal(shown({ phase: "opened", opened: opened() }, { unlock: () => {} }).root.querySelector(".verdict__more button"), null);
});

test("missing certificates are offered with the word that a server learns of it, and fetched once for a click", () => {
  const published = reason("issuer_published", "It can be fetched from ca.example.", "The sender may learn.", { server: "ca.example" });
  const untrusted = opened({ signature: { status: "untrusted", covers: [] }, reasons: [published] });
  let asked = 0;
  const { root } = shown({ phase: "opened", opened: untrusted }, { issuers: () => asked++ });
  const offer = /** @type {HTMLButtonElement} */ (root.querySelector(".verdict__more button"));
  assert.match(text(root, ".verdict__more") ?? "", /fetched from ca\.example\. The sender may learn\./);
  offer.click();
  offer.click();
  assert.equal(asked, 1);
  assert.equal(shown({ phase: "opened", opened: untrusted }).root.querySelector(".verdict__more button"), null, "nobody to ask");
  assert.equal(shown({ phase: "opened", opened: opened() }, { issuers: () => {} }).root.querySelector(".verdict__more button"), null);
});

test("proof is offered for signed mail only, and what became of it is said", async () => {
  /** @type {{ resolve: (saved: { blob: Blob, name: string | null }) => void, reject: (why: unknown) => void }[]} */
  const asked = [];
  const evidence = () => new Promise((resolve, reject) => void asked.push({ resolve, reject }));
  const offered = (/** @type {HTMLElement} */ root) => [...root.querySelectorAll("button")].find(({ textContent }) => textContent === "Save proof");
  assert.equal(offered(shown({ phase: "opened", opened: SAMPLES.none }, { evidence }).root), undefined);
  assert.equal(offered(shown({ phase: "opened", opened: SAMPLES.valid }).root), undefined);
  const { root } = shown({ phase: "opened", opened: SAMPLES.valid }, { evidence });
  const save = /** @type {HTMLButtonElement} */ (offered(root));
  save.click();
  assert.equal(save.disabled, true);
  asked[0].reject(new Failure({ code: "bundle_no_authority", sentence: "Nobody is named.", advice: "Choose one.", fault: "user", facts: {} }));
  await new Promise((resolve) => setTimeout(resolve));
  assert.equal(save.disabled, false);
  assert.match(root.textContent ?? "", /Nobody is named\. Choose one\./);
});
