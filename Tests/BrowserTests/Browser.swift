import EmbeddedRedis
import Foundation
import TestSupport
import Testing

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// A headless Chromium, started by the tests and ended with them, however they end.
struct Browser: Sendable {
    let devTools: DevTools
    private let processIdentifier: Int32

    /// nil where none is that starts. On Debian `./dev test` installs one; the package that Ubuntu has is a script that asks for
    /// snapd, which containers lack.
    static var executable: String? {
        get async { await search.value }
    }

    private static let search = Task { () -> String? in
        for path in ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"]
        where FileManager.default.isExecutableFile(atPath: path) {
            let result = try? await run(.at(path), ["--version"], within: .seconds(60))
            if let result, result.exit == .code(0), result.output.contains("Chrom") { return path }
        }
        return nil
    }

    /// - Parameter folder: for all that it writes.
    init(_ executable: String, in folder: String) throws {
        let (socket, otherEnd) = try #require(UnixSocket.pair())
        let nothing = try #require(FileDescriptor(open("/dev/null", O_RDWR | O_CLOEXEC)))
        let flags = [
            "--headless=new", "--remote-debugging-pipe", "--user-data-dir=\(folder)/profile", "--no-first-run",
            "--disable-background-networking", "--disable-component-update", "--disable-extensions", "--disable-gpu",
            // Containers have little of what these would use. All that is opened is pages of our own.
            "--no-sandbox", "--disable-dev-shm-usage", "--renderer-process-limit=1",
        ]
        // It reads from descriptor 3 and writes to 4. Should the tests crash, it reads the end and ends, and the shell clears up.
        let script = #"HOME=$0 TMPDIR=$0 "$@" 4>&3; rm -rf "$0""#
        processIdentifier = try ChildProcess.spawn(
            "/bin/sh", ["-c", script, folder, executable] + flags + ["about:blank"],
            input: nothing, output: nothing, errors: folder + "/errors", third: otherEnd
        ).get()
        devTools = DevTools(socket)
    }

    /// Lets it end in peace, for a while, and then ends all of its processes. Nothing interrupts this.
    func end() async {
        devTools.close()
        let deadline = ContinuousClock.now + .seconds(10)
        while isAlive(processIdentifier), ContinuousClock.now < deadline {
            await Task { try? await Task.sleep(for: .milliseconds(10)) }.value
        }
        kill(-processIdentifier, SIGKILL)
        ChildProcess.waitAndReap(processIdentifier)
    }
}
