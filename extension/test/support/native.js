/** A module of src/browser, which wants a browser to be there when it is loaded. */

import { install } from "./fake-browser.js";

install({}, "en");

export const { causeOf } = await import("../../src/browser/native.js");
