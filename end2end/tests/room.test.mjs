// What the reading room holds on to: the scan that was chosen last, and the reader's work.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { becomes, says } from "../support/becomes.mjs";
import { BASE_URL, IN_FIREFOX, openPage, recordRequests } from "../support/browser.mjs";
import { download } from "../support/download.mjs";
import { PATIENCE, atRest, drawAround, findings, isDrawn, sample, segmentSlice } from "../support/reading.mjs";
import { settled as standing } from "../support/settled.mjs";
import { shoot } from "../support/shot.mjs";
import { SAMPLE } from "../support/worker.mjs";

/** Drops a file on a part of the page, once the page takes what is dropped: before it is alive it does not. */
const drop = (page, name, bytes, place = "body") =>
  page.evaluate(
    async ({ name, base64, place }) => {
      const data = new DataTransfer();
      data.items.add(new File([Uint8Array.from(atob(base64), (c) => c.charCodeAt(0))], name));
      const event = () => new DragEvent("drop", { dataTransfer: data, cancelable: true, bubbles: true });
      const end = Date.now() + 30_000;
      while (document.querySelector(place).dispatchEvent(event())) {
        if (Date.now() > end) throw new Error("the page does not take what is dropped");
        await new Promise(requestAnimationFrame);
      }
    },
    { name, base64: Buffer.from(bytes).toString("base64"), place },
  );

/** Answers every question of the page; what kinds they were. */
function answering(page, yes) {
  const questions = [];
  page.on("dialog", (dialog) => {
    questions.push(dialog.type());
    return yes() ? dialog.accept() : dialog.dismiss();
  });
  return questions;
}

/** A NIfTI slice of a belly: an ellipse of soft tissue in air, with a ring of gas around something in it. */
function abdomen() {
  const edge = 256;
  const file = Buffer.alloc(352 + edge * edge * 2);
  file.writeInt32LE(348, 0);
  [3, edge, edge, 1, 1, 1, 1, 1].forEach((n, i) => file.writeInt16LE(n, 40 + i * 2));
  [4, 16].forEach((n, i) => file.writeInt16LE(n, 70 + i * 2));
  [1, 1.5, 1.5, 5].forEach((mm, i) => file.writeFloatLE(mm, 76 + i * 4));
  file.writeFloatLE(352, 108);
  file.writeFloatLE(1, 112);
  file.writeInt16LE(1, 254);
  [-1.5, 0, 0, 0, 0, -1.5, 0, 0, 0, 0, 5, 0].forEach((mm, i) => file.writeFloatLE(mm, 280 + i * 4));
  file.write("n+1\0", 344, "latin1");
  for (let i = 0; i < edge * edge; i++) {
    const [x, y] = [(i % edge) - edge / 2, Math.floor(i / edge) - edge / 2];
    const bowel = Math.hypot(x - 40, y);
    const isBody = (x / 100) ** 2 + (y / 70) ** 2 < 1 && !(bowel > 3.5 && bowel < 7);
    // Air is never of one value, as the padding of a circular field of view is.
    file.writeInt16LE((isBody ? 40 : -1000) + (i % 7), 352 + i * 2);
  }
  return file;
}

async function openSeries(page) {
  await page.goto(`${BASE_URL}/read`);
  await page.getByLabel("Choose files").setInputFiles(SAMPLE.map(sample));
  await page.getByText("Slice 2 of 3").first().waitFor();
  await isDrawn(page);
  await page.getByText("CPU ·").waitFor(PATIENCE);
}

const moveThreshold = (page, percent) =>
  page.getByRole("slider", { name: /^Threshold/ }).evaluate((input, value) => {
    input.value = value;
    input.dispatchEvent(new Event("input", { bubbles: true }));
  }, String(percent));

/** The findings once settings that changed just now are applied. */
async function settled(page) {
  // The end of a run applies them, too, if they were changed while it went on.
  await atRest(page);
  // A moment after the last change, which is over by the clock of the page once a longer one is.
  await page.evaluate(() => new Promise((resolve) => setTimeout(resolve, 500)));
  await atRest(page);
  return findings(page);
}

test("a sample that comes late does not take the place of a scan that was opened meanwhile", async (t) => {
  const page = await openPage(t, { serviceWorkers: "block" });
  let letGo;
  const gate = new Promise((resolve) => (letGo = resolve));
  await page.route("**/sample/*.dcm", async (route) => {
    await gate;
    await route.continue();
  });
  await page.goto(`${BASE_URL}/read`, { waitUntil: "networkidle" });
  const asked = page.waitForRequest("**/sample/*.dcm");
  await page.getByRole("button", { name: "Try a sample" }).click();
  await asked;
  await drop(page, "own.dcm", readFileSync(sample(SAMPLE[0])));
  await page.getByRole("heading", { name: "own.dcm" }).waitFor();
  const last = page.waitForResponse(`**/sample/${SAMPLE.at(-1)}`);
  letGo();
  await (await last).finished();
  await pause(1000);
  assert.equal(await page.locator(".scan-title h2").innerText(), "own.dcm");
});

