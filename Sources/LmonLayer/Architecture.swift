/// The two kinds of processor that Lambda has.
package enum Architecture: String, CaseIterable, Sendable {
    case x86 = "x86_64"
    case arm64

    /// What this was compiled for; nil for one that Lambda does not have.
    package static var current: Architecture? {
        #if arch(x86_64)
        .x86
        #elseif arch(arm64)
        .arm64
        #else
        nil
        #endif
    }

    /// Its number in an ELF file.
    init?(machine: Int) {
        switch machine {
        case 62: self = .x86
        case 183: self = .arm64
        default: return nil
        }
    }
}
