/**
 * The drafts that are kept: a list to go on with one or to delete it, and a draft with everything in it.
 */

import { element, moment } from "../elements.js";
import { PartFetcher } from "../fetch-part.js";
import { twice } from "../manage/forms.js";
import { openChannel, ownUrl } from "../../browser/runtime.js";
import { say } from "../../browser/words.js";
import { Failure } from "../../lib/failure.js";

/**
 * @typedef {import("../../lib/protocol.js").DraftSummary} DraftSummary
 * @typedef {import("../../lib/protocol.js").DraftOpened} DraftOpened
 * @typedef {{ kept: DraftOpened, text: string, files: Map<File, string>, pictures: Map<string, File> }} Draft
 */

/** The address of this page with a draft. @param {string} draft */
export function addressOf(draft) {
  return ownUrl(`ui/write.html?draft=${encodeURIComponent(draft)}`);
}

/**
 * A draft with its text and its files.
 * @param {string} draft
 * @returns {Promise<Draft>}
 */
export async function openDraft(draft) {
  const channel = openChannel("write");
  const fetcher = new PartFetcher(channel);
  try {
    const kept = await new Promise((/** @type {(kept: DraftOpened) => void} */ resolve, reject) => {
      channel.onMessage(({ name, failure, draft: opened }) => {
        if (name !== "draft") return;
        if (failure) reject(new Failure(failure));
        else resolve(opened);
      });
      channel.onClose(() => reject(Failure.own("host_lost")));
      channel.post({ name: "draft.open", draft });
    });
    const text = await fetcher.text("body");
    const fetched = await Promise.all(
      kept.files.map(async ({ id, name, media_type, content_id }) => ({ id, content_id, file: new File([await fetcher.fetch(id)], name, { type: media_type }) })),
    );
    return {
      kept,
      text,
      files: new Map(fetched.map(({ file, id }) => [file, id])),
      pictures: new Map(fetched.flatMap(({ file, content_id }) => (content_id ? [[content_id, file]] : []))),
    };
  } finally {
    channel.close();
  }
}

/**
 * @param {DraftSummary[]} drafts
 * @param {(draft: string) => void} remove
 * @returns {HTMLElement}
 */
export function draftList(drafts, remove) {
  const items = drafts.map((each) => {
    const subject = each.damaged ? say("draft_damaged") : each.subject.trim() || say("draft_no_subject");
    const name = element("bdi", { class: "draft__subject" }, subject);
    const facts = element("p", { class: "quiet" }, moment(each.changed), each.to ? " · " : "", each.to && element("bdi", {}, each.to));
    const goOn = element("a", { class: "button", href: addressOf(each.draft), "aria-label": `${say("draft_go_on")}: ${subject}` }, say("draft_go_on"));
    const gone = twice(say("draft_delete"), say("draft_delete_sure"), () => remove(each.draft));
    gone.setAttribute("aria-description", subject);
    return element(
      "li",
      { "data-draft": each.draft },
      element("div", {}, name, facts, each.sending && element("p", { class: "caution" }, say("draft_sending"))),
      element("div", { class: "actions" }, !each.damaged && goOn, gone),
    );
  });
  return element("ul", { class: "drafts" }, ...items);
}
