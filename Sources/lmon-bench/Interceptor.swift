import ArgumentParser

struct Interceptor: AsyncParsableCommand {
    static func measure() async throws -> [Figure] { [] }
}
