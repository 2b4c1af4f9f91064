/**
 * Claims about the announcement of certificates that end.
 */

import assert from "node:assert/strict";
import { test } from "node:test";
import { Expiry } from "../../src/background/expiry.js";
import { reason } from "../support/samples.js";

const HOUR = 60 * 60 * 1000;

/** @param {() => Promise<any[]>} notices */
function watched(notices) {
  /** @type {boolean[]} */
  const shown = [];
  let asked = 0;
  const now = { hours: 0 };
  const host = {
    notices: () => {
      asked++;
      return notices();
    },
  };
  const expiry = new Expiry(host, (announced) => shown.push(announced), () => now.hours * HOUR);
  return { expiry, shown, now, asked: () => asked };
}

test("what ends soon is announced, and no more once it is renewed", async () => {
  let notices = [reason("identity_expires_soon", "It ends soon.")];
  const { expiry, shown, now } = watched(async () => notices);
  await expiry.look();
  notices = [];
  now.hours = 7;
  await expiry.look();
  assert.deepEqual(shown, [true, false]);
});

test("however much mail is read, the host is asked a few times a day", async () => {
  const { expiry, now, asked } = watched(async () => []);
  for (now.hours = 0; now.hours < 24; now.hours += 0.1) await expiry.look();
  assert.ok(asked() >= 3 && asked() <= 4, String(asked()));
});

test("a host that cannot say disturbs nobody", async () => {
  const { expiry, shown } = watched(() => Promise.reject(new Error("gone")));
  await expiry.look();
  assert.deepEqual(shown, []);
});
