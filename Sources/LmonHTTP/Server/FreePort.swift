/// A port that nobody has, for a process that opens it in a moment.
package enum FreePort {
    package static func onLoopback() throws(NetworkError) -> Int {
        let socket = try ListeningSocket(host: "127.0.0.1", port: 0)
        Descriptors.release(socket.descriptor)
        return socket.port
    }

    /// Whether somebody can listen there now.
    package static func isFree(_ port: Int, on host: String) -> Bool {
        guard let socket = try? ListeningSocket(host: host, port: port) else { return false }
        Descriptors.release(socket.descriptor)
        return true
    }
}
