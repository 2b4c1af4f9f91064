/**
 * What stands behind a verdict: the three facts kept apart, every reason, every signer with the path to whoever is
 * believed, and header fields that differ.
 */

import { button, day, element, mark, moment } from "./elements.js";
import { markOfStatus } from "../lib/marks.js";
import { report } from "./report.js";
import { sentence } from "./sentences.js";
import { copyText } from "./clipboard.js";
import { evidenceButton } from "./evidence.js";
import { say } from "../browser/words.js";

/**
 * @typedef {import("../lib/shapes.js").Opened} Opened
 * @typedef {import("../lib/shapes.js").Verdict} Verdict
 * @typedef {import("../lib/shapes.js").Signer} Signer
 * @typedef {import("../lib/shapes.js").Reason} Reason
 * @typedef {import("../lib/shapes.js").CertificateSummary} CertificateSummary
 */

/**
 * @param {Opened} opened
 * @param {import("./evidence.js").Evidence} [evidence]
 * @returns {HTMLElement[]}
 */
export function details(opened, evidence) {
  const { verdict } = opened;
  // The reasons of the only signer are the message's, and told twice they look like twice as many.
  const told = verdict.signers.length === 1 ? verdict.reasons : [];
  return [
    verdict.signers.length > 0 ? threeFacts(verdict) : null,
    reasonList(verdict.reasons),
    ...verdict.signers.map((signer) => signerCard(signer, isClaim(verdict, signer), told)),
    differences(verdict),
    element("div", { class: "actions" }, copyButton(opened), ...(evidence && verdict.signers.length > 0 ? evidenceButton(evidence) : [])),
  ].filter((section) => section !== null);
}

/**
 * @param {string} heading
 * @param {...import("./elements.js").Child} children
 */
function section(heading, ...children) {
  return element("section", { class: "detail" }, element("h2", {}, heading), ...children);
}

/**
 * @param {[string, import("./elements.js").Child][]} rows
 */
function table(rows) {
  const shown = rows.filter(([, value]) => value !== null && value !== undefined && value !== "");
  return element("dl", {}, ...shown.map(([term, value]) => element("div", {}, element("dt", {}, term), element("dd", {}, value))));
}

/**
 * Whether a signature proves nothing of who made it: it is broken, or could not be checked. Then the certificate beside
 * it is a claim, and anybody can have put it there.
 * @param {Verdict} verdict
 * @param {Signer} signer
 */
function isClaim({ headline }, signer) {
  return signer.status === "invalid" || headline.code === "signature_unchecked";
}

/**
 * Unchanged; from whom; believed because of whom. Never one word for all of them.
 * @param {Verdict} verdict
 */
function threeFacts(verdict) {
  const { signature, headline, signers, headers } = verdict;
  const deciding = signers.find((signer) => signer.status === signature.status) ?? signers[0];
  const content = headline.code === "signature_unchecked" ? "unchecked" : signature.status;
  /** @type {[string, import("./elements.js").Child][]} */
  const rows = [[say("fact_content"), say(`fact_content_${content}`)]];
  if (isClaim(verdict, deciding)) {
    rows.push([say("fact_claimed"), who(deciding)]);
  } else {
    rows.push(
      [say("fact_headers"), say(headers.protected ? "fact_headers_protected" : "fact_headers_open")],
      [say("fact_signer"), who(deciding)],
      [say("fact_believed"), believed(deciding)],
    );
  }
  return element("section", { class: "detail detail--facts" }, table(rows));
}

/** @param {Signer} signer */
function believed({ path }) {
  const anchor = path?.valid ? path.anchor : null;
  if (!anchor) return say("fact_believed_nobody");
  return element("span", {}, element("bdi", {}, anchor.name), ` (${say(`anchor_${anchor.source}`)})`);
}

/** @param {Signer} signer */
function who(signer) {
  const name = signer.certificate?.name ?? "";
  return element(
    "span",
    {},
    name ? element("bdi", {}, name) : say("signer_unknown"),
    ...signer.addresses.flatMap((address) => [" ", element("bdi", { class: "address" }, `‹${address}›`)]),
  );
}

/** @param {Reason[]} reasons */
function reasonList(reasons) {
  if (reasons.length === 0) return null;
  return section(say("reasons"), element("ul", { class: "reasons" }, ...reasons.map(reasonItem)));
}

/** @param {Reason} reason */
function reasonItem(reason) {
  const facts = Object.values(reason.facts);
  return element(
    "li",
    { "data-code": reason.code },
    element("p", {}, sentence(reason.sentence, facts)),
    reason.advice ? element("p", { class: "advice" }, sentence(reason.advice, facts)) : null,
  );
}

/**
 * @param {Signer} signer
 * @param {boolean} claimed  nothing proves that it is the signer
 * @param {Reason[]} told  reasons that stand elsewhere already
 */
function signerCard(signer, claimed, told) {
  const look = markOfStatus(signer.status);
  const { certificate } = signer;
  return element(
    "section",
    { class: "detail signer", "data-tone": look.tone, "data-status": signer.status },
    element("h2", {}, mark(look.icon), element("span", {}, `${say(look.word)}: `, who(signer))),
    reasonsOfSigner(signer, told),
    pathDrawing(signer, claimed),
    timeLine(signer),
    element(
      "details",
      { class: "technical" },
      element("summary", {}, say("technical")),
      table([
        [say("signature_algorithm"), element("bdi", {}, signer.signature_algorithm)],
        [say("digest_algorithm"), element("bdi", {}, signer.digest_algorithm)],
        [say("key"), certificate && element("bdi", {}, certificate.key)],
        [say("subject"), certificate && element("bdi", {}, certificate.subject)],
        [say("issuer"), certificate && element("bdi", {}, certificate.issuer)],
        [say("serial"), certificate && grouped(certificate.serial)],
        [say("fingerprint"), certificate && grouped(certificate.sha256)],
      ]),
    ),
  );
}

