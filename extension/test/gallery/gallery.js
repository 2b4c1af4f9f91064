/**
 * Every state of the verdict view on one page, without a browser extension: `npm run gallery`, then open the address
 * it prints; `?lang=de` for German, `?open=valid` for a state with its details, `?open=all` for all of them.
 */

import { install } from "../support/fake-browser.js";
import { SAMPLES, certificate, opened } from "../support/samples.js";

const asked = new URLSearchParams(location.search);
const language = asked.get("lang") ?? "en";
document.documentElement.lang = language;
install(await (await fetch(`../../src/_locales/${language}/messages.json`)).json(), language);

const { VerdictView } = await import("../../src/ui/verdict.js");
const { partsView } = await import("../../src/ui/parts.js");
const { Failure } = await import("../../src/lib/failure.js");

const only = asked.get("only");

const LONG = "Dr. Maximiliane-Friederike von und zu Donaudampfschifffahrtsgesellschaft".repeat(2);
const HOSTILE = `\u202e${LONG} \u05d0\u05e0\u05d4 \u05de\u05d5\u05e1\u05d8\u05e8 · confirmed by everybody`;

/** The good message of somebody whose name is long, right-to-left, and says what it should not. */
function named() {
  const [signer] = SAMPLES.valid.verdict.signers;
  // As the host writes it: without characters that are not seen.
  const name = HOSTILE.replace("\u202e", "·");
  const sentence = `Signed by ${name} ‹anna@muster.example› · unchanged · confirmed by Muster AG root`;
  return opened({
    headline: { code: "signature_valid", sentence, advice: "" },
    signers: [{ ...signer, certificate: certificate({ name, subject: `CN=${name}` }) }],
  });
}

/**
 * @param {string} name
 * @param {import("../../src/lib/shapes.js").ViewState} state
 */
function exhibit(name, state) {
  if (only && name !== only) return;
  const place = document.createElement("div");
  document.body.append(place);
  new VerdictView(place, { again: () => {}, expanded: ["all", name].includes(asked.get("open") ?? "") }).show(state);
}

for (const [name, opened] of Object.entries(SAMPLES)) exhibit(name, { phase: "opened", opened });
exhibit("long_name", { phase: "opened", opened: named() });
exhibit("checking", { phase: "checking", done: 4, total: 10 });
exhibit("host_missing", { phase: "failed", failure: Failure.own("host_missing").data });
exhibit("notice", { phase: "opened", opened: SAMPLES.valid, notice: Failure.own("host_lost").data });
if (!only) {
  const text = "Dear Bert,\n\nthe contract is attached.\n\nAnna\n";
  document.body.append(partsView(SAMPLES.valid, { fetch: async () => new Blob([text]), text: async () => text }));
}
document.body.dataset.ready = "true";
