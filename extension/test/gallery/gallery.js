/**
 * Every state of the verdict view on one page, without a browser extension: `npm run gallery`, then open the address
 * it prints; `?lang=de` for German, `?open=valid` for a state with its details.
 */

import { install } from "../support/fake-browser.js";
import { SAMPLES } from "../support/samples.js";

const asked = new URLSearchParams(location.search);
const language = asked.get("lang") ?? "en";
document.documentElement.lang = language;
install(await (await fetch(`../../src/_locales/${language}/messages.json`)).json(), language);

const { VerdictView } = await import("../../src/ui/verdict.js");
const { partsView } = await import("../../src/ui/parts.js");
const { Failure } = await import("../../src/lib/failure.js");

const only = asked.get("only");

/**
 * @param {string} name
 * @param {import("../../src/lib/shapes.js").ViewState} state
 */
function exhibit(name, state) {
  if (only && name !== only) return;
  const place = document.createElement("div");
  document.body.append(place);
  new VerdictView(place, { again: () => {}, expanded: asked.get("open") === name }).show(state);
}

for (const [name, opened] of Object.entries(SAMPLES)) exhibit(name, { phase: "opened", opened });
exhibit("checking", { phase: "checking", done: 4, total: 10 });
exhibit("host_missing", { phase: "failed", failure: Failure.own("host_missing").data });
exhibit("notice", { phase: "opened", opened: SAMPLES.valid, notice: Failure.own("host_lost").data });
if (!only) {
  const text = "Dear Bert,\n\nthe contract is attached.\n\nAnna\n";
  document.body.append(partsView(SAMPLES.valid.parts, async () => new Blob([text])));
}
