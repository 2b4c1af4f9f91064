/**
 * Claims about colours: every text has a contrast of at least 4.5:1 on every surface it stands on (WCAG 2.2 §1.4.3).
 */

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

const css = readFileSync(new URL("../src/ui/tokens.css", import.meta.url), "utf8");

/** @param {string} block @returns {Record<string, string>} */
function declarations(block) {
  return Object.fromEntries([...block.matchAll(/--([\w-]+):\s*([^;]+);/g)].map(([, name, value]) => [name, value.trim()]));
}

const [light, dark] = [...css.matchAll(/:root \{([\s\S]*?)\n\s*\}/g)].map(([, block]) => block);
const themes = { light: declarations(light), dark: { ...declarations(light), ...declarations(dark) } };

/** @param {Record<string, string>} theme @param {string} name @returns {string} */
function colour(theme, name) {
  const alias = /^var\(--([\w-]+)\)$/.exec(theme[name]);
  return alias ? colour(theme, alias[1]) : theme[name];
}

/** @param {string} hex */
function luminance(hex) {
  const [red, green, blue] = [1, 3, 5].map((at) => {
    const value = parseInt(hex.slice(at, at + 2), 16) / 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

/** @param {string} one @param {string} other */
function contrast(one, other) {
  const [low, high] = [luminance(one), luminance(other)].sort((a, b) => a - b);
  return (high + 0.05) / (low + 0.05);
}

/** Texts by the surfaces they stand on. */
const PAIRS = {
  surface: ["text", "text-quiet", "accent", "good", "caution", "danger"],
  "surface-raised": ["text", "text-quiet", "accent"],
  "caution-surface": ["text", "text-quiet", "accent", "caution"],
  "danger-surface": ["text", "text-quiet", "accent", "danger"],
  accent: ["on-accent"],
};

for (const [name, theme] of Object.entries(themes)) {
  for (const [surface, texts] of Object.entries(PAIRS)) {
    for (const text of texts) {
      test(`${name}: ${text} on ${surface}`, () => {
        const ratio = contrast(colour(theme, text), colour(theme, surface));
        assert.ok(ratio >= 4.5, `${ratio.toFixed(2)}:1`);
      });
    }
  }
}
