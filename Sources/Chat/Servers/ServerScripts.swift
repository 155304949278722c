import Redis

/// The scripts of `lua/chat` that are about servers and who is connected to them.
enum ServerScripts {
    static let renewLease = ChatScripts.script("renew_lease", PackageResources.renew_lease_lua)
    static let claimServer = ChatScripts.script("claim_server", PackageResources.claim_server_lua)
    static let openConnection = ChatScripts.script("open_connection", PackageResources.open_connection_lua)
    static let closeConnection = ChatScripts.script("close_connection", PackageResources.close_connection_lua)
    static let clearConnections = ChatScripts.script("clear_connections", PackageResources.clear_connections_lua)
    static let readPresence = ChatScripts.script("read_presence", PackageResources.read_presence_lua)
    static let publishBeat = ChatScripts.script("publish_beat", PackageResources.publish_beat_lua)
}
