import ServiceKit

extension Page {
    static let ofChat = Page(
        html: PackageResources.index_html,
        scripts: [
            "chat.js": PackageResources.chat_js, "connection.js": PackageResources.connection_js,
            "conversations.js": PackageResources.conversations_js, "outbox.js": PackageResources.outbox_js,
            "presence.js": PackageResources.presence_js, "receipts.js": PackageResources.receipts_js,
            "log.js": PackageResources.log_js, "list.js": PackageResources.list_js, "room.js": PackageResources.room_js,
            "transcript.js": PackageResources.transcript_js, "message.js": PackageResources.message_js,
            "compose.js": PackageResources.compose_js, "members.js": PackageResources.members_js,
            "begin.js": PackageResources.begin_js, "way.js": PackageResources.way_js, "traces.js": PackageResources.traces_js,
            "names.js": PackageResources.names_js, "arrange.js": PackageResources.arrange_js,
        ])
}
