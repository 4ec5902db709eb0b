// Opens a page in headless Chromium, uses it as a reader would, and fails on any error in the console. Usage: check.mjs PAGE SHOTS PERSON ACCOUNT
// The page of an audit compares nothing, so it has no view of changes.
import { chromium } from "playwright-core";
import { pathToFileURL } from "node:url";
import { strict as assert } from "node:assert";
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const [file, shots, person, account] = process.argv.slice(2);
const profile = mkdtempSync(join(tmpdir(), "accord-page-"));
const flags = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"];
const browser = await chromium.launchPersistentContext(profile, { executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", headless: true, args: flags, viewport: { width: 1280, height: 900 }, colorScheme: "light" });
const page = browser.pages()[0] ?? (await browser.newPage());
const errors = [], requests = [];
page.on("console", (message) => { if (["error", "warning"].includes(message.type())) errors.push(message.text()); });
page.on("pageerror", (error) => errors.push(String(error)));
page.on("request", (request) => { if (!request.url().startsWith("file:")) requests.push(request.url()); });
const shot = (name, options) => page.screenshot({ path: `${shots}-${name}.png`, ...options });
const started = Date.now();
await page.goto(pathToFileURL(file).href);
await page.waitForSelector('html[data-ready="true"]', { timeout: 60_000 });
const ready = Date.now() - started;
assert.ok(ready < 15_000, `ready after ${ready} ms`);
await shot("top");
assert.ok((await page.locator("main section").first().innerText()).length > 20, "something is told without script");
const compared = (await page.locator('[data-view="changes"]').count()) === 1;

// The slowest thing that was clicked, drawn again.
let slowest = 0;
const timed = async (act) => {
  const from = Date.now();
  await act();
  await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));
  slowest = Math.max(slowest, Date.now() - from);
};

// Every control has a name that is read aloud, and every link leads somewhere.
const nameless = await page.evaluate(() => [...document.querySelectorAll("button, input, select, summary, a, [role]")].filter((one) => !(one.getAttribute("aria-label") || one.textContent.trim() || [...(one.labels || [])].some((label) => label.textContent.trim()))).map((one) => one.outerHTML.slice(0, 80)));
assert.deepEqual(nameless, [], "controls have names");
const astray = await page.evaluate(() => [...document.querySelectorAll('a[href^="#"]')].map((one) => one.getAttribute("href")).filter((href) => document.querySelector(href) === null));
assert.deepEqual(astray, [], "anchors are there");
// The skip link comes first, and whatever has the focus shows it.
await page.keyboard.press("Tab");
assert.equal(await page.evaluate(() => document.activeElement.className), "skip", "the first stop skips");
for (let stop = 0; stop < 12; stop++) {
  await page.keyboard.press("Tab");
  const shown = await page.evaluate(() => { const style = getComputedStyle(document.activeElement); return document.activeElement === document.body || (style.outlineStyle !== "none" && parseFloat(style.outlineWidth) > 0); });
  assert.ok(shown, "the focus can be seen");
}

// The picture: what changes, everything, one person, one account.
const drawn = async () => Number(await page.locator("html").getAttribute("data-drawn"));
await page.locator("#access").scrollIntoViewIfNeeded();
const changes = await drawn();
assert.ok(changes > 0, "something is drawn");
await shot("picture", { fullPage: false });
await timed(() => page.click('[data-view="all"]'));
const all = await drawn();
assert.ok(all >= changes, "everything is at least what changes");
await page.locator("#picture").scrollIntoViewIfNeeded();
await page.waitForTimeout(300);
await shot("everything");
for (const [name, asked] of [["person", person], ["account", account]]) {
  const kind = name === "person" ? /\((person|service account)\)$/ : /\(account\)$/;
  await page.fill("#search", asked);
  await timed(() => page.locator("#found button", { hasText: kind }).first().click());
  const about = await page.locator("#about").innerText();
  assert.ok(about.toLowerCase().includes(asked.toLowerCase()), `${asked} is told: ${about.slice(0, 80)}`);
  assert.ok(/reach/i.test(about), `who reaches what is told: ${about}`);
  await page.locator("#picture").scrollIntoViewIfNeeded();
  await page.waitForTimeout(300);
  await shot(name);
}
await page.click("#closer");
await page.click("#farther");
await page.click("#fit");
// A click into the picture itself, on the node in its middle.
const box = await page.locator("#canvas").boundingBox();
await page.mouse.click(box.x + box.width / 2, box.y + box.height / 2);

// The matrix: filter, pages, only what changes.
await page.locator("#who").scrollIntoViewIfNeeded();
if (compared) await timed(() => page.uncheck("#matrix-changes"));
else assert.equal(await page.locator("#matrix-changes").count(), 0, "nothing changes in an audit");
const rows = await page.locator("#matrix tbody tr").count();
assert.ok(rows > 0, "the matrix has rows");
await page.waitForTimeout(100);
await shot("matrix");
if (await page.locator("#row-on").isEnabled()) {
  const first = await page.locator("#matrix tbody th").first().innerText();
  await page.click("#row-on");
  assert.notEqual(await page.locator("#matrix tbody th").first().innerText(), first, "the next people are shown");
}
await timed(() => page.fill("#matrix-person", person));
assert.ok((await page.locator("#matrix tbody tr").count()) >= 1, "the person is found in the matrix");
await page.fill("#matrix-person", "");

// Narrow: nothing is wider than the window.
await page.setViewportSize({ width: 390, height: 844 });
await page.evaluate(() => window.scrollTo(0, 0));
const wide = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
assert.ok(wide <= 0, `the page is ${wide} pixels too wide for a telephone`);
await shot("narrow");
await page.locator("#access").scrollIntoViewIfNeeded();
await page.waitForTimeout(300);
await shot("narrow-picture");
await page.setViewportSize({ width: 1280, height: 900 });

// Dark, by keyboard; print; and without script.
await page.locator("#theme").focus();
await page.keyboard.press("Enter");
assert.equal(await page.locator("html").getAttribute("data-theme"), "dark");
await page.evaluate(() => window.scrollTo(0, 0));
await shot("dark");
await page.locator("#access").scrollIntoViewIfNeeded();
await page.waitForTimeout(300);
await shot("dark-picture");
await page.emulateMedia({ media: "print", colorScheme: "light" });
await page.evaluate(() => window.scrollTo(0, 0));
await shot("print");
await page.pdf({ path: `${shots}-print.pdf`, preferCSSPageSize: true, printBackground: true });
assert.deepEqual(errors, [], "the console is quiet");
assert.deepEqual(requests, [], "nothing is fetched");
assert.ok(slowest < 5_000, `a click took ${slowest} ms`);
await browser.close();
console.log(`${file}: ready after ${ready} ms, slowest click ${slowest} ms, ${changes} boxes of the change, ${all} of everything, ${rows} rows`);
