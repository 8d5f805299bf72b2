import LambdaWire

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// The wall clock, which deadlines and records are told by.
enum SystemClock {
    static func now() -> EpochTime {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return EpochTime(microseconds: Int64(time.tv_sec) * 1_000_000 + Int64(time.tv_nsec) / 1000)
    }
}
