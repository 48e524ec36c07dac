"""The page of a report in a real browser: loaded from disk, in light and dark,
narrow and wide; it asks for nothing, runs nothing, and fits."""
import importlib.util
import json
import os

AXE = os.environ.get("AXE", "")     # axe.min.js, where it was fetched
WIDTHS = (320, 1200)


def missing():
    """What this machine lacks, in one line; "" for nothing."""
    if not importlib.util.find_spec("selenium"):
        return "python3-selenium"
    for path in ("/usr/bin/chromium", "/usr/bin/chromedriver"):
        if not os.path.exists(path):
            return path
    return ""


def start():
    from selenium import webdriver
    from selenium.webdriver.chrome.service import Service
    options = webdriver.ChromeOptions()
    options.binary_location = "/usr/bin/chromium"
    for word in ("--headless=new", "--no-sandbox", "--disable-gpu",
                 "--disable-dev-shm-usage"):
        options.add_argument(word)
    options.set_capability("goog:loggingPrefs",
                           {"performance": "ALL", "browser": "ALL"})
    return webdriver.Chrome(options=options,
                            service=Service("/usr/bin/chromedriver"))


def show(driver, path, width, scheme):
    driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", {
        "width": width, "height": 900, "deviceScaleFactor": 1,
        "mobile": False})
    driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": [
        {"name": "prefers-color-scheme", "value": scheme}]})
    driver.get_log("performance")
    driver.get("file://" + path)


def requests(driver):
    """Every address that was asked for."""
    asked = []
    for entry in driver.get_log("performance"):
        message = json.loads(entry["message"])["message"]
        if message["method"] == "Network.requestWillBeSent":
            asked.append(message["params"]["request"]["url"])
    return asked


def faults_of_axe(driver):
    if not AXE:
        return []
    with open(AXE) as file:
        driver.execute_cdp_cmd("Page.setBypassCSP", {"enabled": True})
        driver.execute_script(file.read())
    found = driver.execute_async_script(
        "const done = arguments[0]; axe.run().then(r => done(r.violations"
        ".map(v => v.id + ': ' + v.nodes[0].html.slice(0, 120))))")
    return found


def look(driver, path, check, picture=None):
    for scheme in ("light", "dark"):
        for width in WIDTHS:
            show(driver, path, width, scheme)
            what = "%s, %s, %d px" % (os.path.basename(path), scheme, width)
            check(what + ", requests", requests(driver), ["file://" + path])
            check(what + ", complaints",
                  [entry["message"] for entry in driver.get_log("browser")],
                  [])
            check(what + ", scripts", driver.execute_script(
                "return document.querySelectorAll('script').length"), 0)
            check(what + ", fits", driver.execute_script(
                "return document.documentElement.scrollWidth <= innerWidth"),
                  True)
            check(what + ", axe", faults_of_axe(driver), [])
            if picture:
                picture(driver, scheme, width)
