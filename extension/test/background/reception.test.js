/**
 * Claims about the reception: who is listened to, in which order, and when no more.
 */

import assert from "node:assert/strict";
import { mock, test } from "node:test";
import { Reception } from "../../src/background/reception.js";

mock.method(console, "warn", () => {});

const OPEN = { name: "mail.open", size: 4, hint: true };

/** @param {number} [tab] */
function channel(tab = 3) {
  /** @type {((message: any) => void)[]} */
  const messages = [];
  /** @type {(() => void)[]} */
  const ends = [];
  return {
    closed: false,
    say: (/** @type {any} */ message) => messages.forEach((listener) => listener(message)),
    hangUp: () => ends.forEach((listener) => listener()),
    name: "test",
    sender: { extension: "x", url: "https://mail.muster.example/", tab, frame: 0 },
    post: () => {},
    onMessage: (/** @type {(message: any) => void} */ listener) => void messages.push(listener),
    onClose: (/** @type {() => void} */ listener) => void ends.push(listener),
    close() {
      this.closed = true;
    },
  };
}

/** @param {() => Promise<import("../../src/background/gate.js").Role | null>} roleOf */
function open(roleOf = async () => "content") {
  /** @type {any[]} */
  const heard = [];
  /** @type {any[]} */
  const left = [];
  const reception = new Reception({
    roleOf,
    handle: (_, role, message) => {
      heard.push([role, message.name]);
      return message.data !== "unwanted";
    },
    leave: (who) => void left.push(who),
  });
  return { reception, heard, left };
}

const settled = () => new Promise((resolve) => setTimeout(resolve));

test("what is said before it is known who speaks waits, in order", async () => {
  const { reception, heard } = open();
  const guest = channel();
  reception.serve(guest);
  guest.say(OPEN);
  guest.say({ name: "mail.panel" });
  assert.deepEqual(heard, []);
  await settled();
  assert.deepEqual(heard, [["content", "mail.open"], ["content", "mail.panel"]]);
});

test("nobody, and whom the browser cannot tell, is shown out unheard", async () => {
  for (const roleOf of [async () => null, async () => Promise.reject(new Error("no pattern for https://[::1]/"))]) {
    const { reception, heard, left } = open(roleOf);
    const guest = channel();
    reception.serve(guest);
    guest.say(OPEN);
    await settled();
    assert.deepEqual([heard, guest.closed, left], [[], true, [guest]]);
  }
});

test("after one wrong word nothing more is heard, also not what was said already", async () => {
  for (const wrong of [{ name: "mail.steal" }, { name: "mail.chunk", data: "unwanted", last: true }]) {
    const { reception, heard, left } = open();
    const guest = channel();
    reception.serve(guest);
    guest.say(wrong);
    guest.say(OPEN);
    await settled();
    assert.ok(guest.closed);
    assert.ok(!heard.some(([, name]) => name === "mail.open"));
    assert.deepEqual(left, [guest]);
  }
});

test("who hangs up is forgotten, also before it was known who that was", async () => {
  const { reception, heard, left } = open();
  const guest = channel();
  reception.serve(guest);
  guest.say(OPEN);
  guest.hangUp();
  await settled();
  assert.deepEqual([heard, left, reception.here.size], [[], [guest], 0]);
});

test("a tab has only so many channels, and another tab has its own", async () => {
  const { reception } = open();
  const guests = Array.from({ length: 70 }, () => channel());
  guests.forEach((guest) => reception.serve(guest));
  const other = channel(4);
  reception.serve(other);
  await settled();
  assert.equal(guests.filter(({ closed }) => closed).length, 6);
  assert.equal(other.closed, false);
  guests[0].hangUp();
  const next = channel();
  reception.serve(next);
  assert.equal(next.closed, false, "there is room again");
});

test("a grant that is taken back ends the content scripts of its site, and no panel", async () => {
  let granted = true;
  const { reception } = open(async () => (granted ? "content" : null));
  const mail = channel();
  reception.serve(mail);
  await settled();
  granted = false;
  await reception.review();
  assert.ok(mail.closed);

  const panels = open(async () => "panel");
  const panel = channel();
  panels.reception.serve(panel);
  await settled();
  panels.reception.roleOf = async () => null;
  await panels.reception.review();
  assert.equal(panel.closed, false);
});
