// WebKit, the engine of Safari, as Debian builds it for GTK, and as much of Playwright's pages as the tests of
// `webkit/` need: Playwright brings WebKit of its own, which Debian has not, and speaks to no other.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { setTimeout as pause } from "node:timers/promises";
import { Builder, By, Capabilities } from "selenium-webdriver";
import { pictureAt } from "./shot.mjs";

/** Where Debian has the small browser that comes with WebKit; the architecture is part of the path. */
const BROWSER = process.env.NEUROCARE_WEBKIT;

/** Longest script, with the networks in it, on a processor that others may be using. */
const LIMIT_MS = 240_000;

async function freePort() {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address();
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** Start the browser on a screen of its own. */
export async function launchWebKit() {
  const port = await freePort();
  const driver = spawn(
    "xvfb-run",
    ["--auto-servernum", "--server-args=-screen 0 1400x1000x24", "WebKitWebDriver", "--host=127.0.0.1", `--port=${port}`],
    // A group of its own, so that the screen ends with the driver.
    { stdio: "ignore", detached: true },
  );
  const stop = () => process.kill(-driver.pid);
  try {
    const session = await connect(port);
    await session.manage().setTimeouts({ script: LIMIT_MS });
    return new Browser(session, stop);
  } catch (error) {
    stop();
    throw error;
  }
}

async function connect(port) {
  const capabilities = new Capabilities({
    browserName: "MiniBrowser",
    "webkitgtk:browserOptions": { binary: BROWSER, args: ["--automation"] },
  });
  for (let tries = 0; ; tries++) {
    try {
      return await new Builder().usingServer(`http://127.0.0.1:${port}`).withCapabilities(capabilities).build();
    } catch (error) {
      if (tries === 300) throw error;
      await pause(200);
    }
  }
}

class Browser {
  constructor(session, stop) {
    Object.assign(this, { session, stop });
  }

  /** A page in a window of its own. */
  async newPage() {
    // From one that is open: the session's own may be closed by now.
    const [open] = await this.session.getAllWindowHandles();
    await this.session.switchTo().window(open);
    await this.session.switchTo().newWindow("window");
    return new Page(this.session);
  }

  async close() {
    try {
      await this.session.quit();
    } finally {
      this.stop();
    }
  }
}

/** The window that was opened last: one at a time is enough here. */
class Page {
  constructor(session) {
    this.session = session;
  }

  goto(address) {
    return this.session.get(address);
  }

  close() {
    return this.session.close();
  }

  /** As Playwright's: what a function that runs in the page returns, or resolves to. */
  async evaluate(work, argument) {
    const { value, error } = await this.session.executeAsyncScript(
      `const [argument, done] = arguments;
       Promise.resolve().then(() => (${work})(argument)).then((value) => done({ value }), (error) => done({ error: String(error) }));`,
      argument,
    );
    if (error) throw new Error(error);
    return value;
  }

  /** Waits for an element that is shown and not disabled, as buttons are before the page is alive; XPath. */
  async find(path) {
    return this.session.wait(async () => {
      for (const element of await this.session.findElements(By.xpath(path))) {
        if ((await element.isDisplayed()) && (await element.isEnabled())) return element;
      }
      return null;
    }, LIMIT_MS, `nothing is shown at ${path}`);
  }

  async press(name) {
    const button = await this.find(`//button[normalize-space()='${name}']`);
    await button.click();
  }

  async choose(name, files) {
    await this.text(name);
    const input = await this.session.findElement(By.xpath(`//label[normalize-space()='${name}']/input`));
    await input.sendKeys(files.join("\n"));
  }

  async shoot(name) {
    writeFileSync(pictureAt(name, "webkit/"), await this.session.takeScreenshot(), "base64");
  }

  text(words) {
    return this.find(`//*[contains(normalize-space(), '${words}')]`);
  }

  /** The words of every finding in the list. */
  findings() {
    return this.evaluate(() => [...document.querySelectorAll(".finding")].map((it) => it.innerText));
  }
}
