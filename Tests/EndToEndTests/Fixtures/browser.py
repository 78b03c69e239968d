# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: The WegoWise gateway authors
"""A person with a real browser: opens a consent page, chooses a user, presses a button, and looks at where that leads.

Drives headless Chromium by the DevTools protocol over a pipe. Prints one JSON object: what the two pages are, and what the
browser complained about (console, page errors, policy violations, failed requests). Leaves pictures in a directory."""

import argparse
import base64
import json
import os
import subprocess
import time

ARGUMENTS = [
    "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run",
    "--no-default-browser-check", "--disable-background-networking", "--disable-component-update", "--disable-sync",
    "--hide-scrollbars", "--remote-debugging-pipe",
]
LIMIT = 170  # seconds, for everything; a busy machine takes its time

PAGE = """(() => {
  const rgb = text => text.match(/[0-9.]+/g).map(Number);
  const light = text => {
    const [r, g, b] = rgb(text).map(v => v / 255).map(v => v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4);
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const behind = element => {
    for (let e = element; e; e = e.parentElement) {
      const colour = getComputedStyle(e).backgroundColor;
      if (rgb(colour).length === 3 || rgb(colour)[3] > 0) return colour;
    }
    return matchMedia("(prefers-color-scheme: dark)").matches ? "rgb(18, 18, 18)" : "rgb(255, 255, 255)";
  };
  const contrast = element => {
    const pair = [light(getComputedStyle(element).color), light(behind(element))].sort((a, b) => b - a);
    return (pair[0] + 0.05) / (pair[1] + 0.05);
  };
  const texts = [...document.querySelectorAll("h1, p, a, label, button, output")];
  return {
    url: location.href, title: document.title, heading: document.querySelector("h1")?.textContent ?? "",
    text: document.querySelector("main")?.innerText ?? "", language: document.documentElement.lang,
    mains: document.querySelectorAll("main").length, headings: document.querySelectorAll("h1").length,
    scripts: document.scripts.length, styled: getComputedStyle(document.querySelector("main")).maxWidth,
    contrast: Math.min(...texts.map(contrast)), width: document.documentElement.scrollWidth,
  };
})()"""


