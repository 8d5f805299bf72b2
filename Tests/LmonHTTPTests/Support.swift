import LmonHTTP

/// A loop and a listener for the length of a test.
func withServer<Result: Sendable>(
    limits: HTTPServer.Limits = HTTPServer.Limits(),
    bodyMode: HTTPServer.BodyModeDecision? = nil,
    handler: @escaping HTTPHandler,
    _ body: (HTTPServer, Loop) async throws -> Result
) async throws -> Result {
    let loop = Loop()
    let server = try HTTPServer(
        host: "127.0.0.1",
        port: 0,
        on: loop,
        limits: limits,
        bodyMode: bodyMode,
        handler: handler
    )
    do {
        let result = try await body(server, loop)
        await server.close()
        await loop.shutdown()
        return result
    } catch {
        await server.close()
        await loop.shutdown()
        throw error
    }
}

extension Loop {
    /// Runs `body` on the loop and waits for it.
    func perform<Result: Sendable>(_ body: @escaping @Sendable () -> Result) async -> Result {
        await withCheckedContinuation { continuation in
            self.execute { continuation.resume(returning: body()) }
        }
    }
}
