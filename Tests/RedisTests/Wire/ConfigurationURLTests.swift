import Redis
import Testing

@Suite struct ConfigurationURLTests {
    @Test(arguments: [
        ("redis://localhost", RedisAddress.tcp(host: "localhost", port: 6379)),
        ("REDIS://localhost:7000/", .tcp(host: "localhost", port: 7000)),
        ("redis://[::1]:7000", .tcp(host: "::1", port: 7000)),
        ("redis://[2001:db8::1]", .tcp(host: "2001:db8::1", port: 6379)),
        ("redis+unix:///run/redis.sock", .unixSocket(path: "/run/redis.sock")),
        ("redis+unix:///a%20b/%3Fc%25.sock", .unixSocket(path: "/a b/?c%.sock")),
    ])
    func anAddressAlone(_ url: String, _ address: RedisAddress) throws {
        let configuration = try RedisConfiguration(url: url)
        #expect(configuration.address == address)
        #expect(configuration.database == 0 && configuration.username == nil && configuration.password == nil)
    }

    @Test(arguments: [
        ("redis://:p@h", String?.none, "p", 0), ("redis://u:p@h:1/15", "u", "p", 15),
        ("redis://%C3%BCser:a%40b%3A%2F%25%20%23@h/0", "üser", "a@b:/% #", 0),
        ("redis+unix://:p@/s", nil, "p", 0), ("redis+unix://u:p%2F@/s?database=3", "u", "p/", 3),
    ])
    func userPasswordAndDatabase(_ url: String, _ user: String?, _ password: String, _ database: Int) throws {
        let configuration = try RedisConfiguration(url: url)
        #expect(configuration.username == user && configuration.password == password && configuration.database == database)
        #expect(!"\(configuration)".contains(password) || password.count == 1)
    }

    @Test(arguments: ["rediss", "redis+sentinel", "redis+cluster"])
    func whatIsNotThereYetSaysSo(_ scheme: String) {
        let error = #expect(throws: RedisError.self) { try RedisConfiguration(url: "\(scheme)://u:s3cret@h:1,h:2/x") }
        #expect(error?.code == .unsupported)
        #expect(error?.message.contains("\(scheme):// is not supported yet") == true)
        #expect("\(String(describing: error))".contains("s3cret") == false)
    }

    @Test(arguments: [
        "", "s3cret", "localhost:6379", "http://u:s3cret@h", "u:s3cret@h://x", "redis://", "redis://:s3cret@", "redis:///1",
        "redis://:s3cret@h:0", "redis://:s3cret@h:65536", "redis://:s3cret@h:x", "redis://:s3cret@h/one", "redis://:s3cret@h/-1",
        "redis://:s3cret@h/1/2", "redis://:s3cret@h?db=1", "redis://:s3cret@h?database=1", "redis://:s3cret@h/#1", "redis://u@h",
        "redis://:s3cret#@h", "redis+unix://", "redis+unix:///", "redis+unix://s/ocket", "redis+unix://:s3cret@h/s",
        "redis+unix:///s?database=", "redis+unix:///s?database=x", "redis+unix:///s?db=2",
        "redis://:s3cret@h/99999999999999999999",
    ])
    func whatCannotBeReadIsRefusedAndThePasswordKeptSecret(_ url: String) {
        let error = #expect(throws: RedisError.self) { try RedisConfiguration(url: url) }
        #expect(error?.code == .invalidURL && error?.execution == .notSent)
        #expect(String(describing: error).contains("s3cret") == false)
    }

    @Test func aConfigurationPrintsWithoutItsPassword() {
        let configuration = RedisConfiguration(address: .tcp(host: "h", port: 1), username: "u", password: "s3cret")
        #expect(!"\(configuration)".contains("s3cret") && !String(reflecting: configuration).contains("s3cret"))
    }
}