/**
 * Reasons about this signer and its path alone.
 * @param {Signer} signer
 * @param {Reason[]} told
 */
function reasonsOfSigner(signer, told) {
  const reasons = [...told, ...signer.reasons, ...(signer.path?.reasons ?? [])];
  const first = (/** @type {Reason} */ reason) => reasons.findIndex(({ sentence }) => sentence === reason.sentence);
  const once = reasons.filter((reason, at) => at >= told.length && first(reason) === at);
  return once.length > 0 ? element("ul", { class: "reasons" }, ...once.map(reasonItem)) : null;
}

/**
 * The chain as a path on which trust travels: from the person, over each issuer, to the anchor. Where it leads
 * nowhere, the last step is drawn open.
 * @param {Signer} signer
 * @param {boolean} claimed
 */
function pathDrawing({ path, certificate }, claimed) {
  const chain = path?.chain.length ? path.chain : certificate ? [certificate] : [];
  if (chain.length === 0) return null;
  const steps = chain.map((step, at) => pathStep(step, at === 0 ? "person" : "issuer", say(at > 0 ? "path_issuer" : claimed ? "path_claimed" : "path_person")));
  const { anchor } = path ?? { anchor: null };
  const last = chain[chain.length - 1];
  if (anchor && anchor.sha256 === last.sha256 && chain.length > 1) {
    steps[steps.length - 1] = pathStep(last, "anchor", say(`anchor_${anchor.source}`));
  } else if (anchor) {
    steps.push(pathEnd("anchor", element("bdi", {}, anchor.name), say(`anchor_${anchor.source}`)));
  } else {
    steps.push(pathEnd("nobody", element("bdi", {}, last.issuer), say("path_nobody")));
  }
  return element("ol", { class: "path", "aria-label": say("path"), "data-valid": String(path?.valid ?? false) }, ...steps);
}

/**
 * @param {CertificateSummary} certificate
 * @param {"person" | "issuer" | "anchor"} role
 * @param {string} words
 */
function pathStep(certificate, role, words) {
  return element(
    "li",
    { "data-role": role },
    element("bdi", { class: "path__name" }, certificate.name || certificate.subject),
    element("span", { class: "path__word" }, words, " · ", say("valid_until"), " ", day(certificate.not_after)),
  );
}

/**
 * @param {"anchor" | "nobody"} role
 * @param {Node} name
 * @param {string} words
 */
function pathEnd(role, name, words) {
  return element("li", { "data-role": role }, element("span", { class: "path__name" }, name), element("span", { class: "path__word" }, words));
}

/**
 * The moments of a signed message as the host tells them, its words included. A host of protocol 1.1 tells only two.
 * @param {Signer} signer
 */
function timeLine(signer) {
  const times = signer.times ?? [];
  if (times.length > 0) return element("dl", { class: "times" }, ...times.map(timeOf));
  return table([
    [say("time_signed"), signer.signing_time ? element("span", {}, moment(signer.signing_time), ` ${say("time_claimed")}`) : say("time_none")],
    [say("time_checked"), moment(signer.checked_at)],
  ]);
}

/**
 * Why a time-stamp is not confirmed stands among the reasons.
 * @param {import("../lib/shapes.js").Moment} time
 */
function timeOf({ kind, label, at, note, by, proven, counts }) {
  return element(
    "div",
    { "data-kind": kind, "data-proven": String(proven), "data-counts": String(counts) },
    element("dt", {}, label),
    element(
      "dd",
      {},
      at ? moment(at) : say("time_none"),
      note ? element("span", { class: "times__note" }, " · ", sentence(note, [by])) : null,
      counts ? element("span", { class: "times__note" }, " · ", say("time_counts")) : null,
    ),
  );
}

/** @param {Verdict} verdict */
function differences({ headers }) {
  if (headers.differences.length === 0) return null;
  const cell = (/** @type {string | null} */ value) => element("td", {}, value === null ? say("header_absent") : element("bdi", {}, value));
  return section(
    say("headers_differ"),
    element(
      "div",
      { class: "scroll", tabindex: "0", role: "group", "aria-label": say("headers_differ") },
      element(
        "table",
        {},
        element("thead", {}, element("tr", {}, ...["header_name", "header_outer", "header_protected"].map((key) => element("th", { scope: "col" }, say(key))))),
        element(
          "tbody",
          {},
          ...headers.differences.map(({ name, outer, protected: inner }) =>
            element("tr", {}, element("th", { scope: "row" }, name), cell(outer), cell(inner)),
          ),
        ),
      ),
    ),
  );
}

/** Hexadecimal digits in groups, as people compare them. @param {string} hex */
function grouped(hex) {
  return element("code", { class: "hex" }, (hex.match(/.{1,4}/g) ?? []).join(" "));
}

/** @param {Opened} opened */
function copyButton(opened) {
  const copy = button(say("copy_report"), async () => {
    const done = await copyText(report(opened));
    copy.textContent = say(done ? "copied" : "copy_failed");
    setTimeout(() => (copy.textContent = say("copy_report")), 2000);
  });
  copy.classList.add("button--quiet");
  return copy;
}
