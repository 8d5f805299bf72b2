import ArgumentParser

struct Invoke: AsyncParsableCommand {
    static func measure() async throws -> [Figure] { [] }
}
