import Redis

/// The scripts of `lua/chat`.
enum ChatScripts {
    static let appendMessage = script("append_message", PackageResources.append_message_lua)
    static let verifyFloor = script("verify_floor", PackageResources.verify_floor_lua)
    static let advanceCursor = script("advance_cursor", PackageResources.advance_cursor_lua)
    static let createGroup = script("create_group", PackageResources.create_group_lua)
    static let addMember = script("add_member", PackageResources.add_member_lua)
    static let removeMember = script("remove_member", PackageResources.remove_member_lua)
    static let welcomeMember = script("welcome_member", PackageResources.welcome_member_lua)
    static let changeMode = script("change_mode", PackageResources.change_mode_lua)
    static let enrollServer = script("enroll_server", PackageResources.enroll_server_lua)
    static let replaceEntry = script("replace_entry", PackageResources.replace_entry_lua)

    /// What all have in common stands before each.
    static func script(_ name: String, _ source: [UInt8]) -> RedisScript {
        RedisScript(name: name, source: PackageResources.common_lua + source)
    }
}
