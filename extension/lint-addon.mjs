/**
 * Mozilla's add-on linter over the Firefox and Thunderbird packages. An error or a warning that is not explained here
 * fails.
 */

import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const run = promisify(execFile);
const LINTER = fileURLToPath(new URL("node_modules/addons-linter/bin/addons-linter", import.meta.url));
const DIST = fileURLToPath(new URL("../dist/", import.meta.url));

const sanitiser = {
  code: "UNSAFE_VAR_ASSIGNMENT",
  file: "vendor/dompurify.js",
  about: "Unsafe assignment to innerHTML",
  reason: "DOMPurify parses a mail's HTML in a document that fetches and runs nothing, to make it harmless",
};

/** Of both packages for Thunderbird. */
const thunderbird = [
  {
    code: "MANIFEST_PERMISSIONS",
    about: "/permissions",
    reason: "permissions of Thunderbird's, which Firefox's schema does not list",
  },
  {
    code: "MISSING_DATA_COLLECTION_PERMISSIONS",
    about: "data_collection_permissions",
    reason: "asked for by addons.mozilla.org, not by addons.thunderbird.net",
  },
];

/**
 * What is meant, by package: the linter's code, words of its message, and the reason. The linter knows Firefox and its
 * shop; for Thunderbird's shop two of its rules do not hold.
 * @type {Record<string, { code: string, about: string, reason: string, file?: string }[]>}
 */
const EXPLAINED = {
  "letterlock-firefox.xpi": [sanitiser],
  "letterlock-thunderbird.xpi": [
    sanitiser,
    ...thunderbird,
    {
      code: "MANIFEST_FIELD_PRIVILEGED",
      about: "/experiment_apis",
      reason: "Thunderbird lets every add-on bring experiments, and the header bar needs one",
    },
  ],
  "letterlock-thunderbird-plain.xpi": [sanitiser, ...thunderbird],
};

let failed = false;
for (const [name, explained] of Object.entries(EXPLAINED)) {
  const { stdout } = await run(process.execPath, [LINTER, "--output", "json", `${DIST}${name}`], {
    maxBuffer: 1 << 26,
  }).catch((ended) => ended); // the linter's own exit code says no more than its report
  const report = JSON.parse(stdout);
  for (const message of [...report.errors, ...report.warnings]) {
    const reason = explained.find(
      ({ code, about, file = message.file }) => code === message.code && message.message.includes(about) && file === message.file,
    )?.reason;
    if (!reason) failed = true;
    const place = message.file ? ` (${message.file}${message.line ? `:${message.line}` : ""})` : "";
    console.log(`${name}: ${message._type} ${message.code}${place}: ${reason ? `explained: ${reason}` : message.message}`);
  }
  console.log(`${name}: ${report.summary.errors} errors, ${report.summary.warnings} warnings, ${report.summary.notices} notices`);
}
process.exitCode = failed ? 1 : 0;