test("a dropped file that cannot be read costs nothing of the work, and leaving with it asks first", async (t) => {
  const page = await openPage(t);
  await openSeries(page);
  await page.getByRole("button", { name: "Whole series (3)" }).click();
  await page.getByText("3 slices segmented").waitFor(PATIENCE);
  await atRest(page);
  await page.locator(".findings").getByRole("button", { name: /^Reject this finding/ }).last().click();
  await page.getByText("Rejected by the reader").waitFor();
  const before = await settled(page);

  let yes = false;
  const questions = answering(page, () => yes);
  await drop(page, "other.dcm", readFileSync(sample(SAMPLE[0])));
  await becomes(() => questions, ["confirm"]);
  assert.equal(await page.locator(".scan-title h2").innerText(), `${SAMPLE[0]} and 2 more`, "the reader would rather keep the results");
  yes = true;
  await drop(page, "notes.dcm", "not a scan ".repeat(90));
  await page.locator(".notices .notice.error").waitFor();
  await page.getByText("Rejected by the reader").waitFor();
  assert.deepEqual(await findings(page), before);

  await page.reload();
  await becomes(() => questions, ["confirm", "confirm", "beforeunload"]);
  await page.reload();
  assert.equal(questions.length, 3, "there is nothing to lose any more");
});

test("a scan dropped on any page is opened in the reading room, once nothing would be lost", async (t) => {
  const page = await openPage(t);
  await page.goto(BASE_URL, { waitUntil: "networkidle" });
  await drop(page, "first.dcm", readFileSync(sample(SAMPLE[0])));
  await page.getByRole("heading", { name: "first.dcm" }).waitFor();
  assert.equal(new URL(page.url()).pathname, "/read");
  await segmentSlice(page);

  let yes = false;
  const questions = answering(page, () => yes);
  for (const name of ["first.dcm", "second.dcm"]) {
    await page.getByRole("link", { name: "About", exact: true }).click();
    await page.getByRole("heading", { name: /^Model card/ }).waitFor();
    await drop(page, "second.dcm", readFileSync(sample(SAMPLE[1])));
    await page.getByRole("heading", { name }).waitFor();
    yes = true;
  }
  assert.deepEqual(questions, ["confirm", "confirm"]);
});

test("a threshold that is moved during the first run counts in the end", async (t) => {
  const page = await openPage(t);
  await openSeries(page);
  await page.getByText("Postprocessing").click();
  await Promise.all([
    page.getByRole("button", { name: "Cancel" }).waitFor(),
    page.getByRole("button", { name: "Whole series (3)" }).click(),
  ]);
  await moveThreshold(page, 95);
  await page.getByText("3 slices segmented").waitFor(PATIENCE);
  const moved = await settled(page);

  await page.getByRole("button", { name: "Standard values" }).click();
  const standard = await settled(page);
  assert.notDeepEqual(moved, standard);
  await moveThreshold(page, 95);
  assert.deepEqual(await settled(page), moved);
});

test("a series that was stopped goes on with the slices that are left, and files wait for its end", async (t) => {
  const page = await openPage(t);
  await openSeries(page);
  await page.getByRole("button", { name: "Segment this slice" }).click();
  await page.getByText("1 slice segmented of 3").waitFor(PATIENCE);
  const advice = page.locator(".advice");
  await says(advice, /, as far as searched\s+1 of 3 slices searched; nothing is known of the other 2\. /);
  await atRest(page);
  // Whoever looks only after the press may be late to see it.
  const isWaiting = page.waitForFunction(() => {
    const file = [...document.querySelectorAll(".exports button")].find((it) => it.textContent === "Mask (NIfTI)");
    return document.body.textContent.includes("Segmenting slices: 0 of 2") && file.getAttribute("aria-disabled") === "true";
  });
  await Promise.all([isWaiting, page.getByRole("button", { name: "Whole series (3)" }).click()]);
  await page.getByText("3 slices segmented of 3").waitFor(PATIENCE);
  await becomes(async () => /slices searched/.test(await advice.innerText()), false);
  await page.getByText("Slice 2 / 3 · Im 63 · z −186.5 mm").waitFor();
  await page.getByText("No volume (–) where a lesion lies on one slice only, or reaches the end of the scan").waitFor();
  await becomes(() => page.getByRole("button", { name: "Mask (NIfTI)" }).isEnabled(), true);
});

