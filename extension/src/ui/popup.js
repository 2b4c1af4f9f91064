/**
 * The toolbar button's menu: this site, message files, own certificates that end soon, and the person's own mark;
 * and the verdict on what was read last in Outlook on the web.
 */

import { button, element } from "./elements.js";
import { showNotices } from "./notices.js";
import { showMark } from "./own-mark.js";
import { translate } from "./page.js";
import { VerdictView } from "./verdict.js";
import { isGranted, removeSite, requestSite, sitePattern } from "../browser/sites.js";
import { openChannel } from "../browser/runtime.js";
import { activeAddress, openPage } from "../browser/tabs.js";
import { say } from "../browser/words.js";

translate();

document.getElementById("check")?.addEventListener("click", async () => {
  await openPage("ui/check.html");
  window.close();
});

document.getElementById("write")?.addEventListener("click", async () => {
  await openPage("ui/write.html");
  window.close();
});

document.getElementById("manage")?.addEventListener("click", async () => {
  await openPage("ui/manage.html");
  window.close();
});

document.getElementById("choose")?.addEventListener("click", async () => {
  await openPage("ui/mark.html");
  window.close();
});

const notices = document.getElementById("notices");
const own = document.getElementById("own");
const mark = document.getElementById("mark");
const outlook = document.getElementById("outlook");
if (notices && own && mark && outlook) {
  const channel = openChannel("menu");
  channel.onMessage((said) => {
    if (said.name === "outlook") return showOutlook(outlook, said.verdict);
    if (said.name !== "mark") return showNotices(notices, said.status ?? []);
    showMark(mark, said.mark);
    own.hidden = false;
  });
  channel.post({ name: "keys.notices" });
  channel.post({ name: "mark.show" });
  channel.post({ name: "outlook.last" });
}

const address = await activeAddress();
await show();

/**
 * The whole verdict on the message read last in Outlook on the web, where Microsoft's extension shows a few bits of it.
 * @param {HTMLElement} section
 * @param {import("../lib/shapes.js").Verdict | null} verdict
 */
function showOutlook(section, verdict) {
  const place = section.querySelector("div");
  section.hidden = verdict === null;
  if (verdict && place) new VerdictView(place).show({ phase: "opened", opened: { verdict, parts: [], message: null } });
}

async function show() {
  const pattern = sitePattern(address);
  document.getElementById("site")?.replaceChildren(...(pattern ? await siteChoice(pattern) : [element("p", {}, say("popup_elsewhere"))]));
}

/** @param {string} pattern */
async function siteChoice(pattern) {
  const site = new URL(address).host;
  if (await isGranted(address)) {
    return [
      element("p", {}, say("popup_used", site)),
      button(say("popup_stop"), () => void removeSite(pattern).then(show), { class: "button button--quiet" }),
    ];
  }
  return [
    // The request comes first in the handler: browsers only take it as the direct answer to a click. Firefox closes
    // this menu with its question, so what follows a grant is done by the background.
    button(say("popup_use"), () => void requestSite(pattern).then(show), { class: "button button--main" }),
    element("p", {}, say("popup_use_note", site)),
  ];
}
