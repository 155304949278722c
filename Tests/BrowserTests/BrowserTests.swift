import Testing

/// The pages for people, in a real browser and against the real services. Skipped where there is no browser.
@Suite(
    "Pages in a browser",
    .enabled("There is no Chromium that starts") { await Browser.executable != nil },
    .serialized, .browser, .timeLimit(.minutes(5)))
struct BrowserTests {}