test("a first scan can be given up while it is decoded, and the next one opens in another worker", async (t) => {
  const page = await openPage(t, { serviceWorkers: "block" });
  await page.addInitScript(() => {
    const send = Worker.prototype.postMessage;
    Worker.prototype.postMessage = function (message, ...rest) {
      window.isAsked ||= message.json?.startsWith('{"open"');
      send.call(this, message, ...rest);
    };
  });
  // One that loads and then does nothing.
  await page.route("**/engine-worker.js", (route) =>
    route.fulfill({ contentType: "text/javascript", body: `postMessage({ json: '"loaded"', buffers: [] });` }),
  );
  await page.goto(`${BASE_URL}/read`);
  await page.getByLabel("Choose files").setInputFiles(sample(SAMPLE[0]));
  await page.getByText("Opening the scan…").waitFor();
  // Before it has the scan, there is nothing that it could hang at.
  await page.waitForFunction(() => window.isAsked);
  await page.unroute("**/engine-worker.js");
  await page.getByRole("button", { name: "Cancel" }).click();
  await page.getByText("Opening the scan…").waitFor({ state: "detached" });
  await page.getByLabel("Choose files").setInputFiles(sample(SAMPLE[1]));
  await page.getByRole("heading", { name: SAMPLE[1] }).waitFor();
  await becomes(() => page.locator(".notices .notice").count(), 0);
});

test("a worker that hangs when it is to stop is replaced", async (t) => {
  const page = await openPage(t, { serviceWorkers: "block" });
  await page.clock.install();
  await page.addInitScript(() => {
    const send = Worker.prototype.postMessage;
    Worker.prototype.postMessage = function (message, ...rest) {
      // It says nothing from then on, as if it hung.
      if (message.json?.startsWith('{"segment"')) this.terminate();
      send.call(this, message, ...rest);
    };
  });
  await openSeries(page);
  await page.getByText("CPU ·").waitFor(PATIENCE);
  await page.getByRole("button", { name: "Segment this slice" }).click();
  await page.getByRole("button", { name: "Cancel" }).click();
  await page.getByRole("button", { name: "Stopping…" }).waitFor();
  // The machine sleeps for ten minutes, and that says nothing about the worker.
  await page.clock.fastForward(600_000);
  await page.clock.runFor(1_000);
  await page.getByRole("button", { name: "Stopping…" }).waitFor();
  await page.clock.runFor(21_000);
  await page.getByText(/it did not stop when it was told to.*started again; the scan is opened in it once more/).waitFor();
  await page.getByRole("heading", { name: `${SAMPLE[0]} and 2 more` }).waitFor();
  await page.getByLabel("Choose files").setInputFiles(sample(SAMPLE[0]));
  await page.getByRole("heading", { name: SAMPLE[0] }).waitFor();
});

test("a mask dropped on the reference's card is one, and the old scan is back when the next is given up", async (t) => {
  const page = await openPage(t, { serviceWorkers: "block" });
  await page.route("**/sample/*.dcm", () => {});
  await openSeries(page);
  await drop(page, "reference.nii.gz", readFileSync(sample("reference.nii.gz")), ".reference h2");
  await page.getByText(/^Open: .+ pixels marked/).waitFor();
  assert.equal(await page.locator(".scan-title h2").innerText(), `${SAMPLE[0]} and 2 more`);

  await page.getByText("Open another").click();
  await page.getByRole("button", { name: "Try a sample" }).click();
  await page.getByText("Opening the scan…").waitFor();
  await page.getByRole("button", { name: "Cancel" }).click();
  await page.getByText(/^Open: .+ pixels marked/).waitFor();
  assert.equal(await page.locator(".scan-title h2").innerText(), `${SAMPLE[0]} and 2 more`);
});

test("what is wrong with a mask is said where its reader is, far down the page", async (t) => {
  const page = await openPage(t);
  await openSeries(page);
  const choose = page.getByText("Choose a mask");
  await choose.evaluate((it) => it.scrollIntoView({ block: "start" }));
  assert.ok((await page.evaluate(() => scrollY)) > 100);
  await page.locator(".reference input").setInputFiles({ name: "a.png", mimeType: "", buffer: Buffer.from("nothing") });
  const message = page.locator(".notices .notice");
  await message.waitFor();
  const { y, height } = await standing(page, () => message.boundingBox());
  const window = await page.evaluate(() => innerHeight);
  assert.ok(y > 0 && y + height <= window, `the message is ${y} to ${y + height} px from the top of ${window} px`);
});

