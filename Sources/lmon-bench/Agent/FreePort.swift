/// A port of loopback that nobody listens on at the moment.
enum FreePort {
    static func find() throws -> Int { Int(try ListeningSocket().port) }
}
