// The engine's worker, and a word to whoever serves this file of each slice that another worker has computed for it.
const Native = self.Worker;
self.Worker = class extends Native {
  constructor(...args) {
    super(...args);
    this.addEventListener("message", ({ data }) => {
      if (JSON.parse(data.json).segmented) fetch("/report/shared", { method: "POST" });
    });
  }
};
await import("/engine-worker.js");
