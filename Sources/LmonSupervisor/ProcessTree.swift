import CProcess

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// Processes below a process, as the system shows them now.
enum ProcessTree {
    /// Children, their children, and so on: nearest first, without `process` itself. One that ends or forks meanwhile
    /// may be there or not.
    static func descendants(of process: Int32) -> [Int32] {
        var found: [Int32] = []
        var seen: Set<Int32> = [process]
        var next = [process]
        while let parent = next.popLast() {
            for child in Self.children(of: parent) where seen.insert(child).inserted {
                found.append(child)
                next.append(child)
            }
        }
        return found
    }

    /// Asks a group to end, but not its leader, which would end at once and take the others with it; the leader only as long
    /// as there is nobody else.
    static func terminate(below leader: Int32) {
        let members = Self.descendants(of: leader).filter { getpgid($0) == leader }
        for process in members.isEmpty ? [leader] : members { _ = kill(process, SIGTERM) }
    }

    /// Kills all but the leader, which then reports their end and not its own; it may be stopped. If there is nobody else, it
    /// goes itself; who joined meanwhile goes with the group, when the leader's end is seen.
    static func end(below leader: Int32) {
        let others = Self.descendants(of: leader)
        for process in others.isEmpty ? [leader] : others { _ = kill(process, SIGKILL) }
        _ = kill(leader, SIGCONT)
    }

    static func children(of process: Int32) -> [Int32] {
        var capacity = 64
        while true {
            var count: Int32 = 0
            let children = [Int32](unsafeUninitializedCapacity: capacity) { buffer, initialized in
                count = lmon_children(process, buffer.baseAddress, Int32(capacity))
                initialized = min(max(Int(count), 0), capacity)
            }
            if Int(count) <= capacity { return children }
            capacity = Int(count) * 2
        }
    }

    /// Stops a process group and those descendants of its leader that are in other groups, which it returns.
    ///
    /// A running process may fork between being listed and being stopped, so this lists again until nothing is new.
    static func stop(group leader: Int32) -> Set<Int32> {
        _ = kill(-leader, SIGSTOP)
        var strays: Set<Int32> = []
        var stopped: Set<Int32> = []
        for _ in 0..<8 {
            let new = Self.descendants(of: leader).filter { stopped.insert($0).inserted }
            if new.isEmpty { break }
            for process in new where getpgid(process) != leader {
                _ = kill(process, SIGSTOP)
                strays.insert(process)
            }
        }
        return strays
    }

    /// Kills every process below `process`, those that start meanwhile too, and waits for at most two seconds until
    /// those that are its own children are reaped. Only for a process that adopts orphans, about itself.
    static func killDescendants(of process: Int32) {
        for _ in 0..<400 {
            for descendant in Self.descendants(of: process) { _ = kill(descendant, SIGKILL) }
            var status: Int32 = 0
            var peak: UInt64 = 0
            var reaped = lmon_reap(&status, &peak)
            while reaped > 0 { reaped = lmon_reap(&status, &peak) }
            if reaped < 0 { return }
            usleep(5000)
        }
    }
}

/// Memory of a process and all its descendants.
package struct ProcessMemory: Hashable, Sendable {
    /// Bytes that are resident now.
    package var resident: UInt64
    /// The sum of each one's own largest resident size, which they need not have had at the same time.
    package var peak: UInt64

    package init(resident: UInt64, peak: UInt64) {
        self.resident = resident
        self.peak = peak
    }

    /// nil if `process` is gone. Takes about 0.1 ms: for samples, not for every invocation's path.
    static func tree(of process: Int32) -> Self? {
        guard var memory = Self.alone(process) else { return nil }
        for descendant in ProcessTree.descendants(of: process) {
            guard let more = Self.alone(descendant) else { continue }
            memory.resident += more.resident
            memory.peak += more.peak
        }
        return memory
    }

    private static func alone(_ process: Int32) -> Self? {
        var memory = Self(resident: 0, peak: 0)
        return lmon_memory(process, &memory.resident, &memory.peak) == 0 ? memory : nil
    }
}