// Debian's Firefox cannot be made to look as if it printed.
test("page and printed report name what made the result, not what is chosen now", { skip: IN_FIREFOX }, async (t) => {
  const page = await openPage(t);
  await openSeries(page);
  await page.getByRole("button", { name: "Segment this slice" }).click();
  await page.getByText("1 slice segmented").waitFor(PATIENCE);
  // No other network can be chosen meanwhile.
  await atRest(page);
  const made = page.locator("section", { has: page.getByRole("heading", { name: "Result made with", includeHidden: true }) });
  const head = page.locator("header.print-only");
  assert.equal(await made.isVisible(), false, "the panels say it");
  await page.getByText("U-Net++", { exact: true }).click();
  await page.getByText(/U-Net\+\+, weights/).waitFor(PATIENCE);
  await says(made, /Network\s+U-Net, weights[\s\S]*threshold \d+\s%/);
  assert.equal(await head.isVisible(), false);
  await page.emulateMedia({ media: "print" });
  await says(made, /Network\s+U-Net, weights/);
  await page.evaluate(() => window.dispatchEvent(new Event("beforeprint")));
  await says(head, /Patient: _+ · examined: 2000-01-01 · read by: _+\s+Printed on \d{4}-\d\d-\d\d$/);
  assert.equal(await page.locator(".engine-status").isVisible(), false);
  await shoot(page, "report");
});

test("the printed report shows each lesion where it is largest, by number, side, slice and image", { skip: IN_FIREFOX }, async (t) => {
  const page = await openPage(t);
  await page.addInitScript(() => (window.print = () => (window.isPrinted = true)));
  await openSeries(page);
  await page.getByRole("button", { name: "Whole series (3)" }).click();
  await page.getByText("3 slices segmented").waitFor(PATIENCE);
  await atRest(page);
  const lesions = await page.locator('[aria-label="Lesions"] tbody tr').count();
  const pictures = page.locator(".key-images figure");
  assert.equal(await pictures.count(), 0);
  await page.getByRole("button", { name: "Print report" }).click();
  await page.waitForFunction(() => window.isPrinted);
  await page.emulateMedia({ media: "print" });
  const [whole, ...captions] = await pictures.allInnerTexts();
  assert.match(whole, /^Slice\s2\s\/\s3 · Im\s63 · .*Lung · C\s−600\sW\s1500 · /);
  assert.equal(captions.length, Math.min(lesions, 12));
  for (const words of captions) assert.match(words, /^\d+(?: [RL])? · slice [123] \(Im\s6[234]\) · [\d.]+ × [\d.]+\smm$/);
  // Orange as outlines are, on grey.
  const orange = await pictures.locator("canvas").evaluateAll((all) =>
    all.map((canvas) => {
      const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
      let count = 0;
      for (let i = 0; i < data.length; i += 4) if (data[i] > data[i + 2] + 90) count++;
      return count;
    }),
  );
  assert.ok(orange.every((count) => count > 30), orange.join(", "));
  assert.equal(await page.locator(".viewer").isVisible(), false);
  await shoot(page, "report-pictures");
  await page.evaluate(() => window.dispatchEvent(new Event("afterprint")));
  await becomes(() => pictures.count(), 0);
  await becomes(() => page.locator(".viewer").isVisible(), true);
});

test("finished slices stay as they are when another network is chosen, also beside a reference mask and an area drawn", async (t) => {
  const page = await openPage(t);
  await openSeries(page);
  await page.getByRole("button", { name: "Whole series (3)" }).click();
  await page.getByText("3 slices segmented").waitFor(PATIENCE);
  const before = await settled(page);
  await page.getByText("U-Net++", { exact: true }).click();
  await page.getByText(/U-Net\+\+, weights/).waitFor(PATIENCE);
  assert.deepEqual(await settled(page), before);

  await page.getByLabel("Choose a mask").setInputFiles(sample("reference.nii.gz"));
  await page.getByText("All segmented slices").waitFor(PATIENCE);
  assert.deepEqual(await settled(page), before, "its own limits hold for what the U-Net found");

  await page.getByText("Add area", { exact: true }).click();
  await drawAround(page, -60, -30, -40, -10);
  await page.getByText("Corrected by the reader: slice 2").waitFor(PATIENCE);
  const drawn = await settled(page);
  assert.equal(drawn.length, before.length + 1);
  await page.getByRole("button", { name: "Undo (Ctrl + Z)" }).click();
  await page.getByText("Corrected by the reader").waitFor({ state: "detached" });
  assert.deepEqual(await settled(page), before);
});

