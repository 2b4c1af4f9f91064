import js from "@eslint/js";
import globals from "globals";

/** The browsers' interface has two names, and only src/browser may say them. */
const noBrowserApi = ["browser", "chrome"].map((name) => ({
  name,
  message: "Only src/browser speaks to the browser's interface; import a module of that folder.",
}));

/** What turns text into markup. Text of mail enters the DOM as text, without exception. */
const noMarkup = ["innerHTML", "outerHTML", "insertAdjacentHTML", "setHTMLUnsafe", "srcdoc"].map((property) => ({
  property,
  message: "Text enters the DOM as text: use ui/elements.js.",
}));

export default [
  // src/vendor is another project's, byte for byte (test/vendor.test.js); its own rules hold there.
  { ignores: ["node_modules/", "build/", "dist/", "src/vendor/"] },
  js.configs.recommended,
  {
    languageOptions: { ecmaVersion: 2023, sourceType: "module" },
    rules: {
      curly: ["error", "multi-line"],
      eqeqeq: "error",
      "no-eval": "error",
      "no-implied-eval": "error",
      "no-new-func": "error",
      "no-var": "error",
      "object-shorthand": "error",
      "prefer-const": "error",
      "no-restricted-properties": ["error", ...noMarkup],
      "no-unused-vars": ["error", { argsIgnorePattern: "^_", caughtErrors: "none" }],
    },
  },
  {
    files: ["src/**/*.js"],
    languageOptions: { globals: globals.browser },
    rules: { "no-restricted-globals": ["error", ...noBrowserApi] },
  },
  {
    files: ["src/browser/**/*.js"],
    languageOptions: { globals: { ...globals.browser, browser: "readonly", chrome: "readonly" } },
    rules: { "no-restricted-globals": "off" },
  },
  {
    files: ["platform/thunderbird/**/*.js"],
    languageOptions: {
      sourceType: "script",
      globals: {
        ...globals.browser,
        ChromeUtils: "readonly",
        Cc: "readonly",
        Components: "readonly",
        Ci: "readonly",
        Cr: "readonly",
        Cu: "readonly",
        ExtensionAPI: "readonly",
        ExtensionAPIPersistent: "readonly",
        ExtensionCommon: "readonly",
        IOUtils: "readonly",
        PathUtils: "readonly",
        Services: "readonly",
        extensions: "readonly",
        letterlockLacks: "readonly",
        letterlockMisfit: "readonly",
      },
    },
  },
  {
    files: ["test/**/*.{js,mjs}", "*.mjs", "*.js"],
    languageOptions: { globals: globals.node },
  },
  {
    files: ["test/gallery/gallery.js", "test/{content,ui}/**/*.js"],
    languageOptions: { globals: globals.browser },
  },
];
