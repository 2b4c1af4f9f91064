/**
 * The page on which the person's own mark is chosen: a colour and two words.
 */

import { markForm } from "./mark-form.js";
import { translate } from "./page.js";

translate();
const said = document.getElementById("said");
document.getElementById("place")?.replaceWith(markForm((words) => said && (said.textContent = words)));