test("a scan is open while the network is on its way, and a broken line can be tried again", async (t) => {
  const page = await openPage(t, { serviceWorkers: "block" });
  let breakLine;
  const gate = new Promise((resolve) => (breakLine = resolve));
  let isBroken = true;
  await page.context().route("**/weights/*", async (route) => {
    await gate;
    return isBroken ? route.abort() : route.continue();
  });
  await page.goto(`${BASE_URL}/read`);
  await page.getByLabel("Choose files").setInputFiles(SAMPLE.map(sample));
  await page.getByText("Slice 2 of 3").first().waitFor();
  await says(page.locator(".engine-status"), /U-Net is being prepared/);
  await page.getByRole("button", { name: "Segment this slice" }).click();
  await page.getByText("Starts as soon as the engine is ready.").waitFor();

  breakLine();
  await page.getByText(/is not on this computer yet.*press “Try again” under “Engine”/).first().waitFor();
  isBroken = false;
  await page.getByRole("button", { name: "Try again" }).click();
  await page.getByText("CPU ·").waitFor(PATIENCE);
  assert.equal(await page.locator(".scan-title h2").innerText(), `${SAMPLE[0]} and 2 more`);
});

test("a slice without a lung is not searched, and the page says so", async (t) => {
  const page = await openPage(t);
  await page.goto(`${BASE_URL}/read`, { waitUntil: "networkidle" });
  await drop(page, "belly.nii", abdomen());
  await page.getByText("CPU ·").waitFor(PATIENCE);
  await page.getByRole("button", { name: "Segment this slice" }).click();
  await page.getByText("1 slice segmented, 1 without a lung and not searched").waitFor(PATIENCE);
  await atRest(page);
  await page.getByText("No lung is seen on this slice, so nothing was searched.").waitFor();
  assert.deepEqual(await findings(page), []);
  // DICOM files of a result refer to those that it was made from, and here are none.
  const file = (name) => page.getByRole("button", { name });
  await file("Mask (NIfTI)").waitFor();
  assert.equal(await file("Mask (DICOM SEG)").count(), 0);
  assert.equal(await file("Contours (DICOM RT)").count(), 0);
  assert.equal(await file("Measurements (DICOM SR)").count(), 0);
  await page.getByText("There are no DICOM files of this result").waitFor();
  // A mask may be empty because there is no tumour; one of no lung says nothing.
  const isDisabled = (name) => file(name).getAttribute("aria-disabled");
  await becomes(async () => [await isDisabled("Mask (NIfTI)"), await isDisabled("Lung (NIfTI)")], ["false", "true"]);
  assert.equal(await page.locator(".advice").count(), 0, "nothing is recommended");
  await becomes(() => page.locator(".gist strong").innerText(), "not searched");
  await becomes(() => page.getByText("Done: no lung was recognised, so nothing was searched.").count(), 1);
});

test("a scan says whose it is, and only to whoever unfolds it", async (t) => {
  const page = await openPage(t);
  const requests = recordRequests(page);
  await page.goto(`${BASE_URL}/read`);
  const scan = new URL("../../model/tests/fixtures/dicom_seg/single.dcm", import.meta.url).pathname;
  await page.getByLabel("Choose files").setInputFiles(scan);
  await page.getByRole("heading", { name: "single.dcm" }).waitFor();
  const name = page.getByText("Patient: Müller, Jörg");
  assert.equal(await name.isVisible(), false);
  await page.getByText("Patient and series, as the file says").click();
  await name.waitFor();
  await says(page.locator(".whose"), /Patient: Müller, Jörg\nPatient ID: P 17\nBorn: 1950-01-02\nSex: male\n/);
  await shoot(page, "whose", { fullPage: false });
  await segmentSlice(page);
  const exported = await download(page, page.getByRole("button", { name: "Findings (JSON)" }));
  assert.doesNotMatch(exported.bytes.toString(), /ller|P 17|1950/);
  assert.ok(requests.every(({ body }) => body === null));

  // Another scan does not keep the name of the one before, and does not show its own at once.
  page.on("dialog", (dialog) => dialog.accept());
  await page.getByText("Open another").click();
  await page.getByLabel("Choose files").setInputFiles(sample(SAMPLE[0]));
  await page.getByRole("heading", { name: SAMPLE[0] }).waitFor();
  await becomes(() => page.getByText("Müller").count(), 0);
  assert.equal(await page.getByText("LIDC-IDRI-0003").isVisible(), false);
});
