#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// How many descriptors this process may have open. Each connection takes one.
enum DescriptorLimit {
    private static let most = rlim_t(1 << 20)
    /// For files, Redis and whatever else is open beside clients' connections.
    private static let reserve = 128

    /// Raises the limit as far as the system lets this process.
    /// - Returns: how many connections clients may have, so that the rest goes on to work when they have them all.
    static func raiseForConnections() -> Int {
        #if canImport(Glibc)
        let resource = __rlimit_resource_t(RLIMIT_NOFILE.rawValue)
        #else
        let resource = RLIMIT_NOFILE
        #endif
        var limit = rlimit()
        guard getrlimit(resource, &limit) == 0 else { return reserve }
        let before = limit.rlim_cur
        limit.rlim_cur = min(limit.rlim_max, most)
        if limit.rlim_cur < before || setrlimit(resource, &limit) != 0 { limit.rlim_cur = before }
        let descriptors = Int(min(limit.rlim_cur, most))
        return max(descriptors / 2, descriptors - reserve)
    }
}
