// Accounts, as people make them and sign in.
import { createHmac, randomBytes, randomUUID } from "node:crypto";
import { readFileSync, readdirSync } from "node:fs";
import { setTimeout as pause } from "node:timers/promises";
import { BASE_URL } from "./browser.mjs";

export const PASSWORD = "seven quiet violet tractors";

/** Waits until a form is alive, by its button: what is typed before need not be what is sent. */
export const isReady = (page, button) => page.getByRole("button", { name: button, disabled: false }).waitFor();

/** Register a new account by the form; its e-mail address. */
export async function register(page) {
  const email = `ada-${randomUUID().slice(0, 8)}@example.org`;
  await page.goto(`${BASE_URL}/register`);
  await isReady(page, "Register");
  await page.getByLabel("Name", { exact: true }).fill("Ada Lovelace");
  await page.getByLabel("E-mail").fill(email);
  await page.getByLabel("Password").fill(PASSWORD);
  await page.getByLabel("Age", { exact: true }).fill("36");
  await page.getByLabel("Gender").selectOption("female");
  await page.getByLabel("Mobile number").fill("+44 20 7946 0018");
  // One client may register a few times an hour only, so each of them is another one, behind the proxy
  // that this server trusts.
  const client = `10.${randomBytes(3).join(".")}`;
  const path = "**/api/account/register";
  await page.route(path, (route) => route.continue({ headers: { ...route.request().headers(), "x-forwarded-for": client } }));
  await page.getByRole("button", { name: "Register" }).click();
  await page.getByText("You can sign in now.").waitFor();
  await page.unroute(path);
  return email;
}

/** Sign in by the form that is open, or that of the sign-in page. */
export async function signIn(page, email, password = PASSWORD) {
  if (!page.url().includes("/sign-in")) await page.goto(`${BASE_URL}/sign-in`);
  await isReady(page, "Sign in");
  await page.getByLabel("E-mail").fill(email);
  await page.getByLabel("Password").fill(password);
  await page.getByRole("button", { name: "Sign in" }).click();
}

/** A new account, signed in and at its history. */
export async function enter(page) {
  const email = await register(page);
  await signIn(page, email);
  await page.getByText("Nothing is saved here.").waitFor();
  return email;
}

/** Sign out by the menu in the header. */
export async function signOut(page) {
  await page.locator(".account summary").click();
  await page.getByRole("button", { name: "Sign out", exact: true }).click();
  await page.locator(".account").getByRole("link", { name: "Sign in" }).waitFor();
}

/** The step of half a minute that an authenticator app is in. */
export const stepNow = () => Math.floor(Date.now() / 30_000);

/** The code that an authenticator app makes of a secret in base 32 for a step (RFC 6238). */
export function appCode(secret, step) {
  const digits = [...secret.replaceAll(" ", "")].map((c) => "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".indexOf(c));
  const bits = digits.map((digit) => digit.toString(2).padStart(5, "0")).join("");
  const key = Buffer.from(bits.match(/.{8}/g).map((byte) => parseInt(byte, 2)));
  const counter = Buffer.alloc(8);
  counter.writeBigInt64BE(BigInt(step));
  const hash = createHmac("sha1", key).update(counter).digest();
  const word = hash.readUInt32BE(hash[19] & 0xf) & 0x7fffffff;
  return String(word % 1_000_000).padStart(6, "0");
}

/** The secret in the newest letter to `email` that has one; letters are files in a folder of the server. */
export async function secretFor(email) {
  const folder = process.env.NEUROCARE_LETTERS;
  for (let tries = 0; tries < 300; tries++) {
    const letters = readdirSync(folder).sort().map((name) => readFileSync(`${folder}/${name}`, "utf8"));
    const secrets = letters
      .filter((letter) => letter.includes(email))
      .map((letter) => letter.replaceAll("=\r\n", "").match(/\/reset#([\w-]{43})/)?.[1]);
    const secret = secrets.filter(Boolean).at(-1);
    if (secret) return secret;
    await pause(100);
  }
  throw new Error(`no letter to ${email} with a link`);
}
