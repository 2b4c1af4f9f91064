/**
 * A verdict as plain text, to be sent to whoever can help. It contains no part of the mail's body.
 */

import { say } from "../browser/words.js";

/**
 * @param {import("../lib/shapes.js").Opened} opened
 * @returns {string}
 */
export function report({ verdict }) {
  const { headline, reasons, signers, layers, headers, signature, encryption } = verdict;
  const lines = [
    `Letterlock: ${headline.sentence}`,
    headline.advice,
    "",
    `${say("report_codes")}: ${headline.code}, signature ${signature.status}, encryption ${encryption.status}`,
    `From: ${headers.outer.from.join(", ")}`,
    `Subject: ${headers.outer.subject ?? ""}`,
    ...(headers.protected ? [`Protected subject: ${headers.protected.subject ?? ""}`] : []),
    `Date: ${headers.outer.date ?? ""}`,
  ];
  if (reasons.length > 0) lines.push("", `${say("reasons")}:`, ...reasons.map(reasonLine));
  for (const signer of signers) lines.push("", ...signerLines(signer));
  if (headers.differences.length > 0) {
    lines.push("", `${say("headers_differ")}:`);
    lines.push(...headers.differences.map(({ name, outer, protected: inner }) => `- ${name}: ${outer ?? "–"} | ${inner ?? "–"}`));
  }
  if (layers.length > 0) lines.push("", `MIME: ${layers.map(({ kind, form, status }) => `${kind} (${form}, ${status})`).join(" > ")}`);
  return lines.filter((line, at) => line !== "" || lines[at - 1] !== "").join("\n") + "\n";
}

/** @param {import("../lib/shapes.js").Reason} reason */
function reasonLine({ code, sentence, advice }) {
  return `- ${sentence} ${advice} [${code}]`.replace(/ +/g, " ");
}

/** @param {import("../lib/shapes.js").Signer} signer */
function signerLines(signer) {
  const { certificate, path } = signer;
  return [
    `${say("fact_signer")}: ${certificate?.name ?? say("signer_unknown")} ${signer.addresses.map((address) => `<${address}>`).join(" ")} (${signer.status})`,
    `${say("time_signed")}: ${signer.signing_time ?? say("time_none")}`,
    `${say("time_checked")}: ${signer.checked_at}`,
    ...(signer.times ?? []).map(({ label, at, note, counts }) => `- ${label}: ${at ?? "–"} ${note}${counts ? ` (${say("time_counts")})` : ""}`.trimEnd()),
    `${say("signature_algorithm")}: ${signer.signature_algorithm}, ${signer.digest_algorithm}`,
    ...(certificate ? [`SHA-256: ${certificate.sha256}`, `${say("serial")}: ${certificate.serial}`] : []),
    ...(path ? [`${say("path")}: ${path.chain.map(({ name }) => name).join(" > ")}${path.anchor ? ` > [${path.anchor.name}]` : ""}`] : []),
    ...signer.reasons.map(reasonLine),
    ...(path?.reasons ?? []).map(reasonLine),
  ];
}