class Browser:
    def __init__(self, directory):
        self.directory = directory
        self.complaints = []
        self.loads = 0
        self.number = 0
        self.session = None
        self.deadline = time.monotonic() + LIMIT
        self.rest = b""
        to_browser, self.writing = os.pipe()
        self.reading, from_browser = os.pipe()

        def descriptors():
            # The protocol is spoken on descriptors 3 and 4.
            first, second = os.dup(to_browser), os.dup(from_browser)
            os.dup2(first, 3)
            os.dup2(second, 4)

        self.process = subprocess.Popen(
            ["chromium", *ARGUMENTS, "--user-data-dir=" + os.path.join(directory, "profile"), "about:blank"],
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, close_fds=False,
            preexec_fn=descriptors, env={**os.environ, "HOME": directory})
        os.close(to_browser)
        os.close(from_browser)
        os.set_blocking(self.reading, False)

    def close(self):
        self.process.kill()
        self.process.wait()

    def receive(self):
        while b"\0" not in self.rest:
            if time.monotonic() > self.deadline:
                raise SystemExit("the browser did not answer in time")
            try:
                more = os.read(self.reading, 1 << 20)
            except BlockingIOError:
                time.sleep(0.01)
                continue
            if not more:
                raise SystemExit("the browser went away")
            self.rest += more
        line, self.rest = self.rest.split(b"\0", 1)
        message = json.loads(line)
        self.note(message)
        return message

    def note(self, message):
        method, given = message.get("method"), message.get("params", {})
        if method == "Page.loadEventFired":
            self.loads += 1
        elif method == "Log.entryAdded":
            self.complaints.append(given["entry"]["text"])
        elif method == "Runtime.consoleAPICalled":
            self.complaints.append("console: " + json.dumps(given["args"]))
        elif method == "Runtime.exceptionThrown":
            self.complaints.append("exception: " + json.dumps(given["exceptionDetails"]))
        elif method == "Audits.issueAdded":
            self.complaints.append("issue: " + json.dumps(given["issue"]))
        elif method == "Network.loadingFailed":
            self.complaints.append("failed: " + given["errorText"])

    def call(self, method, **given):
        self.number += 1
        message = {"id": self.number, "method": method, "params": given}
        if self.session:
            message["sessionId"] = self.session
        os.write(self.writing, json.dumps(message).encode() + b"\0")
        while True:
            answer = self.receive()
            if answer.get("id") == self.number:
                if "error" in answer:
                    raise SystemExit(f"{method}: {answer['error']}")
                return answer["result"]

    def attach(self):
        while True:
            pages = [t for t in self.call("Target.getTargets")["targetInfos"] if t["type"] == "page"]
            if pages:
                break
            time.sleep(0.05)
        self.session = self.call("Target.attachToTarget", targetId=pages[0]["targetId"], flatten=True)["sessionId"]
        for domain in ["Page", "Runtime", "Log", "Network", "Audits"]:
            self.call(domain + ".enable")
        self.show(width=900)

    def show(self, width, scheme="light", mobile=False):
        self.call(
            "Emulation.setDeviceMetricsOverride", width=width, height=640, deviceScaleFactor=1, mobile=mobile)
        self.call("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": scheme}])

    def load(self, action):
        before = self.loads
        action()
        while self.loads == before:
            self.receive()

    def evaluate(self, expression):
        return self.call("Runtime.evaluate", expression=expression, returnByValue=True)["result"].get("value")

    def press(self, selector):
        """With the mouse, where the element is."""
        x, y = self.evaluate(
            f"(() => {{ const b = document.querySelector({json.dumps(selector)}).getBoundingClientRect();"
            " return [b.x + b.width / 2, b.y + b.height / 2]; })()")
        for kind in ["mousePressed", "mouseReleased"]:
            self.call("Input.dispatchMouseEvent", type=kind, x=x, y=y, button="left", clickCount=1)

    def look(self, name):
        """The page in all shapes: pictures of each, the least contrast of all, whether any is too wide."""
        views = []
        for suffix, width, scheme, mobile in [("", 900, "light", False), ("-dark", 900, "dark", False),
                                              ("-narrow", 320, "light", True)]:
            self.show(width, scheme, mobile)
            views.append({**self.evaluate(PAGE), "room": width})
            picture = self.call("Page.captureScreenshot", format="png")["data"]
            with open(os.path.join(self.directory, name + suffix + ".png"), "wb") as file:
                file.write(base64.b64decode(picture))
        self.show(900)
        roles = [node.get("role", {}).get("value") for node in self.call("Accessibility.getFullAXTree")["nodes"]]
        return {
            **views[0], "contrast": min(view["contrast"] for view in views),
            "overflows": any(view["width"] > view["room"] for view in views),
            "landmarks": [role for role in roles if role in ("main", "heading", "contentinfo")],
        }


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("address")
    parser.add_argument("--directory", required=True, help="for the profile and the pictures")
    parser.add_argument("--choose", required=True, help="the user on the consent page")
    parser.add_argument("--press", choices=["allow", "deny"], default="allow")
    options = parser.parse_args()
    browser = Browser(options.directory)
    try:
        browser.attach()
        browser.load(lambda: browser.call("Page.navigate", url=options.address))
        consent = browser.look("consent")
        browser.evaluate(f"document.querySelector('select').value = {json.dumps(options.choose)}")
        browser.load(lambda: browser.press(f"button[value={options.press}]"))
        result = browser.look("result-" + options.press)
        print(json.dumps({"consent": consent, "result": result, "complaints": browser.complaints}))
    finally:
        browser.close()


if __name__ == "__main__":
    main()
